"""For how long suggestions wait, and who has been reminded of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from accounts.models import Side, User
from accounts.preferences import away_until
from glossary import outbox, policy
from glossary.domain.calendar import workdays_between
from glossary.models import Proposal, Reminder, ReminderKind, State, usual_calendar


class Waited(NamedTuple):
    """Since when a text waits as it is, how many working days that is, when those who can sign were last reminded,
    when somebody above the teams was told, and by what names; None and nobody where that has not happened since."""

    since: datetime
    days: int
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    told: tuple[str, ...] = ()


def waited(proposals: Collection[Proposal], missing: Mapping[int, list[Side]], at: datetime) -> dict[int, Waited]:
    """Of each of these proposals, by id. Five queries at most."""
    since, calendar = policy.waiting_since(proposals, missing, at), usual_calendar()
    found = {pk: Waited(instant, workdays_between(instant, at, calendar)) for pk, instant in since.items()}
    rows = [row for row in Reminder.objects.filter(proposal__in=since) if row.since == since[row.proposal_id or 0]]
    told = outbox.told_above({row.at for row in rows if row.kind == ReminderKind.ESCALATED})
    for row in rows:
        pk = row.proposal_id or 0
        if row.kind == ReminderKind.ESCALATED:
            names = tuple(dict.fromkeys(person.display_name for person in told.get(row.at, [])))
            found[pk] = found[pk]._replace(escalated_at=row.at, told=names)
        else:
            found[pk] = found[pk]._replace(reminded_at=row.at)
    return found


class Absence(NamedTuple):
    """Somebody who signs for a side, the last day of their absence, and those who can sign for it meanwhile."""

    person: User
    side: Side
    until: date
    others: list[User]


def absences(at: datetime) -> list[Absence]:
    """Whoever signs for a team and is away at `at`. One query, and one for each team."""
    return [
        absence
        for side in policy.sides_with_a_seat()
        for absence in absences_among(side, policy.who_can_sign(side, at), at)
    ]


def absences_among(side: Side, people: Collection[User], at: datetime) -> list[Absence]:
    """Those of the people who are away at `at`, of all who can sign for a side. No query."""
    until = {person.pk: away_until(person, at) for person in people}
    here = [person for person in people if until[person.pk] is None]
    return [Absence(person, side, day, here) for person in people if (day := until[person.pk]) is not None]


class Awaited(NamedTuple):
    """A side that has not signed: since when the text waits as it is, how many working days that is, who could sign,
    and who of them is away."""

    side: Side
    since: datetime
    days: int
    signers: Sequence[policy.Signer]
    away: Sequence[Absence]


def awaited(
    proposals: Collection[Proposal], missing: Mapping[int, list[Side]], at: datetime
) -> dict[int, list[Awaited]]:
    """For which of the missing sides each of these proposals waits, by id; those alone that are up for signing.

    Five queries at most.
    """
    waiting = [each for each in proposals if each.state == State.IN_REVIEW and missing[each.pk]]
    if not waiting:
        return {}
    since, calendar = policy.waiting_since(waiting, missing, at), usual_calendar()
    signers = policy.signers({side for each in waiting for side in missing[each.pk]}, at)
    found: dict[int, list[Awaited]] = {}
    for each in waiting:
        barred = policy.authors_barred(each)
        days = workdays_between(since[each.pk], at, calendar)
        found[each.pk] = []
        for side in missing[each.pk]:
            able = policy.unbarred(signers[side.key], barred)
            away = absences_among(side, [signer.person for signer in able], at)
            found[each.pk].append(Awaited(side, since[each.pk], days, able, away))
    return found
