"""Conditions held against record types, and run with three truth values."""

from typing import Any

import pytest

from glossary.domain.criteria import (
    WORDS,
    Ground,
    Judge,
    Misfit,
    RecordView,
    Stated,
    Unreadable,
    compiled,
    faults,
    fitted,
    parse,
    read_records,
)
from glossary.domain.refusals import FieldError
from tests.domain.criteria.shelf import criteria, criterion, fields, ground

LEAD = fields(score="int", share="number", fit="list_A_B", email="string", known="bool", seen="date", met="date")


def said(written: str) -> list[str]:
    return [fault.message for fault in faults(parse(written), LEAD, "lead")]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("scor >= 60", "There is no field “scor” in lead records. Did you mean “score”?"),
        ("score", "“score” is a whole number, so it needs a comparison."),
        ("score = 'x'", "“score” is a whole number, and 'x' is not."),
        ("score > 0.5", "“score” is a whole number, and 0.5 is not."),
        ("known = 1", "“known” is yes or no, and 1 is not."),
        ("fit = 'C'", "“fit” never is 'C'. Its values are A, B."),
        ("fit IN ('A', 'a')", "“fit” never is 'a'. Its values are A, B."),
        ("fit > 'A'", "“fit” is text, which has no order; use =, <> or IN."),
        ("score BETWEEN 5 AND 1", "the smaller one stands first"),
        ("seen > '2026-02-30'", "a day, YYYY-MM-DD, and '2026-02-30' is not"),
        ("email = score", "of different types"),
        ("email < fit", "which has no order"),
    ],
)
def test_what_does_not_fit_the_record_type_is_said(written: str, why: str) -> None:
    assert len(said(written)) == 1
    assert why in said(written)[0]


def test_every_fault_is_told_at_once() -> None:
    assert len(said("scor >= 60 AND NOT fit = 'Z' AND (seen < met OR nobody)")) == 3


def test_what_fits_is_not_faulted() -> None:
    written = "score < share AND fit = 'A' AND NOT known AND seen <= met AND email IS NOT NULL AND known <> TRUE"
    assert said(written) == []


T, F, N = True, False, None
TRUTH = [(a, b) for a in (T, F, N) for b in (T, F, N)]


@pytest.mark.parametrize(("one", "other"), TRUTH)
def test_and_or_and_not_have_the_truth_tables_of_sql(one: Any, other: Any) -> None:
    record = {"a": one, "b": other}
    both = F if F in (one, other) else N if N in (one, other) else T
    either = T if T in (one, other) else N if N in (one, other) else F
    assert compiled(parse("a AND b"))(record) is both
    assert compiled(parse("a OR b"))(record) is either
    assert compiled(parse("NOT a"))(record) is (None if one is None else not one)


@pytest.mark.parametrize(
    "test", ["a = 1", "a <> 1", "a < 1", "a IN (1, 2)", "a NOT IN (1)", "a BETWEEN 0 AND 9", "a = b"]
)
def test_nothing_is_known_of_a_missing_value(test: str) -> None:
    assert compiled(parse(test))({"b": 1}) is None


def test_only_is_null_sees_that_a_value_is_missing() -> None:
    assert compiled(parse("a IS NULL"))({}) is True
    assert compiled(parse("a IS NOT NULL"))({"a": None}) is False


@pytest.mark.parametrize("item", criteria(), ids=[item.id for item in criteria()])
def test_every_sample_of_the_starter_vocabulary_gets_its_verdict(item: Any) -> None:
    run, view = compiled(ground().node(item.expr, item.record)), ground().records[item.record]
    for sample in item.samples:
        record = {name: fitted(value, view.fields[name].type) for name, value in sample.record.items()}
        assert WORDS[run(record)] == sample.expect, sample.note


# Verdicts of other criteria

DEAL = fields(amount="int", stage="int", is_open="bool", in_pipeline="bool")


def deal(**computed: str) -> Ground:
    declared = {
        name: (
            type(field)(type=field.type, source="registry", computed=f"verdict of {computed[name]} on the same record")
            if name in computed
            else field
        )
        for name, field in DEAL.items()
    }
    view = RecordView(key="deal", fields=type(DEAL)(declared))
    stated = [Stated("open", "amount > 0", "deal"), Stated("pipeline", "is_open AND stage >= 4", "deal")]
    return Ground({"deal": view}, {item.id: item for item in stated})


def test_a_verdict_is_worked_out_from_the_fields_beneath_it() -> None:
    run = compiled(deal(is_open="open", in_pipeline="pipeline").node("in_pipeline", "deal"))
    assert run({"amount": 5, "stage": 4}) is True
    assert run({"amount": 0, "stage": 4}) is False
    assert run({"stage": 4}) is None


def test_a_verdict_that_the_record_brings_along_stands() -> None:
    run = compiled(deal(is_open="open", in_pipeline="pipeline").node("in_pipeline", "deal"))
    assert run({"in_pipeline": False, "amount": 5, "stage": 4}) is False
    assert run({"is_open": True, "stage": 4}) is True


def test_a_verdict_of_a_criterion_that_nobody_agreed_is_unknown() -> None:
    assert compiled(deal(is_open="elsewhere").node("is_open", "deal"))({"amount": 5}) is None


def test_a_criterion_cannot_rest_on_its_own_verdict() -> None:
    around = deal(is_open="pipeline")
    with pytest.raises(Unreadable, match="rests on its own verdict: pipeline → pipeline"):
        around.node("is_open", "deal")


def test_verdicts_upon_verdicts_do_not_grow_without_end() -> None:
    names = {f"f{number}": "bool" for number in range(30)}
    declared = fields(**names)
    doubled = {
        name: type(field)(type="bool", source="registry", computed=f"verdict of c{name[1:]} on the same record")
        for name, field in declared.items()
    }
    stated = {f"c{n}": Stated(f"c{n}", f"f{n + 1} OR NOT f{n + 1}", "deal") for n in range(29)}
    with pytest.raises(Unreadable, match="parts"):
        Ground({"deal": RecordView(key="deal", fields=type(declared)(doubled))}, stated).node("f0", "deal")


# Values


@pytest.mark.parametrize(
    ("value", "kind", "read"),
    [
        ("60", "int", 60),
        (60.0, "int", 60),
        ("-0.5", "number", -0.5),
        ("yes", "bool", True),
        ("FALSE", "bool", False),
        (1, "bool", True),
        ("2026-05-01T10:00:00Z", "date", "2026-05-01"),
        ("", "int", None),
        (None, "bool", None),
        (12, "string", "12"),
    ],
)
def test_a_value_is_read_as_its_field_is_declared(value: Any, kind: str, read: Any) -> None:
    found = fitted(value, kind)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("sixty", "int"),
        (0.5, "int"),
        (True, "int"),
        ("1e5", "number"),
        (float("inf"), "number"),
        (10**20, "int"),
        ("perhaps", "bool"),
        (10**400, "int"),
        ("1.9999999999999999999", "int"),
        ("2026-01-01Tgarbage", "date"),
        (10**50, "string"),
        (2, "bool"),
        ("1 May", "date"),
        (["a"], "string"),
        ({}, "date"),
        ("x" * 501, "string"),
    ],
)
def test_a_value_that_does_not_fit_is_not_bent(value: Any, kind: str) -> None:
    with pytest.raises(Misfit):
        fitted(value, kind)


def test_each_clause_says_pass_fail_or_unknown_and_what_is_missing() -> None:
    item = criterion("mql")
    judge = Judge(ground().node(item.expr, item.record), ground().records["lead"])
    judged = judge.judge({"person_known": True, "persona": "champion", "hand_raised": True})
    assert dict(zip(judge.clauses, judged.clauses, strict=True))["hand raised: yes, or interest score is at least 60"]
    assert judged.verdict is None
    assert judged.missing == (
        "email_type",
        "consent_to_contact",
        "icp_fit",
        "days_since_last_response",
        "account_has_open_opportunity",
    )
    assert judge.judge({"persona": "student"})[0::2] == (False, ())


def test_what_a_verdict_rests_on_is_missing_and_not_the_verdict() -> None:
    item = criterion("marketing_touched")
    judge = Judge(ground().node(item.expr, item.record), ground().records["opportunity"])
    missing = judge.judge({"close_in_days": 5}).missing
    assert "amount" in missing
    assert "in_pipeline" not in missing


def test_values_that_do_not_fit_are_named_by_record_and_field() -> None:
    item = criterion("mql")
    judge = Judge(ground().node(item.expr, item.record), ground().records["lead"])
    errors: list[FieldError] = []
    list(read_records([{"interest_score": 7}, {"interest_score": "high"}, "x"], judge, errors))
    assert [error["path"] for error in errors] == ["records[1].interest_score", "records[2]"]
