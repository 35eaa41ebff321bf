"""Tests of words in a real browser: written with fields offered, checked as one types, tried on a record."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from glossary.models import Proposal
from tests.browser.visiting import barriers, reach, signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser

FIELDS = {
    "score": {"type": "int", "unit": "points", "source": "CRM", "note": "0 to 100"},
    "persona": {"type": "string", "values": ["champion", "student"], "source": "CRM"},
    "asked": {"type": "bool", "source": "CRM"},
}
SAMPLES = [
    {"note": "keen", "record": {"score": 72, "persona": "champion"}, "expect": "true"},
    {"note": "a student", "record": {"score": 72, "persona": "student"}, "expect": "false"},
]
CONDITION = "score >= 60 AND persona <> 'student'"
WARM = {"id": "is_warm", "label": "Counts as warm", "record": "lead", "expr": CONDITION, "samples": SAMPLES}


def agree(desk: Desk) -> None:
    desk.publish("Lead", kind="record_type", key="lead", fields=FIELDS)
    desk.publish("Warm Lead", criteria=[WARM])


def test_a_test_is_typed_with_fields_and_values_offered_and_checked(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    agree(desk)
    page = signed_in(browser, live_server, "rep")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/propose/?term=warm-lead")
    tests = page.get_by_label("Tests", exact=True)
    panel = page.get_by_role("region", name="Check and preview")
    tests.press("Control+End")
    tests.press_sequentially("\n\nis_hot: Counts as hot\nfor each: le", delay=10)
    expect(page.get_by_role("option", name="lead", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tests.press_sequentially("\nwhen: scor", delay=10)
    expect(page.get_by_role("option", name="score", exact=True)).to_be_visible()
    expect(panel).to_contain_text("Did you mean “score”?")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    tests.press_sequentially(" >= 90 AND persona = 'ch", delay=10)
    page.get_by_role("option", name="champion", exact=True).click()
    tests.press_sequentially("'\nyes: keen {score: 95, persona: champion}\nno: cool {score: 5}", delay=2)
    expect(panel).to_contain_text("Ready to be put up for signing")
    page.get_by_role("button", name="Keep as a draft").click()
    page.wait_for_url(re.compile(r"/proposals/\d+/$"))
    hot = Proposal.objects.latest("pk").text.content.criteria[1]
    assert (hot.id, hot.expr) == ("is_hot", "score >= 90 AND persona = 'champion'")
    assert faults == []


def test_a_record_is_tried_by_everybody(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    agree(desk)
    other = desk.open("Warm Lead", term="warm-lead", criteria=[WARM | {"expr": "score >= 80"}])
    page = signed_in(browser, live_server, "rep")
    page.goto("/terms/warm-lead/")
    page.get_by_role("link", name="Try a record").click()
    page.get_by_label("score (points)").fill("72")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Unknown is not a no. Somebody has to find out: persona")).to_be_visible()
    assert not barriers(page)
    page.get_by_label("persona").select_option("student")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#verdict")).to_contain_text("No")
    page.get_by_role("link", name="keen").click()
    expect(page.locator("#verdict")).to_contain_text("Yes")
    page.set_viewport_size({"width": 320, "height": 800})
    assert reach(page) <= 320
    assert not barriers(page)
    page.goto(f"/proposals/{other.pk}/")
    expect(page.get_by_text("Where the tests answer differently")).to_be_visible()
    assert reach(page) <= 320
    assert not barriers(page)
