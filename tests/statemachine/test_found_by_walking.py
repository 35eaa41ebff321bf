"""What random walks over the write path have found, each as a sentence of its own."""

from types import SimpleNamespace

import pytest

from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.ledger.verifying import verify
from glossary.models import State
from glossary.policy import Console
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db


def test_whoever_was_shut_out_a_moment_ago_cannot_even_cancel_the_own_suggestion(
    desk: Desk, people: SimpleNamespace
) -> None:
    proposal = desk.open("Campaign")
    on_the_way = acting(people.rep)
    workflow.deactivate(people.rep.pk, by=Console(people.ada))
    with pytest.raises(Refusal, match="no longer active") as caught:
        workflow.withdraw(proposal.pk, by=on_the_way)
    assert caught.value.code == "not_permitted"
    proposal.refresh_from_db()
    assert proposal.state == State.DRAFT


def test_a_side_that_lost_its_owner_can_get_the_person_who_was_waiting_for_confirmation(
    people: SimpleNamespace,
) -> None:
    ada = Console(people.ada)
    waiting = workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    for owner in (people.sam, people.sue):
        workflow.remove_owner(owner.pk, by=ada)
    workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    people.rep.refresh_from_db()
    waiting.refresh_from_db()
    assert people.rep.is_owner
    assert waiting.state == "confirmed"
    assert list(verify()) == []


def test_a_side_without_a_seat_neither_signs_nor_sends_back(desk: Desk, people: SimpleNamespace) -> None:
    ada = Console(people.ada)
    workflow.add_side("product", by=ada, name="Product")
    workflow.appoint_owner(people.rep.pk, by=ada, side="product")
    workflow.remove_seat("product", by=ada)
    proposal = desk.submit("Campaign", by=people.mark)
    with pytest.raises(Refusal, match="Product does not sign here") as caught:
        workflow.send_back(proposal.pk, by=acting(people.rep), digest=proposal.text.digest, reason="this hurts")
    assert caught.value.code == "not_permitted"
