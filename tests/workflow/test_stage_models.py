"""A stage model is signed only while it holds together, with what it stands on then."""

from types import SimpleNamespace
from typing import Any

import pytest

from glossary import policy, workflow
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


def record_type(desk: Desk, *reasons: str) -> Version:
    """The record type in force with these reasons for going back."""
    fields = {**pipeline.FIELDS, "reason": {**pipeline.FIELDS["reason"], "values": list(reasons)}}
    return desk.publish("Prospect", term="record-prospect", kind="record_type", key="prospect", fields=fields)


def with_a_reason_more(reason: str) -> dict[str, Any]:
    model = pipeline.model()
    model["reasons"].append({"key": reason, "label": "The company moved away"})
    model["stages"][1]["next"][1]["reasons"].append(reason)
    return model


def test_what_was_agreed_meanwhile_may_break_it_before_the_last_signature(
    desk: Desk, people: SimpleNamespace, agreed: Version
) -> None:
    record_type(desk, "bad_timing", "wrong_company", "moved_away")
    waiting = desk.submit("Revenue pipeline", stage_model=with_a_reason_more("moved_away"), **CHANGED)
    desk.sign(waiting, people.sam)
    record_type(desk, "bad_timing", "wrong_company")
    with pytest.raises(Refusal) as refusal:
        desk.sign(waiting, people.mia)
    assert refusal.value.code == "not_ready"
    assert [error["code"] for error in refusal.value.errors] == ["reason_not_kept"]
    assert Proposal.objects.get(pk=waiting.pk).state == "in_review"


def test_a_record_type_does_not_break_a_pipeline_in_force_unseen(desk: Desk, agreed: Version) -> None:
    with pytest.raises(Refusal) as refusal:
        record_type(desk, "bad_timing")
    assert [error["code"] for error in refusal.value.errors] == ["breaks_stage_model"]
    said = "This would break the stage model revenue-pipeline, which is in force: “wrong_company” is no value"
    assert said in refusal.value.sentence


def test_a_reason_comes_and_goes_by_signing_one_text_after_the_other(desk: Desk, agreed: Version) -> None:
    record_type(desk, "bad_timing", "wrong_company", "moved_away")
    pipeline.change_the_pipeline(desk, with_a_reason_more("moved_away"))
    pipeline.change_the_pipeline(desk, pipeline.model())
    assert record_type(desk, "bad_timing", "wrong_company").number == 3


def test_whoever_changes_a_criterion_is_told_of_a_pipeline_that_stands_on_it(desk: Desk, agreed: Version) -> None:
    other = {**pipeline.IS_ACCEPTED, "expr": "accepted AND NOT accepted", "samples": []}
    proposal = desk.open("Sales Accepted Lead", term="sales-accepted-lead", criteria=[other])
    found = policy.readiness_of(policy.draft_of(Proposal.objects.get(pk=proposal.pk)), proposal.opened_at)
    assert "touches_stage_model" in [warning.code for warning in found.warnings]


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
