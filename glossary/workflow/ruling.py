"""What holds meanwhile, where the sides do not come to agree: the sponsor's word, which fills no seat."""

from datetime import datetime, timedelta

from glossary import ledger, outbox, policy
from glossary.domain.refusals import Refusal
from glossary.models import Ruling
from glossary.policy import SignedIn
from glossary.rendering.instants import iso
from glossary.workflow.discussing import checked_text
from glossary.workflow.finding import find_proposal, find_ruling

LONGEST = timedelta(days=366)


def record_ruling(proposal_id: int, *, by: SignedIn, text: str, reasons: str, expires_at: datetime) -> Ruling:
    """Say, as the sponsor, what holds about a stuck suggestion until an instant (aware, at most a year ahead).

    It is no signature and publishes nothing; the suggestion stays open. The author and the owners of every side are
    told. Refusals: `invalid`, `wrong_state` when the suggestion is not stuck or a ruling stands, `reauthenticate`,
    `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_rule(by, proposal, head.at))
        if Ruling.objects.standing(head.at).filter(proposal=proposal).exists():
            raise Refusal("wrong_state", "A ruling on this suggestion stands. End it first.")
        _check_expiry(expires_at, head.at)
        ruling = Ruling.objects.create(
            proposal=proposal,
            revision=proposal.text,
            sponsor=by.user,
            text=checked_text(text, field="text"),
            reasons=checked_text(reasons, field="reasons"),
            at=head.at,
            expires_at=expires_at,
        )
        event = head.record(
            "ruling.recorded",
            by=by,
            proposal=proposal,
            ruling=ruling.pk,
            revision=proposal.text.number,
            digest=proposal.text.digest,
            expires_at=iso(expires_at),
            texts={"text": ruling.text, "reasons": ruling.reasons},
        )
        outbox.ruled(proposal, event)
        return ruling


def _check_expiry(expires_at: datetime, at: datetime) -> None:
    if not at < expires_at <= at + LONGEST:
        message = "A ruling ends on a day to come, at most a year from now."
        raise Refusal("invalid", message, errors=[{"path": "expires_at", "code": "instant", "message": message}])


def end_ruling(ruling_id: int, *, by: SignedIn) -> Ruling:
    """End a ruling before its day. The same people are told.

    Refusals: `wrong_state` when it is over, `reauthenticate`, `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        ruling = find_ruling(ruling_id)
        policy.require(policy.may_end_ruling(by))
        if not Ruling.objects.standing(head.at).filter(pk=ruling.pk).exists():
            raise Refusal("wrong_state", "This ruling is over.")
        ruling.ended_at, ruling.ended_by = head.at, by.user
        ruling.save(update_fields=["ended_at", "ended_by"])
        event = head.record("ruling.ended", by=by, proposal=ruling.proposal, ruling=ruling.pk)
        outbox.ruled(ruling.proposal, event)
        return ruling
