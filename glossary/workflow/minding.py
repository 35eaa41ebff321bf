"""What a person keeps for themselves: words they watch, messages they have read, versions they have seen. No event."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from glossary import policy
from glossary.domain.refusals import Refusal
from glossary.models import InForce, LastLook, Message, Term, Watch
from glossary.policy import Actor


def watch(slug: str, *, by: Actor, at: datetime) -> None:
    """Be told from now on when a change of the word is suggested or agreed. Doing it twice changes nothing.

    Refusals: `not_found`, `not_permitted`.
    """
    policy.require(policy.may_suggest(by))
    row = Watch(person=by.user, term=_term(slug), since=at)
    Watch.objects.bulk_create([row], ignore_conflicts=True)


def stop_watching(slug: str, *, by: Actor) -> None:
    """No longer be told. Of a word that one does not watch it is no mistake. Refusals: `not_found`."""
    Watch.objects.filter(person=by.user, term=_term(slug)).delete()


def _term(slug: str) -> Term:
    term = Term.objects.filter(slug=slug).first()
    if term is None:
        raise Refusal("not_found", f"There is no word with the address “{slug}”.")
    return term


def mark_read(message_id: UUID, *, by: Actor, at: datetime) -> None:
    """One message of one's own inbox has been read. Refusals: `not_found`."""
    _own(message_id, by).filter(read_at=None).update(read_at=at)


def mark_unread(message_id: UUID, *, by: Actor) -> None:
    """One message of one's own inbox is to be read once more. Refusals: `not_found`."""
    _own(message_id, by).update(read_at=None)


def _own(message_id: UUID, by: Actor) -> QuerySet[Message]:
    own = Message.objects.in_the_inbox_of(by.user).filter(pk=message_id)
    if not own.exists():
        raise Refusal("not_found", "There is no such message in your inbox.")
    return own


def mark_all_read(*, by: Actor, upto: datetime, at: datetime) -> int:
    """Everything in one's own inbox that was there at `upto` has been read; how many messages."""
    own = Message.objects.in_the_inbox_of(by.user).filter(read_at=None, written_at__lte=upto)
    return own.update(read_at=at)


def mark_all_seen(*, by: Actor, upto: datetime, at: datetime) -> None:
    """Of every word that one has looked at or watches, one knows what was in force at `upto`."""
    looked = LastLook.objects.filter(person=by.user).values_list("term", flat=True)
    watched = Watch.objects.filter(person=by.user).values_list("term", flat=True)
    known = InForce.objects.at(upto).filter(term__in={*looked, *watched}).values_list("term", "version__number")
    LastLook.objects.keep((by.user.pk, term, number, at) for term, number in known)
