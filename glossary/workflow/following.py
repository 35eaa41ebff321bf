"""What the company's sign-in brings about: somebody comes in, and their place follows the groups they are in.

Places change by the seating actions, with their events and confirmations. What an administrator gave by hand is left
alone; what groups gave, groups take.
"""

import re

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from accounts.models import AppointmentState, GroupPlace, Role, User
from accounts.oidc import Identity
from glossary import ledger
from glossary.domain.names import name_problem
from glossary.domain.refusals import Refusal
from glossary.ledger.roles import Place
from glossary.policy import Actor, Directory
from glossary.workflow.finding import find_user
from glossary.workflow.founding import Newcomer, join
from glossary.workflow.seating import appoint_owner, place_member, remove_owner, withdraw_appointment

LONGEST_ISSUER = 200
LONGEST_NAME = 120
NOT_KNOWN = "You have no account here yet. Ask an administrator to invite you with your company address."


def admit(identity: Identity) -> User:
    """The person whose identity the company's sign-in proved; known from then on by its number for them.

    The first time it is the person with that verified address, or, where everybody of the company may come in, a new
    one of no side. Refusals: `not_permitted` for a stranger, for an address that belongs to somebody the company knew
    under another number, for somebody no longer active, and while nobody has set the registry up.
    """
    user = _of_number(identity) or _meet(identity)
    if not user.is_active:
        raise Refusal("not_permitted", "This account is closed. Ask your administrator if that is a mistake.")
    return user


def _of_number(identity: Identity) -> User | None:
    return User.objects.filter(
        socialaccount__provider=identity.issuer[:LONGEST_ISSUER], socialaccount__uid=identity.subject
    ).first()


def _meet(identity: Identity) -> User:
    """Whoever comes in this way for the first time."""
    with ledger.locked() as head:
        user = _of_number(identity) or _of_address(identity)
        if user is None:
            if settings.GLOSSARY_OIDC_ADMITS != "everybody" or not User.objects.exists():
                raise Refusal("not_permitted", NOT_KNOWN)
            user = join(_newcomer(identity))
        SocialAccount.objects.get_or_create(
            provider=identity.issuer[:LONGEST_ISSUER], uid=identity.subject, defaults={"user": user}
        )
        if user.is_active:
            head.record("person.admitted", by=Actor(user, via=Directory.NAME), subject=user, side=user.side)
        return user


def _of_address(identity: Identity) -> User | None:
    """The person with the verified address, unless the company knew them under another number: it may have been given
    to somebody else since.
    """
    found = list(User.objects.filter(email__iexact=identity.email)) if identity.email else []
    if len(found) > 1 or SocialAccount.objects.filter(user__in=found, provider=identity.issuer).exists():
        raise Refusal(
            "not_permitted",
            "Your company address belongs to another account here. Ask an administrator to look into it.",
        )
    return found[0] if found else None


def _newcomer(identity: Identity) -> Newcomer:
    wished = re.sub(r"[^a-z0-9._+-]", "", identity.email.partition("@")[0].lower())[:100] or "colleague"
    taken = set(User.objects.filter(username__istartswith=wished).values_list("username", flat=True))
    numbered = (f"{wished}-{number}" for number in range(2, len(taken) + 3))
    username = wished if wished not in taken else next(name for name in numbered if name not in taken)
    first, last = (_readable(name) for name in (identity.first_name, identity.last_name))
    return Newcomer(first, last, identity.email, username)


def _readable(name: str) -> str:
    """A name as it may stand beside a signature; nothing where it holds what nobody can see."""
    return "" if len(name) > LONGEST_NAME or name_problem(name) else name


def follow_groups(user_id: int, groups: frozenset[str], *, by: Directory) -> list[str]:
    """Give a person the place that these groups stand for, and take the one that groups they have left gave.

    `GLOSSARY_OIDC_GROUPS` says which group gives which place. Gives what was changed, in words; nothing when all is as
    it was. A further owner waits for an owner of the side; the first one is made by a group only where
    `GLOSSARY_OIDC_FIRST_OWNER` allows it. Refusals: `not_permitted`, `not_found` for a side that there is not.
    """
    with ledger.locked(by) as head:
        user = find_user(user_id)
        given = _given(user)
        wanted = _wanted(groups, user.side_id)
        if wanted == given:
            return []
        changed = _take(user, given, wanted, by)
        user.refresh_from_db()
        kept, told = _give(user, given, wanted, by)
        if kept.side is None:
            GroupPlace.objects.filter(user=user).delete()
        elif kept != given:
            GroupPlace.objects.update_or_create(
                user=user, defaults={"side_id": kept.side, "role": kept.role, "given_at": head.at}
            )
        return changed + told


def _given(user: User) -> Place:
    row = GroupPlace.objects.filter(user=user).first()
    return Place(row.side_id, row.role) if row else Place()


def _wanted(groups: frozenset[str], stays: str | None) -> Place:
    """The place that groups stand for: one side only, that of now rather than another, and owner before member."""
    places = [Place(*place) for group, place in settings.GLOSSARY_OIDC_GROUPS.items() if group in groups]
    if not places:
        return Place()
    side = stays if any(place.side == stays for place in places) else places[0].side
    is_owner = Place(side, Role.OWNER) in places
    return Place(side, Role.OWNER if is_owner else Role.MEMBER)


def _take(user: User, given: Place, wanted: Place, by: Directory) -> list[str]:
    """Take back what groups gave and no longer give."""
    told = []
    if given.role == Role.OWNER and wanted != given:
        for waiting in user.appointments.filter(state=AppointmentState.PENDING, side_id=given.side):
            withdraw_appointment(waiting.pk, by=by)
            told.append(f"no longer waits to become an owner of {given.side}")
    if given.side is None or user.side_id != given.side:
        return told
    if wanted.side != given.side:
        place_member(user.pk, by=by, side=None)
        told.append(f"left {given.side}")
    elif given.role == Role.OWNER and user.role == Role.OWNER:
        remove_owner(user.pk, by=by)
        told.append(f"is no longer an owner of {given.side}")
    return told


def _give(user: User, given: Place, wanted: Place, by: Directory) -> tuple[Place, list[str]]:
    """Give what groups give now: the place to remember as given by them, and what changed."""
    if wanted.side is None:
        return Place(), []
    if user.side_id not in (None, wanted.side):
        return Place(), [
            f"stays in {user.side_id}, where an administrator placed them, though groups say {wanted.side}"
        ]
    told = []
    if user.side_id is None:
        place_member(user.pk, by=by, side=wanted.side)
        told.append(f"became a member of {wanted.side}")
    is_owner = user.role == Role.OWNER
    if wanted.role == Role.MEMBER:
        return (given if is_owner else wanted), told
    if not is_owner and not _may_be_appointed(wanted.side):
        is_told = given == Place(wanted.side, Role.MEMBER)
        note = f"cannot become the first owner of {wanted.side} by a group; an administrator appoints one"
        return Place(wanted.side, Role.MEMBER), told if is_told else [*told, note]
    if not is_owner and not user.appointments.filter(state=AppointmentState.PENDING, side_id=wanted.side).exists():
        appointment = appoint_owner(user.pk, by=by, side=wanted.side)
        waits = appointment.state == AppointmentState.PENDING
        told.append(f"waits to become an owner of {wanted.side}" if waits else f"became an owner of {wanted.side}")
    return wanted, told


def _may_be_appointed(side: str) -> bool:
    """Whether a group may name an owner of this side: a further one always, the first one by a setting."""
    return settings.GLOSSARY_OIDC_FIRST_OWNER or User.objects.owners_of(side).exists()
