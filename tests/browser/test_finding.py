"""A word is found by typing, with the keyboard alone, and previewed where it is linked."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_agreeing import signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser


def test_typing_offers_words_and_the_arrow_and_enter_open_one(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Campaign", aliases=["drive"])
    desk.publish("Lead")
    page = signed_in(browser, live_server, "rep")
    foreign: list[str] = []
    page.on("request", lambda request: None if live_server.url in request.url else foreign.append(request.url))
    page.goto("/terms/lead/")
    page.keyboard.press("/")
    page.keyboard.type("dri", delay=20)
    offer = page.get_by_role("option", name="Campaign")
    expect(offer).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(offer).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/terms/campaign/$"))
    assert not foreign


def test_escape_closes_the_offer_and_enter_searches_as_without_a_script(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Campaign")
    page = signed_in(browser, live_server, "rep")
    page.goto("/")
    page.get_by_label("What does it mean?").press_sequentially("camp", delay=20)
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=camp"))
