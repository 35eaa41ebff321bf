"""An administrator says goodbye to somebody: told what follows, everything handed over, in one step."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from glossary.models import Proposal
from tests.browser.visiting import barriers, reach, signed_in
from tests.world import Desk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_account_is_closed_and_what_was_open_is_handed_over(
    scripts: bool, browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    proposal = desk.submit("Campaign", by=desk.people.mia)
    desk.sign(proposal, desk.people.mia)
    look = {"java_script_enabled": scripts, "viewport": {"width": 390, "height": 800}}
    page = signed_in(browser, live_server, "max", **look)
    page.goto("/people/")
    page.get_by_role("link", name="Mia").first.click()
    closing = page.locator("details.action", has_text="For somebody who leaves")
    expect(closing).to_contain_text("A signature that Mia gave")
    page.wait_for_load_state()
    for action in page.locator("details.action > summary").all():
        action.press("Enter")
    if scripts:
        assert not barriers(page)
        assert reach(page) <= 390
    expect(closing).to_contain_text("Marketing will have one owner left, Max.")
    closing.get_by_label("Who looks after 1 open suggestion from now on?").select_option(label="Mark (Marketing)")
    closing.get_by_role("button", name="Close the account").click()
    expect(page.get_by_text("The account of Mia is closed.")).to_be_visible()
    page.goto("/people/")
    expect(page.get_by_role("main")).to_contain_text("Max is the only owner of Marketing.")
    expect(page.get_by_role("listitem").filter(has_text="Mark")).to_contain_text("1 open suggestion")
    assert Proposal.objects.get(pk=proposal.pk).keeper == desk.people.mark
