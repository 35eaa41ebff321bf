"""Reminding whoever is waited for, and in the end telling the sponsor. Nothing is ever agreed by waiting.

Each occasion counts once, however many workers ask and however often one is killed: its row and the messages that
tell of it are written in one transaction, and the database lets no second row for it in.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from typing import NamedTuple

from django.conf import settings

from glossary import ledger, outbox, policy
from glossary.domain.calendar import Calendar, workday_after, workdays_between
from glossary.models import Proposal, Reminder, ReminderKind, usual_calendar
from glossary.policy import Asked, Wait

MOST_REMINDERS = 12  # of one text, where nobody is told in the end
REVIEW_EVERY = 5  # working days
MOST_OF_A_REVIEW = 8


class _Text(NamedTuple):
    """An occasion that has come: this text has waited so long."""

    wait: Wait
    kind: ReminderKind
    number: int

    @property
    def key(self) -> tuple[str, int, datetime, int]:
        return self.kind.value, self.wait.proposal.pk, self.wait.since, self.number


def remind(*, at: datetime) -> int:
    """Write what people are to be reminded of by `at`; for how many occasions that was.

    All that has come goes into one transaction and makes at most one message of a kind to each person.
    """
    return _remind_of_texts(at) + _remind_of_reviews(at)


def _remind_of_texts(at: datetime) -> int:
    if not _texts(at):
        return 0
    with ledger.locked() as head:
        occasions = _texts(head.at)  # another worker may have been quicker
        rows = Reminder.objects.bulk_create(
            Reminder(kind=each.kind, proposal=each.wait.proposal, since=each.wait.since, number=each.number, at=head.at)
            for each in occasions
        )
        outbox.still_to_sign([(row, each.wait) for row, each in zip(rows, occasions, strict=True)], head)
        return len(rows)


def _texts(at: datetime) -> list[_Text]:
    """The occasions of texts up for signing that have come by `at` and are not written down yet."""
    waits = policy.waits(Proposal.objects.all(), at, usual_calendar())
    written = Reminder.objects.filter(proposal__in=[wait.proposal.pk for wait in waits])
    known = set(written.values_list("kind", "proposal", "since", "number"))
    come = [each for wait in waits if (each := _occasion(wait)) is not None]
    return [each for each in come if each.key not in known]


def _occasion(wait: Wait) -> _Text | None:
    """The newest occasion of a text; those that passed while no worker ran are left out."""
    remind_after, escalate_after = settings.GLOSSARY_REMIND_AFTER_DAYS, settings.GLOSSARY_ESCALATE_AFTER_DAYS
    if escalate_after and wait.days >= escalate_after:
        return _Text(wait, ReminderKind.ESCALATED, 1)
    if remind_after and wait.days >= remind_after:
        return _Text(wait, ReminderKind.TO_SIGN, min(wait.days // remind_after, MOST_REMINDERS))
    return None


def _remind_of_reviews(at: datetime) -> int:
    if not _reviews(at):
        return 0
    with ledger.locked() as head:
        occasions = _reviews(head.at)
        rows = Reminder.objects.bulk_create(
            Reminder(kind=ReminderKind.REVIEW, version=each.version, round=each.review.round, number=number, at=head.at)
            for each, number in occasions
        )
        outbox.reviews_due([(row, each) for row, (each, _) in zip(rows, occasions, strict=True)], head)
        return len(rows)


def _reviews(at: datetime) -> list[tuple[Asked, int]]:
    """The reviews of which somebody is to be reminded by `at`, each with the number of the occasion."""
    due = policy.asked(at)
    written = Reminder.objects.filter(version__in=[each.version.pk for each in due])
    known = set(written.values_list("version", "round", "number"))
    come = _numbered(due, at)
    return [(each, number) for each, number in come if (each.version.pk, each.review.round, number) not in known]


def _numbered(due: Iterable[Asked], at: datetime) -> Iterator[tuple[Asked, int]]:
    """The first occasion is the first working hour of the day on which the review falls due, the next a week later."""
    calendar = usual_calendar()
    for each in due:
        day = datetime.combine(each.review.review_by, time(0), tzinfo=UTC)
        if each.missing and workday_after(day, 0, calendar) <= at:
            yield each, min(_weeks(day, at, calendar) + 1, MOST_OF_A_REVIEW)


def _weeks(day: datetime, at: datetime, calendar: Calendar) -> int:
    return workdays_between(day, at, calendar) // REVIEW_EVERY
