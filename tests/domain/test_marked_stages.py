"""Which stages of a model are new, changed or gone beside an earlier one."""

from typing import Any

from glossary.domain.shapes import StageModel
from glossary.domain.stages import marked
from tests.domain.pipeline import content_of, pipeline_data, stage_in


def model(data: dict[str, Any]) -> StageModel:
    found = content_of(data).stage_model
    assert found is not None
    return found


def marks(after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(item.stage.key, item.mark, item.was) for item in marked(model(after), model(pipeline_data())) if item.mark]


def test_nothing_is_marked_where_nothing_changed() -> None:
    assert marks(pipeline_data()) == []
    assert not any(item.mark for item in marked(model(pipeline_data()), None))


def test_a_stage_put_in_changes_no_other_though_their_numbers_move() -> None:
    data = pipeline_data()
    for stage in data["stages"][2:]:
        stage["order"] += 1
    data["stages"].insert(2, {**stage_in(data, "engaged"), "key": "nurtured", "order": 3, "next": []})
    assert marks(data) == [("nurtured", "new", "")]


def test_a_stage_with_another_key_is_the_one_it_says_it_was() -> None:
    data = pipeline_data()
    stage_in(data, "negotiation").update(key="terms", name="Terms", was=["negotiation"])
    assert ("terms", "changed", "Negotiation") in marks(data)
    assert "negotiation" not in [key for key, _, _ in marks(data)]


def test_of_two_that_become_one_the_second_goes() -> None:
    data = pipeline_data()
    data["stages"] = [stage for stage in data["stages"] if stage["key"] != "proposal"]
    stage_in(data, "negotiation").update(key="terms", was=["negotiation", "proposal"])
    found = {item.stage.key: item for item in marked(model(data), model(pipeline_data()))}
    assert (found["terms"].mark, found["proposal"].mark, found["proposal"].into) == ("changed", "gone", "Negotiation")


def test_a_stage_that_goes_stands_where_it_stood() -> None:
    data = pipeline_data()
    data["stages"] = [stage for stage in data["stages"] if stage["key"] not in ("engaged", "sales-qualified")]
    keys = [item.stage.key for item in marked(model(data), model(pipeline_data()))]
    assert keys == [stage["key"] for stage in pipeline_data()["stages"]]
