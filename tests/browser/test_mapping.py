"""RevOps sends the picklist of the CRM from a desk and from a phone."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import barriers, reach, signed_in
from tests.world import Desk

PLACE = {"system": "salesforce", "object": "Lead", "field": "Status"}
LONG = "Endless" * 60
CRM = f"""system;object;field;value
salesforce;Lead;Status;Open
salesforce;Lead;Status;Wokring
salesforce;Lead;Status;<img src=x onerror=alert(1)>
{"system" * 20};{"Object" * 20};{"field" * 20};{LONG}
"""


@pytest.mark.parametrize("width", [1280, 320])
def test_what_the_crm_offers_is_compared_and_every_finding_can_be_read(
    width: int, browser: Browser, live_server: LiveServer, desk: Desk
) -> None:
    desk.publish("Lead", crm_mappings=[PLACE | {"value": value} for value in ("Open", "Working", "Closed")])
    desk.publish("Prospect", crm_mappings=[PLACE | {"value": "Open"}, PLACE | {"field": "Stage", "value": "1"}])
    page = signed_in(browser, live_server, "ada", viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/")
    page.get_by_role("link", name="Compare with the CRM").click()
    picklist = {"name": "crm.csv", "mimeType": "text/csv", "buffer": CRM.encode()}
    page.get_by_label("Picklist of the CRM").set_input_files(picklist)  # type: ignore[arg-type]
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("main").get_by_role("status")).to_contain_text("1 missing, 1 renamed, 2 extra, 1 mapped twice")
    for kind, value in (("Missing", "Closed"), ("Renamed", "Wokring"), ("Mapped twice", "Open")):
        expect(page.get_by_role("row").filter(has_text=kind).filter(has_text=value)).to_be_visible()
    assert not barriers(page)
    assert reach(page) <= width
    assert said == []
    page.get_by_role("link", name="change Lead").first.click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Lead")
