"""The whole way through a real browser: look up, suggest, sign twice, read version 2."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.world import PASSWORD, Desk

pytestmark = pytest.mark.browser


def signed_in(browser: Browser, server: LiveServer, name: str, **look: object) -> Page:
    """A page of a browser in which this person has signed in through the sign-in page."""
    page = browser.new_context(base_url=server.url, **look).new_page()  # type: ignore[arg-type]
    page.goto("/")
    page.get_by_label("Name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What does it mean?")).to_be_visible()
    return page


def sign(page: Page) -> None:
    page.goto("/queue/")
    page.get_by_role("link", name="Campaign").click()
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_role("button", name="Sign", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_people_agree_on_a_second_version(
    scripts: bool, browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Campaign", abbreviations=["CMP"])
    rep = signed_in(browser, live_server, "rep", java_script_enabled=scripts)
    rep.get_by_label("What does it mean?").fill("cmp")
    rep.get_by_role("button", name="Look up").click()
    expect(rep.get_by_role("heading", level=1, name="Campaign")).to_be_visible()
    rep.get_by_role("link", name="Suggest a change").last.click()
    rep.get_by_label("In one sentence").fill("a plan with a goal, an audience, an end date and an owner on each side")
    rep.get_by_label("Why you suggest this").fill("Nobody knew when it ended.")
    rep.get_by_role("button", name="Keep as a draft").click()
    rep.get_by_role("button", name="Put up for signing").click()
    expect(rep.get_by_text("Waits for Sam or Sue")).to_be_visible()
    for owner in ("sam", "mia"):
        sign(signed_in(browser, live_server, owner, java_script_enabled=scripts))
    rep.goto("/terms/campaign/")
    expect(rep.get_by_text("definition v2")).to_be_visible()
    expect(rep.get_by_text("an end date")).to_be_visible()
    rep.goto("/terms/campaign/?version=1")
    expect(rep.get_by_text(re.compile("not the one in force now"))).to_be_visible()


def test_everything_is_reached_by_keyboard(browser: Browser, live_server: LiveServer, people: SimpleNamespace) -> None:
    page = signed_in(browser, live_server, "rep")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What does it mean?")).to_be_focused()
