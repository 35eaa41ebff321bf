"""The inbox in a real browser: messages are put away where they stand, and a word is watched."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_messages_are_put_away_one_by_one_and_a_watched_word_brings_another(
    scripts: bool, browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Campaign")
    rep = signed_in(browser, live_server, "rep", java_script_enabled=scripts)
    rep.goto("/terms/campaign/")
    rep.get_by_role("button", name="Watch this word").click()
    expect(rep.get_by_text("You watch this word.")).to_be_visible()
    desk.submit("Campaign", term="campaign", by=desk.people.mark, why="Because.")
    rep.goto("/inbox/?unread=1")
    inbox = rep.get_by_role("banner").get_by_role("link", name="Inbox")
    expect(inbox).to_contain_text("3 unread")
    message = rep.get_by_role("listitem").filter(has_text="Change suggested: Campaign")
    message.get_by_role("button", name="Mark as read").click()
    expect(inbox).to_contain_text("2 unread")
    expect(message).to_have_count(0)
    rep.goto("/inbox/")
    button = message.get_by_role("button")
    button.focus()
    rep.keyboard.press("Enter")
    expect(inbox).to_contain_text("3 unread")
    expect(button).to_contain_text("Mark as read")
    if scripts:
        expect(button).to_be_focused()
    rep.get_by_role("link", name="Change suggested: Campaign").click()
    expect(rep.get_by_role("link", name="Open the suggestion")).to_be_visible()
    expect(inbox).to_contain_text("2 unread")
