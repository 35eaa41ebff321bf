"""One term with what is true of it at the moment: in force, coming, suggested, and when to look at it again."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Side, User
from glossary import policy
from glossary.domain.content import Content
from glossary.lookup.usage import Usage, usage_of
from glossary.lookup.versions import no_such_word
from glossary.models import Concern, Event, InForce, Proposal, Reaffirmation, Renewal, Ruling, State, Term, Version
from glossary.rendering.markdown import RENDERER_VERSION


@dataclass(frozen=True)
class TermDetail:
    """A term at one instant. `version`, `content` and `served` are those in force; None where nothing is.

    `concerns` counts those that wait for an answer; `ruling` is the newest that stands on a suggestion of it.
    While its review is due, `sides` are those that are asked, and `reaffirmations` what they have said so far.
    """

    term: Term
    state: str
    in_force: InForce | None
    upcoming: InForce | None
    open_proposals: list[Proposal]
    open_count: int
    review_by: date | None
    review: str | None
    renewal: Renewal | None
    reaffirmations: list[Reaffirmation]
    sides: list[Side]
    usage: Usage | None
    concerns: int
    ruling: Ruling | None
    etag: str

    @property
    def name(self) -> str:
        """What the term is called: as in force, else as it will be, else as it was first written down."""
        row = self.in_force or self.upcoming
        return row.name if row else self.term.name

    @property
    def is_asked(self) -> bool:
        """Whether it is time to look again."""
        return self.review in ("due", "overdue")

    def waits_for(self, user: User, at: datetime) -> bool:
        """Whether it is time to look again, and this person's side has not confirmed the text yet."""
        seat = policy.seat_of(user, at) if self.is_asked and not self.upcoming else None
        return (
            seat is not None
            and seat.side.has_seat
            and seat.side.key not in {row.side_id for row in self.reaffirmations}
        )

    @property
    def version(self) -> Version | None:
        return self.in_force.version if self.in_force else None

    @property
    def content(self) -> Content | None:
        return self.version.content if self.version else None

    @property
    def served(self) -> dict[str, Any] | None:
        """The body in force as plain data."""
        return json.loads(self.in_force.body) if self.in_force else None


def term_detail(slug: str, *, at: datetime, published_only: bool = False) -> TermDetail:
    """The term with this slug, as of `at`. With `published_only` open proposals are a number, and which
    tools use the term is not said.

    Raises `Refusal("not_found")`, also, with `published_only`, for a term without a published version.
    """
    term = _with_what_is_unsettled(at).filter(slug=slug).first()
    rows = _in_force_or_coming(term, at) if term else []
    if term is None or (published_only and not rows):
        raise no_such_word(slug)
    in_force = next((row for row in rows if row.from_at <= at), None)
    upcoming = next((row for row in rows if row.from_at > at), None)
    opened = _open_proposals(term)
    review = policy.review_of(in_force, at)
    usage = None if published_only else usage_of(term, at)
    concerns, ruling = term.open_concerns, _ruling(term.ruling_id)
    return TermDetail(
        term=term,
        state=state_of(in_force, upcoming, [proposal.state for proposal in opened]),
        in_force=in_force,
        upcoming=upcoming,
        open_proposals=[] if published_only else opened,
        open_count=len(opened),
        review_by=review.review_by if review else None,
        review=review.state if review else None,
        renewal=review.renewal if review else None,
        reaffirmations=_said_so_far(in_force, review, at),
        sides=policy.sides_with_a_seat() if review and review.is_due else [],
        usage=usage,
        concerns=concerns,
        ruling=ruling,
        etag=_etag(term, in_force, review.state if review else None, usage, (concerns, ruling.pk if ruling else 0)),
    )


def _with_what_is_unsettled(at: datetime) -> "QuerySet[Any]":
    """Terms with how many concerns wait, and the newest ruling that stands: asked along, since mostly there is none."""
    waiting = Concern.objects.open().filter(term=OuterRef("pk")).order_by().values("term")
    standing = Ruling.objects.standing(at).filter(proposal__term=OuterRef("pk")).order_by("-pk")
    return Term.objects.annotate(
        open_concerns=Coalesce(Subquery(waiting.annotate(count=Count("pk")).values("count")), 0),
        ruling_id=Subquery(standing.values("pk")[:1]),
    )


def _ruling(ruling_id: int | None) -> Ruling | None:
    return Ruling.objects.select_related("sponsor").filter(pk=ruling_id).first() if ruling_id else None


def _said_so_far(in_force: InForce | None, review: policy.Review | None, at: datetime) -> list[Reaffirmation]:
    """Who has confirmed in the open round that the text still holds."""
    if in_force is None or review is None or not review.is_due:
        return []
    return policy.reaffirmations([(in_force.version_id, review.round)], at).get(in_force.version_id, [])


def _in_force_or_coming(term: Term, at: datetime) -> list[InForce]:
    rows = InForce.objects.filter(term=term).exclude(until_at__lte=at).order_by("from_at")
    return list(rows.select_related("term", "version__term", "version__revision"))


def _open_proposals(term: Term) -> list[Proposal]:
    return list(Proposal.objects.open().filter(term=term).select_related("author", "newest").order_by("pk"))


def state_of(in_force: InForce | None, upcoming: InForce | None, proposal_states: list[str]) -> str:
    """The state of a term: the status in force, else whether it is coming, being signed, or only wanted."""
    if in_force:
        return in_force.status
    if upcoming:
        return "upcoming"
    return "in_review" if State.IN_REVIEW in proposal_states else "wanted"


def _etag(
    term: Term, in_force: InForce | None, review: str | None, usage: Usage | None, unsettled: tuple[int, int]
) -> str:
    """Moved by every action on the term, a version taking effect, a review falling due, a ruling expiring, and usage
    where it is told.
    """
    concerns, ruling = unsettled
    newest = Event.objects.filter(term=term).order_by("-seq").values_list("seq", flat=True).first() or 0
    number = in_force.version.number if in_force else 0
    reader = "p" if usage is None else f"a{usage.times}"
    return f'"{term.slug}-{newest}-{number}-{review or "none"}-{RENDERER_VERSION}{reader}-{concerns}-{ruling}"'
