"""The yes: a person signs one exact text for one side. The last missing signature publishes it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from glossary import ledger, policy
from glossary.domain.refusals import Refusal
from glossary.ledger import Head
from glossary.models import Proposal, SignOff, State, VoidReason
from glossary.policy import Given, Seat, SignedIn
from glossary.workflow.discussing import checked_text
from glossary.workflow.finding import find_proposal
from glossary.workflow.leaving import end_absence
from glossary.workflow.proposing import check_nobody_objects, check_on_the_latest
from glossary.workflow.publishing import publish_if_complete
from glossary.workflow.voiding import void
from glossary.workflow.weighing import seen_effect


class Wish(NamedTuple):
    """One of several texts to be signed in one act: the proposal, and the digest the person read."""

    proposal: int
    digest: str
    reservation: str = ""


class Outcome(NamedTuple):
    """What became of one wish: the signature, or the refusal."""

    proposal: int
    refusal: Refusal | None


def sign_off(proposal_id: int, *, by: SignedIn, digest: str, reservation: str = "", impact: str = "") -> SignOff:
    """Sign the text with this digest for the side the person speaks for. Signing the same again changes nothing.

    `impact` is the digest of the report on uploaded records that the person saw; it is kept with the signature where
    the newest text still does exactly that.

    Refusals: `digest_changed` when the newest text is another one, `base_moved`, `objection_stands` when the same text
    was sent back in another suggestion, `seat_taken`, `duplicate_name` (of the completing signature, which is then not
    kept), `reauthenticate`, `not_permitted`, `wrong_state`, `not_found`, `invalid`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        there = policy.given_on(proposal.text, head.at)
        own = _given_already(proposal, by, digest, there)
        if own is not None:
            return own
        voice = policy.voice_of(by, head.at)
        policy.require(policy.may_sign(by, proposal, voice))
        check_digest(proposal, digest)
        check_on_the_latest(proposal.text, proposal.term)
        check_nobody_objects(proposal)
        seat = voice.seat
        assert seat is not None
        _clear_seat(there, seat, by, head)
        said = checked_text(reservation, field="reservation", required=False)
        signature = _sign(proposal, seat, by, head, said, seen_effect(proposal, impact, head))
        end_absence(by.user)
        counting = [each.sign_off for each in there if each.counts]
        publish_if_complete(proposal, [*counting, signature], by=by, head=head)
        return signature


def _given_already(proposal: Proposal, by: SignedIn, digest: str, there: Sequence[Given]) -> SignOff | None:
    """The person's own standing signature on exactly this newest text: a second click, also after publication."""
    if not isinstance(by, SignedIn) or proposal.text.digest != digest:
        return None
    for own in there:
        if own.sign_off.signer_id == by.user.pk:
            stands = proposal.state == State.PUBLISHED or (proposal.state == State.IN_REVIEW and own.counts)
            return own.sign_off if stands else None
    return None


def check_digest(proposal: Proposal, digest: object) -> None:
    """The act is bound to the text the person saw.

    Raises `Refusal("digest_changed")` when the newest text is another one.
    """
    if digest != proposal.text.digest:
        raise Refusal(
            "digest_changed",
            "The text has changed since you read it. Please read the newest text first.",
            digest=proposal.text.digest,
        )


def _clear_seat(there: Sequence[Given], seat: Seat, by: SignedIn, head: Head) -> None:
    """Make room on the seat: a signature whose signer no longer speaks for the side gives way, any other holds it."""
    for standing, counts in there:
        if standing.side_id != seat.side.key and standing.signer_id != by.user.pk:
            continue
        if counts:
            raise Refusal("seat_taken", f"{standing.signer.display_name} has already signed for {seat.side.name}.")
        void(standing, VoidReason.LOST_ROLE, by=by, head=head)


def _sign(proposal: Proposal, seat: Seat, by: SignedIn, head: Head, reservation: str, impact: str) -> SignOff:
    revision = proposal.text
    signature = SignOff.objects.create(
        revision=revision,
        side=seat.side,
        signer=by.user,
        acting_for=seat.acting_for,
        digest=revision.digest,
        reservation=reservation,
        impact=impact,
        at=head.at,
    )
    head.record(
        "sign_off.given",
        by=by,
        proposal=proposal,
        side=seat.side,
        sign_off=signature.pk,
        revision=revision.number,
        digest=revision.digest,
        acting_for=seat.acting_for.pk if seat.acting_for else None,
        texts={"reservation": reservation},
        **_seen(impact),
    )
    return signature


def _seen(impact: str) -> dict[str, Any]:
    return {"impact": impact} if impact else {}


def sign_several(wishes: Sequence[Wish], *, by: SignedIn) -> list[Outcome]:
    """Sign several texts in one act: each its own signature in its own transaction, in the order given."""
    return [_try(wish, by) for wish in wishes]


def _try(wish: Wish, by: SignedIn) -> Outcome:
    try:
        sign_off(wish.proposal, by=by, digest=wish.digest, reservation=wish.reservation)
    except Refusal as refusal:
        return Outcome(wish.proposal, refusal)
    return Outcome(wish.proposal, None)


def take_back(proposal_id: int, *, by: SignedIn) -> SignOff:
    """The signer empties the seat again. Refusals: `wrong_state`, `not_permitted`, `not_found`."""
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        own = proposal.text.sign_offs.live().filter(signer=by.user).select_related("side", "signer").first()
        policy.require(policy.may_take_back(by, proposal, own))
        assert own is not None
        void(own, VoidReason.TAKEN_BACK, by=by, head=head)
        return own
