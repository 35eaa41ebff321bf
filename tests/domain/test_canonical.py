"""The canonical text: one spelling for one meaning, for ever."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given

from glossary.domain.content import canonical_text, digest_of, parse, read

from .texts import EVERY_KIND, SIDES, content, decomposed, random_data

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def text_of(data, **changed):
    whole = {"term": "mql", "base": None, "effective_from": None, "content": parse(data, sides=SIDES)}
    return canonical_text(**{**whole, **changed})


def test_a_known_content_has_a_known_text_and_digest():
    text = text_of({"name": "Café", "summary": "place"}, base="ab" * 32, effective_from=NEW_YEAR)
    assert text == (
        '{"base":"' + "ab" * 32 + '","content":{"kind":"concept","name":"Café","owner_side":"both","review_months":12,'
        '"status":"agreed","summary":"place"},"effective_from":"2027-01-01T00:00:00Z","format":1,"term":"mql"}'
    )
    assert digest_of(text) == "2e4e80e9704c9576f42a56f6ca2d703eeee41439a76a1996dc46df90b13750ea"


@given(random_data)
def test_key_order_line_ends_and_unicode_form_do_not_change_the_digest(data):
    assert text_of(decomposed(data)) == text_of(data)


@given(random_data)
def test_what_is_read_back_is_what_was_signed(data):
    text = text_of(data)
    assert read(text).content == parse(data, sides=SIDES)
    assert canonical_text(**read(text)._asdict()) == text


@pytest.mark.parametrize("data", EVERY_KIND, ids=lambda data: data["kind"])
def test_every_kind_is_read_back(data):
    text = text_of(data, effective_from=NEW_YEAR, base="base")
    assert read(text) == ("mql", "base", NEW_YEAR, content(data))
    assert text_of(read(text).content.as_data(), effective_from=NEW_YEAR, base="base") == text


def test_empty_and_absent_sign_the_same():
    assert text_of({"name": "Lead", "why": "", "aliases": [], "for_sides": {}}) == text_of({"name": "Lead"})


def test_there_is_no_float_in_it():
    def refuse(number):
        raise AssertionError(number)

    for data in EVERY_KIND:
        json.loads(text_of(data), parse_float=refuse)


@pytest.mark.parametrize(
    "other",
    [
        {"term": "sql"},
        {"base": "other"},
        {"effective_from": NEW_YEAR},
        {"content": parse({"name": "Lead", "summary": "x"}, sides=SIDES)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_each_thing_signed_moves_the_digest(other):
    data = {"name": "Lead"}
    assert digest_of(text_of(data, **other)) != digest_of(text_of(data))


def test_an_instant_is_written_in_utc():
    in_madrid = datetime(2027, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert text_of({"name": "Lead"}, effective_from=in_madrid) == text_of({"name": "Lead"}, effective_from=NEW_YEAR)


def test_an_instant_without_a_zone_is_a_mistake():
    with pytest.raises(ValueError, match="time zone"):
        text_of({"name": "Lead"}, effective_from=datetime(2027, 1, 1))  # noqa: DTZ001
