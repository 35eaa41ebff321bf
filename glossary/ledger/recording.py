"""The one lock every writer takes, and the only way an event is written."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, OperationalError, connections, transaction
from django.utils import timezone

from accounts.models import Side, User
from glossary.domain.refusals import Refusal
from glossary.ledger.catalogue import CATALOGUE
from glossary.ledger.chain import canonical, event_hash, new_salt, text_hash
from glossary.models import Event, LedgerHead, Proposal, Salt, Term
from glossary.policy.actors import Actor

LOCK_TIMEOUT = "5s"

# What a lost race looks like when the database is the one to say no: the constraint's name is the promise it keeps.
LOST_RACES: dict[str, Refusal] = {
    "one_live_sign_off": Refusal("seat_taken", "Somebody else has just signed for this team."),
    "glossary_signoff rows are kept": Refusal("seat_taken", "Somebody else has just signed for this team."),
    "one_live_reaffirmation": Refusal("seat_taken", "Somebody else has just confirmed this for this team."),
    "glossary_reaffirmation rows are kept": Refusal(
        "seat_taken", "Somebody else has just confirmed this for this team."
    ),
    "one_answer_per_side": Refusal("seat_taken", "Somebody else has just answered for this team."),
    "glossary_concernanswer rows are kept": Refusal("seat_taken", "Somebody else has just answered for this team."),
    "one_ruling_at_a_time": Refusal("wrong_state", "A ruling on this suggestion stands. End it first."),
    "claim": Refusal("duplicate_name", "Another word has just been agreed under this name."),
    "one_term_per_first_name": Refusal("duplicate_name", "A word with this name has just been written down."),
    "glossary_term": Refusal("duplicate_name", "A word with this name has just been written down."),
}


class Head:
    """The locked end of the chain. Holds the instant of the action, which never lies before the last event."""

    def __init__(self, row: LedgerHead) -> None:
        self._row = row
        now = timezone.now()
        self.at: datetime = now if row.at is None else max(now, row.at + timedelta(microseconds=1))

    @property
    def seq(self) -> int:
        """The number of the newest event."""
        return self._row.seq

    def record(
        self,
        kind: str,
        *,
        by: Actor | None,
        term: Term | None = None,
        proposal: Proposal | None = None,
        subject: User | None = None,
        side: Side | None = None,
        texts: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> Event:
        """Append one event of a catalogued kind, done by `by` at this head's instant.

        Without `by` nobody did it: time passed.

        `facts` are plain JSON values; `texts` are free texts by field name, which enter as salted hashes only.
        """
        assert kind in CATALOGUE, kind
        salts = {field: new_salt() for field, text in (texts or {}).items() if text}
        hashes = {f"{field}_hash": text_hash(salt, (texts or {})[field]) for field, salt in salts.items()}
        event = Event(
            seq=self._row.seq + 1,
            kind=kind,
            at=self.at,
            actor=by.user if by else None,
            via=by.via if by else "",
            term=term or (proposal.term if proposal else None),
            proposal=proposal,
            subject=subject,
            side=side,
            data=canonical(facts | hashes),
            previous=self._row.hash,
        )
        event.hash = event_hash(event)
        event.save(force_insert=True)
        Salt.objects.bulk_create(Salt(event=event, field=field, salt=salt) for field, salt in salts.items())
        self._row.seq, self._row.hash, self._row.at = event.seq, event.hash, event.at
        self._row.save()
        return event


@contextmanager
def locked(by: Actor | None = None, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[Head]:
    """One transaction with the end of the ledger locked: every change of state happens in here, one at a time.

    Who acts is read anew under the lock, so that a role taken away a moment ago is gone. Raises `Refusal("busy")`
    when the lock is not to be had in five seconds; a constraint that a lost race ran into becomes its refusal.
    Whatever is raised, nothing inside has happened.
    """
    try:
        with transaction.atomic(using=using):
            head = Head(_lock_head(using))
            if by is not None:
                by.refresh()
            yield head
    except IntegrityError as error:
        raise _lost_race(error) from error
    except OperationalError as error:
        if _is_lock_timeout(error):
            raise Refusal("busy", "Others are writing right now. Please try again in a moment.") from error
        raise


def _lock_head(using: str) -> LedgerHead:
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    # On SQLite the transaction is IMMEDIATE, so it already is the only writer; there FOR UPDATE says nothing.
    return LedgerHead.objects.using(using).select_for_update().get(pk=1)


def _lost_race(error: IntegrityError) -> Exception:
    said = str(error)
    for promise, refusal in LOST_RACES.items():
        if promise in said:
            return Refusal(refusal.code, refusal.sentence)
    return error


def _is_lock_timeout(error: DatabaseError) -> bool:
    said = str(error).lower()
    return "locked" in said or "lock timeout" in said or "deadlock" in said


def change_counter(proposal: Proposal) -> int:
    """A number that every action on the proposal moves; remarks, rulings, and records to try it on do not."""
    events = Event.objects.filter(proposal=proposal).exclude(kind__startswith="comment.")
    events = events.exclude(kind__startswith="impact.").exclude(kind__startswith="ruling.")
    return int(events.order_by("-seq").values_list("seq", flat=True)[0])
