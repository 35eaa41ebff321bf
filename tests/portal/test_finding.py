"""Words offered while one types, and the seal beside what is found."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from glossary.models import Version
from tests.portal.conftest import Browse, words
from tests.world import Desk

Publish = Callable[..., Version]


def test_words_are_offered_by_how_any_of_their_names_begins(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", aliases=["drive"])
    publish("Lead")
    answer = at_browser(people.rep).get("/search/names/", {"q": "dri"})
    assert words(answer).split() == ["Campaign", "drive", "All", "texts", "that", "say", "“dri”"]
    assert 'data-href="/terms/campaign/"' in answer.content.decode()


def test_what_waits_for_a_signature_is_not_offered(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    desk.submit("Campaign")
    assert "Campaign" not in words(at_browser(people.rep).get("/search/names/", {"q": "camp"}))


def test_nothing_typed_offers_nothing(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Campaign")
    assert not words(at_browser(people.rep).get("/search/names/", {"q": " \x00"})).strip()


@pytest.mark.parametrize("is_open", [False, True])
def test_visitors_are_offered_words_only_under_open_reading(is_open: bool, publish: Publish, settings: Any) -> None:
    publish("Campaign")
    settings.GLOSSARY_OPEN_READING = is_open
    answer = Client().get("/search/names/", {"q": "camp"})
    assert (answer.status_code, "Campaign" in words(answer)) == ((200, True) if is_open else (302, False))


def test_the_seal_says_in_words_who_signed_and_who_is_missing(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    half = desk.submit("Lead")
    desk.sign(half, people.sam)
    browser = at_browser(people.mia)
    assert (
        'aria-label="Signed by Sam for Sales and Mia for Marketing"' in browser.get("/terms/campaign/").content.decode()
    )
    assert (
        'aria-label="Signed by Sam for Sales. Missing: Marketing"'
        in browser.get(half.get_absolute_url()).content.decode()
    )
    assert 'aria-label="Signed for Sales. Missing: Marketing"' in browser.get("/queue/").content.decode()
