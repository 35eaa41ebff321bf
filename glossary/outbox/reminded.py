"""What of a reminder still holds when it is delivered: everything else has been said otherwise, or is over."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from glossary import policy
from glossary.models import Delivery, Message, Proposal, Reminder, ReminderKind, usual_calendar
from glossary.policy import Asked, Wait

OF_TEXTS = [ReminderKind.TO_SIGN, ReminderKind.ESCALATED]


def still_to_sign(message: Message, person: User, at: datetime) -> list[Wait]:
    """The texts of this reminder that still wait for the person as they did, and of which no newer mail tells."""
    rows = _occasions(message).filter(kind__in=OF_TEXTS).filter(~Exists(newer("proposal", "since", OF_TEXTS)))
    seat = policy.seat_of(person, at)
    told = _told_anew(message, person)
    return [
        wait
        for wait in _as_then(rows, at)
        if seat
        and seat.side in wait.missing
        and not policy.is_barred_as_author(seat, person, wait.proposal)
        and wait.proposal.pk not in told
    ]


def still_blocked(message: Message, at: datetime) -> list[Wait]:
    """The texts of which the sponsor was to be told that still wait as they did."""
    return _as_then(_occasions(message).filter(kind=ReminderKind.ESCALATED), at)


def still_due(message: Message, person: User, at: datetime) -> list[Asked]:
    """The reviews of this reminder in which the person's word is still missing, and of which no newer mail tells."""
    rows = _occasions(message).filter(~Exists(newer("version", "round", [ReminderKind.REVIEW])))
    rounds = set(rows.filter(kind=ReminderKind.REVIEW).values_list("version", "round"))
    return [each for each in policy.asked_of(person, at) if (each.version.pk, each.review.round) in rounds]


def brought_to(waits: Iterable[Wait]) -> list[User]:
    """Those above the teams who were told of any of these texts, as they wait now: the sponsor or administrators."""
    since = {wait.proposal.pk: wait.since for wait in waits}
    rows = Reminder.objects.filter(kind=ReminderKind.ESCALATED, proposal__in=since)
    told = told_above({row.at for row in rows if row.since == since[row.proposal_id or 0]})
    return list(dict.fromkeys(person for people in told.values() for person in people))


def told_above(instants: Collection[datetime]) -> dict[datetime, list[User]]:
    """Who was told above the teams at each of these instants, at which occasions were written down. One query."""
    found: dict[datetime, list[User]] = {}
    if not instants:
        return found
    rows = Message.objects.filter(kind="escalated", reminder__at__in=instants).select_related("person", "reminder")
    for row in rows.order_by("reminder__at", "sequence", "person"):
        assert row.person is not None and row.reminder is not None
        people = found.setdefault(row.reminder.at, [])
        if row.person not in people:
            people.append(row.person)
    return found


def _occasions(message: Message) -> QuerySet[Reminder]:
    """Those written down together with the message."""
    assert message.reminder is not None
    return Reminder.objects.filter(at=message.reminder.at)


def newer(about: str, since: str, kinds: list[ReminderKind]) -> QuerySet[Reminder]:
    """Later occasions of the same, in a condition on an occasion: a newer mail tells of it."""
    same = {about: OuterRef(about), since: OuterRef(since)}
    return Reminder.objects.filter(pk__gt=OuterRef("pk"), kind__in=kinds, **same)


def _as_then(rows: QuerySet[Reminder], at: datetime) -> list[Wait]:
    """What waits since the same instant as when the occasion was written down: not a newer text, nor another time."""
    since = dict(rows.values_list("proposal", "since"))
    waits = policy.waits(Proposal.objects.filter(pk__in=since), at, usual_calendar())
    return [wait for wait in waits if wait.since == since[wait.proposal.pk]]


def _told_anew(message: Message, person: User) -> set[int]:
    """Ids of the suggestions of which the first mail itself comes only now: nobody is asked and reminded at once."""
    first = Message.objects.filter(person=person, channel=message.channel, kind__in=["to_sign", "lapsed"])
    late = Q(state__in=[Delivery.WAITING, Delivery.SENDING]) | Q(done_at__gt=message.written_at, state=Delivery.SENT)
    return set(first.filter(late).exclude(proposal=None).values_list("proposal", flat=True))
