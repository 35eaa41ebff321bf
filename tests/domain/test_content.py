"""What people send becomes a Content, or is refused with the path and the rule."""

import json
from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from glossary.domain.checking import Limits, Map
from glossary.domain.content import Content, parse
from glossary.domain.refusals import Refusal
from glossary.domain.shapes import Relation
from tests.patience import within

from .texts import BDR, BUYER, EVERY_KIND, LEAD_RECORD, MQL, PIPELINE, SIDES, W_SHAPED, content, damaged, random_data


def refusal(data: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(data, sides=SIDES)
    assert caught.value.code == "invalid"
    return caught.value


def faults(data: object) -> set[tuple[str, str]]:
    return {(error["path"], error["code"]) for error in refusal(data).errors}


def nested(data: dict[str, Any], path: list[Any], value: object) -> Any:
    """The data with one deeply nested value replaced."""
    if not path:
        return value
    copy: Any = data.copy()
    copy[path[0]] = nested(copy[path[0]] if len(path) > 1 else {}, path[1:], value)
    return copy


# What is kept


@pytest.mark.parametrize("data", EVERY_KIND, ids=lambda data: data["kind"])
def test_every_kind_keeps_all_that_was_sent(data):
    defaults = {"kind": "concept", "status": "agreed", "owner_side": "both", "review_months": 12}
    assert content(data).as_data() == {**defaults, **data}


@pytest.mark.parametrize("data", EVERY_KIND, ids=lambda data: data["kind"])
def test_its_data_parses_to_the_same_content(data):
    assert parse(content(data).as_data(), sides=SIDES) == content(data)


@given(random_data)
def test_any_content_survives_a_round_trip(data):
    once = parse(data, sides=SIDES)
    assert parse(once.as_data(), sides=SIDES) == once


def test_a_content_never_changes():
    with pytest.raises(FrozenInstanceError):
        content().name = "Lead"  # type: ignore[misc]
    with pytest.raises(TypeError):
        content().for_sides["sales"] = "no"  # type: ignore[index]
    assert hash(content()) == hash(content())


def test_a_bare_related_name_means_see_also():
    assert content(related=["Lead"]).related == (Relation(relation="see_also", term="Lead"),)


def test_what_is_empty_is_absent():
    empty = {"summary": " \n", "why": None, "aliases": [], "examples": ["", None], "for_sides": {"sales": ""}}
    blank_rows = {"open_questions": [{"question": "", "look_again": ""}], "role": {}, "weights": {}}
    assert parse({"name": "Lead", **empty, **blank_rows}, sides=SIDES) == parse({"name": "Lead"}, sides=SIDES)


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060 \u00ad", "\u3164\n\u200d", "\ufe0f"])
def test_a_text_in_which_nothing_can_be_seen_is_empty(unseen):
    fields = {"summary": unseen, "definition": unseen, "examples": [unseen], "for_sides": {"sales": unseen}}
    assert parse({"name": "Lead", **fields}, sides=SIDES) == parse({"name": "Lead"}, sides=SIDES)
    assert content(summary=f"person{unseen} who").summary.startswith("person")


def test_an_explicit_null_in_a_sample_is_a_fact_and_stays():
    sample = content().criteria[0].samples[0]
    assert sample.record["persona"] is None
    assert sample.record != Map({key: value for key, value in sample.record.items() if value is not None})


def test_true_and_one_are_different_facts():
    one, true = (Map({"hand_raised": value}) for value in (1, True))
    assert one != true


def test_line_ends_blanks_and_unicode_forms_are_normalised():
    typed = content(definition="  Cafe\u0301\r\nsecond\rthird  ")
    assert typed.definition == "Café\nsecond\nthird"


def test_a_line_stays_one_line():
    assert content(summary="person who\r\n  responded").summary == "person who responded"


@pytest.mark.parametrize("one", [1, 1.0, "1.00", Decimal("1")])
def test_decimals_have_one_spelling(one):
    assert content(W_SHAPED, weights={"first": one}).weights["first"] == "1"


def test_floats_become_whole_numbers_or_decimal_strings():
    record = {"whole": 3.0, "part": 0.1, "exact": Decimal("1.50"), "big": 10**19}
    criterion = {**MQL["criteria"][0], "samples": [{"note": "n", "expect": True, "record": record}]}
    kept = content(criteria=[criterion]).criteria[0].samples[0].record
    assert dict(kept) == {"whole": 3, "part": "0.1", "exact": "1.5", "big": "10000000000000000000"}


def test_references_are_every_term_it_names():
    assert content(replaced_by="Lead", why="See [[SLA]].").references() == {
        *("Ideal Customer Profile", "Touchpoint", "Pipeline", "Handoff", "Lead", "SLA")
    }
    assert content(PIPELINE).references() == {"Lead", "Customer"}
    assert content(PIPELINE).record_keys() == {"lead", "opportunity"}
    assert content().record_keys() == {"lead"}


def test_mentions_say_where():
    paths = {mention.path for mention in content().mentions()}
    assert paths == {"definition", "related[0].term", "related[1].term"}


def test_resolving_turns_names_into_slugs_everywhere():
    def slug(name: str) -> str:
        return name.lower().replace(" ", "-")

    resolved = content(replaced_by="Lead").resolved(slug)
    assert resolved.references() == {"ideal-customer-profile", "touchpoint", "pipeline", "handoff", "lead"}
    assert "[[touchpoint|response]]" in resolved.definition
    assert content(PIPELINE).resolved(slug).stage_model.stages[0].term == "lead"
    assert parse(resolved.as_data(), sides=SIDES) == resolved


def test_two_names_of_one_term_become_one_relation():
    resolved = content(related=["MQL", "Marketing-ready lead"]).resolved(lambda name: "mql")
    assert resolved.related == (Relation(relation="see_also", term="mql"),)


def test_resolving_refuses_a_text_that_grows_too_long():
    with pytest.raises(Refusal) as caught:
        content(examples=["[[SLA]]"]).resolved(lambda name: "x" * 600)
    assert [error["path"] for error in caught.value.errors] == ["examples[0]"]


# What is refused


def test_all_problems_are_told_at_once():
    data = {**MQL, "kind": "thing", "colour": "red", "summary": "x" * 301, "review_months": 0}
    assert faults(data) == {
        ("kind", "not_a_choice"),
        ("colour", "unknown_field"),
        ("summary", "too_long"),
        ("review_months", "out_of_range"),
    }
    assert refusal(data).sentence.startswith("4 things need mending. The first is ")


@given(damaged())
def test_whatever_is_sent_is_taken_or_refused_in_words(data):
    try:
        assert parse(parse(data, sides=SIDES).as_data(), sides=SIDES) == parse(data, sides=SIDES)
    except Refusal as refused:
        assert refused.code == "invalid"
        json.dumps([refused.sentence, *refused.errors], ensure_ascii=False).encode()


def test_a_misspelt_field_is_recognised():
    assert "Did you mean definition?" in refusal({"name": "Lead", "defintion": "x"}).sentence


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        (None, "", "wrong_type"),
        ([], "", "wrong_type"),
        ("Lead", "", "wrong_type"),
        ({}, "name", "required"),
        ({"name": 7}, "name", "wrong_type"),
        ({"name": "x" * 121}, "name", "not_a_name"),
        ({"name": "Le\u200bad"}, "name", "not_a_name"),
        ({"name": "Le\u202ead"}, "name", "not_a_name"),
        ({"name": "L\u0435ad"}, "name", "not_a_name"),
        ({"name": "---"}, "name", "not_a_name"),
        ({"name": "Le\x00ad"}, "name", "bad_character"),
        ({"name": "Le\ud800ad"}, "name", "bad_character"),
    ],
)
def test_bad_wholes_and_names_are_refused(data, path, code):
    assert faults(data) == {(path, code)}


@pytest.mark.parametrize(
    ("data", "path", "value", "code"),
    [
        (MQL, ["definition"], "a\x00b", "bad_character"),
        (MQL, ["definition"], "a\ud800b", "bad_character"),
        (MQL, ["definition"], 5, "wrong_type"),
        (MQL, ["definition"], "é" * 10_241, "too_long"),
        (MQL, ["definition"], "x" * 1_000_000, "too_long"),
        (MQL, ["definition"], "[" * 301, "too_many"),
        (MQL, ["definition"], ">" * 21 + " deep", "too_deep"),
        (MQL, ["definition"], "\n".join("    " * level + "- x" for level in range(21)), "too_deep"),
        (MQL, ["definition"], "- " * 21 + "x", "too_deep"),
        (MQL, ["for_sides", "product"], "text", "not_a_choice"),
        (MQL, ["for_sides", "sales"], ["text"], "wrong_type"),
        (MQL, ["for_sides"], "text", "wrong_type"),
        (MQL, ["aliases"], "MQL", "wrong_type"),
        (MQL, ["examples"], ["x"] * 501, "too_many"),
        (MQL, ["owner_side"], "product", "not_a_choice"),
        (MQL, ["status"], "draft", "not_a_choice"),
        (MQL, ["review_months"], "12", "wrong_type"),
        (MQL, ["review_months"], 12.5, "wrong_type"),
        (MQL, ["review_months"], True, "wrong_type"),
        (MQL, ["review_months"], float("nan"), "wrong_type"),
        (MQL, ["review_months"], float("inf"), "wrong_type"),
        (MQL, ["criteria"], {"mql": {}}, "wrong_type"),
        (MQL, ["weights"], {"first": 1}, "not_for_kind"),
        (MQL, ["role"], {"reports_to": "x"}, "not_for_kind"),
        (MQL, ["key"], "lead", "not_for_kind"),
        (W_SHAPED, ["weights"], {"first": "0.3"}, "not_one"),
        (W_SHAPED, ["weights", "first"], "1e400", "wrong_type"),
        (W_SHAPED, ["weights", "first"], Decimal("1e-400"), "wrong_type"),
        (W_SHAPED, ["weights", "first"], float("nan"), "wrong_type"),
        (W_SHAPED, ["weights", "first"], "1.5", "out_of_range"),
        (LEAD_RECORD, ["key"], "Lead record", "not_a_key"),
        (LEAD_RECORD, ["fields", "email", "type"], "text", "not_a_choice"),
        (LEAD_RECORD, ["fields"], ["email"], "wrong_type"),
        (BDR, ["role", "look_again"], "24 May 2027", "not_a_day"),
        (BDR, ["role", "look_again"], "20270524", "not_a_day"),
        (BDR, ["role", "look_again"], "2027-02-30", "not_a_day"),
        (BUYER, ["persona", "pains"], "slow reports", "wrong_type"),
        (PIPELINE, ["stage_model", "sla_clock"], "moon", "not_a_choice"),
    ],
)
def test_a_bad_value_is_refused_where_it_stands(data, path, value, code):
    where = ".".join(path)
    found = faults(nested(data, path, value))
    assert (where, code) in {(at.removesuffix("[0]"), rule) for at, rule in found}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("id", "MQL!", "not_a_key"),
        ("record", None, "required"),
        ("expr", "x" * 5_000, "too_long"),
        ("counted.when", "often", "not_a_choice"),
        ("samples[0].expect", "maybe", "not_a_choice"),
        ("samples[0].expect", 1, "not_a_choice"),
        ("samples[0].record.score", [1], "wrong_type"),
        ("samples[0].record.score", float("inf"), "wrong_type"),
        ("samples[0].mood", "good", "unknown_field"),
    ],
)
def test_a_bad_criterion_is_refused_with_its_path(path, value, code):
    criterion = {
        "id": "mql",
        "label": "MQL",
        "record": "lead",
        "expr": "score > 60",
        "counted": {"when": "current", "date_field": "day"},
        "samples": [{"note": "n", "expect": True, "record": {"score": 70}}],
    }
    assert faults({**MQL, "criteria": [_with(criterion, path, value)]}) == {(f"criteria[0].{path}", code)}


def _with(data: Any, path: str, value: object) -> Any:
    head, _, rest = path.partition(".")
    key, is_list = head.removesuffix("[0]"), head.endswith("[0]")
    under = value if not rest else _with(data[key][0] if is_list else data[key], rest, value)
    return {**data, key: [under] if is_list and rest else under}


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"accountable_side": ["sales", "marketing"]}, "accountable_side", "not_a_choice"),
        ({"accountable_side": "product"}, "accountable_side", "not_a_choice"),
        ({"accountable_side": None}, "accountable_side", "required"),
        ({"probability": 101}, "probability", "out_of_range"),
        ({"forecast_category": "sure"}, "forecast_category", "not_a_choice"),
        ({"entry": {"text": "t", "meets_all": ["a"], "meets_any": ["b"]}}, "entry.meets_any", "one_of"),
        ({"next": [{"to": "won", "kind": "jump"}]}, "next[0].kind", "not_a_choice"),
        ({"handoff": {"from": "sales"}}, "handoff.to", "required"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_a_bad_stage_is_refused_with_its_path(change, path, code):
    model = PIPELINE["stage_model"]
    stages = [{**model["stages"][0], **change}, model["stages"][1]]
    found = faults({**PIPELINE, "stage_model": {**model, "stages": stages}})
    assert (f"stage_model.stages[0].{path}", code) in found


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"aliases": ["lead", "LEAD"]}, "aliases[1]"),
        ({"aliases": ["marketing qualified lead"]}, "aliases[0]"),
        ({"aliases": ["M Q L"], "abbreviations": ["MQL"]}, "abbreviations[0]"),
        ({"criteria": MQL["criteria"] * 2}, "criteria[1].id"),
        ({"related": ["Lead", {"relation": "see_also", "term": "Lead"}]}, "related[1]"),
    ],
)
def test_what_stands_twice_is_refused(change, path):
    assert (path, "duplicate") in faults({**MQL, **change})


def test_another_spelling_of_the_name_may_be_an_alias():
    assert content(name="Multi-Threading", aliases=["multithreading"]).aliases == ("multithreading",)


def test_a_stage_model_has_bounds_that_keep_its_checks_quick():
    model = PIPELINE["stage_model"]
    many = [{**model["stages"][1], "key": f"s{number}"} for number in range(41)]
    assert ("stage_model.stages", "too_many") in faults({**PIPELINE, "stage_model": {**model, "stages": many}})
    for change, path, code in (
        ({"entry": {"text": "x", "also": "a = 1 OR " * 60 + "a = 2"}}, "entry.also", "too_long"),
        ({"entry": {"text": "x", "meets_all": [f"c{number}" for number in range(21)]}}, "entry.meets_all", "too_many"),
        ({"exit": {"text": "x", "meets_any": ["sal", "sal"]}}, "exit.meets_any[1]", "duplicate"),
        ({"next": [{"to": "won", "kind": "skip"}] * 41}, "next", "too_many"),
        ({"next": [{"to": "won", "kind": "skip", "meets_all": ["sal"] * 21}]}, "next[0].meets_all", "too_many"),
        ({"was": ["old", "old"]}, "was[1]", "duplicate"),
    ):
        stages = [{**model["stages"][0], **change}, model["stages"][1]]
        found = faults({**PIPELINE, "stage_model": {**model, "stages": stages}})
        assert (f"stage_model.stages[0].{path}", code) in found


def test_a_field_that_is_left_out_changes_no_old_fingerprint():
    assert all("was" not in stage for stage in content(PIPELINE).as_data()["stage_model"]["stages"])


def test_stages_reasons_and_keys_stand_once():
    model = PIPELINE["stage_model"]
    twice = {**model, "stages": model["stages"] * 2, "reasons": model["reasons"] * 2}
    assert faults({**PIPELINE, "stage_model": twice}) >= {
        ("stage_model.stages[2].key", "duplicate"),
        ("stage_model.reasons[1].key", "duplicate"),
    }
    assert ("for_sides.sales ", "duplicate") in faults({**MQL, "for_sides": {"sales": "one", "sales ": "two"}})


def test_a_third_side_may_be_named_once_it_exists():
    data = {**MQL, "owner_side": "product", "for_sides": {"product": "Ask first."}}
    assert parse(data, sides=(*SIDES, "product")).owner_side == "product"


def test_limits_are_settings():
    with pytest.raises(Refusal):
        parse({"name": "Lead", "summary": "four"}, sides=SIDES, limits=Limits(summary=3))


def test_hostile_fields_are_named_in_printable_words():
    hostile = {"name": "Lead", "\ud800\x00\n" + "x" * 10_000: 1, 5: 2, **{f"x{place}": 1 for place in range(5_000)}}
    refused = refusal(hostile)
    assert len(refused.errors) <= 200
    assert all(error["path"].isprintable() and len(error["path"]) < 100 for error in refused.errors)
    refused.sentence.encode()


@pytest.mark.parametrize(
    "text",
    [
        "e\u0301\u0316" * 300_000,
        "e" + "\u0301\u0316" * 40_000,
        "> " * 40_000,
        "x\n" + "\t" * 79_000 + "x",
        "- " * 40_000,
    ],
)
def test_hostile_text_is_refused_quickly(text):
    with within(20):
        refusal({**MQL, "definition": text})


def test_content_is_made_by_name():
    assert Content(name="Lead").review_months == 12
