"""What a change of a criterion does to records, counted by hand."""

import hashlib
import json
from typing import Any

import pytest

from glossary.domain.checking import Map
from glossary.domain.criteria import Ground, RecordView
from glossary.domain.impact import Comparison, Counts, Effect, Kept, Report, effects, impact, kept, read_impact
from glossary.domain.refusals import Refusal
from glossary.domain.shapes import RecordField

FIELDS = Map(
    {
        "email": RecordField(type="string", source="CRM"),
        "fit": RecordField(type="string", values=("A", "B"), source="grade"),
        "score": RecordField(type="int", source="nightly"),
        "known": RecordField(type="bool", source="CRM"),
    }
)
GROUND = Ground().with_record(RecordView(key="lead", fields=FIELDS, dedupe_key=("email",)))

# One lead for each way between the verdicts of “known AND score >= 60” and “known AND score >= 50”, and some more.
LEADS: list[dict[str, Any]] = [
    {"email": "a@x.example", "fit": "A", "score": 55, "known": True},  # enters
    {"email": "b@x.example", "fit": "B", "score": 59, "known": True},  # enters
    {"email": "c@x.example", "fit": "A", "score": 70, "known": True},  # stays in
    {"email": "d@x.example", "fit": "A", "score": 55, "known": False},  # stays out
    {"email": "e@x.example", "fit": "", "score": 55},  # was out whatever is known, cannot be told now
    {"email": "f@x.example", "fit": "B", "score": None, "known": True},  # could never be told
    {"email": "g@x.example", "fit": "B", "score": 10, "known": True},  # stays out
]


def compared(old: str, new: str) -> Comparison:
    nodes = [GROUND.node(expr, "lead") if expr else None for expr in (old, new)]
    return Comparison(id="mql", label="Meets the MQL conditions", term="mql", old=nodes[0], new=nodes[1])


def effect(old: str, new: str, leads: list[dict[str, Any]] = LEADS, segment: str = "", **fields: Any) -> Effect:
    before, after = fields.get("before", FIELDS), fields.get("after", FIELDS)
    [found] = effects([compared(old, new)], kept(leads, FIELDS), before, after, segment)
    return found


LOWER = ("known AND score >= 60", "known AND score >= 50")


def numbers(counts: Counts) -> dict[str, int]:
    names = ("enter", "leave", "leave_unknown", "become_unknown", "become_known", "stay")
    return {name: getattr(counts, name) for name in names if getattr(counts, name)}


def test_a_lower_threshold_lets_some_in_and_makes_others_unknown() -> None:
    counts = effect(*LOWER).counts
    assert numbers(counts) == {"enter": 2, "become_unknown": 1, "stay": 4}
    assert counts.before == {"true": 1, "false": 5, "unknown": 1}
    assert counts.after == {"true": 3, "false": 2, "unknown": 2}
    assert counts.records == 7


def test_the_way_back_lets_them_out_again() -> None:
    assert numbers(effect(*reversed(LOWER)).counts) == {"leave": 2, "become_known": 1, "stay": 4}


def test_whoever_was_in_and_cannot_be_told_any_more_leaves() -> None:
    leads = [{"score": 70}, {"score": 70, "known": True}, {"score": 70, "known": False}]
    counts = effect("score >= 60", "known AND score >= 60", leads).counts
    assert numbers(counts) == {"leave": 2, "leave_unknown": 1, "stay": 1}


def test_a_first_definition_is_compared_with_nothing() -> None:
    found = effect("", "known AND score >= 60")
    assert (found.is_new, found.is_gone) == (True, False)
    assert numbers(found.counts) == {"enter": 1, "become_unknown": 1, "stay": 5}


def test_a_criterion_taken_out_lets_everybody_leave() -> None:
    found = effect("known AND score >= 60", "")
    assert (found.is_new, found.is_gone) == (False, True)
    assert numbers(found.counts) == {"leave": 1, "become_known": 1, "stay": 5}


def test_segments_are_counted_by_themselves_and_add_up() -> None:
    found = effect(*LOWER, segment="fit")
    said = {segment.value: numbers(segment.counts) for segment in found.segments}
    assert said == {
        "A": {"enter": 1, "stay": 2},
        "B": {"enter": 1, "stay": 2},
        None: {"become_unknown": 1},
    }
    assert [segment.value for segment in found.segments] == ["A", "B", None]


def test_more_than_fifty_segments_are_told_as_the_rest() -> None:
    fields = Map({**FIELDS, "town": RecordField(type="string", source="CRM")})
    leads = [{"town": f"town {number:02}", "score": 55, "known": True} for number in range(60) for _ in range(5)]
    [found] = effects([compared(*LOWER)], kept(leads, fields), fields, fields, "town")
    assert len(found.segments) == 51
    assert (found.segments[-1].is_rest, found.segments[-1].counts.enter) == (True, 50)


def test_a_value_that_no_list_declares_is_named_only_where_several_share_it() -> None:
    """The report outlives the records: it must not tell of anybody in particular."""
    fields = Map({**FIELDS, "town": RecordField(type="string", source="CRM")})
    leads = [{"town": "Ulm", "score": 55, "known": True}] * 5 + [{"town": "the castle", "score": 1}] * 4
    found = effects([compared(*LOWER)], kept(leads, fields), fields, fields, "town")
    assert [(segment.value, segment.is_rest) for segment in found[0].segments] == [("Ulm", False), (None, True)]
    report = Report(record="lead", version=1, records=9, upload="0" * 64, segment="town", effects=found)
    assert "castle" not in impact("1" * 64, [report]).text


def test_examples_show_what_the_criterion_looks_at_and_nothing_else() -> None:
    examples = effect(*LOWER, segment="fit").examples
    assert set(examples) == {"enter", "become_unknown"}
    assert [example.row for example in examples["enter"]] == [1, 2]
    assert examples["enter"][0].values == {"known": True, "score": 55, "fit": "A"}
    [unknown] = examples["become_unknown"]
    assert (unknown.row, unknown.before, unknown.after) == (5, False, None)
    assert unknown.values == {"known": None, "score": 55, "fit": None}


def test_at_most_twenty_examples_of_each_kind_are_shown() -> None:
    found = effect(*LOWER, [{"score": 55, "known": True}] * 30)
    assert (found.counts.enter, len(found.examples["enter"])) == (30, 20)


def test_what_does_not_fit_is_counted_and_told_and_has_no_value() -> None:
    leads = [{"score": "sixty", "known": "yes"}, {"score": "70", "known": "maybe"}, {"score": 61.0, "known": 1}]
    records = kept(leads, FIELDS)
    assert records.misfits == 2
    assert [(item.row, item.column) for item in records.told] == [(1, "score"), (2, "known")]
    assert "a whole number" in records.told[0].why
    assert list(records.rows) == [[True, None], [None, 70], [True, 61]]


def test_at_most_twenty_values_that_do_not_fit_are_told() -> None:
    records = kept([{"score": "many"}] * 25, FIELDS)
    assert (records.misfits, len(records.told)) == (25, 20)


def test_only_declared_fields_are_kept() -> None:
    records = kept([{"score": 1, "phone": "0171 555", "Score": 2}], FIELDS)
    assert (records.columns, list(records.rows)) == (("score",), [[1]])
    assert "0171" not in records.text


@pytest.mark.parametrize("value", [["A"], {"a": 1}, float("nan"), 10**400, "x" * 501, b"A", object()])
def test_no_value_upsets_anything(value: object) -> None:
    for name in FIELDS:
        records = kept([{name: value}], FIELDS)
        assert records.misfits == 1 or FIELDS[name].type == "string"
        assert json.loads(records.text)


@pytest.mark.parametrize(
    ("leads", "sentence"),
    [
        ([], "no records"),
        (["lead"], "named fields"),
        ([{"phone": "0171 555"}], "None of these columns"),
    ],
)
def test_what_is_no_set_of_records_is_refused_in_words(leads: list[Any], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        kept(leads, FIELDS)
    assert refused.value.code == "invalid"
    assert sentence in refused.value.sentence
    assert "0171" not in refused.value.sentence


def test_records_are_read_back_as_they_were_kept() -> None:
    records = kept([*LEADS, {"score": "many"}], FIELDS)
    again = Kept.read(records.text)
    assert (again.text, again.digest) == (records.text, hashlib.sha256(records.text.encode()).hexdigest())
    assert again.under(FIELDS) == records.under(FIELDS)


def test_a_field_that_changes_its_type_is_read_anew_for_each_text() -> None:
    as_text = Map({**FIELDS, "score": RecordField(type="string", values=("70", "many"), source="nightly")})
    old = GROUND.node("score >= 60", "lead")
    new = GROUND.with_record(RecordView(key="lead", fields=as_text)).node("score IN ('70', 'many')", "lead")
    comparison = Comparison(id="mql", label="MQL", term="mql", old=old, new=new)
    leads = [{"score": "70"}, {"score": "many"}, {"score": "65"}]
    [found] = effects([comparison], kept(leads, as_text), FIELDS, as_text)
    assert numbers(found.counts) == {"enter": 1, "leave": 1, "stay": 1}


def test_a_criterion_that_cannot_be_run_is_told_and_counts_nothing() -> None:
    broken = Comparison(id="mql", label="MQL", term="mql", fault="There is no field “shoe_size” in lead records.")
    [found] = effects([broken], kept(LEADS, FIELDS), FIELDS, FIELDS)
    assert (found.fault, found.counts.records) == (broken.fault, 0)


def whole(leads: list[dict[str, Any]] = LEADS, segment: str = "fit") -> Any:
    records = kept(leads, FIELDS)
    found = effects([compared(*LOWER)], records, FIELDS, FIELDS, segment)
    report = Report(
        record="lead", version=3, records=len(records.rows), upload=records.digest, segment=segment, effects=found
    )
    return impact("f" * 64, [report])


def test_the_same_records_and_texts_give_the_same_digest() -> None:
    shuffled = [dict(reversed(lead.items())) for lead in LEADS]
    assert whole().digest == whole(shuffled).digest == hashlib.sha256(whole().text.encode()).hexdigest()
    assert whole().digest != whole(LEADS[1:]).digest
    assert whole().digest != whole(segment="").digest


def test_the_kept_text_says_all_but_the_records() -> None:
    assert "x.example" not in whole().text and "55" not in whole().text
    again = read_impact(whole().text)
    assert (again.text, again.digest) == (whole().text, whole().digest)
    assert again.reports[0].effects[0].counts == whole().reports[0].effects[0].counts
    assert not again.reports[0].effects[0].examples
