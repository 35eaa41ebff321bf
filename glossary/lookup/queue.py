"""What waits for whom, and since when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Appointment, AppointmentState, Side, User
from glossary import policy
from glossary.domain.content import Content
from glossary.lookup.waiting import Waited, waited
from glossary.models import InForce, Objection, Proposal, SignOff, State, Version


@dataclass(frozen=True)
class Waiting:
    """A proposal on somebody's queue: what its term is called, for how long it waits, and for which sides."""

    proposal: Proposal
    name: str
    waited: Waited
    missing: list[Side]

    @property
    def since(self) -> datetime:
        return self.waited.since

    @property
    def content(self) -> Content:
        """The text that waits."""
        return self.proposal.text.content


@dataclass(frozen=True)
class Queue:
    """One person's view of what is under way. Each suggestion stands in it once: what waits for me first, then mine."""

    for_me: list[Waiting]
    for_others: list[Waiting]
    mine: list[Waiting]
    sent_back: list[Waiting]
    drafts: list[Waiting]
    appointments: list[Appointment]


def queue(user: User, *, at: datetime) -> Queue:
    """What waits for this person's signature, what else they look after, what waits for others, what was sent back to
    them or to a text they signed, their drafts, oldest first, and the appointments they may confirm. A fixed number of
    queries.
    """
    in_review = _waiting(_open(Proposal.objects.in_review()).order_by("submitted_at", "pk"), at)
    seat = policy.seat_of(user, at)
    for_me = [item for item in in_review if seat and _may_fill(seat, user, item)]
    elsewhere = [item for item in in_review if item not in for_me]
    drafts = list(_waiting(_open(_drafts_of(user)).order_by("pk"), at))
    return Queue(
        for_me=for_me,
        for_others=[item for item in elsewhere if item.proposal.in_charge_id != user.pk],
        mine=[item for item in elsewhere if item.proposal.in_charge_id == user.pk],
        sent_back=[item for item in drafts if item.proposal.is_sent_back],  # type: ignore[attr-defined]
        drafts=[item for item in drafts if not item.proposal.is_sent_back],  # type: ignore[attr-defined]
        appointments=_appointments(user),
    )


def approvals(*, at: datetime, side: str = "", kind: str = "", owner_side: str = "", days: int = 0) -> list[Waiting]:
    """All that is up for signing, for whomever, oldest first. A fixed number of queries.

    Narrowed to what lacks the signature of a side, is of a kind, is looked after by a side (or `both`), or has waited
    at least so many days.
    """
    rows = _open(Proposal.objects.in_review()).filter(submitted_at__lte=at - timedelta(days=days))
    return [
        item
        for item in _waiting(rows.order_by("submitted_at", "pk"), at)
        if (not side or side in {missing.key for missing in item.missing})
        and kind in ("", item.content.kind)
        and owner_side in ("", item.content.owner_side)
    ]


class Signed(NamedTuple):
    """A proposal that somebody has just signed: which sides are still missing, and the version it became, if any."""

    proposal: Proposal
    missing: list[Side]
    version: Version | None


def signed(ids: Collection[int], *, at: datetime) -> list[Signed]:
    """What became of these proposals, in order of their numbers. A fixed number of queries."""
    proposals = list(_open(Proposal.objects.filter(pk__in=ids)).order_by("pk"))
    missing = policy.missing_sides(proposals, at)
    versions = {version.proposal_id: version for version in Version.objects.filter(proposal__in=ids)}
    return [Signed(each, missing.get(each.pk, []), versions.get(each.pk)) for each in proposals]


def _may_fill(seat: policy.Seat, user: User, item: Waiting) -> bool:
    return seat.side in item.missing and not policy.is_barred_as_author(seat, user, item.proposal)


def _drafts_of(user: User) -> QuerySet[Proposal]:
    """Drafts this person looks after, and those sent back that they had signed or objected to."""
    standing = Objection.objects.standing().filter(revision__proposal=OuterRef("pk"))
    had_signed = SignOff.objects.filter(revision__proposal=OuterRef("pk"), signer=user)
    drafts = Proposal.objects.filter(state=State.DRAFT).annotate(is_sent_back=Exists(standing))
    concerned = Exists(had_signed) | Exists(standing.filter(objector=user))
    mine = Q(pk__in=Proposal.objects.looked_after_by(user.pk).values("pk"))
    return drafts.filter(mine | (Q(is_sent_back=True) & concerned))


def _open(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    return rows.select_related("term", "author", "keeper", "newest__base", "newest__author")


def _waiting(rows: QuerySet[Proposal], at: datetime) -> list[Waiting]:
    proposals = list(rows)
    missing = policy.missing_sides(proposals, at)
    waits = waited(proposals, missing, at)
    names = _names_now(proposals, at)
    return [
        Waiting(
            proposal,
            names.get(proposal.term_id, proposal.term.name),
            waits[proposal.pk],
            missing.get(proposal.pk, []),
        )
        for proposal in proposals
    ]


def _names_now(proposals: Iterable[Proposal], at: datetime) -> dict[int, str]:
    terms = {proposal.term_id for proposal in proposals}
    return dict(InForce.objects.at(at).filter(term__in=terms).values_list("term_id", "name"))


def _appointments(user: User) -> list[Appointment]:
    """Further owners of this person's side who wait for an owner's yes."""
    if not user.is_owner:
        return []
    pending = Appointment.objects.filter(state=AppointmentState.PENDING, side=user.side)
    return list(pending.select_related("user", "side", "appointed_by").order_by("pk"))
