"""The nos: send back, close without change; and no longer standing against a text."""

from glossary import ledger, outbox, policy
from glossary.models import Objection, Proposal, VoidReason
from glossary.policy import SignedIn
from glossary.workflow.discussing import checked_text
from glossary.workflow.finding import find_proposal
from glossary.workflow.signing import check_digest
from glossary.workflow.voiding import void
from glossary.workflow.weighing import forget_all_records


def send_back(proposal_id: int, *, by: SignedIn, digest: str, reason: str) -> Objection:
    """Object to the text with this digest: its signatures are void and the suggestion is a draft again.

    The objection stands against this text until the objector withdraws it. The one that makes the suggestion stuck
    brings it before the sponsor. Refusals: `digest_changed`, `invalid`
    without a reason, `reauthenticate`, `not_permitted`, `wrong_state`, `not_found`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        voice = policy.voice_of(by, head.at)
        policy.require(policy.may_object(by, proposal, voice))
        check_digest(proposal, digest)
        reason = checked_text(reason, field="reason")
        seat = voice.seat
        assert seat is not None
        was_stuck = policy.stuck_by_objections(proposal, head.at)
        policy.move(proposal, "send_back")
        proposal.save(update_fields=["state"])
        signed = policy.live_sign_offs(proposal.text)
        for sign_off in signed:
            void(sign_off, VoidReason.OBJECTION, by=by, head=head)
        objection = Objection.objects.create(
            revision=proposal.text,
            term=proposal.term,
            digest=proposal.text.digest,
            side=seat.side,
            objector=by.user,
            acting_for=seat.acting_for,
            reason=reason,
            at=head.at,
        )
        event = head.record(
            "proposal.sent_back",
            by=by,
            proposal=proposal,
            side=seat.side,
            objection=objection.pk,
            revision=proposal.text.number,
            digest=objection.digest,
            acting_for=seat.acting_for.pk if seat.acting_for else None,
            texts={"reason": reason},
        )
        outbox.sent_back(proposal, event, [sign_off.signer for sign_off in signed])
        if not was_stuck and policy.stuck_by_objections(proposal, head.at):
            outbox.got_stuck(event)
        return objection


def withdraw_objection(proposal_id: int, *, by: SignedIn) -> list[Objection]:
    """The objector no longer stands against the texts of this suggestion, the newest one sent back elsewhere included.

    An owner does the same for an objector of the own side who is gone or no longer speaks for it. Refusals:
    `wrong_state` without one, `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        about = Objection.objects.about(proposal).standing().order_by("pk")
        related = about.select_related("revision__proposal__term", "objector__side", "side")
        found = policy.to_withdraw(by, related, head.at)
        policy.require(policy.may_withdraw_objection(by, found[0] if found else None))
        for objection in found:
            objection.withdrawn_at = head.at
            objection.save(update_fields=["withdrawn_at"])
            is_own = objection.objector_id == by.user.pk
            head.record(
                "objection.withdrawn",
                by=by,
                proposal=objection.revision.proposal,
                subject=None if is_own else objection.objector,
                side=None if is_own else objection.side,
                objection=objection.pk,
                digest=objection.digest,
            )
        return found


def decline(proposal_id: int, *, by: SignedIn, reason: str) -> Proposal:
    """An owner closes a suggestion without change; what is in force is untouched.

    Refusals: `invalid` without a reason, `wrong_state`, `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_decline(by, proposal))
        proposal.end_reason = checked_text(reason, field="reason")
        policy.move(proposal, "decline")
        forget_all_records(proposal, by=by, head=head)
        proposal.ended_at, proposal.ended_by = head.at, by.user
        proposal.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
        head.record("proposal.declined", by=by, proposal=proposal, texts={"reason": proposal.end_reason})
        return proposal
