"""The first day in a real browser: set up from empty, invite, come in, and sign as two people."""

import re

import pytest
from playwright.sync_api import Browser, Locator, expect
from pytest_django.live_server_helper import LiveServer

from glossary import workflow
from tests.browser.visiting import barriers, reach, visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long pass phrase"


def describe(part: Locator, first: str, last: str) -> None:
    part.get_by_label("First name").fill(first)
    part.get_by_label("Last name").fill(last)
    part.get_by_label("E-mail address").fill(f"{first.lower()}@example.com")
    part.get_by_label("User name").fill(first.lower())


def test_an_empty_registry_is_set_up_and_its_two_owners_agree(browser: Browser, live_server: LiveServer) -> None:
    page = visitor(browser, live_server.url)
    page.goto("/")
    page.get_by_label("Set-up code").fill(workflow.setup_code())
    you = page.locator("section", has=page.get_by_role("heading", name="You, the first administrator"))
    describe(you, "Ada", "Byron")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    sales, marketing = page.locator(".team-sales"), page.locator(".team-marketing")
    sales.get_by_label("I sign for this team").check()
    expect(sales.get_by_label("First name")).to_be_hidden()
    describe(marketing, "Mia", "Tanaka")
    page.get_by_role("button", name="Set Accord up").click()
    page.get_by_role("button", name="Make a link for Mia").click()
    link = page.get_by_label("Link for Mia Tanaka").input_value()
    assert not barriers(page)
    page.get_by_role("link", name="Words to start from").click()
    page.get_by_role("checkbox", name=re.compile("^Touchpoint")).check()
    page.get_by_role("button", name="Suggest the ticked words").click()
    expect(page.get_by_text("1 suggestion is in your drafts.")).to_be_visible()

    mia = visitor(browser, live_server.url)
    mia.goto(link.replace(link[: link.index("/accounts/")], live_server.url))
    expect(mia.get_by_role("heading", name="Welcome, Mia")).to_be_visible()
    mia.get_by_label("New Password", exact=True).fill(PASSWORD)
    mia.get_by_label("New Password (again)").fill(PASSWORD)
    mia.get_by_role("button", name="Keep this password").click()
    mia.get_by_role("link", name="Sign in with it").click()
    mia.get_by_label("Name or e-mail address").fill("mia")
    mia.get_by_label("Password").fill(PASSWORD)
    mia.get_by_role("button", name="Sign in").click()
    expect(mia.get_by_role("link", name="Mia Tanaka")).to_be_visible()

    page.goto("/propose/?name=Handshake")
    page.get_by_label("In one sentence").fill("moment at which two people agree on the next step")
    page.get_by_label("Definition").fill("It has a date, and both can say what comes next.")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("button", name="Put up for signing").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Your signature is kept.")).to_be_visible()
    mia.goto("/queue/")
    mia.get_by_role("link", name="Handshake").click()
    mia.get_by_role("button", name="Sign", exact=True).click()
    expect(mia.get_by_text("Ada Byron and Mia Tanaka now mean the same by “Handshake”.")).to_be_visible()


def test_the_set_up_page_has_no_barrier_that_axe_knows(browser: Browser, live_server: LiveServer) -> None:
    page = visitor(browser, live_server.url, viewport={"width": 320, "height": 700})
    page.goto("/setup/")
    assert not barriers(page)
    page.get_by_role("button", name="Set Accord up").evaluate("button => button.form.noValidate = true")
    page.get_by_role("button", name="Set Accord up").click()
    expect(page.get_by_text("Nothing is set up yet.")).to_be_visible()
    assert not barriers(page)
    assert reach(page) <= 320
