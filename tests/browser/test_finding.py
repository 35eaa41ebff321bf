"""A word is found by typing, with the keyboard alone, and previewed where it is linked."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import signed_in
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
    page.keyboard.insert_text("dri")  # at once, so that one list is offered
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
    page.get_by_label("What does it mean?").fill("camp")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=camp"))


def test_a_linked_word_is_previewed_under_the_pointer_on_focus_and_at_the_first_tap(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Lead", summary="somebody who may buy")
    desk.publish("Campaign", definition="Leads to a [[Lead]].")
    page = signed_in(browser, live_server, "rep")
    page.goto("/terms/campaign/")
    link, preview = page.locator("a.term", has_text="Lead"), page.get_by_role("tooltip")
    link.hover()
    expect(preview).to_contain_text("somebody who may buy")
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(preview).to_be_visible()
    phone = signed_in(browser, live_server, "rep", has_touch=True, viewport={"width": 390, "height": 844})
    phone.goto("/terms/campaign/")
    phone.locator("a.term", has_text="Lead").tap()
    expect(phone.get_by_role("tooltip")).to_contain_text("somebody who may buy")
    assert phone.url.endswith("/terms/campaign/")
    phone.locator("a.term", has_text="Lead").tap()
    phone.wait_for_url(re.compile("/terms/lead/$"))


def test_a_word_is_copied_as_a_link_and_as_markdown(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    desk.publish("Campaign", summary="a plan with a goal")
    page = signed_in(browser, live_server, "rep", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/terms/campaign/")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{live_server.url}/terms/campaign/"
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_text("The text is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("# Campaign\n")
