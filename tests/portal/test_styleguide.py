"""The parts of the pages stand together on one page, for whoever builds them."""

import re
from pathlib import Path
from types import SimpleNamespace

from django.conf import LazySettings
from django.conf import settings as ours

from glossary.portal.styleguide import COLOURS
from tests.portal.conftest import Browse, words


def test_it_is_there_in_debug_only(people: SimpleNamespace, at_browser: Browse, settings: LazySettings) -> None:
    rep = at_browser(people.rep)
    assert rep.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    assert rep.get("/styleguide/").status_code == 200


def test_it_shows_the_seal_in_every_state(people: SimpleNamespace, at_browser: Browse, settings: LazySettings) -> None:
    settings.DEBUG = True
    page = at_browser(people.rep).get("/styleguide/")
    labels = re.findall(r'<svg class="medal[^>]*aria-label="([^"]*)"', page.content.decode())
    assert "Not signed yet. Missing: Sales and Marketing" in labels
    assert "Signed by Sam Rivera for Sales. Missing: Marketing" in labels
    assert "Signed by Sam Rivera for Sales, Mia Tanaka for Marketing and Pia Lund for Product" in labels
    assert any("with a reservation" in label for label in labels)
    assert any("in the place of Sam Rivera" in label for label in labels)
    assert "Sales has no owner" in words(page)
    assert "Max Weber is the only owner of Marketing." in words(page)


def test_it_shows_every_colour_there_is() -> None:
    sheet = (Path(ours.BASE_DIR) / "glossary/static/accord.css").read_text()
    tokens = set(re.findall(r"^  --([\w-]+): light-dark", sheet, re.MULTILINE))
    shown = {name for names in COLOURS.values() for name in names}
    assert tokens - shown == {"accent-fill", "accent-fill-hover", "on-accent"}
