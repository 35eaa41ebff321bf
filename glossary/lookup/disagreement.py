"""What the tests of a suggestion say otherwise: than what is agreed, and than other open suggestions for the word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from glossary import policy
from glossary.domain.content import Content
from glossary.domain.criteria import Parting, partings
from glossary.domain.shapes import Criterion
from glossary.lookup.proposals import readable_proposal
from glossary.lookup.versions import two_versions
from glossary.models import Proposal, ground
from glossary.policy import Actor

MOST_OTHERS = 5


@dataclass(frozen=True)
class Rival:
    """Another open suggestion for the same word, and where its tests part from those of the one that is read."""

    proposal: Proposal
    partings: tuple[Parting, ...]


@dataclass(frozen=True)
class Disagreement:
    """Where the tests of a suggestion part from those of its base, and from those of the newest other suggestions."""

    partings: tuple[Parting, ...] = ()
    rivals: tuple[Rival, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.partings or self.rivals)


def partings_between(before: Content, after: Content, *, at: datetime) -> tuple[Parting, ...]:
    """Where the criteria of two texts part, on the record types in force at `at`. At most two queries."""
    return partings(before.criteria, after.criteria, ground(before.record_keys() & after.record_keys(), at))


def partings_of(slug: str, from_number: int, to_number: int, *, at: datetime) -> tuple[Parting, ...]:
    """Where the criteria of two versions part. Raises `Refusal("not_found")`."""
    before, after = two_versions(slug, from_number, to_number)
    return partings_between(before.content, after.content, at=at)


def disagreement_of(proposal: Proposal, *, by: Actor, at: datetime) -> Disagreement:
    """What the newest text of a proposal would change about its tests, held against what the actor may read.

    At most three queries, none without tests.
    """
    content = proposal.text.content
    if not content.criteria:
        return Disagreement()
    stands_on = ground(content.record_keys(), at)
    base = proposal.text.base
    opened = Proposal.objects.open().filter(term=proposal.term_id).exclude(pk=proposal.pk)
    agreed = base.content.criteria if base else ()
    rivals = [
        Rival(other, found)
        for other in opened.select_related("newest", "author").order_by("-pk")[:MOST_OTHERS]
        if policy.may_read_proposal(by, other) is None
        and (found := partings(_changed(other.text.content.criteria, agreed), content.criteria, stands_on))
    ]
    return Disagreement(partings(agreed, content.criteria, stands_on), tuple(rivals))


def _changed(criteria: Sequence[Criterion], agreed: Sequence[Criterion]) -> list[Criterion]:
    """What a suggestion leaves as it is has been told by comparing with what is agreed."""
    return [criterion for criterion in criteria if criterion not in agreed]


def disagreement(proposal_id: int, *, by: Actor, at: datetime) -> Disagreement:
    """The same for whoever may read the proposal. Raises `Refusal("not_found")`."""
    return disagreement_of(readable_proposal(proposal_id, by=by), by=by, at=at)
