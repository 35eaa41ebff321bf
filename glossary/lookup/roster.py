"""Who is who, what each looks after, and what hangs on one person: what would happen if they moved on or left."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from accounts.models import Appointment, AppointmentState, Delegation, Role, Side, User
from glossary import policy
from glossary.lookup.people import administrators, seat_changes
from glossary.lookup.proposals import waiting_for_person
from glossary.models import Event, Objection, Proposal, Reaffirmation, SignOff, State
from glossary.models.proposal import OPEN_STATES

MOST = 200  # people of one sort on one page
MOST_COLLEAGUES = 500  # to choose from when something is handed over
NEWEST = 12


class Listed(NamedTuple):
    """One person in a list: how many open suggestions they look after, and the seats they hold on loan or lent."""

    user: User
    open: int
    held: list[Delegation]
    lent: list[Delegation]


class Members(NamedTuple):
    """A side with its people, who waits to become an owner of it, and how many texts wait for its signature."""

    side: Side
    owners: list[Listed]
    members: list[Listed]
    pending: list[Appointment]
    waiting: int
    left_out: int


@dataclass(frozen=True)
class Roster:
    """Everybody, in the order of names. `left` are those whose account is closed; of `without_team`, `left` and
    the members of a side at most `MOST` are listed, and `left_out` says how many more there are.
    """

    teams: list[Members]
    without_team: list[Listed]
    invited: list[User]
    left: list[Listed]
    left_out: dict[str, int]
    sponsor: User | None
    administrators: list[User]

    @property
    def orphaned(self) -> int:
        """Open suggestions that somebody looks after who has left."""
        return sum(person.open for person in self.left)


def roster(*, at: datetime) -> Roster:
    """The people of the registry as of `at`, in ten queries however many there are."""
    loans = list(Delegation.objects.standing(at).select_related("owner", "delegate").order_by("starts_at", "pk"))
    kept = dict(_in_charge(Proposal.objects.open()))
    people = [_listed(user, kept, loans) for user in User.objects.order_by("first_name", "last_name", "username")]
    active = [person for person in people if person.user.is_active]
    here = [person for person in active if person.user.has_joined]
    left = [person for person in people if not person.user.is_active]
    left.sort(key=lambda person: not person.open)
    without = [person for person in here if person.user.side_id is None]
    return Roster(
        teams=_teams(active, at),
        without_team=without[:MOST],
        invited=[person.user for person in active if not person.user.has_joined],
        left=left[:MOST],
        left_out={"without_team": len(without[MOST:]), "left": len(left[MOST:])},
        sponsor=policy.sponsor(),
        administrators=administrators(),
    )


def _in_charge(rows: QuerySet[Proposal]) -> Iterable[tuple[int, int]]:
    """Of these suggestions, how many each person looks after, by id."""
    return rows.values_list(Coalesce("keeper", "author")).annotate(number=Count("pk")).order_by()


def _listed(user: User, kept: dict[int, int], loans: list[Delegation]) -> Listed:
    held = [loan for loan in loans if loan.delegate_id == user.pk]
    lent = [loan for loan in loans if loan.owner_id == user.pk]
    return Listed(user, kept.get(user.pk, 0), held, lent)


def _teams(active: list[Listed], at: datetime) -> list[Members]:
    """An owner who has not joined yet is one all the same; a member who has not is listed among the invited."""
    pending = list(
        Appointment.objects.filter(state=AppointmentState.PENDING)
        .select_related("user", "appointed_by")
        .order_by("appointed_at", "pk")
    )
    in_review = Proposal.objects.in_review().select_related("newest").defer("newest__text")
    waiting = Counter(side.key for sides in policy.missing_sides(in_review, at).values() for side in sides)
    found = []
    for side in Side.objects.all():
        of_side = [person for person in active if person.user.side_id == side.key]
        members = [person for person in of_side if person.user.has_joined and person.user.role != Role.OWNER]
        found.append(
            Members(
                side,
                owners=[person for person in of_side if person.user.role == Role.OWNER],
                members=members[:MOST],
                pending=[appointment for appointment in pending if appointment.side_id == side.key],
                waiting=waiting[side.key],
                left_out=len(members[MOST:]),
            )
        )
    return found


@dataclass(frozen=True)
class PersonDetail:
    """One person, and all that hangs on them now.

    `kept` are the open suggestions they look after; `signed` the signatures that would stop counting with their role,
    given by them or in their name; `confirmed` how many confirmations would; `objections` those that stand; and
    `others` the owners of their side beside them.
    """

    user: User
    kept: list[Proposal]
    to_sign: int
    signed: list[SignOff]
    confirmed: int
    held: list[Delegation]
    lent: list[Delegation]
    pending: list[Appointment]
    objections: list[Objection]
    others: list[User]
    tokens: int
    is_sponsor: bool
    events: list[Event]


def person_detail(user_id: int, *, at: datetime) -> PersonDetail | None:
    """Everything the page of one person shows, as of `at`; None when there is no such person. At most 15 queries."""
    user = User.objects.filter(pk=user_id).select_related("side").first()
    if user is None:
        return None
    loans = Delegation.objects.standing(at).select_related("owner", "delegate", "side").order_by("starts_at", "pk")
    kept = Proposal.objects.open().looked_after_by(user.pk).select_related("term", "author", "keeper", "newest")
    by_them = Q(signer=user) | Q(acting_for=user)
    return PersonDetail(
        user=user,
        kept=list(kept.order_by("pk")),
        to_sign=waiting_for_person(Proposal.objects.all(), user, at).count(),
        signed=list(_signed(by_them)),
        confirmed=Reaffirmation.objects.live().in_open_rounds().filter(by_them).count(),
        held=list(loans.filter(delegate=user)),
        lent=list(loans.filter(owner=user)),
        pending=list(user.appointments.filter(state=AppointmentState.PENDING).select_related("side", "appointed_by")),
        objections=list(_objections_of(user)),
        others=list(User.objects.owners_of(user.side_id or "").exclude(pk=user.pk).order_by("first_name", "username")),
        tokens=user.auth_token_set.filter(revoked_at=None).filter(Q(expiry=None) | Q(expiry__gt=at)).count(),
        is_sponsor=policy.sponsor() == user,
        events=seat_changes(of=user, limit=NEWEST),
    )


def _signed(by_them: Q) -> QuerySet[SignOff]:
    """Live signatures on the newest text of what is being signed."""
    rows = SignOff.objects.live().filter(by_them, revision__proposal__state=State.IN_REVIEW)
    rows = rows.filter(revision__proposal__newest=F("revision"))
    return rows.select_related("revision__proposal__term", "signer", "side").order_by("pk")


def _objections_of(user: User) -> QuerySet[Objection]:
    rows = Objection.objects.standing().filter(objector=user, revision__proposal__state__in=OPEN_STATES)
    return rows.select_related("revision__proposal__term", "side").order_by("pk")


def colleagues_of(user: User) -> list[User]:
    """Who could take over what this person looks after: active people who have been here, those of the team first."""
    near = Case(When(side__isnull=True, then=2), When(side=user.side_id or "", then=0), default=1)
    here = User.objects.active().joined().exclude(pk=user.pk)
    return list(here.select_related("side").order_by(near, "first_name", "username")[:MOST_COLLEAGUES])
