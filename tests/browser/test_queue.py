"""The queue by keyboard, several texts signed in one act, and what becomes of signatures, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser


def focus(page: Page, role: str, name: str) -> None:
    """Press Tab until the focus is on the element with this role and name."""
    wanted = page.get_by_role(role, name=name, exact=True).last  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    page.wait_for_load_state()
    for _ in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach the {role} “{name}”.")


def test_a_queue_is_walked_by_keyboard_and_several_texts_are_signed(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    for name in ("Campaign", "Lead"):
        desk.submit(name)
    desk.sign(desk.submit("Churn"), desk.people.sam)
    page = signed_in(browser, live_server, "mia")
    page.goto("/queue/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys on this page")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys on this page")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Campaign")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Churn")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="Lead")).to_be_focused()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.get_by_role("button", name="Read the ticked ones").click()
    read = page.get_by_label("I have read this and sign it.")
    expect(read).to_have_count(2)
    for box in read.all():
        box.check()
    page.get_by_role("button", name="Sign the ticked ones").click()
    said = page.get_by_role("status").filter(has_text="What you signed")
    expect(said).to_contain_text("Campaign: signed. It now waits for Sales.")
    expect(said).to_contain_text("Churn: agreed.")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="New word: Lead")).to_be_visible()


def test_the_whole_way_is_gone_by_keyboard_alone(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    desk.publish("Campaign")
    rep = signed_in(browser, live_server, "rep")
    rep.goto("/")
    rep.keyboard.press("/")
    rep.keyboard.insert_text("camp")
    expect(rep.get_by_role("option", name="Campaign")).to_be_visible()
    rep.keyboard.press("ArrowDown")
    rep.keyboard.press("Enter")
    expect(rep.get_by_role("heading", level=1, name="Campaign")).to_be_visible()
    focus(rep, "link", "Suggest a change")
    rep.keyboard.press("Enter")
    expect(rep.get_by_role("heading", level=1, name="Suggest a change to Campaign")).to_be_visible()
    focus(rep, "textbox", "In one sentence")
    rep.keyboard.press("Control+a")
    rep.keyboard.insert_text("plan with a goal, an audience and an end date")
    focus(rep, "button", "Keep as a draft")
    rep.keyboard.press("Enter")
    focus(rep, "button", "Put up for signing")
    rep.keyboard.press("Enter")
    expect(rep.get_by_text("It now waits for every team.")).to_be_visible()
    for owner, answer in (("sam", "Your signature is kept."), ("mia", "now mean the same by “Campaign”")):
        page = signed_in(browser, live_server, owner)
        page.goto("/queue/")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Change to Campaign")).to_be_visible()
        focus(page, "button", "Sign")
        page.keyboard.press("Enter")
        expect(page.get_by_text(answer)).to_be_visible()


def test_an_edit_ends_a_signature_and_the_signer_sees_what_changed(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    text = desk.submit("Campaign")
    desk.sign(text, desk.people.sam)
    mia = signed_in(browser, live_server, "mia")
    mia.goto(f"/proposals/{text.pk}/edit/")
    mia.get_by_label("In one sentence").fill("plan with a goal and an owner on each side, and a last day")
    mia.get_by_role("checkbox", name=re.compile("Sam")).check()
    mia.get_by_role("button", name="Keep the new text").click()
    mia.wait_for_url(f"**/proposals/{text.pk}/")
    sam = signed_in(browser, live_server, "sam")
    sam.goto(f"/proposals/{text.pk}/")
    changed = sam.locator("section", has=sam.get_by_role("heading", name="What changed since you signed"))
    expect(changed.last.locator("ins").first).to_be_visible()
    sam.get_by_role("button", name="Sign", exact=True).click()
    expect(sam.get_by_text("Your signature is kept.")).to_be_visible()


def test_what_was_sent_back_is_revised_and_signed(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    text = desk.submit("Campaign")
    sam = signed_in(browser, live_server, "sam")
    sam.goto(f"/proposals/{text.pk}/")
    sam.get_by_text("Send back", exact=True).first.click()
    sam.get_by_label("What must change?").fill("It needs a last day.")
    sam.get_by_role("button", name="Send back").click()
    expect(sam.get_by_text("It needs a last day.")).to_be_visible()
    rep = signed_in(browser, live_server, "rep")
    rep.goto(f"/proposals/{text.pk}/")
    expect(rep.get_by_text("sent this back for Sales")).to_be_visible()
    rep.get_by_role("link", name="Edit the text").click()
    rep.get_by_label("In one sentence").fill("plan with a goal, an audience and a last day")
    rep.get_by_role("button", name="Keep the new text").click()
    rep.get_by_role("button", name="Put up for signing").click()
    expect(rep.get_by_text("It now waits for every team.")).to_be_visible()
    for owner, answer in (("sam", "Your signature is kept."), ("mia", "Every team has signed.")):
        page = signed_in(browser, live_server, owner)
        page.goto(f"/proposals/{text.pk}/")
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_text(answer, exact=True)).to_be_visible()


def test_no_page_asks_another_host_for_anything(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    desk.publish("Campaign")
    text = desk.submit("Lead")
    page = signed_in(browser, live_server, "mia")
    elsewhere: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if live_server.url not in request.url else None)
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    addresses = ["/", "/words/", "/search/?q=campaign&all=1", "/terms/campaign/", "/terms/campaign/history/"]
    addresses += ["/propose/?term=campaign", f"/proposals/{text.pk}/", f"/proposals/{text.pk}/edit/", "/queue/"]
    for address in [*addresses, "/agenda/", "/print/", "/starter/", "/accounts/profile/", "/api/docs/"]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert (elsewhere, faults) == ([], [])
