"""Everybody can read the pages: with a screen reader, in the dark, on a phone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from glossary import workflow
from glossary.models import Message, Ruling
from glossary.policy import Console
from tests.browser.visiting import barriers, reach, signed_in, visitor
from tests.workflow.test_rulings import send_back
from tests.world import Desk, acting

pytestmark = pytest.mark.browser


@pytest.fixture
def addresses(desk: Desk) -> Iterator[list[str]]:
    """The main pages of a registry in which something of everything has happened."""
    desk.publish("Lead", abbreviations=["LD"])
    desk.publish("Load", abbreviations=["LD"])
    field = {"type": "string", "source": "a salesperson who asked the buyer", "note": "as long as a note may be " * 5}
    desk.publish("Deal", kind="record_type", key="deal", fields={f"a_rather_long_field_{n}": field for n in range(3)})
    desk.publish("Push", status="discouraged", replaced_by="Lead")
    for summary in ("a plan with a goal", "a plan with a clear goal"):
        term = "campaign" if summary.endswith("clear goal") else None
        desk.publish(
            "Campaign",
            term=term,
            summary=summary,
            definition="Leads to a [[Lead]].\n\n| a | b |\n|---|---|\n| 1 | 2 |",
            for_sides={"sales": "Call.", "marketing": "Plan."},
            includes=["a fair"],
            excludes=["a post"],
            related=["Lead"],
            crm_mappings=[{"system": "CRM", "object": "Campaign", "field": "Status"}],
        )
    ways = [{"to": "won", "kind": "advance"}]
    whose = {"record": "deal", "accountable_role": "whoever is on duty", "entry": {"text": "it begins"}}
    stages = [
        {
            "key": "open",
            "order": 1,
            "name": "Open",
            "term": "lead",
            "accountable_side": "marketing",
            "sla_hours": 4,
            "sla_side": "marketing",
            "exit": {"text": "it ends"},
            "next": ways,
            **whose,
        },
        {"key": "won", "order": 2, "name": "Won", "accountable_side": "sales", **whose},
    ]
    desk.publish("Pipeline", kind="stage_model", stage_model={"stages": stages})
    redrawn = desk.submit("Pipeline", term="pipeline", kind="stage_model", stage_model={"stages": _redrawn(stages)})
    later = timezone.now() + timedelta(days=30)
    desk.publish("Campaign", term="campaign", summary="a plan to come", effective_from=later)
    half = desk.submit("Campaign", term="campaign", summary="a plan with two goals", aliases=["drive"])
    desk.sign(half, desk.people.sam)
    workflow.comment_on_proposal(half.pk, by=acting(desk.people.rep), text="And podcasts?")
    draft = desk.open("Dark Funnel", summary="")
    desk.open("Nurture", by=desk.people.mia)
    workflow.watch("campaign", by=acting(desk.people.mia), at=timezone.now())
    ruling = _disagree(desk)
    yield [
        "/",
        "/search/?q=LD",
        "/search/?q=Dark+Matter",
        "/terms/campaign/",
        "/terms/campaign/?version=1",
        "/card/campaign/",
        "/terms/push/",
        "/terms/dark-funnel/",
        "/terms/record-deal/",
        "/terms/pipeline/",
        "/stage-models/pipeline/",
        "/terms/campaign/history/",
        "/terms/campaign/?as_of=2000-01-01",
        "/terms/campaign/compare/?from=1&to=2",
        "/terms/campaign/compare/?from=1&to=2&view=beside",
        "/terms/warm-deal/concerns/?test=is_warm",
        "/terms/warm-deal/",
        "/rulings/",
        f"/rulings/{ruling.pk}/",
        "/words/",
        "/words/?letter=C&state=agreed",
        "/agenda/",
        "/print/",
        "/mapping/",
        "/propose/?term=campaign",
        "/propose/?term=campaign&another=1",
        f"/proposals/{redrawn.pk}/",
        f"/proposals/{half.pk}/",
        f"/proposals/{half.pk}/edit/",
        f"/proposals/{draft.pk}/",
        "/queue/",
        "/inbox/",
        "/inbox/?unread=1",
        f"/inbox/{_told_to(desk.people.mia)}/",
        "/accounts/notifications/",
        f"/queue/sign/?proposal={half.pk}",
        "/accounts/profile/",
        "/accounts/tokens/",
        "/people/",
        f"/people/{desk.people.mia.pk}/",
        "/starter/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/second-factor/",
        "/accounts/second-factor/passkeys/",
        "/terms/nowhere/",
        "/campain",
        "/accounts/theme/",
    ]


def _told_to(person: User) -> UUID:
    """A message that shows a difference."""
    return Message.objects.in_the_inbox_of(person).filter(kind="to_sign").latest("written_at").pk


def _disagree(desk: Desk) -> Ruling:
    """A concern with an example, half answered; two suggestions that are stuck, one of them with a ruling."""
    people = desk.people
    workflow.name_sponsor(people.ada.pk, by=Console(people.ada))
    criterion = {"id": "is_warm", "label": "Counts as warm", "record": "deal", "expr": "a_rather_long_field_1 = 'yes'"}
    desk.publish("Warm Deal", criteria=[criterion])
    example = {"criterion": "is_warm", "record": {"a_rather_long_field_1": "no " * 100}, "expected": "true"}
    concern = workflow.raise_concern("warm-deal", by=acting(people.rep), text="It hurts. " * 20, **example)
    workflow.answer_concern(concern.pk, by=acting(people.sam), text="We see it too.")
    for why in ("One.", "Two."):
        stuck = send_back(desk.submit("Warm Deal", term="warm-deal", why=why), people.mia, people.sam)
    said = {"text": "Count both.", "reasons": "One number.", "expires_at": timezone.now() + timedelta(days=30)}
    return workflow.record_ruling(stuck.pk, by=acting(people.ada), **said)


def _redrawn(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One stage has changed, one goes, and two are new."""
    first, last = stages
    ways = [{"to": "signed", "kind": "advance"}, {"to": "paid", "kind": "skip"}]
    signed = {**first, "key": "signed", "order": 2, "name": "Signed", "next": [{"to": "paid", "kind": "advance"}]}
    return [{**first, "was": ["won"], "next": ways}, signed, {**last, "key": "paid", "order": 3, "name": "Paid"}]


@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_has_a_barrier_is_too_wide_or_breaks_its_own_security_policy(
    width: int, browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = signed_in(browser, live_server, "mia", viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    found, wide = {}, []
    for address in addresses:
        page.goto(address)
        if report := barriers(page):
            found[address] = report
        if reach(page) > width:
            wide.append(address)
    assert not found, "\n".join(f"{address}\n{report}" for address, report in found.items())
    assert not wide
    assert not [text for text in said if "Content Security Policy" in text or "Refused" in text]


def test_no_table_of_a_word_goes_beyond_a_phone(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = signed_in(browser, live_server, "mia", viewport={"width": 390, "height": 800})
    for address in ("/terms/record-deal/", "/terms/campaign/", "/terms/pipeline/"):
        page.goto(address)
        widths = page.locator(".scrolls:has(table)").evaluate_all(
            "all => all.map(at => at.scrollWidth - at.clientWidth)"
        )
        assert widths and max(widths) <= 0, address


def test_the_sign_in_pages_have_no_barrier_either(browser: Browser, live_server: LiveServer) -> None:
    page = visitor(browser, live_server.url)
    for address in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"):
        page.goto(address)
        assert not barriers(page), address


def test_a_stage_of_a_pipeline_leads_to_what_it_means(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = signed_in(browser, live_server, "mia")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto("/stage-models/pipeline/")
    picture = page.locator("svg").filter(has_text="Open")
    expect(picture).to_contain_text("Won")
    expect(page.get_by_role("table")).to_contain_text("whoever is on duty")
    page.locator("svg").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1, name="Lead")).to_be_visible()
    assert faults == []
