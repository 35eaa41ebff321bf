"""The whole way through a real browser: look up, suggest, sign twice, read version 2."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import visitor
from tests.world import PASSWORD, Desk

pytestmark = pytest.mark.browser


def sign_in(page: Page, name: str) -> None:
    """Through the sign-in page, to which the first page leads."""
    page.goto("/")
    page.get_by_label("Name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What does it mean?")).to_be_visible()


def sign(page: Page, answer: str) -> None:
    page.goto("/queue/")
    page.get_by_role("link", name="Campaign").click()
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text(answer)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_people_agree_on_a_second_version(
    scripts: bool, browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Campaign", abbreviations=["CMP"])
    rep, sam, mia = (visitor(browser, live_server.url, java_script_enabled=scripts) for _ in range(3))
    sign_in(rep, "rep")
    rep.get_by_label("What does it mean?").fill("cmp")
    rep.get_by_role("button", name="Look up").click()
    expect(rep.get_by_role("heading", level=1, name="Campaign")).to_be_visible()
    rep.get_by_role("link", name="Suggest a change").last.click()
    rep.get_by_label("In one sentence").fill("a plan with a goal, an audience, an end date and an owner on each side")
    rep.get_by_label("Why you suggest this").fill("Nobody knew when it ended.")
    rep.get_by_role("button", name="Keep as a draft").click()
    rep.get_by_role("button", name="Put up for signing").click()
    expect(rep.get_by_text("Waits for Sam or Sue")).to_be_visible()
    sign_in(sam, "sam")
    sign(sam, "Your signature is kept.")
    sign_in(mia, "mia")
    sign(mia, "now mean the same by “Campaign”")
    rep.goto("/terms/campaign/")
    expect(rep.get_by_text("definition v2")).to_be_visible()
    expect(rep.get_by_text("an end date")).to_be_visible()
    rep.goto("/terms/campaign/?version=1")
    expect(rep.get_by_text(re.compile("not the one in force now"))).to_be_visible()


def test_everything_is_reached_by_keyboard(browser: Browser, live_server: LiveServer, people: SimpleNamespace) -> None:
    page = visitor(browser, live_server.url)
    sign_in(page, "rep")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What does it mean?")).to_be_focused()
