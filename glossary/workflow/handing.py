"""Handing over: somebody else looks after a suggestion from now on. Its author stays who wrote it."""

from collections.abc import Collection

from accounts.models import User
from glossary import ledger, outbox, policy
from glossary.domain.refusals import Refusal
from glossary.ledger import Head
from glossary.models import Event, Proposal
from glossary.policy import Actor
from glossary.workflow.finding import find_proposal, find_user


def hand_over(proposal_ids: Collection[int], *, to: int, by: Actor) -> list[Proposal]:
    """Let the person `to` look after these suggestions from now on, after all of them or none.

    Whoever looks after one may do what its author may, and is told what its author is told. Signatures on it stay.
    Refusals: `invalid` without any, `wrong_state` for what has ended and for somebody who cannot take one over,
    `not_permitted`, `not_found`.
    """
    with ledger.locked(by) as head:
        person = find_user(to)
        proposals = [find_proposal(proposal_id) for proposal_id in sorted(set(proposal_ids))]
        if not proposals:
            raise Refusal("invalid", "Tick at least one suggestion to hand over.")
        return _hand_each(proposals, person, by, head)


def hand_over_all_of(leaver: User, to: int, *, by: Actor, head: Head) -> list[Proposal]:
    """The same with every open suggestion that a person looks after, inside the transaction of another action."""
    person = find_user(to)
    ids = Proposal.objects.open().looked_after_by(leaver.pk).order_by("pk").values_list("pk", flat=True)
    return _hand_each([find_proposal(proposal_id) for proposal_id in list(ids)], person, by, head)


def _hand_each(proposals: list[Proposal], person: User, by: Actor, head: Head) -> list[Proposal]:
    for proposal in proposals:
        policy.require(policy.may_hand_over(by, proposal))
        policy.require(policy.may_take_over(person, proposal))
    outbox.handed_over([_hand(proposal, person, by, head) for proposal in proposals])
    return proposals


def _hand(proposal: Proposal, person: User, by: Actor, head: Head) -> Event:
    before = proposal.in_charge
    proposal.keeper = person
    proposal.save(update_fields=["keeper"])
    return head.record("proposal.handed_over", by=by, proposal=proposal, subject=person, before=before.pk)
