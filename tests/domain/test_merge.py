"""Two people changed the same definition: what is kept, and what they are asked."""

import pytest
from hypothesis import given

from glossary.domain.content import Content, parse
from glossary.domain.merge import merge
from glossary.domain.refusals import Refusal

from .texts import LEAD_RECORD, MQL, PIPELINE, SIDES, content, random_data

BASE = content()


def changed(**fields: object) -> Content:
    return content(**fields)


def criterion(key: str, **fields: object) -> dict[str, object]:
    return {"id": key, "label": key, "record": "lead", "expr": "known", **fields}


def test_changes_of_different_fields_are_both_kept():
    merged = merge(BASE, changed(summary="mine"), changed(why="theirs"))
    assert merged.content == changed(summary="mine", why="theirs")
    assert merged.conflicts == ()


def test_the_same_change_is_no_conflict():
    assert merge(BASE, changed(summary="same"), changed(summary="same")).content == changed(summary="same")


def test_different_changes_of_one_field_are_asked():
    merged = merge(BASE, changed(summary="mine"), changed(summary="theirs"))
    assert merged.content is None
    assert [conflict.as_data() for conflict in merged.conflicts] == [
        {"field": "summary", "base": BASE.summary, "mine": "mine", "theirs": "theirs"}
    ]


@pytest.mark.parametrize(
    ("resolution", "kept"),
    [("mine", "mine"), ("theirs", "theirs"), ({"value": " ours "}, "ours"), ({"value": None}, None)],
)
def test_an_answer_settles_it(resolution, kept):
    merged = merge(BASE, changed(summary="mine"), changed(summary="theirs"), {"summary": resolution})
    assert merged.content is not None
    assert merged.content.summary == kept


def test_what_is_not_answered_is_asked_again():
    mine, theirs = changed(summary="mine", why="mine"), changed(summary="theirs", why="theirs")
    merged = merge(BASE, mine, theirs, {"why": "mine"})
    assert merged.content is None
    assert [conflict.field for conflict in merged.conflicts] == ["summary"]


def test_a_removal_against_a_change_is_asked():
    merged = merge(BASE, changed(measurement=None), changed(measurement="theirs"))
    assert [(conflict.mine, conflict.theirs) for conflict in merged.conflicts] == [(None, "theirs")]
    assert merge(BASE, changed(measurement=None), BASE).content == changed(measurement=None)


def test_each_side_is_merged_on_its_own():
    def for_sides(**texts):
        return changed(for_sides={**MQL["for_sides"], **texts})

    merged = merge(BASE, for_sides(sales="mine"), for_sides(marketing="theirs"))
    assert merged.content == for_sides(sales="mine", marketing="theirs")


def test_criteria_are_merged_by_id():
    base = changed(criteria=[criterion("a"), criterion("b")])
    mine = changed(criteria=[criterion("a"), criterion("new"), criterion("b", label="mine")])
    theirs = changed(criteria=[criterion("a", label="theirs"), criterion("b"), criterion("last")])
    merged = merge(base, mine, theirs)
    assert merged.content is not None
    assert [(item.id, item.label) for item in merged.content.criteria] == [
        *(("a", "theirs"), ("new", "new"), ("b", "mine"), ("last", "last"))
    ]


def test_whoever_moved_the_criteria_has_the_order():
    base = changed(criteria=[criterion("a"), criterion("b")])
    moved = changed(criteria=[criterion("b"), criterion("a")])
    assert merge(base, moved, base).content == moved
    assert merge(base, base, moved).content == moved


def test_fields_of_a_record_type_are_merged_by_name():
    def record(**fields):
        return content(LEAD_RECORD, fields={**LEAD_RECORD["fields"], **fields})

    new = {"type": "bool", "source": "CRM"}
    assert merge(content(LEAD_RECORD), record(mine=new), record(theirs=new)).content == record(mine=new, theirs=new)


def test_stages_are_merged_by_key():
    def pipeline(first, second, **model):
        stages = PIPELINE["stage_model"]["stages"]
        changed_stages = [{**stages[0], **first}, {**stages[1], **second}]
        return content(PIPELINE, stage_model={**PIPELINE["stage_model"], **model, "stages": changed_stages})

    mine, theirs = pipeline({"max_days": 90}, {}), pipeline({}, {"probability": 100}, note="Read it twice.")
    merged = merge(content(PIPELINE), mine, theirs)
    assert merged.content == pipeline({"max_days": 90}, {"probability": 100}, note="Read it twice.")
    assert [item.field for item in merge(content(PIPELINE), mine, pipeline({"max_days": 30}, {})).conflicts] == [
        "stage_model.stages.engaged"
    ]


@pytest.mark.parametrize(
    ("resolutions", "code"),
    [
        ({"summary": "ours"}, "not_a_choice"),
        ({"summary": {"worth": "x"}}, "not_a_choice"),
        ({"summary": None}, "not_a_choice"),
        ({"why": "mine"}, "unknown_field"),
        ({"colour": "mine"}, "unknown_field"),
    ],
)
def test_answers_to_what_was_not_asked_are_refused(resolutions, code):
    with pytest.raises(Refusal) as caught:
        merge(BASE, changed(summary="mine"), changed(summary="theirs"), resolutions)
    assert [(error["path"], error["code"]) for error in caught.value.errors] == [
        (f"resolutions.{next(iter(resolutions))}", code)
    ]


@pytest.mark.parametrize("value", [7, "x" * 301, ["x"]])
def test_an_own_answer_keeps_the_rules_of_the_field(value):
    with pytest.raises(Refusal) as caught:
        merge(BASE, changed(summary="mine"), changed(summary="theirs"), {"summary": {"value": value}})
    assert caught.value.errors[0]["path"] == "summary"


@given(random_data, random_data)
def test_whoever_alone_changed_something_has_it(one, other):
    base, mine = (parse(data, sides=SIDES) for data in (one, other))
    assert merge(base, mine, base).content == mine
    assert merge(base, base, mine).content == mine
    assert merge(base, mine, mine).content == mine


@given(random_data, random_data, random_data)
def test_two_people_are_asked_about_the_same_fields_whoever_merges(one, two, three):
    base, mine, theirs = (parse(data, sides=SIDES) for data in (one, two, three))

    def asked(mine, theirs):
        return {conflict.field for conflict in merge(base, mine, theirs, {}).conflicts}

    try:
        assert asked(mine, theirs) == asked(theirs, mine)
    except Refusal as refusal:
        assert refusal.code == "invalid"
