"""What a page may weigh, with the starter vocabulary in force: a phone on the train has to open it."""

import gzip
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from tests.portal.conftest import Browse
from tests.starter import agree_on_the_starter_vocabulary
from tests.world import Desk

pytestmark = [pytest.mark.slow, pytest.mark.any_engine]

MOST_HTML = 100_000  # bytes of one page
MOST_ASSETS = 150_000  # bytes of all that a page loads, compressed

PAGES = [
    "/",
    "/search/?all=1&q=lead",
    "/terms/marketing-qualified-lead/",
    "/terms/marketing-qualified-lead/concerns/",
    "/rulings/",
    "/terms/marketing-qualified-lead/history/",
    "/terms/marketing-qualified-lead/compare/",
    "/card/marketing-qualified-lead/",
    "/propose/?term=marketing-qualified-lead",
    "/proposals/{suggestion}/",
    "/proposals/{suggestion}/edit/",
    "/queue/",
    "/queue/sign/?proposal={suggestion}",
    "/inbox/",
    "/stage-models/revenue-pipeline/",
    "/mapping/",
    "/accounts/profile/",
    "/accounts/tokens/",
    "/people/",
    "/people/{person}/",
    "/admin/queue/",
    "/admin/queue/{suggestion}/",
]


def _loaded_by(page: str) -> list[str]:
    return re.findall(r'<(?:link rel="stylesheet"|link|script)[^>]*? (?:href|src)="/static/([^"]+)"', page)


def _compressed(asset: str) -> int:
    found = finders.find(asset)
    assert found, asset
    return len(gzip.compress(Path(str(found)).read_bytes()))


def _measured(browser: Client, address: str) -> tuple[int, int]:
    """Bytes of HTML, and of what it loads, compressed."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    page = answer.content.decode()
    return len(answer.content), sum(_compressed(asset) for asset in set(_loaded_by(page)))


def test_no_main_page_is_heavier_than_its_budget(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    agree_on_the_starter_vocabulary(desk)
    for number in range(20):
        suggestion = desk.submit(f"Something new {number}")
    sue = at_browser(people.sue)
    measured = {
        address: _measured(sue, address.format(suggestion=suggestion.pk, person=people.rep.pk)) for address in PAGES
    }
    with time_machine.travel(timezone.now() + timedelta(days=3 * 366)):
        measured["/reviews/"] = _measured(at_browser(people.sue), "/reviews/")
    assert not {address: html for address, (html, _) in measured.items() if html > MOST_HTML}
    assert not {address: assets for address, (_, assets) in measured.items() if assets > MOST_ASSETS}
    assert measured["/"][1] > 30_000, "the style sheets were not counted"
