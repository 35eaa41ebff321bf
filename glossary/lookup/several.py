"""Several suggestions to be read and signed on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Side
from glossary import policy
from glossary.domain.content import Content
from glossary.domain.diff import Change, difference
from glossary.domain.lint import Finding
from glossary.lookup.proposals import SeatView, may_sign_now, readable_proposals, seats_then
from glossary.models import Objection, Proposal, Revision, SignOff, Version
from glossary.policy import Actor, Answer
from glossary.rendering.served import names_for_people


@dataclass(frozen=True)
class TextToSign:
    """A text with what it changes, who signed it, and what its signers should know; `refusal` says why this person
    cannot sign it, if they cannot, and `names` what the words that it links are called now."""

    proposal: Proposal
    seats: list[SeatView]
    changes: tuple[Change, ...]
    warnings: tuple[Finding, ...]
    names: Mapping[str, str]
    refusal: Answer

    @property
    def revision(self) -> Revision:
        return self.proposal.text

    @property
    def content(self) -> Content:
        return self.revision.content

    @property
    def base(self) -> Version | None:
        return self.revision.base


def texts_to_sign(ids: Sequence[int], *, by: Actor, at: datetime) -> list[TextToSign]:
    """The newest texts of these suggestions, in this order, as of `at`. A fixed number of queries.

    Raises `Refusal("not_found")`.
    """
    proposals = readable_proposals(ids, by=by)
    voice = policy.voice_of(by, at)
    latest = _latest(proposals)
    objections = _standing_against(proposals)
    seats = _seats(proposals, at)
    warnings = _warnings(proposals, at)
    names = names_for_people({slug for each in proposals for slug in each.text.content.references()}, at)
    return [
        TextToSign(
            proposal=proposal,
            seats=seats[proposal.pk],
            changes=difference(proposal.text.base.content if proposal.text.base else None, proposal.text.content),
            warnings=warnings.get(proposal.pk, ()),
            names=names,
            refusal=may_sign_now(
                proposal,
                seats[proposal.pk],
                [each for each in objections if each.term_id == proposal.term_id],
                proposal.is_open and latest.get(proposal.term_id) not in (None, proposal.text.base_id),
                by,
                voice,
            ),
        )
        for proposal in proposals
    ]


def _latest(proposals: Sequence[Proposal]) -> dict[int, int]:
    """The id of the newest version of each word that has one, by word."""
    rows = Version.objects.filter(term__in=[each.term_id for each in proposals]).order_by("number")
    return dict(rows.values_list("term_id", "pk"))


def _standing_against(proposals: Sequence[Proposal]) -> list[Objection]:
    """The objections that stand against one of these texts."""
    digests = [each.text.digest for each in proposals]
    return list(Objection.objects.standing().filter(digest__in=digests, term__in=[each.term_id for each in proposals]))


def _seats(proposals: Sequence[Proposal], at: datetime) -> dict[int, list[SeatView]]:
    """By suggestion each side with a seat and the signature that counts for it, or stood at its end."""
    given = policy.counting([each.text.pk for each in proposals if each.is_open], at)
    for sign_off in _live([each.text.pk for each in proposals if not each.is_open]):
        given.setdefault(sign_off.revision_id, {})[sign_off.side_id] = sign_off
    sides = policy.sides_with_a_seat()
    return {each.pk: _of(each, given.get(each.text.pk, {}), sides) for each in proposals}


def _live(revisions: Sequence[int]) -> list[SignOff]:
    rows = SignOff.objects.live().filter(revision__in=revisions)
    return list(rows.select_related("signer", "side", "acting_for").order_by("pk"))


def _of(proposal: Proposal, given: Mapping[str, SignOff], sides: Sequence[Side]) -> list[SeatView]:
    asked = sides if proposal.is_open else seats_then(given, sides)
    return [SeatView(side, given.get(side.key), []) for side in asked]


def _warnings(proposals: Sequence[Proposal], at: datetime) -> dict[int, tuple[Finding, ...]]:
    """What the signers of each open one should know."""
    under_way = [each for each in proposals if each.is_open]
    drafts = policy.drafts_of(under_way)
    registry = policy.Registry(drafts, at)
    return {each.pk: registry.readiness_of(draft).warnings for each, draft in zip(under_way, drafts, strict=True)}
