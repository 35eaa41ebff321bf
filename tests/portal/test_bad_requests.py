"""Addresses and forms that make no sense are answered with a sentence, never with a fault of our own."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from glossary.models import Event
from tests.portal.conftest import Browse, words
from tests.world import Desk

HUGE = "9" * 40

ADDRESSES = [
    "/terms/nobody/",
    "/terms/nobody/history/",
    "/terms/nobody/compare/",
    "/terms/campaign/?version=0",
    "/terms/campaign/?version=x",
    f"/terms/campaign/?version={HUGE}",
    "/terms/campaign/?as_of=",
    "/terms/campaign/?as_of=2026-13-45",
    "/terms/campaign/?as_of=0001-01-01",
    "/terms/campaign/?as_of=9999-12-31T23:59:59-12:00",
    "/terms/campaign/?as_of=%00",
    "/terms/campaign/compare/?from=1&to=9",
    "/terms/campaign/compare/?from=x",
    "/terms/%00/",
    "/proposals/0/",
    "/proposals/999999999999999999/",
    f"/proposals/{HUGE}/",
    "/proposals/0/edit/",
    "/propose/?term=nobody",
    "/propose/?term=%00",
    "/queue/sign/?proposal=x",
    f"/queue/sign/?proposal={HUGE}",
    "/search/?q=%00",
    "/search/?q=" + "x" * 5_000,
    "/search/?q=%F0%9F%98%80%E2%80%AE",
    "/search/?q=%ff%fe",
    "/propose/?name=" + "x" * 5_000,
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_leads_nowhere_is_answered(
    address: str, people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    answer = at_browser(people.rep).get(address)
    assert answer.status_code in (200, 404, 422)


FORMS = [
    ("/proposals/{id}/", {"action": "sign"}),
    ("/proposals/{id}/", {"action": "sign", "digest": "x" * 10_000}),
    ("/proposals/{id}/", {"action": "sign", "digest": "\x00"}),
    ("/proposals/{id}/", {"action": "send_back", "reason": "\x00"}),
    ("/proposals/{id}/", {"action": "close", "reason": "x" * 6_000}),
    ("/proposals/{id}/", {"action": "remove_comment", "comment": HUGE}),
    ("/proposals/{id}/", {"action": "remove_comment", "comment": "-1"}),
    ("/proposals/{id}/", {"action": "comment", "text": "\x00", "form_key": "\x00x"}),
    ("/proposals/{id}/", {"action": "comment", "text": "fine", "form_key": "x" * 500}),
    ("/proposals/{id}/", {"action": "delete_everything"}),
    ("/proposals/{id}/", {}),
    ("/proposals/{id}/update/", {"choice:nonsense": "mine"}),
    ("/proposals/{id}/edit/", {"name": "Campaign"}),
    ("/proposals/{id}/edit/", {"name": "Campaign", "seen": HUGE}),
    ("/proposals/0/", {"action": "sign"}),
    ("/propose/", {}),
    ("/propose/", {"name": "Word", "base_version": "x"}),
    ("/propose/", {"name": "Word", "term": "nobody"}),
    ("/propose/", {"name": "Word", "term": "a\x00b"}),
    ("/propose/", {"name": "Word", "definition": "[" * 5_000}),
    ("/propose/", {"name": "Word", "definition": "\n".join(" " * 4 * i + "- x" for i in range(30))}),
    ("/propose/", {"name": "Word", "why": "a\x00b"}),
    ("/propose/", {"name": "Word", "owner_side": "nobody", "kind": "nonsense", "status": "maybe"}),
    ("/queue/", {"appointment": "x", "action": "confirm"}),
    ("/queue/", {"appointment": "1000000", "action": "confirm"}),
    ("/queue/sign/", {"proposal": "x"}),
    ("/queue/sign/", {"proposal": HUGE}),
    ("/accounts/profile/", {"action": "lend", "delegate": "x", "first_day": "2027-01-01", "last_day": "2027-01-02"}),
    ("/accounts/profile/", {"action": "lend", "delegate": HUGE, "first_day": "2027-01-01", "last_day": "2027-01-02"}),
    ("/accounts/profile/", {"action": "end", "delegation": "x"}),
    ("/accounts/profile/", {"action": "time_zone", "time_zone": "../../etc/passwd"}),
    ("/accounts/profile/", {}),
]


@pytest.mark.parametrize(("address", "typed"), FORMS)
def test_a_form_that_makes_no_sense_is_refused_and_changes_nothing(
    address: str, typed: dict[str, str], people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    browser, before = at_browser(people.sam), Event.objects.count()
    answer = browser.post(address.format(id=proposal.pk), typed)
    assert answer.status_code in (403, 404, 409, 422)
    assert answer.context["refusal"].sentence in words(answer)
    assert Event.objects.count() == before


def test_a_request_of_another_site_is_refused(people: SimpleNamespace, desk: Desk) -> None:
    proposal = desk.submit("Campaign")
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.sam)
    answer = client.post(f"/proposals/{proposal.pk}/", {"action": "sign", "digest": proposal.text.digest})
    assert (answer.status_code, "Please send it again" in words(answer)) == (403, True)


def test_no_page_runs_or_loads_anything_foreign(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    for address in (
        "/",
        "/queue/",
        "/propose/",
        "/accounts/profile/",
        f"/proposals/{proposal.pk}/",
        "/terms/campaign/",
    ):
        answer = at_browser(people.sam).get(address)
        page = answer.content.decode()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r'<script(?! src="/static/[^"]+" defer></script>)', page)
        assert not any(sign in page for sign in ("style=", " onclick", "http://", "https://"))
