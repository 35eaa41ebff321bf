"""The ledger as a feed: every event in order, exactly once."""

from django.db.models import Exists, OuterRef, Q

from glossary.models import Event, Version


def changes(*, after: int, limit: int, published_only: bool) -> list[Event]:
    """The next `limit` events after the sequence number `after`, oldest first.

    With `published_only` those about versions and terms alone, of terms that had a version by then. What a term
    gains later changes nothing about earlier events: whoever has passed them has missed none.
    """
    events = Event.objects.filter(seq__gt=after).order_by("seq")
    if published_only:
        is_published = Exists(Version.objects.filter(term=OuterRef("term"), published_at__lte=OuterRef("at")))
        events = events.filter(Q(kind__startswith="version.") | Q(kind__startswith="term.")).filter(is_published)
    return list(events.select_related("actor", "subject", "term")[:limit])
