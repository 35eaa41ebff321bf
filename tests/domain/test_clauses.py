"""Conditions told as lists in plain words, and left as they are wherever that is not certain."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.clauses import DEEPEST, Clause, clauses


def told(clause: Clause) -> object:
    """The clause as nested lists, each beginning with how its parts are joined; `?` marks what stayed as written."""
    if clause.parts:
        return [clause.joined, *map(told, clause.parts)]
    return clause.words or f"?{clause.written}"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("meeting_held", "meeting held: yes"),
        ("NOT contract_signed", "contract signed: no"),
        ("loss_reason IS NULL", "loss reason is empty"),
        ("loss_reason is not null", "loss reason is filled in"),
        ("need = 'confirmed'", "need is “confirmed”"),
        ("email_type <> 'invalid'", "email type is not “invalid”"),
        ("budget>0", "budget is more than 0"),
        ("score >= 0.5", "score is at least 0.5"),
        ("fit IN ('A', 'B', 'C')", "fit is “A”, “B” or “C”"),
        ("fit IN ('A')", "fit is “A”"),
        ("role NOT IN ('student', 'job_seeker')", "role is none of “student” or “job_seeker”"),
        ("stage BETWEEN 4 AND 7", "stage is from 4 to 7"),
        ("note = ''", "note is “”"),
        ("a AND b OR c", ["any", ["all", "a: yes", "b: yes"], "c: yes"]),
        ("a AND (b OR c)", ["all", "a: yes", ["any", "b: yes", "c: yes"]]),
        ("((a AND b))", ["all", "a: yes", "b: yes"]),
        ("(a) AND (b)", ["all", "a: yes", "b: yes"]),
        ("n BETWEEN 1 AND 2 AND m between 3 and 4", ["all", "n is from 1 to 2", "m is from 3 to 4"]),
        ("say = 'this AND that' AND b", ["all", "say is “this AND that”", "b: yes"]),
        ("(n BETWEEN 1 AND 2) AND b", ["all", "n is from 1 to 2", "b: yes"]),
    ],
)
def test_plain_comparisons_are_told_in_words(written: str, said: object) -> None:
    assert told(clauses(written)) == said


@pytest.mark.parametrize(
    "written",
    [
        "NOT (a AND b)",
        "say = 'it''s'",
        "a AND",
        "a AND b)",
        "(a AND b",
        "say = 'open AND b",
        "lower(a) = 'b'",
        "a = b",
        "NULL",
        "",
        "()",
    ],
)
def test_what_is_not_certain_stays_as_it_was_written(written: str) -> None:
    assert told(clauses(written)) == f"?{written}"


def test_nothing_nests_without_end() -> None:
    started = time.perf_counter()
    clauses("(" * 2_000 + "a AND b" + ")" * 2_000)
    clauses("a AND " * 2_000 + "b")
    clauses("(a AND " * 500 + "b" + ")" * 500)
    assert time.perf_counter() - started < 5


@given(st.text(alphabet="ab'() ANDORNOT=BETWEEN,1_", max_size=60))
def test_no_text_is_lost_or_breaks_it(written: str) -> None:
    def letters(clause: Clause) -> str:
        return "".join(map(letters, clause.parts)) if clause.parts else clause.written

    kept = letters(clauses(written))
    assert set(kept) <= set(written)
    assert kept.count("'") == written.count("'")


def expressions(data: object) -> Iterator[str]:
    """Every condition in the vocabulary on the shelf."""
    if isinstance(data, dict):
        yield from (value for key, value in data.items() if key == "expr")
        yield from (found for value in data.values() for found in expressions(value))
    elif isinstance(data, list):
        yield from (found for value in data for found in expressions(value))


def test_the_starter_vocabulary_is_told_without_a_piece_of_sql() -> None:
    def left(clause: Clause) -> list[object]:
        return [piece for part in clause.parts for piece in left(part)] if clause.parts else [told(clause)]

    shelf = list(expressions(yaml.safe_load((Path(__file__).parents[2] / "fixtures/seed_vocabulary.yaml").read_text())))
    assert len(shelf) > 20
    assert [piece for written in shelf for piece in left(clauses(written)) if str(piece).startswith("?")] == []


def test_many_parentheses_are_looked_at_a_few_times() -> None:
    deep = "(" * 1_990 + "a" + ")" * 1_990
    assert clauses(deep).written.count("(") == 1_990 - DEEPEST
