"""One fault at a time is put into the pipeline of the starter vocabulary; the check of that name finds it."""

from collections.abc import Callable
from typing import Any

import pytest

from glossary.domain.criteria import Ground
from glossary.domain.lint import Facts
from glossary.domain.lint.stage_models import ERRORS, WARNINGS
from tests.domain.pipeline import content_of, ground, pipeline_data, stage_in

Data = dict[str, Any]
Plant = Callable[[Data], Any]


def found_in(data: Data, on: Ground | None = None) -> list[tuple[str, str]]:
    """Code and path of everything that readiness says about the model."""
    content, facts = content_of(data), Facts(ground=on or ground())
    return [(item.code, item.path) for rule in (*ERRORS, *WARNINGS) for item in rule(content, facts)]


def codes_after(plant: Plant) -> set[str]:
    data = pipeline_data()
    plant(data)
    return {code for code, _ in found_in(data)}


def way(data: Data, key: str, to: str) -> Data:
    (step,) = (step for step in stage_in(data, key)["next"] if step["to"] == to)
    return step  # type: ignore[no-any-return]


def test_the_clean_model_has_no_fault() -> None:
    assert found_in(pipeline_data()) == []


def parks_deals_where_none_goes(data: Data) -> None:
    parked = {**stage_in(data, "closed-lost"), "key": "parked", "order": 11, "next": [], "crm_mappings": []}
    data["stages"].append(parked)


def maps_a_value_twice(data: Data) -> None:
    stage_in(data, "negotiation")["crm_mappings"] = stage_in(data, "proposal")["crm_mappings"]


PLANTED: dict[str, tuple[Plant, set[str]]] = {
    "numbers skip one": (lambda data: stage_in(data, "disqualified").update(order=11), {"stage_order"}),
    "a promise is nobody's": (lambda data: stage_in(data, "proposal").pop("sla_side"), {"promise_without_team"}),
    "the wrong team gives": (
        lambda data: stage_in(data, "marketing-qualified")["handoff"].update({"from": "sales"}),
        {"handoff_contradicts"},
    ),
    "the wrong team receives": (
        lambda data: stage_in(data, "sales-qualified")["handoff"].update({"to": "marketing"}),
        {"handoff_contradicts"},
    ),
    "the giver owes the first action": (
        lambda data: stage_in(data, "marketing-qualified").update(sla_side="marketing"),
        {"handoff_contradicts"},
    ),
    "no way leads to a stage": (parks_deals_where_none_goes, {"stage_unreachable"}),
    "a stage has no way forward": (lambda data: stage_in(data, "closed-won").update(exit=EXIT), {"stage_dead_end"}),
    "a way leads to no stage": (
        lambda data: stage_in(data, "proposal")["next"].append({"to": "legal", "kind": "skip"}),
        {"unknown_stage"},
    ),
    "a stage leads to itself": (
        lambda data: stage_in(data, "proposal")["next"].append({"to": "proposal", "kind": "skip"}),
        {"stage_to_itself"},
    ),
    "two ways lead to one stage": (
        lambda data: stage_in(data, "proposal")["next"].append({"to": "negotiation", "kind": "skip"}),
        {"way_twice"},
    ),
    "a recycle calls itself a skip": (
        lambda data: way(data, "sales-accepted", "engaged").update(kind="skip", reasons=[]),
        {"cycle_without_reason"},
    ),
    "a way leads on from the end": (
        lambda data: stage_in(data, "closed-won").update(next=[{"to": "closed-lost", "kind": "skip"}]),
        {"forward_from_final"},
    ),
    "a close leads into the middle": (
        lambda data: way(data, "sales-accepted", "engaged").update(kind="close"),
        {"close_not_final"},
    ),
    "a conversion is not said": (
        lambda data: way(data, "sales-accepted", "sales-qualified").pop("converts"),
        {"conversion"},
    ),
    "a conversion goes the wrong way": (
        lambda data: way(data, "closed-lost", "engaged").update(converts={"from": "lead", "to": "opportunity"}),
        {"conversion"},
    ),
    "nothing is converted": (
        lambda data: way(data, "proposal", "negotiation").update(converts={"from": "lead", "to": "opportunity"}),
        {"conversion"},
    ),
    "the probability falls": (lambda data: stage_in(data, "negotiation").update(probability=10), {"probability_falls"}),
    "a CRM value means two stages": (maps_a_value_twice, {"crm_value_twice"}),
    "a recycle asks for no reason": (
        lambda data: way(data, "sales-accepted", "engaged").pop("reasons"),
        {"reason_missing"},
    ),
    "going forward asks for a reason": (
        lambda data: way(data, "proposal", "negotiation").update(reasons=["look_again"]),
        {"reason_needless"},
    ),
    "a reason is not in the list": (
        lambda data: data.update(reasons=[item for item in data["reasons"] if item["key"] != "look_again"]),
        {"unknown_reason", "reason_unlisted"},
    ),
    "a reason is never used": (
        lambda data: data["reasons"].append({"key": "bad_weather", "label": "It rained"}),
        {"reason_unused"},
    ),
    "the record cannot keep a reason": (
        lambda data: way(data, "proposal", "solution-fit")["reasons"].append("bad_timing"),
        {"reason_not_kept"},
    ),
    "no field keeps the reason": (
        lambda data: data["reason_fields"]["opportunity"].pop("recycle"),
        {"reason_field_missing"},
    ),
    "the field of reasons is not there": (
        lambda data: data["reason_fields"]["opportunity"].update(recycle="why"),
        {"reason_field"},
    ),
    "the field of reasons is another list": (
        lambda data: data["reason_fields"]["opportunity"].update(recycle="type"),
        {"reason_unlisted", "reason_not_kept"},
    ),
    "a return reason leads nowhere": (
        lambda data: stage_in(data, "sales-qualified")["handoff"]["return_reasons"].append("look_again"),
        {"return_reason_leads_nowhere"},
    ),
    "a hand-off names no return reasons": (
        lambda data: stage_in(data, "marketing-qualified")["handoff"].pop("return_reasons"),
        {"return_reasons_missing"},
    ),
    "no record with the reason gets through": (
        lambda data: way(data, "marketing-qualified", "engaged")["reasons"].append("bad_data"),
        {"reason_never_passes"},
    ),
    "a criterion is not in force": (
        lambda data: stage_in(data, "proposal")["entry"].update(meets_all=["solution_confirmd"]),
        {"unknown_criterion"},
    ),
    "a transition names no criterion": (
        lambda data: way(data, "marketing-qualified", "engaged").update(meets_all=["may_recycel"]),
        {"unknown_criterion"},
    ),
    "a criterion is about other records": (
        lambda data: stage_in(data, "closed-lost")["entry"].update(meets_all=["sal"]),
        {"criterion_of_other_record"},
    ),
    "a condition of the stage cannot be read": (
        lambda data: stage_in(data, "closed-lost")["entry"].update(also="amount >"),
        {"also_does_not_run"},
    ),
    "a condition of the stage asks an unknown field": (
        lambda data: stage_in(data, "closed-lost")["entry"].update(also="amuont > 5"),
        {"also_does_not_run"},
    ),
    "nothing can get in": (
        lambda data: stage_in(data, "closed-won")["entry"].update(also="contract_signed = FALSE"),
        {"condition_never_met", "exit_refused"},
    ),
    "what leaves is let in nowhere": (
        lambda data: stage_in(data, "negotiation")["entry"].update(also="amount >= 1000"),
        {"exit_refused"},
    ),
    "an exit asks for less than the word of the next stage": (
        lambda data: stage_in(data, "sales-accepted")["exit"].update(meets_all=["sal"]),
        {"exit_refused"},
    ),
    "an entry is in words only": (
        lambda data: stage_in(data, "closed-lost").update(entry={"text": "it is lost"}),
        {"condition_in_words_only"},
    ),
}
EXIT = {"text": "the agreed day has come", "meets_all": ["is_open_opportunity"]}


@pytest.mark.parametrize("fault", PLANTED)
def test_each_fault_is_found_by_its_check_alone(fault: str) -> None:
    plant, expected = PLANTED[fault]
    assert codes_after(plant) == expected


def test_a_circle_without_an_end_is_found() -> None:
    data = pipeline_data()
    stage_in(data, "proposal")["next"] = [{"to": "negotiation", "kind": "advance"}]
    stage_in(data, "negotiation")["next"] = [{"to": "proposal", "kind": "skip"}]
    endless = [path for code, path in found_in(data) if code == "no_final_stage"]
    assert endless == ["stage_model.stages[5].next", "stage_model.stages[6].next"]


def test_a_model_in_which_nothing_is_final_is_told_so_once() -> None:
    data = pipeline_data()
    for key in ("closed-won", "closed-lost", "disqualified"):
        stage_in(data, key)["exit"] = EXIT
    assert [path for code, path in found_in(data) if code == "no_final_stage"] == ["stage_model.stages"]


def test_an_exit_that_leads_nowhere_is_shown_by_a_record() -> None:
    data = pipeline_data()
    stage_in(data, "negotiation")["entry"]["also"] = "amount >= 1000"
    (message,) = (item.message for rule in ERRORS for item in rule(content_of(data), Facts(ground=ground())))
    assert "Proposal" in message and "proposal_reviewed = True" in message


def test_a_record_type_that_is_not_there_yet_stops_no_check() -> None:
    """That it is missing is said by another rule; what needs its fields is not asked."""
    assert {code for code, _ in found_in(pipeline_data(), Ground())} == {"unknown_criterion"}


def after_a_change(data: Data) -> list[tuple[str, str]]:
    """What is said of a model that follows the clean one."""
    facts = Facts(ground=ground(), base=content_of(pipeline_data()))
    return [(item.code, item.path) for rule in ERRORS for item in rule(content_of(data), facts)]


def renamed(data: Data, **more: Any) -> Data:
    """The negotiation gets another key, and the ways to it follow."""
    stage_in(data, "negotiation").update(key="terms", **more)
    for stage in data["stages"]:
        for step in stage.get("next", []):
            step["to"] = "terms" if step["to"] == "negotiation" else step["to"]
    return data


def test_a_stage_that_goes_says_where_its_records_are_then() -> None:
    assert after_a_change(pipeline_data()) == []
    assert after_a_change(renamed(pipeline_data())) == [("stage_left_behind", "stage_model.stages")]
    assert after_a_change(renamed(pipeline_data(), was=["negotiation"])) == []


def test_a_stage_was_none_that_is_still_there_or_that_another_was() -> None:
    data = renamed(pipeline_data(), was=["negotiation", "proposal"])
    assert after_a_change(data) == [("stage_was", "stage_model.stages[6].was[1]")]
    data = renamed(pipeline_data(), was=["negotiation"])
    stage_in(data, "closed-won")["was"] = ["negotiation"]
    assert after_a_change(data) == [("stage_was", "stage_model.stages[7].was[0]")]


def test_a_model_without_stages_is_no_fault_of_its_stages() -> None:
    assert found_in({"note": "not drawn up yet"}) == []
