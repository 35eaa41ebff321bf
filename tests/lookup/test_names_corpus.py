"""People type sloppily, and find what was agreed: the starter vocabulary, asked in every way we have seen."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.db import connection
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from glossary import lookup
from tests.lived import happened_once
from tests.reading import reading_only
from tests.starter import agree_on_the_starter_vocabulary
from tests.world import Desk, company

pytestmark = pytest.mark.django_db

CORPUS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "names_corpus.yaml").read_text())
TELLS_APART = {"name", "kind", "summary", "owner_side"}


def _agree() -> SimpleNamespace:
    desk = Desk(company())
    agree_on_the_starter_vocabulary(desk)
    return SimpleNamespace(desk=desk)


@pytest.fixture(scope="module")
def _agreed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with happened_once(django_db_blocker, _agree) as agreed:
        yield agreed


@pytest.fixture
def agreed(_agreed: SimpleNamespace, db: None) -> SimpleNamespace:
    connection.check_constraints()
    return _agreed


@pytest.fixture
def shared(agreed: SimpleNamespace) -> None:
    """Words that share an abbreviation or an alias with one of the vocabulary."""
    for word in CORPUS["sharing"]:
        agreed.desk.publish(word["name"], **{field: said for field, said in word.items() if field != "name"})


def met(query: str) -> list[tuple[str, str]]:
    """How the query was met, and by which words."""
    with reading_only():
        return [(match.matched_on, match.row.term.slug) for match in lookup.resolve(query, at=timezone.now())]


def asked() -> list[tuple[str, str, str]]:
    """Every way to type a name: what was typed, how it is met, the word."""
    return [
        (query, matched_on, slug)
        for slug, ways in CORPUS["typed"].items()
        for matched_on, queries in ways.items()
        for query in queries
    ]


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    ways = asked()
    assert len({query for query, _, _ in ways}) == len(ways) >= 200
    assert len(CORPUS["typed"]) >= 40


def test_what_people_type_finds_the_word_and_says_how(agreed: SimpleNamespace) -> None:
    wrong = {query: met(query) for query, how, slug in asked() if met(query) != [(how, slug)]}
    assert wrong == {}


def test_all_of_it_in_one_request_has_the_same_answers(agreed: SimpleNamespace) -> None:
    ways = asked()
    answers = lookup.ready([query for query, _, _ in ways], at=timezone.now())
    assert [[(hit.matched_on, hit.slug) for hit in hits] for hits in answers] == [
        [(how, slug)] for _, how, slug in ways
    ]


def test_a_shared_name_is_answered_with_every_word_and_what_tells_them_apart(shared: None) -> None:
    for matched_on, queries in CORPUS["shared"].items():
        for query, slugs in queries.items():
            assert met(query) == [(matched_on, slug) for slug in slugs], query
            bodies = [json.loads(match.row.body) for match in lookup.resolve(query, at=timezone.now())]
            assert all(set(body) >= TELLS_APART for body in bodies), query
            assert len({body["summary"] for body in bodies}) == len(bodies)


def test_the_nearest_names_are_offered_for_what_nobody_agreed_on(agreed: SimpleNamespace) -> None:
    wrong = {}
    for query, slug in CORPUS["unknown"].items():
        assert met(query) == [], query
        with reading_only():
            near = [found for found, _ in lookup.suggestions(query, at=timezone.now())]
        if (near[:3] or slug) and slug not in near[:3]:
            wrong[query] = near
    assert wrong == {}
