"""A stage model is signed only while it holds together, with what it stands on then."""

from types import SimpleNamespace
from typing import Any

import pytest

from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.models import Proposal, Version
from tests import pipeline
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db

CHANGED: dict[str, Any] = {"term": "revenue-pipeline", "kind": "stage_model"}


@pytest.fixture
def agreed(desk: Desk) -> Version:
    return pipeline.agree_on_a_pipeline(desk)


def refused(desk: Desk, model: dict[str, Any]) -> list[tuple[str, str]]:
    """What keeps a change of the pipeline from being put up for signing, by code and path."""
    proposal = desk.open("Revenue pipeline", stage_model=model, **CHANGED)
    with pytest.raises(Refusal) as refusal:
        workflow.submit(proposal.pk, by=acting(proposal.author))
    assert refusal.value.code == "not_ready"
    assert Proposal.objects.get(pk=proposal.pk).state == "draft"
    return [(error["code"], error["path"]) for error in refusal.value.errors]


def test_a_fault_keeps_it_from_being_put_up_for_signing(desk: Desk, agreed: Version) -> None:
    model = pipeline.model()
    model["stages"][0]["exit"]["meets_all"] = ["sla"]
    assert refused(desk, model) == [("unknown_criterion", "stage_model.stages[0].exit.meets_all[0]")]


def test_a_stage_that_goes_has_to_be_taken_on(desk: Desk, agreed: Version) -> None:
    model = pipeline.model()
    won = model["stages"][2]
    won.update(key="signed", name="Signed")
    model["stages"][1]["next"][0]["to"] = "signed"
    assert refused(desk, model) == [("stage_left_behind", "stage_model.stages")]
    won["was"] = ["won"]
    assert pipeline.change_the_pipeline(desk, model).number == 2


def test_what_was_agreed_meanwhile_may_break_it_before_the_last_signature(
    desk: Desk, people: SimpleNamespace, agreed: Version
) -> None:
    waiting = desk.submit("Revenue pipeline", stage_model={**pipeline.model(), "note": "Read it."}, **CHANGED)
    desk.sign(waiting, people.sam)
    fewer = {**pipeline.FIELDS, "reason": {**pipeline.FIELDS["reason"], "values": ["bad_timing"]}}
    desk.publish("Prospect", term="record-prospect", kind="record_type", key="prospect", fields=fewer)
    with pytest.raises(Refusal) as refusal:
        desk.sign(waiting, people.mia)
    assert refusal.value.code == "not_ready"
    assert [error["code"] for error in refusal.value.errors] == ["reason_not_kept"]
    assert Proposal.objects.get(pk=waiting.pk).state == "in_review"


def test_its_own_tests_may_be_signed_with_it(desk: Desk, agreed: Version) -> None:
    model = pipeline.model()
    model["stages"][2]["entry"]["meets_all"] = ["is_won"]
    model["stages"][1]["exit"]["meets_all"] = ["is_won"]
    own = {**pipeline.IS_ACCEPTED, "id": "is_won", "expr": "accepted AND reason IS NULL"}
    own["samples"] = [
        {"note": "taken on", "record": {"accepted": True, "reason": None}, "expect": "true"},
        {"note": "sent back", "record": {"accepted": False, "reason": None}, "expect": "false"},
    ]
    version = desk.publish("Revenue pipeline", stage_model=model, criteria=[own], **CHANGED)
    assert version.number == 2
