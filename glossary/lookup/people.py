"""Where a person stands: the seat lent and held, whom it could be lent to, what waits for their word."""

from datetime import datetime
from typing import NamedTuple

from accounts.models import Appointment, AppointmentState, Delegation, Role, User


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
