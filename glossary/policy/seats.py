"""Seats: whose signature is needed, who may give it at an instant, and which of those given count."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from accounts.models import Delegation, Role, Side, Sponsorship, User
from glossary.models import Proposal, Revision, SignOff, State


@dataclass(frozen=True)
class Seat:
    """A side's place on a proposal as one person may fill it: in the own right, or acting for an owner."""

    side: Side
    acting_for: User | None = None


def sides_with_a_seat() -> list[Side]:
    """The sides whose signature every version needs."""
    return list(Side.objects.filter(has_seat=True))


def sponsor() -> User | None:
    """The person to whom is brought what the sides cannot settle, if one is named. One query."""
    standing = Sponsorship.objects.standing().select_related("user").first()
    return standing.user if standing else None


def seat_of(user: User, at: datetime) -> Seat | None:
    """The seat this person may fill at `at`: an owner's own, or the one an owner of the same side lent; else None."""
    if not user.is_active or user.side is None:
        return None
    if user.role == Role.OWNER:
        return Seat(user.side)
    lent = lent_seats(at).filter(delegate=user, side=user.side).select_related("owner").order_by("pk").first()
    return Seat(user.side, lent.owner) if lent else None


def lent_seats(at: datetime) -> QuerySet[Delegation]:
    """The loans that count at `at`, of owners who still own for that side."""
    return Delegation.objects.live(at).filter(owner__is_active=True, owner__role=Role.OWNER, owner__side=F("side"))


def authors_barred(proposal: Proposal) -> set[int]:
    """Ids of the people who, with all who act for them, may not sign the newest text because it is their own:
    whoever wrote it, opened the suggestion, or looks after it now.

    Nobody, unless this registry keeps authors from signing (`GLOSSARY_AUTHOR_MAY_SIGN`).
    """
    return set() if settings.GLOSSARY_AUTHOR_MAY_SIGN else {*proposal.answerable, proposal.text.author_id}


def is_barred_as_author(seat: Seat, user: User, proposal: Proposal) -> bool:
    """Whether this person would sign the own text, or that of the owner acted for, where authors may not."""
    return not authors_barred(proposal).isdisjoint(_behind(seat, user))


def barred_as_author(seat: Seat, user: User) -> Q:
    """The same of a list: the proposals this person may not sign on this seat because of who wrote them."""
    if settings.GLOSSARY_AUTHOR_MAY_SIGN:
        return Q(pk__in=())
    people = _behind(seat, user)
    return Q(author__in=people) | Q(newest__author__in=people) | Q(keeper__in=people)


def _behind(seat: Seat, user: User) -> list[int]:
    return [user.pk, seat.acting_for.pk] if seat.acting_for else [user.pk]


def counting_sign_offs(at: datetime) -> QuerySet[SignOff]:
    """Live signatures whose signer may still fill the seat signed for, in the capacity signed in, at `at`.

    The guard on versions asks the same of the database. A seat lent anew does not revive what was signed on an
    earlier loan that has ended.
    """
    return in_their_right(SignOff.objects.live(), at)


def in_their_right(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Those of the rows (with side, signer, acting_for and at) whose signer may still give them so at `at`."""
    return rows.select_related("signer", "side", "acting_for").order_by("pk").filter(_is_in_their_right(at))


def _is_in_their_right(at: datetime) -> Q:
    """The condition on such a row."""
    loan = lent_seats(at).filter(
        delegate=OuterRef("signer"),
        owner=OuterRef("acting_for"),
        side=OuterRef("side"),
        given_at__lte=OuterRef("at"),
        starts_at__lte=OuterRef("at"),
    )
    own_right = Q(acting_for=None, signer__role=Role.OWNER)
    return Q(own_right | Exists(loan), signer__is_active=True, signer__side=F("side"))


def counting(revisions: Iterable[int], at: datetime) -> dict[int, dict[str, SignOff]]:
    """The signatures that count at `at` on each of these newest revisions (by id), by side key. One query."""
    found: dict[int, dict[str, SignOff]] = {}
    for sign_off in counting_sign_offs(at).filter(revision__in=list(revisions)):
        found.setdefault(sign_off.revision_id, {})[sign_off.side_id] = sign_off
    return found


class Given(NamedTuple):
    """A signature that nobody voided, and whether it counts."""

    sign_off: SignOff
    counts: bool


def given_on(revision: Revision, at: datetime) -> list[Given]:
    """The live signatures on a newest revision, each with whether it counts at `at`. One query."""
    rows = revision.sign_offs.live().select_related("signer", "side", "acting_for").order_by("pk")
    return [Given(row, row.counts) for row in rows.annotate(counts=_is_in_their_right(at))]


def missing_sides(rows: Iterable[Proposal], at: datetime) -> dict[int, list[Side]]:
    """For each proposal in review, by id, the sides whose signature it lacks at `at`. Two queries."""
    in_review = [proposal for proposal in rows if proposal.state == State.IN_REVIEW]
    given = counting([proposal.text.pk for proposal in in_review], at)
    sides = sides_with_a_seat()
    return {
        proposal.pk: [side for side in sides if side.key not in given.get(proposal.text.pk, {})]
        for proposal in in_review
    }


def live_sign_offs(revision: Revision) -> list[SignOff]:
    """The signatures on a revision that nobody voided, with their people."""
    return list(revision.sign_offs.live().select_related("signer", "side", "acting_for").order_by("pk"))


class Signer(NamedTuple):
    """Somebody who could fill a seat: an owner, or, with `acting_for`, who holds the seats of these owners on loan."""

    person: User
    acting_for: tuple[User, ...] = ()

    def without(self, barred: Collection[int]) -> "Signer | None":
        """The same where the people with these ids may not sign, nor anybody who could only act for one of them."""
        lenders = tuple(owner for owner in self.acting_for if owner.pk not in barred)
        if self.person.pk in barred or (self.acting_for and not lenders):
            return None
        return self._replace(acting_for=lenders)


def signers(sides: Iterable[Side], at: datetime) -> dict[str, list[Signer]]:
    """By side, everybody who could fill its seat at `at`, owners first. Two queries."""
    keys = [side.key for side in sides]
    found: dict[str, list[Signer]] = {key: [] for key in keys}
    for owner in User.objects.active().filter(side__in=keys, role=Role.OWNER).order_by("pk"):
        found[owner.side_id or ""].append(Signer(owner))
    for (side_id, delegate), owners in _lenders(keys, at).items():
        found[side_id].append(Signer(delegate, tuple(owners)))
    return found


def _lenders(keys: Collection[str], at: datetime) -> dict[tuple[str, User], list[User]]:
    """By side and delegate, the owners whose seats this person holds at `at`."""
    loans = lent_seats(at).filter(side__in=keys, delegate__is_active=True, delegate__side=F("side"))
    lenders: dict[tuple[str, User], list[User]] = {}
    for loan in loans.exclude(delegate__role=Role.OWNER).select_related("owner", "delegate").order_by("delegate", "pk"):
        owners = lenders.setdefault((loan.side_id, loan.delegate), [])
        owners.extend([loan.owner] if loan.owner not in owners else [])
    return lenders


def unbarred(rows: Iterable[Signer], barred: Collection[int]) -> list[Signer]:
    """Those of them who may sign where the people with these ids may not."""
    return [signer for row in rows if (signer := row.without(barred))]


def who_can_sign(side: Side, at: datetime, barred: Collection[int] = ()) -> list[User]:
    """Everybody who could fill the side's seat at `at`, owners first: whom to ask for a missing signature.

    Without the people whose ids are `barred`, and without whoever could only act for one of them. One query.
    """
    able = _able_to_sign(at, barred).filter(side=side)
    return sorted(able, key=lambda person: person.role != Role.OWNER)


def who_can_sign_for_any(at: datetime, barred: Collection[int] = ()) -> list[User]:
    """The same of all sides whose signature is needed, in no order of their own. One query."""
    return list(_able_to_sign(at, barred).filter(side__has_seat=True))


def _able_to_sign(at: datetime, barred: Collection[int]) -> QuerySet[User]:
    lent = lent_seats(at).filter(delegate=OuterRef("pk"), side=OuterRef("side")).exclude(owner__in=barred)
    return User.objects.active().filter(Q(role=Role.OWNER) | Exists(lent)).exclude(pk__in=barred).order_by("pk")


def sides_without_owner() -> list[Side]:
    """Sides with a seat for which nobody could sign: they block, they never stand aside. One query."""
    return [side for side, owners in owners_by_side().items() if not owners]


def owners_by_side() -> dict[Side, set[int]]:
    """The ids of the owners of each side with a seat. One query."""
    owner = FilteredRelation("people", condition=Q(people__is_active=True, people__role=Role.OWNER))
    found: dict[Side, set[int]] = {}
    for side in Side.objects.filter(has_seat=True).annotate(owner=owner, owner_id=F("owner")):
        found.setdefault(side, set()).update([side.owner_id] if side.owner_id else [])
    return found
