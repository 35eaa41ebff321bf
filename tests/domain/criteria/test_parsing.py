"""What is a condition, what is none, and how that is said."""

import pytest

from glossary.domain.criteria import Unreadable, is_field_name, parse
from glossary.domain.criteria.nodes import And, Between, Compare, Field, In, IsNull, Literal, Not, Or
from tests.patience import within

A, B, C = Field("a"), Field("b"), Field("c")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a", A),
        ("not a", Not(A)),
        ("a = 'x'", Compare("=", A, Literal("x"))),
        ("a = 'it''s'", Compare("=", A, Literal("it's"))),
        ("60 <= a", Compare(">=", A, Literal(60))),
        ("a <> -1.50", Compare("<>", A, Literal(-1.5))),
        ("a = TRUE", Compare("=", A, Literal(True))),
        ("a < b", Compare("<", A, B)),
        ("a IN ('x', 'y')", In(A, (Literal("x"), Literal("y")))),
        ("a NOT IN (1)", Not(In(A, (Literal(1),)))),
        ("a BETWEEN 1 AND 2 AND b", And((Between(A, Literal(1), Literal(2)), B))),
        ("a IS NULL OR b IS NOT NULL", Or((IsNull(A), Not(IsNull(B))))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("NOT a AND b", And((Not(A), B))),
        ("NOT a = 1", Not(Compare("=", A, Literal(1)))),
        ("(a AND (b AND c))", And((A, B, C))),
        ("a\n  AND\tb", And((A, B))),
    ],
)
def test_a_condition_means_what_it_means_in_sql(written: str, meant: object) -> None:
    assert parse(written) == meant


REFUSED = [
    ("", "still empty", 0),
    ("a =", "missing after “=”", 2),
    ("a AND", "missing after “AND”", 2),
    ("(a", "opened and not closed", 0),
    ("a)", "too many", 1),
    ("'x", "quotation mark", 0),
    ("a b", "does not belong", 0),
    ("a IN ()", "IN needs values", 0),
    ("a IN (SELECT b)", "“SELECT” is not part", 6),
    ("a = b = c", "A value belongs here", 0),
    ("a = NULL", "Write IS NULL", 0),
    ("a IS TRUE", "IS goes with NULL only", 0),
    ("1 = 1", "needs a field", 0),
    ("TRUE", "a test is missing", 0),
    ("a = ''", "An empty text is no value", 4),
    ('a = "x"', "single quotes", 4),
    ("a != 1", "Write <> instead", 2),
    ("a == 1", "Write = instead", 2),
    ("Score > 1", "small letters: score", 0),
    ("іnterest > 1", "letters that a field cannot have", 0),
    ("lower(a) = 'b'", "there are no functions", 0),
    ("CAST(a AS int) = 1", "no functions", 0),
    ("a::int = 1", "“::” is not part", 1),
    ("CASE WHEN a THEN b END", "“CASE” is not part", 0),
    ("a LIKE 'x%'", "“LIKE” is not part", 2),
    ("a = 1; DROP TABLE x", "semicolon", 5),
    ("a = 1 UNION SELECT 1", "“UNION” is not part", 6),
    ("a -- b", "no comments", 0),
    ("/* a */ b", "no comments", 8),
    ("/* a */", "no comments", 0),
    ("a = 1e5", "plainly", 4),
    ("a = 99999999999999999999", "Numbers go up to", 4),
    ("a = 1.2345678901234567", "15 digits", 4),
    ("a BETWEEN 0 1", "AND between them", 2),
    ("a IN (1,)", "between two values", 7),
    ("a IN (,1)", "between two values", 6),
    ("(,a = 1)", "between two values", 1),
    ("in = 3", "word of the language", 0),
    ("a + 1 = 2", "“+” is not part", 2),
    ("a -1 = 2", "not part", 2),
    ("{{ a }}", "is not part", 0),
    ("$1", "is not part", 0),
    ("@a", "is not part", 0),
    (":a = 1", "is not part", 0),
    ("a = 'b\nc'", "on one line", 4),
    ("a = '\x00'", "control characters", 4),
    ("\x00", "is not part", 0),
]


@pytest.mark.parametrize(("written", "said", "start"), REFUSED, ids=[repr(written) for written, _, _ in REFUSED])
def test_what_is_no_condition_is_refused_with_a_sentence_and_a_place(written: str, said: str, start: int) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(written)
    assert said in refused.value.fault.message
    assert abs(refused.value.fault.start - start) <= 2


HOSTILE = [
    "a" * 100_000,
    "(" * 10_000 + "a" + ")" * 10_000,
    "(" * 4_000 + "a" + ")" * 4_000,
    "NOT " * 2_400 + "a",
    "a AND " * 1_600 + "b",
    "a IN (" + ", ".join(["1"] * 3_000) + ")",
    "a = '" + "'" * 9_000,
    "-" * 9_000,
    "a -- " + "x" * 9_000,
    "((a) = " * 1_000,
    "a = 1 OR " * 1_000 + "(SELECT 1)",
    "`" * 9_999,
    "{%" * 4_000,
]


@pytest.mark.parametrize("written", HOSTILE, ids=[f"{written[:12]}…{len(written)}" for written in HOSTILE])
def test_a_hostile_text_is_refused_quickly(written: str) -> None:
    with within(3), pytest.raises(Unreadable):
        parse(written)


def test_a_long_condition_is_still_one() -> None:
    assert len(parse(" AND ".join(f"f{number} >= {number}" for number in range(300))).parts) == 300  # type: ignore[union-attr]


def test_words_that_sql_keeps_cannot_be_fields() -> None:
    assert [is_field_name(name) for name in ("score", "type", "purchase", "select", "and", "null", "a b")] == [
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
