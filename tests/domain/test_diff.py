"""The difference people read before they sign."""

from dataclasses import fields

import pytest
from hypothesis import given

from glossary.domain.content import Content, canonical_text, parse
from glossary.domain.diff import FIELD_LABELS, difference, in_a_line, kept, label_of, word_difference
from tests.patience import within

from .texts import EVERY_KIND, LEAD_RECORD, MQL, PIPELINE, SIDES, content, prose, random_data


def only(before, after):
    (change,) = difference(before, after)
    return change


def test_a_changed_sentence_shows_its_words():
    change = only(content(summary="lead that asked for a price"), content(summary="lead that asked for a demo"))
    assert (change.field, change.kind, change.label) == ("summary", "changed", "In one sentence")
    assert change.words == (("same", "lead that asked for a "), ("removed", "price"), ("added", "demo"))


def test_a_link_is_one_word():
    change = only(content(why="See [[lead|a lead]]."), content(why="See [[lead|the lead]]."))
    assert change.words[1:3] == (("removed", "[[lead|a lead]]"), ("added", "[[lead|the lead]]"))


def test_a_list_shows_its_entries():
    change = only(content(examples=["one", "two"]), content(examples=["one", "three"]))
    assert change.items == (("same", "one"), ("removed", "two"), ("added", "three"))
    assert change.words == ()


def test_each_side_has_its_own_change():
    change = only(content(), content(for_sides={**MQL["for_sides"], "sales": "Answer in four hours."}))
    assert (change.field, change.label) == ("for_sides.sales", "What it means for sales")


def test_a_criterion_changes_by_its_id():
    criterion = {**MQL["criteria"][0], "expr": "interest_score >= 50"}
    change = only(content(), content(criteria=[criterion]))
    assert (change.field, change.label) == ("criteria.mql", "Test “Meets the MQL conditions”")
    assert ("removed", "condition: person_known AND interest_score >= 60") in change.items
    assert ("added", "condition: interest_score >= 50") in change.items


def test_a_number_that_becomes_true_is_a_change():
    def sample(value):
        return [{**MQL["criteria"][0], "samples": [{"note": "n", "expect": True, "record": {"known": value}}]}]

    assert only(content(criteria=sample(1)), content(criteria=sample(True))).field == "criteria.mql"


def test_a_field_of_a_record_type_changes_by_its_name():
    before = content(LEAD_RECORD)
    change = only(
        before, content(LEAD_RECORD, fields={**LEAD_RECORD["fields"], "phone": LEAD_RECORD["fields"]["email"]})
    )
    assert (change.field, change.kind, change.label) == ("fields.phone", "added", "Field phone")
    assert ("added", "type: string") in change.items


def test_a_stage_changes_by_its_key():
    model = PIPELINE["stage_model"]
    stages = [model["stages"][0], {**model["stages"][1], "probability": 100}]
    change = only(content(PIPELINE), content(PIPELINE, stage_model={**model, "stages": stages}))
    assert (change.field, change.label) == ("stage_model.stages.won", "Stage “Won”")
    assert ("added", "probability: 100") in change.items


def test_stages_that_change_places_are_a_change():
    model = PIPELINE["stage_model"]
    change = only(content(PIPELINE), content(PIPELINE, stage_model={**model, "stages": model["stages"][::-1]}))
    assert (change.field, change.before, change.after) == ("stage_model.stages", ["engaged", "won"], ["won", "engaged"])


def test_structures_are_said_in_words():
    after = content(
        related=[{"relation": "part_of", "term": "pipeline"}],
        open_questions=[{"question": "Why?", "look_again": "2027-05-17"}],
        crm_mappings=[{"system": "salesforce", "object": "Lead", "field": "Status", "standard": True, "note": "stock"}],
    )
    said = {item for change in difference(content(), after) for op, item in change.items if op == "added"}
    assert said == {
        "part of: pipeline",
        "Why? (look again on 2027-05-17)",
        "salesforce: Lead.Status (standard, stock)",
    }


@pytest.mark.parametrize("data", EVERY_KIND, ids=lambda data: data["kind"])
def test_a_first_text_is_all_new(data):
    changes = difference(None, content(data))
    assert {change.kind for change in changes} == {"added"}
    assert {op for change in changes for op, _ in change.words + change.items} == {"added"}
    assert all(
        set(change.as_data()) == {"field", "label", "kind", "before", "after", "words", "items"} for change in changes
    )


def test_changes_come_in_reading_order():
    found = [change.field for change in difference(content(), content(summary="x", name="MQL two", review_months=6))]
    assert found == ["name", "summary", "review_months"]


def test_every_field_has_a_screen_word():
    assert {item.name for item in fields(Content)} <= set(FIELD_LABELS)
    assert label_of("role.reason") == "Why it reports there"


@given(random_data, random_data)
def test_nothing_differs_exactly_when_the_signed_text_is_the_same(one, other):
    before, after = (parse(data, sides=SIDES) for data in (one, other))
    texts = [canonical_text(term="t", base=None, effective_from=None, content=item) for item in (before, after)]
    assert (difference(before, after) == ()) == (texts[0] == texts[1])
    assert difference(before, before) == ()


@given(prose, prose)
def test_the_words_read_as_before_and_as_after(before, after):
    words = word_difference(before, after)
    assert "".join(text for op, text in words if op != "added") == before
    assert "".join(text for op, text in words if op != "removed") == after


def test_repetitive_texts_are_compared_in_time():
    before, after = ("a b c b a c " * 1_700)[:20_000], ("b a c c a b " * 1_700)[:20_000]
    with within(60):
        word_difference(before, after)


def test_a_difference_in_a_line_names_the_parts():
    before = parse({"name": "Campaign", "summary": "a plan"}, sides=())
    after = parse(
        {"name": "Campaign", "summary": "another", "why": "w", "includes": ["a"], "excludes": ["b"]}, sides=()
    )
    more = parse(after.as_data() | {"examples": ["c"]}, sides=())
    assert in_a_line(before, before) == ""
    assert in_a_line(after, more) == "Examples"
    assert in_a_line(before, after) == "In one sentence, Why it matters, Includes and Does not include"
    assert in_a_line(before, more) == "In one sentence, Why it matters, Includes and 2 more"


def test_what_two_contents_have_alike_is_all_that_the_difference_leaves_out():
    before = parse({"name": "Campaign", "summary": "a plan", "includes": ["a", "b"]}, sides=())
    after = parse({"name": "Campaign", "summary": "another", "includes": ["a", "b"]}, sides=())
    same = {part.field: part.lines for part in kept(before, after)}
    assert same["includes"] == ("a", "b") and same["name"] == ("Campaign",) and "summary" not in same
    assert {change.field for change in difference(before, after)} == {"summary"}
