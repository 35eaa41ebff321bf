"""Suggestions that the sides do not come to agree on, where each side stands, and what was ruled meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.models import Side, User
from glossary import policy
from glossary.domain.refusals import Refusal
from glossary.lookup.people import Team, teams
from glossary.models import Objection, Proposal, Ruling, SignOff, State, Version
from glossary.policy import Actor, Answer, Stuck


@dataclass(frozen=True)
class Position:
    """Where one side stands on a suggestion: what it objected, or that it has signed the newest text.

    `people` are those who could sign the newest text for it.
    """

    side: Side
    objections: list[Objection]
    sign_off: SignOff | None
    people: list[User]


@dataclass(frozen=True)
class Impasse:
    """A suggestion that is stuck: for how long, where each side stands, and the ruling that stands, if any.

    One that `is_outdated`, because a newer version was agreed meanwhile, is signed by nobody until it is updated.
    """

    stuck: Stuck
    positions: list[Position]
    missing: list[Side]
    ruling: Ruling | None
    is_outdated: bool

    @property
    def proposal(self) -> Proposal:
        return self.stuck.proposal

    @property
    def name(self) -> str:
        return self.proposal.text.content.name

    @property
    def objectors(self) -> list[str]:
        """Those whose objection keeps a sent-back text from being put up again as it is."""
        standing = [each for each in self.stuck.objections if each.withdrawn_at is None]
        return list(dict.fromkeys(each.objector.display_name for each in standing))

    @property
    def is_in_review(self) -> bool:
        return self.proposal.state == State.IN_REVIEW


def impasses(*, at: datetime) -> list[Impasse]:
    """Every suggestion that is stuck at `at`, the one open longest first. A fixed number of queries."""
    found = policy.stuck(Proposal.objects.all(), at)
    if not found:
        return []
    proposals = [item.proposal for item in found]
    given = policy.counting([proposal.text.pk for proposal in proposals], at)
    missing, all_teams = policy.missing_sides(proposals, at), teams(at=at)
    rulings = {row.proposal_id: row for row in _rulings(at).filter(proposal__in=proposals)}
    versions = Version.objects.filter(term__in=[proposal.term_id for proposal in proposals]).order_by("number")
    latest = dict(versions.values_list("term", "pk"))
    return [
        Impasse(
            item,
            [_position(team, item, given.get(item.proposal.text.pk, {}).get(team.side.key)) for team in all_teams],
            missing.get(item.proposal.pk, []),
            rulings.get(item.proposal.pk),
            is_outdated=item.proposal.text.base_id != latest.get(item.proposal.term_id),
        )
        for item in found
    ]


def stuck_count(*, at: datetime) -> int:
    """How many suggestions the sides do not come to agree on."""
    return len(policy.stuck(Proposal.objects.all(), at))


def _position(team: Team, item: Stuck, sign_off: SignOff | None) -> Position:
    objections = [objection for objection in item.objections if objection.side_id == team.side.key]
    return Position(team.side, objections, sign_off, _people(team, policy.authors_barred(item.proposal)))


def _people(team: Team, barred: Collection[int]) -> list[User]:
    lent = [loan.delegate for loan in team.loans if loan.owner_id not in barred]
    return [person for person in dict.fromkeys([*team.owners, *lent]) if person.pk not in barred]


def _rulings(at: datetime) -> "QuerySet[Ruling]":
    return Ruling.objects.standing(at).select_related("sponsor", "proposal__term").order_by("pk")


@dataclass(frozen=True)
class Ruled:
    """A ruling, whether it stands, and whether the reader may end it."""

    ruling: Ruling
    stands: bool
    may_end: Answer

    @property
    def over(self) -> str:
        """Why it no longer stands: `ended`, `settled` by the teams, or `expired`; empty while it does."""
        if self.stands:
            return ""
        if self.ruling.ended_at is not None:
            return "ended"
        return "expired" if self.ruling.proposal.is_open else "settled"


def ruling(ruling_id: int, *, by: Actor, at: datetime) -> Ruled:
    """One ruling. Raises `Refusal("not_found")`."""
    rows = Ruling.objects.filter(pk=ruling_id)
    found = rows.select_related("sponsor", "ended_by", "revision", "proposal__term", "proposal__newest").first()
    if found is None:
        raise Refusal("not_found", "There is no such ruling.")
    return Ruled(found, Ruling.objects.standing(at).filter(pk=found.pk).exists(), policy.may_end_ruling(by))


class OnSuggestion(NamedTuple):
    """The ruling that stands on a suggestion, if any, and those that are over, the newest first."""

    standing: Ruling | None
    over: list[Ruling]


def rulings_on(proposal: Proposal, *, at: datetime) -> OnSuggestion:
    """What was ruled on a suggestion. One query."""
    rows = list(Ruling.objects.filter(proposal=proposal).select_related("sponsor").order_by("-pk"))
    standing = next((row for row in rows if row.stands(at) and proposal.is_open), None)
    return OnSuggestion(standing, [row for row in rows if row is not standing])
