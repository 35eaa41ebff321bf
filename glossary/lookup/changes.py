"""The ledger as a feed: every event in order, exactly once. Read in pages of plain rows, which are told as they are."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from glossary.domain.refusals import Refusal
from glossary.models import Event, LedgerHead, Version


class Entry(NamedTuple):
    """One event: `term` is a slug, `data` JSON text. Of what is published it is not said who did it."""

    seq: int
    kind: str
    at: datetime
    term: str | None
    proposal: int | None
    side: str | None
    data: str
    hash: str
    via: str
    actor: str | None = None
    subject: str | None = None


_COLUMNS = ("seq", "kind", "at", "term__slug", "proposal_id", "side_id", "data", "hash", "via")


def changes(*, after: int, limit: int, published_only: bool) -> list[Entry]:
    """The next `limit` events after the sequence number `after`, oldest first.

    With `published_only` those about versions and terms alone, of terms that had a version by then. What a term
    gains later changes nothing about earlier events: whoever has passed them has missed none.

    Raises `Refusal("invalid")` for an `after` that no event has reached yet. It comes from a ledger that was lost, so
    that what is written from here on would be passed by unread.
    """
    found = _changes(after, limit, published_only)
    if not found and after and not LedgerHead.objects.filter(seq__gte=after).exists():
        raise Refusal("invalid", _AHEAD, errors=[{"path": "after", "code": "ahead", "message": _AHEAD}])
    return found


_AHEAD = "The ledger has not come this far. Was it restored from a backup? Begin anew with after=0."


def _changes(after: int, limit: int, published_only: bool) -> list[Entry]:
    events: QuerySet[Event] = Event.objects.filter(seq__gt=after).order_by("seq")
    if published_only:
        is_published = Exists(Version.objects.filter(term=OuterRef("term"), published_at__lte=OuterRef("at")))
        events = events.filter(Q(kind__startswith="version.") | Q(kind__startswith="term.")).filter(is_published)
        return [Entry(*row) for row in events.values_list(*_COLUMNS)[:limit]]
    rows: list[Any] = list(events.values_list("actor", "subject", *_COLUMNS)[:limit])
    people = User.objects.in_bulk({person for actor, subject, *_ in rows for person in (actor, subject) if person})
    names = {pk: person.display_name for pk, person in people.items()}
    return [Entry._make((*row, names.get(actor), names.get(subject))) for actor, subject, *row in rows]
