"""Who speaks for a side: members, owners, delegates and the sides themselves. Roles change here and nowhere else.

Every change is an event that both sides can read, and losing the role voids the open signatures with it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from accounts.models import Appointment, AppointmentState, Delegation, Role, Side, User
from glossary import ledger, outbox, policy
from glossary.domain.content import BOTH
from glossary.domain.names import fold, name_problem
from glossary.domain.refusals import FieldError, Refusal
from glossary.ledger import Head
from glossary.policy import Actor, SignedIn
from glossary.workflow.concerning import settle_without
from glossary.workflow.discussing import checked_text
from glossary.workflow.finding import find_appointment, find_delegation, find_side, find_user
from glossary.workflow.handing import hand_over_all_of
from glossary.workflow.sponsoring import end_sponsorship_of
from glossary.workflow.voiding import void_all_given_as, void_given_for

LONGEST_DELEGATION = timedelta(days=366)
LONGEST_SIDE_NAME = 60


def place_member(user_id: int, *, by: Actor, side: str | None) -> User:
    """Make a person a member of a side, or of none. An owner who moves loses the seat.

    Refusals: `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_seat(by, user_id))
        user, to = find_user(user_id), find_side(side) if side else None
        if user.side == to and user.role != Role.OWNER:
            return user
        if user.role == Role.OWNER:
            _record_removal(user, by, head)
        _set_role(user, to, Role.MEMBER if to else "", by, head)
        outbox.roles_changed(head.record("person.placed", by=by, subject=user, side=to))
        return user


def _set_role(user: User, side: Side | None, role: str, by: Actor, head: Head) -> None:
    """Change the role. Whatever the person signed so far in the old one no longer counts on open suggestions."""
    was_owner = user.role == Role.OWNER
    user.side, user.role = side, role
    user.save(update_fields=["side", "role"])
    void_all_given_as(user, by=by, head=head)
    _end_delegations(Delegation.objects.standing(head.at).filter(delegate=user), by, head)
    if was_owner:
        _end_delegations(Delegation.objects.standing(head.at).filter(owner=user), by, head)
    if role == Role.OWNER or not user.is_active:
        end_sponsorship_of(user, by=by, head=head)


def _record_removal(user: User, by: Actor, head: Head) -> None:
    outbox.roles_changed(head.record("owner.removed", by=by, subject=user, side=user.side))


def appoint_owner(user_id: int, *, by: Actor, side: str) -> Appointment:
    """Name a person owner of a side: at once where the side has none, else once an owner of it has confirmed.

    Whoever waits for a confirmation that nobody is left to give is installed like anybody else. Refusals:
    `not_permitted`, `wrong_state` for somebody who owns already or is no longer active, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_seat(by, user_id))
        user, of = find_user(user_id), find_side(side)
        _check_appointable(user)
        waiting = user.appointments.filter(side=of, state=AppointmentState.PENDING).first()
        if not User.objects.owners_of(of.key).exists():
            return _install(user, of, waiting, by, head)
        if waiting is not None:
            raise Refusal("wrong_state", f"This already waits for an owner of {of.name} to confirm.")
        appointment = _appoint(user, of, AppointmentState.PENDING, by, head)
        outbox.roles_changed(head.record("owner.appointed", by=by, subject=user, side=of, appointment=appointment.pk))
        return appointment


def _check_appointable(user: User) -> None:
    if not user.is_active:
        raise Refusal("wrong_state", f"{user.display_name} is no longer active.")
    if user.role == Role.OWNER and user.side is not None:
        raise Refusal("wrong_state", f"{user.display_name} already owns for {user.side.name}. Remove that role first.")


def _appoint(user: User, side: Side, state: AppointmentState, by: Actor, head: Head) -> Appointment:
    appointment: Appointment = Appointment.objects.create(
        user=user, side=side, state=state, appointed_by=by.user, appointed_at=head.at
    )
    return appointment


def _install(user: User, side: Side, waiting: Appointment | None, by: Actor, head: Head) -> Appointment:
    if waiting is not None:
        _decide(waiting, AppointmentState.CONFIRMED, by, head)
    appointment = waiting or _appoint(user, side, AppointmentState.CONFIRMED, by, head)
    _set_role(user, side, Role.OWNER, by, head)
    outbox.roles_changed(head.record("owner.installed", by=by, subject=user, side=side, appointment=appointment.pk))
    return appointment


def confirm_appointment(appointment_id: int, *, by: SignedIn) -> Appointment:
    """An owner of the side says yes; the person owns from now on. Refusals: those of `decline_appointment`."""
    with ledger.locked(by) as head:
        appointment = find_appointment(appointment_id)
        policy.require(policy.may_decide_appointment(by, appointment))
        user = find_user(appointment.user_id)
        if not user.is_active or user.role == Role.OWNER:
            raise Refusal("wrong_state", f"{user.display_name} can no longer be appointed.")
        _decide(appointment, AppointmentState.CONFIRMED, by, head)
        _set_role(user, appointment.side, Role.OWNER, by, head)
        event = head.record("owner.confirmed", by=by, subject=user, side=appointment.side, appointment=appointment.pk)
        outbox.roles_changed(event)
        return appointment


def decline_appointment(appointment_id: int, *, by: SignedIn) -> Appointment:
    """An owner of the side says no; nothing changes. Refusals: `not_permitted`, `wrong_state`, `not_found`."""
    with ledger.locked(by) as head:
        appointment = find_appointment(appointment_id)
        policy.require(policy.may_decide_appointment(by, appointment))
        _decide(appointment, AppointmentState.DECLINED, by, head)
        event = head.record(
            "owner.declined", by=by, subject=appointment.user, side=appointment.side, appointment=appointment.pk
        )
        outbox.roles_changed(event)
        return appointment


def withdraw_appointment(appointment_id: int, *, by: Actor) -> Appointment:
    """Take back an appointment that waits for an owner; nothing changes. Refusals: those of `decline_appointment`."""
    with ledger.locked(by) as head:
        appointment = find_appointment(appointment_id)
        policy.require(policy.may_seat(by, appointment.user_id))
        if appointment.state != AppointmentState.PENDING:
            raise Refusal("wrong_state", "This appointment has already been decided.")
        _withdraw(appointment, by, head)
        return appointment


def _withdraw(appointment: Appointment, by: Actor, head: Head) -> None:
    _decide(appointment, AppointmentState.ENDED, by, head)
    head.record("owner.withdrawn", by=by, subject=appointment.user, side=appointment.side, appointment=appointment.pk)


def _decide(appointment: Appointment, state: AppointmentState, by: Actor, head: Head) -> None:
    appointment.state, appointment.decided_by, appointment.decided_at = state, by.user, head.at
    appointment.save(update_fields=["state", "decided_by", "decided_at"])


def remove_owner(user_id: int, *, by: Actor) -> User:
    """An owner becomes a member of the side; the open signatures are void in the same transaction.

    A side left without an owner blocks; it never stands aside. Refusals: `not_permitted`, `wrong_state`, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_seat(by, user_id))
        user = find_user(user_id)
        if user.role != Role.OWNER:
            raise Refusal("wrong_state", f"{user.display_name} is not an owner.")
        _record_removal(user, by, head)
        _set_role(user, user.side, Role.MEMBER, by, head)
        return user


def deactivate(user_id: int, *, by: Actor, hand_to: int | None = None) -> User:
    """Shut a person out for good: no sign-in, no token, no signature on anything open. Nobody is ever deleted.

    With `hand_to`, that person looks after every open suggestion of the leaver from now on, in the same transaction,
    also where the account was closed before. Refusals: `not_permitted` also for the own account, `not_found`, and
    `wrong_state` for somebody who cannot take a suggestion over.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_close(by, user_id))
        user = find_user(user_id)
        was_active, user.is_active = user.is_active, False
        if was_active:  # first, so that nothing of what follows is told to somebody who is gone
            user.save(update_fields=["is_active"])
        if hand_to is not None:
            hand_over_all_of(user, hand_to, by=by, head=head)
        if not was_active:
            return user
        for waiting in user.appointments.filter(state=AppointmentState.PENDING).select_related("user", "side"):
            _withdraw(waiting, by, head)
        if user.role == Role.OWNER:
            _record_removal(user, by, head)
        _set_role(user, user.side, Role.MEMBER if user.side else "", by, head)
        outbox.roles_changed(head.record("person.deactivated", by=by, subject=user, side=user.side))
        return user


def delegate(delegate_id: int, *, by: SignedIn, starts_at: datetime, ends_at: datetime) -> Delegation:
    """Lend the own seat to a colleague of the same side between two aware instants, at most a year.

    One step: whoever holds a seat on loan lends it to nobody. Refusals: `not_permitted`, `invalid`, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_delegate(by))
        colleague = find_user(delegate_id)
        _check_delegation(colleague, by.user, starts_at, ends_at, head.at)
        assert by.user.side is not None
        row = Delegation.objects.create(
            owner=by.user,
            delegate=colleague,
            side=by.user.side,
            starts_at=starts_at,
            ends_at=ends_at,
            given_at=head.at,
        )
        event = head.record(
            "delegation.given",
            by=by,
            subject=colleague,
            side=row.side,
            delegation=row.pk,
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
        )
        outbox.roles_changed(event)
        return row


def _check_delegation(colleague: User, owner: User, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    problem = ""
    if colleague.pk == owner.pk or colleague.side_id != owner.side_id or not colleague.is_active:
        problem = "Choose an active colleague of your own team."
    elif colleague.role == Role.OWNER:
        problem = f"{colleague.display_name} is an owner and can sign already."
    elif policy.sponsor() == colleague:
        problem = f"{colleague.display_name} is the sponsor, who signs for no team."
    elif ends_at <= starts_at or ends_at <= at:
        problem = "The last day must lie after the first, and not in the past."
    elif ends_at - starts_at > LONGEST_DELEGATION:
        problem = "A seat can be lent for a year at most."
    if problem:
        raise Refusal("invalid", problem, errors=[{"path": "delegate", "code": "delegation", "message": problem}])


def end_delegation(delegation_id: int, *, by: SignedIn) -> Delegation:
    """The owner takes the seat back; what the delegate signed in the owner's name on open suggestions is void.

    Refusals: `not_permitted`, `wrong_state`, `not_found`.
    """
    with ledger.locked(by) as head:
        row = find_delegation(delegation_id)
        if not isinstance(by, SignedIn) or row.owner_id != by.user.pk:
            raise Refusal("not_permitted", "Only the owner who lent a seat can take it back.")
        if row.revoked_at is not None or row.ends_at <= head.at:
            raise Refusal("wrong_state", "This delegation has already ended.")
        _end(row, by, head)
        return row


def _end_delegations(rows: Iterable[Delegation], by: Actor, head: Head) -> None:
    for row in rows:
        _end(row, by, head)


def _end(row: Delegation, by: Actor, head: Head) -> None:
    row.revoked_at = head.at
    row.save(update_fields=["revoked_at"])
    void_given_for(row.delegate, row.owner, by=by, head=head)
    outbox.roles_changed(head.record("delegation.ended", by=by, subject=row.delegate, side=row.side, delegation=row.pk))


def add_side(key: str, *, by: Actor, name: str) -> Side:
    """A further side whose signature is needed from now on, also on every open suggestion.

    Refusals: `not_permitted`, `invalid`, `conflict` for a side that is there.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_administer(by))
        name = checked_text(name, field="name")
        _check_side(key, name)
        _check_apart(name, Side.objects.all(), key)
        side = Side.objects.create(key=key, name=name, position=Side.objects.count())
        outbox.roles_changed(head.record("side.added", by=by, side=side, name=name))
        return side


def _check_side(key: str, name: str) -> None:
    problems = {}
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", key) or key == BOTH:
        problems["key"] = f"A team's key is 1 to 40 small letters, digits and hyphens, and is not “{BOTH}”."
    if problem := _problem_of_name(name):
        problems["name"] = problem
    _refuse(problems)


def _check_apart(name: str, others: Iterable[Side], key: str = "") -> None:
    """No two teams have a key, or names that read alike."""
    if any(side.key == key or fold(side.name) == fold(name) for side in others):
        raise Refusal("conflict", f"There is already a team called “{name}”.")


def _problem_of_name(name: str) -> str:
    return name_problem(name) or ("" if len(name) <= LONGEST_SIDE_NAME else "A team's name has at most 60 characters.")


def _refuse(problems: Mapping[str, str]) -> None:
    if problems:
        errors: list[FieldError] = [{"path": path, "code": path, "message": text} for path, text in problems.items()]
        raise Refusal("invalid", errors[0]["message"], errors=errors)


def name_side(key: str, *, by: Actor, name: str) -> Side:
    """Call a side otherwise; its key stays, and so does what it has signed under the old name.

    Refusals: `not_permitted`, `invalid`, `conflict` for the name of another one, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_administer(by))
        side, name = find_side(key), checked_text(name, field="name")
        _refuse({"name": problem} if (problem := _problem_of_name(name)) else {})
        _check_apart(name, Side.objects.exclude(pk=key))
        if side.name != name:
            side.name = name
            side.save(update_fields=["name"])
            outbox.roles_changed(head.record("side.named", by=by, side=side, name=name))
        return side


def remove_seat(key: str, *, by: Actor) -> Side:
    """The side signs no longer; sales and marketing always do. A concern that waited for it alone is settled.

    Refusals: `not_permitted`, `wrong_state`, `not_found`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_administer(by))
        side = find_side(key)
        policy.require(policy.may_lose_seat(side))
        if side.has_seat:
            side.has_seat = False
            side.save(update_fields=["has_seat"])
            outbox.roles_changed(head.record("side.seat_removed", by=by, side=side))
            settle_without(side, by=by, head=head)
        return side
