"""Conditions told as lists in plain words."""

import pytest

from glossary.domain.criteria import Clause, told
from tests.domain.criteria.shelf import criteria


def said(clause: Clause) -> object:
    """The clause as nested lists, each beginning with how its parts are joined; `?` marks what stayed as written."""
    if clause.parts:
        return [clause.joined, *map(said, clause.parts)]
    return clause.words or f"?{clause.written}"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("meeting_held", "meeting held: yes"),
        ("NOT contract_signed", "contract signed: no"),
        ("contract_signed = FALSE", "contract signed: no"),
        ("contract_signed <> FALSE", "contract signed: yes"),
        ("loss_reason IS NULL", "loss reason is empty"),
        ("loss_reason is not null", "loss reason is filled in"),
        ("email_type <> 'invalid'", "email type is not “invalid”"),
        ("budget>0", "budget is more than 0"),
        ("60 <= score", "score is at least 60"),
        ("fit IN ('A', 'B', 'C')", "fit is “A”, “B” or “C”"),
        ("fit IN ('A')", "fit is “A”"),
        ("role NOT IN ('student', 'job_seeker')", "role is none of “student” or “job_seeker”"),
        ("stage BETWEEN 4 AND 7", "stage is from 4 to 7"),
        ("stage NOT BETWEEN 4 AND 7", "stage is not from 4 to 7"),
        ("say = 'it''s'", "say is “it's”"),
        ("a = b", "a is b"),
        ("NOT (a AND b)", "not (a: yes, and b: yes)"),
        ("a AND b OR c", ["any", ["all", "a: yes", "b: yes"], "c: yes"]),
        ("a AND (b OR c)", ["all", "a: yes", ["any", "b: yes", "c: yes"]]),
        ("((a AND b))", ["all", "a: yes", "b: yes"]),
        ("say = 'this AND that' AND b", ["all", "say is “this AND that”", "b: yes"]),
    ],
)
def test_conditions_are_told_in_words(written: str, words: object) -> None:
    assert said(told(written)) == words


@pytest.mark.parametrize("written", ["a AND", "a AND b)", "(a AND b", "lower(a) = 'b'", "NULL", "", "()"])
def test_what_is_no_condition_is_shown_as_it_was_written(written: str) -> None:
    assert said(told(written)) == f"?{written}"


def test_the_starter_vocabulary_is_told_without_a_piece_of_sql() -> None:
    def pieces(clause: Clause) -> list[object]:
        return [piece for part in clause.parts for piece in pieces(part)] if clause.parts else [said(clause)]

    assert len(criteria()) > 20
    assert [piece for item in criteria() for piece in pieces(told(item.expr)) if str(piece).startswith("?")] == []
