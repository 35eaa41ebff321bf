"""The vocabulary as a file, found by people; and a link to a word, as a chat shows it."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glossary.exchange.formats import FORMATS
from glossary.models import Version
from tests.portal.conftest import Browse, words
from tests.world import Desk

pytestmark = pytest.mark.django_db
Publish = Callable[..., Version]


def told(page: str) -> dict[str, str]:
    """What the head of a page tells a robot."""
    found = re.findall(r'<meta (?:property|name)="((?:og|article|twitter):[^"]+)" content="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def test_the_page_offers_every_format_and_each_download_works(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    browser = at_browser(people.rep)
    page = browser.get("/export/").content.decode()
    offered = re.findall(r'href="(/api/v1/export\?format=([\w-]+))" download="([^"]+)"', page)
    assert {key: name for _, key, name in offered} == {key: form.file_name for key, form in FORMATS.items()}
    for address, _, name in offered:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert f'filename="{name}"' in answer.headers["Content-Disposition"]
        assert b"".join(answer.streaming_content)
    assert 'href="/export/"' in browser.get("/").content.decode()


def test_a_visitor_reaches_the_files_only_under_open_reading(publish: Publish, settings: Any) -> None:
    publish("Campaign")
    assert Client().get("/export/").headers["Location"] == "/accounts/login/?next=/export/"
    settings.GLOSSARY_OPEN_READING = True
    page = Client().get("/export/")
    assert "Excel workbook" in words(page) and "Back again" not in words(page)
    assert Client().get("/api/v1/export?format=csv").status_code == 200


def test_a_link_unfolds_into_what_is_signed(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse, settings: Any
) -> None:
    settings.GLOSSARY_OPEN_READING, settings.GLOSSARY_SITE_URL = True, "https://words.example.com"
    version = publish("Campaign", abbreviations=["CMP"], summary='plan with a "goal" & <b>')
    desk.submit("Campaign", term="campaign", summary="nobody has signed this")
    page = Client().get("/terms/campaign/").content.decode()
    assert told(page) == {
        "og:site_name": "Accord",
        "og:type": "article",
        "og:title": "Campaign (CMP)",
        "og:description": 'plan with a "goal" & <b>',
        "og:url": "https://words.example.com/terms/campaign/",
        "article:published_time": version.published_at.isoformat(),
        "twitter:card": "summary",
        "twitter:label1": "Definition v1, signed by",
        "twitter:data1": "Sam, Mia",
    }
    assert "nobody has signed this" not in page
    [data] = re.findall(r'<link rel="alternate" type="application/json" href="https://words.example.com([^"]+)">', page)
    assert Client().get(data).json()["digest"] == version.digest


def test_a_link_to_an_older_version_unfolds_into_that_one(desk: Desk, publish: Publish, settings: Any) -> None:
    settings.GLOSSARY_OPEN_READING = True
    publish("Campaign", summary="first text of it")
    publish("Campaign", term="campaign", summary="second text of it")
    page = Client().get("/terms/campaign/?version=1").content.decode()
    assert told(page)["og:description"] == "first text of it"
    assert told(page)["og:url"].endswith("/terms/campaign/?version=1")
    [data] = re.findall(r'<link rel="alternate" type="application/json" href="[^"]*?(/api[^"]+)">', page)
    assert Client().get(data).json()["version"] == 1


def test_a_link_to_a_word_to_avoid_says_what_to_use(publish: Publish, settings: Any) -> None:
    settings.GLOSSARY_OPEN_READING = True
    publish("Campaign")
    publish("Push", status="discouraged", replaced_by="Campaign", summary="old word for it")
    said = told(Client().get("/terms/push/").content.decode())["og:description"]
    assert said == "Avoid this word. Use Campaign instead. old word for it"


def test_a_robot_that_may_not_read_learns_nothing_but_to_sign_in(desk: Desk, publish: Publish) -> None:
    publish("Campaign")
    desk.submit("Secret plan")
    for slug in ("campaign", "secret-plan", "nothing-at-all"):
        page = Client().get(f"/terms/{slug}/", follow=True).content.decode()
        assert told(page) == {"og:site_name": "Accord", "og:title": "Sign in to read this word"}
        assert "plan with a goal" not in page


def test_nothing_unsigned_unfolds_for_anybody(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse, settings: Any
) -> None:
    desk.submit("Secret plan", summary="nobody has signed this")
    page = at_browser(people.rep).get("/terms/secret-plan/").content.decode()
    assert told(page) == {} and 'rel="alternate"' not in page
    settings.GLOSSARY_OPEN_READING = True
    assert Client().get("/terms/secret-plan/").status_code == 404
    publish("Funnel", effective_from=timezone.now() + timedelta(days=1))
    assert told(Client().get("/terms/funnel/").content.decode())["og:title"] == "Funnel"
