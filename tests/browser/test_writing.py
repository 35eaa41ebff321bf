"""A text is written in a real browser: checked as one types, kept while one is away, and never lost by accident."""

import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from glossary.models import Proposal, UnsentForm
from tests.browser.visiting import barriers, reach, signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser


def kept(page: Page) -> None:
    expect(page.get_by_text(re.compile("Kept for you at"))).to_be_visible()


def _sent(answer: Response) -> str:
    return answer.request.post_data or ""


def test_a_word_is_suggested_with_a_preview_and_readiness_as_one_types(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Lead", aliases=["enquiry"])
    page = signed_in(browser, live_server, "rep")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto("/propose/")
    panel = page.get_by_role("region", name="Check and preview")
    page.get_by_label("Name", exact=True).fill("Dark Funnel")
    expect(panel).to_contain_text("The summary is still empty.")
    page.get_by_label("In one sentence").fill("visits from channels that nobody measures")
    page.get_by_label("Definition").fill("Every visit of a [[enq")
    expect(page.get_by_role("option", name="Lead enquiry")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Definition")).to_have_value("Every visit of a [[Lead]]")
    expect(panel).to_contain_text("Ready to be put up for signing")
    expect(panel.get_by_role("link", name="Lead")).to_be_visible()
    panel.get_by_role("link", name="Not an example").click()
    page.keyboard.press("Enter")
    page.keyboard.type("a click on an advert")
    page.keyboard.press("Enter")
    page.keyboard.type("a form")
    expect(panel).to_contain_text("a form")
    page.get_by_role("button", name="Remove entry 2 of Not an example").click()
    expect(page.get_by_label("Not an example, entry 1")).to_be_focused()
    expect(panel).not_to_contain_text("a form")
    page.get_by_text("What it is tied to").click()
    page.get_by_role("button", name="Add a word").click()
    page.keyboard.insert_text("lea")
    page.get_by_role("option", name="Lead", exact=True).click()
    page.get_by_label("How it relates").select_option("Leads to")
    page.get_by_role("button", name="Add a question").click()
    page.keyboard.type("Does a podcast count?")
    with page.expect_response(lambda answer: "/unsent/" in answer.url and "2027-05-17" in _sent(answer)):
        page.get_by_label("Look again on").fill("2027-05-17")
    page.get_by_role("button", name="Keep as a draft").click()
    page.wait_for_url(re.compile(r"/proposals/\d+/$"))
    content = Proposal.objects.get(term__slug="dark-funnel").text.content
    assert content.counter_examples == ("a click on an advert",)
    assert [(item.relation, item.term) for item in content.related] == [("feeds", "lead")]
    assert content.open_questions[0].look_again == "2027-05-17"
    assert not UnsentForm.objects.exists() and not faults


def test_what_was_typed_is_there_after_a_reload_and_can_be_thrown_away(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    proposal = desk.open("Campaign", examples=["a fair"])
    page = signed_in(browser, live_server, "rep")
    page.goto(f"/proposals/{proposal.pk}/edit/")
    page.get_by_role("button", name="Add an example").click()
    page.keyboard.insert_text("a dinner")  # at once, so that what is kept is all of it
    kept(page)
    page.reload()
    expect(page.get_by_label("Examples, entry 2")).to_have_value("a dinner")
    expect(page.get_by_text("You had typed this on")).to_be_visible()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_text("You had typed this on")).to_be_hidden()
    expect(page.get_by_label("Examples, entry 1")).to_have_value("a fair")
    expect(page.get_by_label("Examples, entry 2")).to_have_count(0)
    assert Proposal.objects.get().text.number == 1


def test_whoever_leaves_before_it_is_kept_is_asked(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    page = signed_in(browser, live_server, "rep")
    page.goto("/propose/")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/propose/unsent/", lambda route: route.abort())
    page.get_by_label("Name", exact=True).fill("Dark Funnel")
    expect(page.get_by_text("Not kept: there is no connection.")).to_be_visible()
    page.get_by_role("link", name="My queue").click()
    page.wait_for_url(re.compile("/queue/"))
    assert asked == ["beforeunload"]
    page.unroute("**/propose/unsent/")
    page.goto("/propose/")
    page.get_by_label("Name", exact=True).fill("Dark Funnel")
    kept(page)
    page.get_by_role("link", name="My queue").click()
    page.wait_for_url(re.compile("/queue/"))
    assert asked == ["beforeunload"]


def test_several_lines_pasted_become_entries(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    page = signed_in(browser, live_server, "rep", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/propose/")
    page.evaluate("navigator.clipboard.writeText('a fair\\n\\na dinner\\r\\na call')")
    page.get_by_role("button", name="Add an example").click()
    page.keyboard.press("Control+v")
    expect(page.get_by_label("Examples, entry 3")).to_be_focused()
    expect(page.locator("#id_examples")).to_have_value("a fair\na dinner\na call")


def test_the_form_has_no_barrier_while_it_is_filled(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    desk.publish("Lead")
    desk.publish("Campaign", summary="a plan")
    clash = desk.open("Campaign", term="campaign", summary="my plan", criteria=[])
    desk.publish("Campaign", term="campaign", summary="their plan")
    half = desk.submit("Push")
    desk.sign(half, desk.people.sam)
    page = signed_in(browser, live_server, "rep", viewport={"width": 320, "height": 800})
    page.on("dialog", lambda dialog: dialog.accept())  # not all that was typed has been kept when it is loaded again
    found = {}

    def look(name: str) -> None:
        if report := barriers(page):
            found[name] = report
        assert reach(page) <= 320, name

    page.goto("/propose/?term=campaign")
    look("join")
    page.get_by_role("link", name="Suggest another one anyway").click()
    page.get_by_role("button", name="Add an example").click()
    page.keyboard.insert_text("x" * 200)
    for fold in ("What it is tied to", "How it is told by a record", "Its place"):
        page.get_by_text(fold).click()
    page.get_by_role("button", name="Add a question").click()
    page.get_by_role("button", name="Add a word").click()
    page.keyboard.insert_text("lea")
    expect(page.get_by_role("option", name="Lead", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    kept(page)
    expect(page.get_by_role("region", name="Check and preview")).to_contain_text("x" * 200)
    look("form")
    page.reload()
    look("kept before")
    page.goto(f"/proposals/{half.pk}/edit/")
    look("signed")
    page.goto(f"/proposals/{clash.pk}/")
    page.get_by_role("button", name="Update to the newest text").click()
    expect(page.get_by_text("What both started from").first).to_be_visible()
    look("conflict")
    assert not found, "\n".join(f"{name}\n{report}" for name, report in found.items())


def test_writing_other_words_in_a_conflict_chooses_them(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    desk.publish("Campaign", examples=["a fair"])
    proposal = desk.open("Campaign", term="campaign", examples=["a dinner"])
    desk.publish("Campaign", term="campaign", examples=["a call"])
    page = signed_in(browser, live_server, "rep")
    page.goto(f"/proposals/{proposal.pk}/")
    page.get_by_role("button", name="Update to the newest text").click()
    page.get_by_role("button", name="Add an example").click()
    page.keyboard.type("a letter")
    page.get_by_role("button", name="Update to the newest text").click()
    page.wait_for_url(re.compile(r"/proposals/\d+/$"))
    assert Proposal.objects.get(pk=proposal.pk).text.content.examples == ("a dinner", "a letter")


def test_what_lies_folded_away_unfolds_for_whoever_is_led_to_it(
    browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    page = signed_in(browser, live_server, "rep")
    page.goto("/propose/")
    fold, tests = page.get_by_text("How it is told by a record"), page.get_by_label("Tests", exact=True)
    expect(tests).to_be_hidden()
    page.get_by_label("Name", exact=True).fill("Dark Funnel")
    fold.click()
    tests.fill("nothing that is a test")
    fold.click()
    expect(tests).to_be_hidden()
    page.get_by_role("region", name="Check and preview").get_by_role("link", name="Tests").first.click()
    expect(tests).to_be_visible()


def test_without_javascript_the_form_checks_and_keeps(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    page = signed_in(browser, live_server, "rep", java_script_enabled=False)
    page.goto("/propose/")
    page.get_by_label("Name", exact=True).fill("Dark Funnel")
    page.get_by_label("Examples", exact=True).fill("a podcast\na chat")
    page.get_by_role("button", name="Check and preview").click()
    panel = page.get_by_role("region", name="Check and preview")
    expect(panel).to_contain_text("The summary is still empty.")
    expect(panel.get_by_role("listitem").filter(has_text="a podcast")).to_be_visible()
    page.get_by_role("button", name="Keep as a draft").click()
    page.wait_for_url(re.compile(r"/proposals/\d+/$"))
    assert Proposal.objects.get().text.content.examples == ("a podcast", "a chat")
