"""The approval queue of the administration in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from glossary.models import Version
from tests.browser.visiting import barriers, signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """Sam is an administrator as well; two texts wait, one of them for marketing alone."""
    desk.people.sam.is_staff = True
    desk.people.sam.save(update_fields=["is_staff"])
    desk.submit("Campaign")
    desk.sign(desk.submit("Lead", kind="metric"), desk.people.sam)
    return desk


def test_the_queue_is_narrowed_and_a_text_signed_and_sent_back(
    browser: Browser, live_server: LiveServer, waiting: Desk
) -> None:
    page = signed_in(browser, live_server, "sam")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto("/admin/")
    page.get_by_role("link", name="Approval queue").first.click()
    expect(page.get_by_role("link", name="Lead")).to_be_visible()
    page.get_by_label("Waits for").select_option("sales")
    page.get_by_role("button", name="Narrow").click()
    expect(page.get_by_role("link", name="Lead")).to_have_count(0)
    page.get_by_role("link", name="Campaign").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Your signature is kept.")).to_be_visible()
    page.get_by_text("Send back", exact=True).first.click()
    page.get_by_label("What must change?").fill("The end date is missing.")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("The end date is missing.")).to_be_visible()
    assert not Version.objects.exists()
    assert faults == []


@pytest.mark.parametrize("width", [1280, 320])
def test_it_has_no_barrier_that_axe_knows(width: int, browser: Browser, live_server: LiveServer, waiting: Desk) -> None:
    page = signed_in(browser, live_server, "sam", viewport={"width": width, "height": 800})
    page.goto("/admin/")
    assert not barriers(page, "#container")
    page.goto("/admin/queue/")
    assert not barriers(page, "#content")
    page.get_by_role("link", name="Campaign").click()
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()
    page.get_by_text("Send back", exact=True).first.click()
    assert not barriers(page, "#content")
    for label in ("Reservation", "What must change?"):
        assert page.get_by_label(label).evaluate("box => box.getBoundingClientRect().right") < right_of_its_form(
            page, label
        )


def right_of_its_form(page: Page, label: str) -> float:
    form = page.locator("form", has=page.get_by_label(label))
    return float(form.evaluate("form => form.getBoundingClientRect().right")) + 0.5
