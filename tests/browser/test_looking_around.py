"""Finding, narrowing, comparing and bringing back, in a real browser and on the smallest phone."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from glossary import workflow
from tests.browser.visiting import barriers, reach, signed_in
from tests.world import Desk, acting

pytestmark = pytest.mark.browser

LONG = "Incomprehensibilities" * 4


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A word with three versions, one of another kind, one on its way, one wanted."""
    desk.publish("Campaign", summary="a plan with a goal", includes=["a fair", LONG])
    desk.publish("Campaign", term="campaign", summary="a plan with a clear goal", includes=["a fair", "a stand"])
    expr = "channel_count >= 2 AND (budget > 0 OR NOT is_done)"
    desk.publish("Reply Rate", kind="metric", summary="share of people who answer a campaign", review_months=1)
    record = {"channel_count": {"type": "int", "source": "CRM"}, "budget": {"type": "int", "source": "CRM"}}
    record["is_done"] = {"type": "bool", "source": "CRM"}
    desk.publish("Drive", kind="record_type", key="drive", fields=record)
    test = {"id": "big", "label": "Is big", "record": "drive", "expr": expr}
    half = desk.submit("Campaign", term="campaign", criteria=[test], reason="It came up.")
    desk.sign(half, desk.people.sam)
    workflow.raise_word("Dark Funnel", by=acting(desk.people.rep), note=LONG)
    return desk


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_is_found_is_narrowed_by_kind(
    scripts: bool, browser: Browser, live_server: LiveServer, lived: Desk
) -> None:
    page = signed_in(browser, live_server, "rep", java_script_enabled=scripts)
    page.goto("/search/?all=1&q=campaign")
    expect(page.get_by_text("2 words found")).to_be_visible()
    page.get_by_label("Kind").select_option("metric")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 word found")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("campaign")
    page.get_by_role("link", name="Words from A to Z").click()
    page.get_by_role("link", name="R, 1 word").click()
    expect(page.get_by_role("link", name="Reply Rate")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Campaign")).to_be_hidden()


def test_how_many_words_are_offered_is_announced(browser: Browser, live_server: LiveServer, lived: Desk) -> None:
    page = signed_in(browser, live_server, "rep")
    page.goto("/")
    field = page.get_by_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("re")
    expect(page.locator(".find [role=status]")).to_have_text("1 word begins so.")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("."))
    chosen = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(chosen).to_contain_text("Reply Rate")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_versions_are_compared_and_the_old_one_is_brought_back(
    scripts: bool, browser: Browser, live_server: LiveServer, lived: Desk
) -> None:
    page = signed_in(browser, live_server, "rep", java_script_enabled=scripts)
    page.goto("/terms/campaign/history/")
    page.get_by_role("button", name="Compare").click()
    page.get_by_label("Shown").select_option("side by side")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("from=1&to=2&view=beside"))
    expect(page.get_by_role("heading", name="In v1").first).to_be_visible()
    expect(page.locator("ins", has_text="clear")).to_be_visible()
    page.get_by_role("link", name="Bring version 1 back").click()
    page.get_by_role("link", name="Suggest another one anyway").click()  # there is one by somebody else
    expect(page.get_by_label("In one sentence")).to_have_value("a plan with a goal")
    expect(page.get_by_label("Why you suggest this")).to_have_value("Brings back version 1.")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Brings back version 1.")).to_be_visible()
    expect(page.locator("del", has_text="clear")).to_be_visible()


ADDRESSES = (
    "/",
    "/words/",
    "/search/?all=1&q=campaign",
    "/search/?q=nowhere",
    "/terms/campaign/",
    "/terms/campaign/history/",
    "/terms/campaign/compare/",
    "/terms/campaign/compare/?view=beside",
    "/agenda/",
    "/print/",
    "/inbox/",
)


def test_the_smallest_phone_shows_every_page_whole(browser: Browser, live_server: LiveServer, lived: Desk) -> None:
    page = signed_in(browser, live_server, "mia", viewport={"width": 320, "height": 640})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    found, wide = {}, []
    for address in ADDRESSES:
        page.goto(address)
        if report := barriers(page):
            found[address] = report
        if reach(page) > 320:
            wide.append(address)
    assert not wide
    assert not found, "\n".join(f"{address}\n{report}" for address, report in found.items())
    assert not [text for text in said if "404" not in text]


def test_paper_shows_the_words_and_nothing_to_press(browser: Browser, live_server: LiveServer, lived: Desk) -> None:
    page = signed_in(browser, live_server, "rep")
    for address, shown in (("/agenda/", "Waiting for a signature"), ("/print/", "share of people")):
        page.goto(address)
        page.emulate_media(media="print")
        expect(page.get_by_text(shown)).to_be_visible()
        for part in (page.get_by_role("button"), page.locator(".site-head"), page.locator(".site-foot")):
            expect(part.locator("visible=true")).to_have_count(0)
        page.emulate_media(media="screen")
