"""A word taken elsewhere: in small, in a frame, as Markdown."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client

from glossary.models import Version
from tests.portal.conftest import Browse, words
from tests.world import Desk

Publish = Callable[..., Version]


def test_the_card_says_what_it_is_and_who_signed(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Campaign", abbreviations=["CMP"])
    answer = at_browser(people.rep).get("/card/campaign/")
    said = words(answer)
    assert "Campaign (CMP)" in said and "plan with a goal" in said
    assert "Definition v1, signed by Sam and Mia" in said
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_card_of_a_word_to_avoid_says_what_to_use(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    publish("Push", status="discouraged", replaced_by="Campaign")
    said = words(at_browser(people.rep).get("/card/push/"))
    assert "Avoid this word. Use Campaign instead." in said


def test_only_the_sites_named_may_frame_the_card_and_no_other_page(publish: Publish, settings: Any) -> None:
    publish("Campaign")
    settings.GLOSSARY_OPEN_READING = True
    settings.GLOSSARY_FRAME_ORIGINS = ["https://intranet.example.com"]
    card, page = Client().get("/card/campaign/"), Client().get("/terms/campaign/")
    assert "frame-ancestors https://intranet.example.com" in card.headers["Content-Security-Policy"]
    assert "default-src 'self'" in card.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in card.headers
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_a_text_is_copied_as_markdown_with_linked_words_as_words(
    people: SimpleNamespace, publish: Publish, at_browser: Browse, settings: Any
) -> None:
    settings.GLOSSARY_SITE_URL = "https://words.example.com"
    publish("Lead")
    publish(
        "Campaign",
        definition="Leads to a [[Lead]] or [[Lead|more leads]] & <b>.",
        includes=["a [[Lead]] drive"],
        excludes=["a post"],
        counter_examples=["a lone mail"],
    )
    answer = at_browser(people.rep).get("/terms/campaign/markdown/")
    text = answer.content.decode()
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert text.startswith("# Campaign\n")
    assert "Leads to a Lead or more leads & <b>." in text
    assert "**What counts**\n\n- a Lead drive" in text and "- a post" in text and "- a lone mail" in text
    assert "Definition v1, signed by Sam and Mia: <https://words.example.com/terms/campaign/?version=1>" in text


def test_an_old_version_is_copied_when_it_is_the_one_on_the_page(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", summary="a plan with a goal")
    publish("Campaign", term="campaign", summary="a plan with a clear goal")
    text = at_browser(people.rep).get("/terms/campaign/markdown/?version=1").content.decode()
    assert "*a plan with a goal*" in text and "clear" not in text


def test_what_nobody_agreed_on_has_no_text_to_copy(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    desk.open("Campaign")
    answer = at_browser(people.rep).get("/terms/campaign/markdown/")
    assert answer.status_code == 404
    assert "Nobody has agreed yet what this word means" in words(answer)
