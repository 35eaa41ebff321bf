"""Whether a record may go on, back or out, why not, and who owes what then, in the pipeline on the shelf."""

from typing import Any

import pytest

from glossary.domain.criteria import Ground
from glossary.domain.refusals import FieldError
from glossary.domain.shapes import StageModel
from glossary.domain.stages import Move, asked_about, left_behind, mapped, owed_in
from tests.domain.pipeline import content_of, ground, pipeline_data, stage_in

ACCEPTED = {"owner_role": "bdr", "accepted": True, "rejection_reason": None}
SPOKEN_WITH = {
    **ACCEPTED,
    "meeting_held": True,
    "need": "confirmed",
    "authority": "stated",
    "timing": "stated",
    "budget": "stated",
    "next_meeting_booked": True,
}


def model(data: dict[str, Any] | None = None) -> StageModel:
    found = content_of(data or pipeline_data()).stage_model
    assert found is not None
    return found


def move(start: str, end: str, record: dict[str, Any], reason: str | None = None, data: Any = None) -> Move:
    pipeline = model(data)
    stages = {stage.key: stage for stage in pipeline.stages}
    errors: list[FieldError] = []
    found = asked_about(pipeline, ground(), stages[start], stages[end], record, reason, errors)
    assert errors == []
    return found


def test_a_lead_that_was_accepted_advances() -> None:
    assert move("marketing-qualified", "sales-accepted", ACCEPTED) == Move("advance", True, ())


def test_who_was_not_accepted_does_not_and_is_told_by_which_clause() -> None:
    found = move("marketing-qualified", "sales-accepted", {**ACCEPTED, "accepted": False})
    (why,) = found.why
    assert (found.kind, found.legal, why.part, why.criteria) == ("advance", False, "exit", ("sal",))
    assert "Leaving “Marketing Qualified” asks for" in why.message and "does not meet" in why.message
    assert ("accepted: yes", False) in why.clauses


def test_what_nobody_filled_in_leaves_it_unknown() -> None:
    found = move("marketing-qualified", "sales-accepted", {"owner_role": "bdr", "rejection_reason": None})
    (why,) = found.why
    assert found.legal is None and why.verdict is None
    assert why.missing == ("accepted",) and "it is not known whether" in why.message


def test_there_has_to_be_a_way() -> None:
    found = move("closed-won", "engaged", {})
    assert (found.kind, found.legal) == (None, False)
    assert found.why[0].message == "No way leads from “Closed Won” to “Engaged”. No way leads on from there."
    assert "It leads to “Closed Won”, “Proposal”, “Closed Lost”." in move("negotiation", "engaged", {}).why[0].message


def test_a_skip_asks_only_for_the_entry_of_the_stage_it_leads_to() -> None:
    assert move("engaged", "sales-accepted", ACCEPTED) == Move("skip", True, ())
    assert move("engaged", "sales-accepted", {**ACCEPTED, "accepted": False}).why[0].part == "entry"


def test_where_the_record_type_changes_the_word_of_the_next_stage_is_asked() -> None:
    found = move("sales-accepted", "sales-qualified", SPOKEN_WITH)
    assert found.legal is True and found.converts is not None
    assert (found.converts.from_record, found.converts.to_record) == ("lead", "opportunity")
    data = pipeline_data()
    way = next(step for step in stage_in(data, "sales-accepted")["next"] if step["to"] == "sales-qualified")
    way["kind"] = "skip"
    assert move("sales-accepted", "sales-qualified", {**SPOKEN_WITH, "meeting_held": False}, data=data).legal is False


LOST = {"contract_signed": False}


def test_closing_takes_a_reason_from_the_list() -> None:
    assert move("proposal", "closed-lost", LOST, "lost_on_price").legal is True
    (why, *_) = move("proposal", "closed-lost", LOST).why
    assert (why.part, why.verdict) == ("reason", False)
    assert "needs a reason" in why.message and "lost_on_price (Price was the stated reason)" in why.message
    assert move("proposal", "closed-lost", LOST, "bad_timing").why[0].message.startswith("“bad_timing” is no reason")


def test_the_reason_that_the_record_keeps_is_as_good_and_may_not_say_otherwise() -> None:
    kept = {**LOST, "loss_reason": "lost_on_price"}
    assert move("proposal", "closed-lost", kept).legal is True
    assert move("proposal", "closed-lost", kept, "lost_on_price").legal is True
    found = move("proposal", "closed-lost", kept, "lost_on_product")
    assert found.legal is False and "The record says “lost_on_price”" in found.why[0].message


def test_going_back_asks_also_for_what_the_transition_names() -> None:
    called = {"account_has_open_opportunity": False, "attempts": 6, "channels_used": 3}
    lead = {"person_known": True, "email_type": "business"}
    found = move("marketing-qualified", "engaged", {**lead, **called, "attempts": 5}, "no_response")
    assert (found.legal, found.why[0].part, found.why[0].criteria) == (False, "transition", ("may_recycle",))
    assert move("marketing-qualified", "engaged", {**lead, **called}, "no_response") == Move("recycle", True, ())


def test_a_condition_in_words_only_is_for_somebody_to_look_at() -> None:
    data = pipeline_data()
    stage_in(data, "closed-lost")["entry"] = {"text": "the buyer said no"}
    found = move("proposal", "closed-lost", LOST, "lost_on_price", data)
    assert found.legal is None
    assert found.why[0].message.endswith("it cannot be checked here: the buyer said no.")


def test_a_value_that_its_field_cannot_hold_is_noted() -> None:
    pipeline, errors = model(), list[FieldError]()
    stages = {stage.key: stage for stage in pipeline.stages}
    wrong = {**ACCEPTED, "accepted": "perhaps", "unheard_of": 1}
    asked_about(pipeline, ground(), stages["marketing-qualified"], stages["sales-accepted"], wrong, None, errors)
    assert [error["path"] for error in errors] == ["record.accepted"]


def test_nothing_is_claimed_without_the_record_type() -> None:
    pipeline = model()
    stages = {stage.key: stage for stage in pipeline.stages}
    found = asked_about(pipeline, Ground(), stages["engaged"], stages["sales-accepted"], ACCEPTED, None, [])
    assert found.legal is None


@pytest.mark.parametrize(
    ("stage", "owed"),
    [
        ("engaged", [("marketing", "demand generation manager", "first_action", 40, None)]),
        (
            "marketing-qualified",
            [
                ("sales", "business development representative", "first_action", 4, None),
                ("sales", "business development representative", "first_touch", 1, "hand_raised"),
                ("sales", "business development representative", "first_touch", 4, "scored"),
                ("sales", "business development representative", "decision", 24, None),
            ],
        ),
    ],
)
def test_who_owes_what_from_then_on(stage: str, owed: list[tuple[Any, ...]]) -> None:
    pipeline = model()
    (entered,) = (item for item in pipeline.stages if item.key == stage)
    assert [item[:5] for item in owed_in(entered, pipeline)] == owed


def test_a_stage_that_keeps_its_key_keeps_its_records_and_others_say_what_they_were() -> None:
    data = pipeline_data()
    stage_in(data, "negotiation").update(key="terms", was=["negotiation", "haggling"])
    new = model(data)
    found = mapped(model(), new)
    assert (found["negotiation"], found["proposal"]) == ("terms", "proposal")
    assert left_behind(model(), new) == []
    stage_in(data, "terms").pop("was")
    assert [stage.key for stage in left_behind(model(), model(data))] == ["negotiation"]
