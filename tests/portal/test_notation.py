"""Tests as a few lines of text: what is written reads back the same, and what is no test is named by its line."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.content import Limits, parse
from glossary.domain.refusals import Refusal
from glossary.exchange.starter import contents
from glossary.portal import notation
from tests.patience import within

TYPED = """mql: Meets the MQL conditions
for each: lead
when: person_known
  AND interest_score >= 60
counted: first_time by first_mql_on
yes: keen, and known {person_known: true, interest_score: 72}
no: said "no {really}" {persona: 'it''s, no', interest_score: 0.5}
unknown: nothing is known {score: empty}

plain: Plain
for each: lead
when: person_known"""


def test_a_test_is_a_few_lines() -> None:
    first, second = notation.read(TYPED)
    assert first == {
        "id": "mql",
        "label": "Meets the MQL conditions",
        "record": "lead",
        "expr": "person_known\nAND interest_score >= 60",
        "counted": {"when": "first_time", "date_field": "first_mql_on"},
        "samples": [
            {"note": "keen, and known", "record": {"person_known": True, "interest_score": 72}, "expect": "true"},
            {
                "note": 'said "no {really}"',
                "record": {"persona": "it's, no", "interest_score": "0.5"},
                "expect": "false",
            },
            {"note": "nothing is known", "record": {"score": None}, "expect": "unknown"},
        ],
    }
    assert second == {"id": "plain", "label": "Plain", "record": "lead", "expr": "person_known"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("what counts", "Line 1: A test begins with its id"),
        ("a: A\nscore > 5", "Line 2: A line begins with"),
        ("a: A\nwhen: b\ncounted: monthly", "Line 3: Say how it is counted"),
        ("a: A\n\nfor each: lead\nwhen: b\nyes: keen {score = 5}", "Line 5: In the braces stand fields"),
    ],
)
def test_what_is_no_test_is_named_by_its_line(typed: str, said: str) -> None:
    with pytest.raises(Refusal) as refusal:
        notation.read(typed)
    assert refusal.value.errors[0]["message"].startswith(said)


WITH_TESTS = [content for content in contents() if content.get("criteria")]


@pytest.mark.parametrize("content", WITH_TESTS, ids=[content["name"] for content in WITH_TESTS])
def test_the_starter_vocabulary_is_written_and_read_back_the_same(content: dict[str, Any]) -> None:
    kept = parse(content, sides=["sales", "marketing"], limits=Limits()).as_data()
    again = {**kept, "criteria": notation.read(notation.written(kept["criteria"]))}
    assert parse(again, sides=["sales", "marketing"], limits=Limits()).as_data() == kept


_NO_LETTERS = ["Cs", "Cc", "Zl", "Zp", "Zs", "Cf", "Cn", "Co"]
_LINE = st.text(st.characters(blacklist_categories=_NO_LETTERS), min_size=1, max_size=20)
_LOOKING_LIKE_OTHERS = st.sampled_from(["true", "5", "0.5", "empty", "a, b", "it's {"])
_VALUE = st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), _LINE, _LOOKING_LIKE_OTHERS)


def test_a_hostile_line_is_read_in_no_time() -> None:
    for hostile in (" " * 15_000 + "'", "{" * 15_000, "'" * 15_001):
        with within(10), suppress(Refusal):
            notation.read("a: A\nfor each: lead\nwhen: b\nyes: n {a:" + hostile + "}")


def test_a_condition_with_an_empty_line_reads_back_without_it() -> None:
    data = [{"id": "a", "label": "A", "record": "lead", "expr": "b\n \nAND c"}]
    assert notation.read(notation.written(data))[0]["expr"] == "b\nAND c"


@given(note=_LINE, values=st.lists(_VALUE, max_size=4))
def test_any_sample_reads_back_the_same(note: str, values: list[Any]) -> None:
    record = {f"f{number}": value for number, value in enumerate(values)}
    sample = {"note": note, "record": record, "expect": "true"}
    data = [{"id": "a", "label": "A", "record": "lead", "expr": "f0", "samples": [sample]}]
    assert notation.read(notation.written(data)) == data
