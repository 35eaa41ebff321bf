"""The first day: an empty database gets its first administrator and the first owner of each side; and who is invited.

Seats are filled by the seating actions, so that both sides read of them in the ledger as on any other day.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Role, User
from glossary import ledger, outbox, policy
from glossary.domain.refusals import Refusal
from glossary.ledger import Head
from glossary.models import Event
from glossary.policy import Actor, Console
from glossary.workflow.finding import find_user
from glossary.workflow.seating import appoint_owner, name_side, place_member

CODE_LENGTH = 12


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is to get an account: checked names, an address, and the user name they sign in with."""

    first_name: str
    last_name: str
    email: str
    username: str


def setup_code() -> str:
    """Shows that whoever sets the registry up may read what its server prints: 60 bits, the same in each process."""
    digest = salted_hmac("accord.setup", "first administrator", algorithm="sha256").digest()
    code = base64.b32encode(digest).decode()[:CODE_LENGTH]
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def found(
    administrator: Newcomer,
    *,
    code: str,
    password: str,
    time_zone: str,
    sides: Mapping[str, str],
    owners: Mapping[str, Newcomer | None],
) -> tuple[User, list[User]]:
    """Set an empty registry up, all of it or nothing: the administrator, and those who are to be invited.

    `sides` gives each installed side the name it is called by; `owners` gives each its first owner, None for the
    administrator. Refusals: `invalid` for a wrong code, for names that cannot be kept and for an administrator who
    would own for both, `conflict` for the same name twice, `wrong_state` where somebody was quicker.
    """
    if not constant_time_compare(code.strip().upper(), setup_code()):
        raise _invalid("code", "The server has printed another code. “manage.py setup --code” prints it again.")
    if list(owners.values()).count(None) > 1:
        raise _invalid("owners", "One person owns for one team only: two teams, two people.")
    with ledger.locked():
        if User.objects.exists():
            raise Refusal("wrong_state", "This registry has been set up already. Please sign in.")
        first = join(administrator)
        first.is_staff, first.time_zone = True, time_zone
        first.set_password(password)
        first.save()
        by = Console(first)
        for side, name in sides.items():
            name_side(side, by=by, name=name)
        people = {side: first if person is None else join(person) for side, person in owners.items()}
        for side, person in people.items():
            appoint_owner(person.pk, by=by, side=side)
    return first, [person for person in people.values() if person != first]


def invite(person: Newcomer, *, by: Actor, side: str = "", role: str = "") -> User:
    """Give somebody an account without a password, and a place. The link to choose one is `invitation_to`.

    An owner of a side that has one waits for that owner's confirmation. Refusals: `not_permitted`, `not_found`,
    `reauthenticate`, `invalid` for an
    owner of no team, `conflict` for a user name or an address that somebody has.
    """
    if role == Role.OWNER and not side:
        raise _invalid("side", "Choose the team that this person signs for.")
    with ledger.locked(by):
        policy.require(policy.may_invite(by))
        user = join(person)
        if side and role == Role.OWNER:
            appoint_owner(user.pk, by=by, side=side)
        elif side:
            place_member(user.pk, by=by, side=side)
        user.refresh_from_db()
        return user


def join(person: Newcomer) -> User:
    """A row for somebody new, of no side and without a password. Refusal: `conflict`."""
    for field, value in (("username", person.username), ("email", person.email)):
        if value and User.objects.annotate(known=Lower(field)).filter(known=value.lower()).exists():
            raise Refusal("conflict", f"Somebody here already has “{value}”. Choose another one.", field=field)
    user: User = User.objects.create_user(
        person.username.lower(), person.email, first_name=person.first_name, last_name=person.last_name
    )
    return user


def invitation_to(user_id: int, *, by: Actor) -> str:
    """The address at which an invited person chooses a password, once, within `PASSWORD_RESET_TIMEOUT`.

    Whoever has it has the account until then, so that both sides read in the ledger who was given it for whom; and
    nobody gets one for a person who has chosen a password already: that would be a way to sign in somebody else's name.
    Refusals: `not_permitted`, `reauthenticate`, `not_found`, `wrong_state`.
    """
    with ledger.locked(by) as head:
        user, _ = _invited(user_id, by, head)
    return outbox.invitation_link(user)


def invite_by_mail(user_id: int, *, by: Actor) -> User:
    """Have a worker mail such an address to the invited person; nobody else gets to see it.

    Refusals: those of `invitation_to`, and `invalid` for somebody without a mail address.
    """
    with ledger.locked(by) as head:
        user, event = _invited(user_id, by, head)
        if not user.email:
            raise _invalid("email", f"{user.display_name} has no mail address.")
        outbox.invitation(user, event)
    return user


def _invited(user_id: int, by: Actor, head: Head) -> tuple[User, Event]:
    policy.require(policy.may_invite(by))
    user = find_user(user_id)
    if user.has_joined or not user.is_active:
        said = f"{user.display_name} has chosen a password already or been here, or is no longer active."
        raise Refusal("wrong_state", said)
    return user, head.record("person.invited", by=by, subject=user, side=user.side)


def _invalid(path: str, message: str) -> Refusal:
    return Refusal("invalid", message, errors=[{"path": path, "code": path, "message": message}])
