"""A record on which two conditions part is found where there is one, and none is claimed where there is none."""

import random
from itertools import product
from typing import Any

import pytest

from glossary.domain.criteria import Node, evaluate, is_possible, parse, tell_apart
from tests.domain.criteria.shelf import criteria, criterion, fields, ground

FIELDS = fields(n="int", m="int", x="number", s="list_a_b_c", t="string", p="bool", q="bool", d="date", e="date")


def apart(one: str, other: str) -> Any:
    return tell_apart(parse(one), parse(other), FIELDS)


# One boundary moved: the same condition but for one value, one sign, one word.
PLANTED = [
    ("n >= 60", "n >= 61"),
    ("n >= 60", "n > 60"),
    ("n <= 30", "n < 30"),
    ("n = 5", "n >= 5"),
    ("n <> 5", "n < 5"),
    ("n BETWEEN 4 AND 7", "n BETWEEN 4 AND 8"),
    ("n BETWEEN 4 AND 7", "n BETWEEN 3 AND 7"),
    ("n NOT BETWEEN 4 AND 7", "n < 4"),
    ("n IN (1, 2, 3)", "n IN (1, 2)"),
    ("n IN (1, 2, 3)", "n BETWEEN 1 AND 4"),
    ("x > 0.5", "x >= 0.5"),
    ("x > 0.5", "x > 0.51"),
    ("x BETWEEN 0.1 AND 0.2", "x BETWEEN 0.1 AND 0.3"),
    ("d > '2026-01-31'", "d >= '2026-01-31'"),
    ("d > '2026-01-31'", "d > '2026-02-01'"),
    ("d BETWEEN '2026-01-01' AND '2026-12-31'", "d BETWEEN '2026-01-01' AND '2026-12-30'"),
    ("d = '2024-02-29'", "d >= '2024-02-29'"),
    ("s = 'a'", "s IN ('a', 'b')"),
    ("s <> 'a'", "s = 'b'"),
    ("s NOT IN ('a', 'b')", "s <> 'a'"),
    ("t = 'x'", "t = 'y'"),
    ("t <> 'x'", "t NOT IN ('x', 'y')"),
    ("p", "NOT p"),
    ("p AND q", "p OR q"),
    ("p AND q", "p"),
    ("p OR q", "q"),
    ("NOT (p AND q)", "NOT p AND NOT q"),
    ("p = q", "p <> q"),
    ("p = q", "p AND q"),
    ("n < m", "n <= m"),
    ("n < m", "n > m"),
    ("n = m", "n >= m"),
    ("d < e", "d <= e"),
    ("n < m AND n > 5", "n < m AND n > 6"),
    ("p AND n >= 60", "p AND n >= 59"),
    ("p OR n >= 60", "p OR n > 60"),
    ("p AND (q OR n >= 60)", "p AND (q OR n >= 70)"),
    ("p AND (q OR n >= 60)", "p AND q OR n >= 60"),
    ("p AND q AND s = 'a' AND n > 1", "p AND q AND s = 'b' AND n > 1"),
    ("n IS NULL", "n IS NOT NULL"),
    ("n IS NULL OR n > 5", "n IS NULL OR n >= 5"),
    ("n IS NOT NULL AND n < 0", "n IS NOT NULL AND n < 1"),
    ("NOT p AND n < 5 AND x > 1.5", "NOT p AND n < 5 AND x > 1.6"),
    ("s = 'a' OR s = 'b'", "s = 'a' OR s = 'c'"),
    ("n > 5 AND n < 7", "n > 5 AND n < 6"),
    ("n > 5 OR m > 5", "n > 5 OR m > 4"),
    ("n >= -3", "n >= -2"),
    ("(p AND n > 5) OR (q AND n > 9)", "(p AND n > 5) OR (q AND n > 8)"),
    ("NOT (n > 5 OR s = 'a')", "NOT (n > 5 OR s = 'b')"),
    ("d IS NULL OR e < d", "d IS NULL OR e <= d"),
]

# The same in other words, unknowns included.
REWRITTEN = [
    ("n >= 60", "n > 59"),
    ("n < 5", "NOT n >= 5"),
    ("n = 5", "n IN (5)"),
    ("n <> 5", "NOT n = 5"),
    ("n BETWEEN 4 AND 7", "n >= 4 AND n <= 7"),
    ("n BETWEEN 4 AND 7", "n > 3 AND n < 8"),
    ("n NOT BETWEEN 4 AND 7", "n < 4 OR n > 7"),
    ("n IN (1, 2, 3)", "n BETWEEN 1 AND 3"),
    ("n IN (1, 2)", "n = 2 OR n = 1"),
    ("n NOT IN (1, 2)", "n <> 1 AND n <> 2"),
    ("n IN (1, 1, 2)", "n IN (2, 1)"),
    ("5 < n", "n > 5"),
    ("x > 0.5", "NOT x <= 0.5"),
    ("x BETWEEN 0.1 AND 0.2", "NOT (x < 0.1 OR x > 0.2)"),
    ("d > '2026-01-31'", "d >= '2026-02-01'"),
    ("d < '2024-03-01'", "d <= '2024-02-29'"),
    ("d BETWEEN '2026-01-01' AND '2026-12-31'", "d >= '2026-01-01' AND NOT d > '2026-12-31'"),
    ("s = 'a'", "s NOT IN ('b', 'c')"),
    ("s <> 'a'", "s IN ('b', 'c')"),
    ("s = 'a' OR s = 'b'", "s <> 'c'"),
    ("t = 'x'", "NOT t <> 'x'"),
    ("p", "NOT NOT p"),
    ("p", "p = TRUE"),
    ("p", "p <> FALSE"),
    ("NOT p", "p = FALSE"),
    ("p AND q", "q AND p"),
    ("p AND q", "NOT (NOT p OR NOT q)"),
    ("NOT (p AND q)", "NOT p OR NOT q"),
    ("NOT (p OR q)", "NOT p AND NOT q"),
    ("p AND (q OR n > 5)", "(p AND q) OR (p AND n > 5)"),
    ("p OR (q AND n > 5)", "(p OR q) AND (p OR n > 5)"),
    ("p AND p", "p"),
    ("p OR (p AND q)", "p"),
    ("p AND (p OR q)", "p"),
    ("n < m", "m > n"),
    ("n <= m", "NOT m < n"),
    ("n = m", "m = n"),
    ("n <> m", "n < m OR n > m"),
    ("n <= m", "n < m OR n = m"),
    ("d < e", "NOT e <= d"),
    ("p = q", "(p AND q) OR (NOT p AND NOT q)"),
    ("p <> q", "(p AND NOT q) OR (NOT p AND q)"),
    ("n IS NULL", "NOT n IS NOT NULL"),
    ("n IS NULL OR n > 5", "NOT (n IS NOT NULL AND n <= 5)"),
    ("n > 5 AND n > 3", "n > 5"),
    ("n > 5 OR n > 3", "n > 3"),
    ("n >= 5 AND n <= 5", "n = 5"),
    ("p AND q AND s = 'a' AND n > 1", "n >= 2 AND s = 'a' AND q AND p"),
    ("NOT (n > 5 OR s = 'a')", "n <= 5 AND s <> 'a'"),
    ("((p) AND ((q)))", "p AND q"),
]


# Fields held against each other need several values between two boundaries.
MANY = fields(
    **dict.fromkeys(("d1", "d2", "d3", "d4"), "date"),
    **dict.fromkeys("ijk", "int"),
    **dict.fromkeys("xyz", "number"),
    **dict.fromkeys("abc", "string"),
    one="list_p_q_r",
    two="list_s_t_r",
    flag="bool",
)


TAKING_SEVERAL = [
    "d1 < d2 AND d2 < d3 AND d3 < d4",
    "i > 5 AND i < j AND j < k",
    "i < j AND j < k AND k < 3",
    "a <> b AND b <> c AND a <> c",
    "x > 0.5 AND x < y AND y < z AND z < 1",
    "one = two",
]


@pytest.mark.parametrize("written", TAKING_SEVERAL)
def test_what_takes_several_fields_to_be_met_is_possible(written: str) -> None:
    assert is_possible(parse(written), True, MANY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("d1 <= d2 AND d2 <= d3", "d1 < d2 AND d2 < d3"),
        ("flag IN (TRUE, FALSE) AND flag", "flag IN (TRUE, FALSE)"),
        ("one = two", "one <> two"),
    ],
)
def test_what_parts_only_by_several_fields_is_found(one: str, other: str) -> None:
    witness = tell_apart(parse(one), parse(other), MANY).witness
    assert witness is not None and set(witness.verdicts) == {True, False}
    assert witness.record.get("one", "p") in "pqr" and witness.record.get("two", "s") in "str"


def test_there_are_fifty_of_each() -> None:
    assert (len(PLANTED), len(REWRITTEN)) == (50, 50)


@pytest.mark.parametrize(("one", "other"), PLANTED)
def test_a_moved_boundary_has_a_witness_that_one_accepts_and_the_other_refuses(one: str, other: str) -> None:
    witness = apart(one, other).witness
    assert witness is not None
    verdicts = evaluate(parse(one), witness.record), evaluate(parse(other), witness.record)
    assert verdicts == witness.verdicts
    assert set(verdicts) == {True, False}


@pytest.mark.parametrize(("one", "other"), PLANTED)
def test_no_field_of_a_witness_can_be_left_out(one: str, other: str) -> None:
    record = apart(one, other).witness.record
    for name in record:
        fewer = {key: value for key, value in record.items() if key != name}
        assert {evaluate(parse(one), fewer), evaluate(parse(other), fewer)} != {True, False}


@pytest.mark.parametrize(("one", "other"), REWRITTEN)
def test_no_difference_is_claimed_between_rewritings(one: str, other: str) -> None:
    found = apart(one, other)
    assert found.witness is None
    assert found.is_complete


@pytest.mark.parametrize(
    ("one", "other", "verdicts"),
    [
        ("s <> 'a'", "s IS NULL OR s <> 'a'", (None, True)),
        ("n IS NOT NULL AND n > 5", "n > 5", (False, None)),
        ("p OR NOT p", "n IS NULL OR n IS NOT NULL", (None, True)),
    ],
)
def test_where_they_differ_only_on_what_is_unknown_that_is_shown(one: str, other: str, verdicts: object) -> None:
    assert apart(one, other).witness.verdicts == verdicts


def test_a_search_that_is_given_up_says_so() -> None:
    many = fields(**{f"b{n}": "bool" for n in range(40)})
    one = " OR ".join(f"(b{n} AND b{n + 1})" for n in range(0, 40, 2))
    other = " AND ".join(f"(b{n} OR b{n + 1})" for n in range(0, 40, 2))
    found = tell_apart(parse(f"({one}) AND ({other})"), parse(f"({other}) AND ({one}) AND (b0 OR NOT b0)"), many)
    assert found.witness is not None or not found.is_complete


def test_the_same_question_has_the_same_answer() -> None:
    assert apart(*PLANTED[38]) == apart(*PLANTED[38])


def test_verdicts_of_other_criteria_are_part_of_the_search() -> None:
    one, other = (ground().node(criterion(key).expr, "opportunity") for key in ("marketing_first", "sales_first"))
    witness = tell_apart(one, other, ground().records["opportunity"].fields).witness
    assert witness is not None
    assert witness.record["first_touch_side"] in ("marketing", "sales")


@pytest.mark.parametrize("item", criteria(), ids=[item.id for item in criteria()])
def test_every_criterion_of_the_starter_vocabulary_can_say_yes_and_no(item: Any) -> None:
    node, known = ground().node(item.expr, item.record), ground().records[item.record].fields
    assert is_possible(node, True, known)
    assert is_possible(node, False, known)


def test_what_can_never_be_met_is_noticed() -> None:
    assert not is_possible(parse("n > 5 AND n < 5"), True, FIELDS)
    assert not is_possible(parse("n IS NULL OR n IS NOT NULL"), False, FIELDS)


ATOMS = ["p", "q", "n > 1", "n <= 2", "n = 2", "s = 'a'", "s <> 'b'", "p = q", "n IS NULL", "s IN ('a', 'c')"]
EVERY_RECORD = [
    {"p": p, "q": q, "n": n, "s": s}
    for p, q, n, s in product((True, False, None), (True, False, None), (0, 1, 2, 3, None), ("a", "b", "c", None))
]


def _drawn(draw: random.Random, depth: int) -> str:
    kind = draw.choice(["atom", "and", "or", "not"]) if depth else "atom"
    if kind == "atom":
        return draw.choice(ATOMS)
    if kind == "not":
        return f"NOT ({_drawn(draw, depth - 1)})"
    return f"({_drawn(draw, depth - 1)} {kind.upper()} {_drawn(draw, depth - 1)})"


def _differ(one: Node, other: Node) -> bool:
    return any(evaluate(one, record) is not evaluate(other, record) for record in EVERY_RECORD)


def test_it_agrees_with_trying_every_record() -> None:
    draw = random.Random(5)
    for _ in range(400):
        one, other = parse(_drawn(draw, 3)), parse(_drawn(draw, 3))
        found = tell_apart(one, other, FIELDS)
        assert found.is_complete
        assert (found.witness is not None) == _differ(one, other), (one, other)
