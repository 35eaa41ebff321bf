"""Where a person stands, who speaks for each side, and how that came about."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q

from accounts.models import Appointment, AppointmentState, Delegation, Role, Side, User
from glossary import policy
from glossary.models import Event, Message


class Standing(NamedTuple):
    """`given` and `held` are the delegations that count now or will; `colleagues` those the seat could be lent to."""

    given: list[Delegation]
    held: list[Delegation]
    colleagues: list[User]
    appointments: list[Appointment]


def standing_of(user: User, *, at: datetime) -> Standing:
    """What the profile of a person shows, as of `at`; only owners have colleagues to lend to or owners to confirm."""
    rows = Delegation.objects.standing(at).select_related("owner", "delegate", "side").order_by("starts_at", "pk")
    is_owner = user.is_owner
    return Standing(
        given=list(rows.filter(owner=user)),
        held=list(rows.filter(delegate=user)),
        colleagues=_members_of(user) if is_owner else [],
        appointments=_pending_on(user) if is_owner else [],
    )


def _members_of(user: User) -> list[User]:
    colleagues = User.objects.active().filter(side=user.side, role=Role.MEMBER)
    return sorted(colleagues, key=lambda person: person.display_name.casefold())


def _pending_on(user: User) -> list[Appointment]:
    return list(Appointment.objects.filter(side=user.side, state=AppointmentState.PENDING).order_by("pk"))


class Team(NamedTuple):
    """A side that signs: who owns for it, which seats are lent (delegations that count now), who waits to own."""

    side: Side
    owners: list[User]
    loans: list[Delegation]
    pending: list[Appointment]


def teams(*, at: datetime) -> list[Team]:
    """Every side with a seat and who can fill it at `at`, in four queries; both sides read this of each other."""
    owners = _by_side(User.objects.active().filter(role=Role.OWNER).order_by("first_name", "username"))
    loans = _by_side(Delegation.objects.live(at).select_related("owner", "delegate").order_by("pk"))
    waiting = Appointment.objects.filter(state=AppointmentState.PENDING)
    pending = _by_side(waiting.select_related("user", "appointed_by").order_by("pk"))
    return [
        Team(side, owners.get(side.key, []), loans.get(side.key, []), pending.get(side.key, []))
        for side in Side.objects.filter(has_seat=True)
    ]


def _by_side(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.side_id, []).append(row)
    return found


class Unseated(NamedTuple):
    """Teams whose signature nobody can give, for want of an owner, and the people who can install one."""

    sides: list[Side]
    administrators: list[User]


def unseated() -> Unseated:
    """What keeps everything from being agreed. One query, two if a team lacks one."""
    sides = policy.sides_without_owner()
    return Unseated(sides, administrators() if sides else [])


def lone_owners() -> list[User]:
    """Those who are the only owner of a side that signs, with that side: nobody signs for it while they are away."""
    owners = _by_side(User.objects.active().filter(role=Role.OWNER, side__has_seat=True).select_related("side"))
    return sorted((people[0] for people in owners.values() if len(people) == 1), key=lambda owner: owner.side.position)


def administrators() -> list[User]:
    """Who appoints owners and makes tokens, by name."""
    return list(User.objects.active().filter(is_staff=True).order_by("first_name", "username"))


SEAT_EVENTS = ("side.", "owner.", "person.", "delegation.", "sponsor.")


def seat_changes(*, of: User | None = None, limit: int = 10) -> list[Event]:
    """The newest events about who speaks for which side, newest first; with `of`, those about this person."""
    about_seats = reduce(or_, (Q(kind__startswith=prefix) for prefix in SEAT_EVENTS))
    about = Event.objects.filter(about_seats, subject=of) if of else Event.objects.filter(about_seats)
    return list(about.select_related("actor", "subject", "side").order_by("-seq")[:limit])


def invited() -> list[User]:
    """Active people who have neither chosen a password nor been here yet, those who wait longest first.

    `invitations` of each are the mails that were to bring the link, the newest first.
    """
    waiting = User.objects.active().not_yet_joined()
    mails = Message.objects.filter(kind="invitation").order_by("-written_at")
    return list(
        waiting.select_related("side")
        .prefetch_related("appointments__side", Prefetch("messages", mails, to_attr="invitations"))
        .order_by("pk")
    )


def is_founded() -> bool:
    """Whether anybody has an account here; from then on nobody sets this registry up any more."""
    return User.objects.exists()
