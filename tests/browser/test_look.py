"""Light, dark, on paper: as the person chose, else as the device; with scripts and without."""

import re
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.visiting import barriers, reach, signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser

LIGHT, DARK, WHITE = "rgb(250, 248, 244)", "rgb(21, 24, 30)", "rgb(255, 255, 255)"


def stands_on(page: Page, ground: str) -> None:
    expect(page.locator("body")).to_have_css("background-color", ground)


def choose(page: Page, look: str) -> None:
    """Until the choice is kept; a script shows it before that."""
    page.get_by_title("Light or dark").click()
    with page.expect_response("**/accounts/theme/"):
        page.get_by_role("banner").get_by_role("button", name=look).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_look_follows_the_device_until_one_is_chosen_and_stays_chosen(
    scripts: bool, browser: Browser, live_server: LiveServer, people: SimpleNamespace
) -> None:
    page = signed_in(browser, live_server, "rep", java_script_enabled=scripts)
    page.emulate_media(color_scheme="dark")
    page.goto("/queue/?a=1")
    stands_on(page, DARK)
    choose(page, "Light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    stands_on(page, LIGHT)
    expect(page).to_have_url(re.compile(r"/queue/\?a=1$"))
    elsewhere = signed_in(browser, live_server, "rep", java_script_enabled=scripts, color_scheme="dark")
    elsewhere.goto("/")
    stands_on(elsewhere, LIGHT)
    choose(elsewhere, "As my device")
    expect(elsewhere.locator("html")).not_to_have_attribute("data-theme", "light")
    stands_on(elsewhere, DARK)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_on_a_phone_the_head_is_two_rows_and_the_rest_is_a_menu(
    scripts: bool, browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.submit("Campaign")
    phone = {"viewport": {"width": 320, "height": 700}, "java_script_enabled": scripts}
    page = signed_in(browser, live_server, "mia", **phone)
    page.goto("/queue/")
    head = page.get_by_role("banner")
    assert int((head.bounding_box() or {})["height"]) < 120
    unread = head.locator(".count-new")
    expect(unread).to_be_visible()
    expect(unread).to_contain_text("unread")
    expect(head.get_by_role("link", name="My queue")).to_be_hidden()
    head.locator("summary", has_text="Menu").press("Enter")
    expect(head.get_by_role("link", name="My queue")).to_be_visible()
    expect(head.get_by_role("button", name="Sign out")).to_be_visible()
    if scripts:
        assert not barriers(page) and reach(page) <= 320
        page.keyboard.press("Escape")
        expect(head.get_by_role("link", name="My queue")).to_be_hidden()


def test_where_there_is_room_the_menu_lies_open(
    browser: Browser, live_server: LiveServer, people: SimpleNamespace
) -> None:
    page = signed_in(browser, live_server, "mia", viewport={"width": 1280, "height": 700})
    page.goto("/queue/")
    head = page.get_by_role("banner")
    expect(head.locator("summary", has_text="Menu")).to_be_hidden()
    for name in ("Suggest a change", "My queue", "Mia"):
        expect(head.get_by_role("link", name=name)).to_be_visible()


def test_changing_the_look_loses_nothing_that_is_half_typed(
    browser: Browser, live_server: LiveServer, people: SimpleNamespace
) -> None:
    page = signed_in(browser, live_server, "rep")
    page.goto("/")
    page.get_by_label("What does it mean?").fill("half a wo")
    choose(page, "Dark")
    stands_on(page, DARK)
    expect(page.get_by_label("What does it mean?")).to_have_value("half a wo")


def test_paper_is_always_light(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    desk.publish("Campaign")
    User.objects.filter(username="rep").update(theme="dark")
    page = signed_in(browser, live_server, "rep")
    page.goto("/terms/campaign/")
    stands_on(page, DARK)
    page.emulate_media(media="print")
    stands_on(page, WHITE)
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_part_in_every_state_is_without_a_barrier_and_fits_a_phone(
    theme: str, browser: Browser, live_server: LiveServer, people: SimpleNamespace, settings: LazySettings
) -> None:
    User.objects.filter(username="mia").update(theme=theme)
    page = signed_in(browser, live_server, "mia", viewport={"width": 320, "height": 800})
    settings.DEBUG = True
    page.goto("/styleguide/")
    assert not barriers(page)
    assert reach(page) <= 320


def test_a_new_key_is_copied(browser: Browser, live_server: LiveServer, people: SimpleNamespace) -> None:
    page = signed_in(browser, live_server, "ada", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/accounts/tokens/")
    page.get_by_label("Name of the tool").fill("CRM sync")
    page.get_by_role("button", name="Make the token").click()
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_text("It is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#key").inner_text()
    assert not barriers(page)
    page.get_by_text("Revoke CRM sync").click()
    page.get_by_role("button", name="Revoke now").click()
    expect(page.get_by_text("Its key opens nothing any more.")).to_be_visible()
