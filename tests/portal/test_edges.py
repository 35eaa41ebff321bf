"""Where something does not work out, a page says what happened, what to do now and who can help."""

import re
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path

from glossary import workflow
from glossary.domain.refusals import STATUS
from glossary.templatetags.edges import TOLD
from glossary.urls import urlpatterns as ours
from tests.portal.conftest import Browse, words
from tests.world import Desk, acting


def _denied(request: HttpRequest) -> None:
    raise PermissionDenied


handler404 = "glossary.faults.not_found"
handler429 = "glossary.faults.too_many"
urlpatterns = [path("denied", _denied), *ours]


@pytest.mark.parametrize(
    "address", ["/terms/campain/", "/terms/campain/history/", "/card/campain/", "/campain", "/x/Campain/"]
)
def test_a_mistyped_address_names_the_nearest_words(
    address: str, people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    answer = at_browser(people.rep).get(address)
    assert answer.status_code == 404
    assert "Did you mean Campaign" in words(answer)
    assert 'href="/terms/campaign/"' in answer.content.decode()
    assert "suggest it as a new word" in words(answer)


def test_visitors_learn_no_words_from_a_mistyped_address(desk: Desk, settings: LazySettings) -> None:
    desk.publish("Campaign")
    assert "Campaign" not in words(Client().get("/campain"))
    settings.GLOSSARY_OPEN_READING = True
    assert "Did you mean Campaign" in words(Client().get("/campain"))


def test_a_hostile_address_is_only_words(people: SimpleNamespace, at_browser: Browse) -> None:
    answer = at_browser(people.rep).get("/%3Cscript%3Ealert(1)%3C/script%3E\u202e%00" + "x" * 5_000)
    assert answer.status_code == 404
    assert "<script>" not in answer.content.decode()


def test_a_page_that_is_only_read_says_so_to_whoever_sends_and_the_other_way_round(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    sent, opened = rep.post("/search/"), rep.get("/accounts/theme/")
    assert (sent.status_code, sent.headers["Allow"]) == (405, "GET")
    assert "It is a page to read" in words(sent)
    assert (opened.status_code, opened.headers["Allow"]) == (405, "POST")
    assert "It takes what a form sends" in words(opened)


@pytest.mark.urls(__name__)
def test_a_page_that_is_not_open_says_who_one_is_and_who_can_help(people: SimpleNamespace, at_browser: Browse) -> None:
    answer = at_browser(people.rep).get("/denied")
    assert answer.status_code == 403
    assert "You are signed in as Rep. An administrator can tell you who may do it." in words(answer)
    assert "once you have signed in" in words(Client().get("/denied"))


def test_the_page_of_a_refusal_that_lost_a_race_says_what_happened_and_leads_back(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    seen = proposal.text.digest
    desk.sign(proposal, people.sam)
    sue = at_browser(people.sue)
    here = f"/proposals/{proposal.pk}/"
    taken = sue.post(here, {"action": "sign", "digest": seen})
    assert taken.status_code == 409
    assert "A colleague gave the signature of your team." in words(taken)
    changed = at_browser(people.mia).post(here, {"action": "sign", "digest": "0" * 64})
    assert "Nothing was signed. Read what is there now" in words(changed)
    workflow.decline(proposal.pk, by=acting(people.max), reason="Too early.")
    again = at_browser(people.rep).get(f"{here}edit/")
    assert again.status_code == 409
    assert "This has moved on meanwhile" in words(again)
    assert f'href="{here}">Show how it stands now' in again.content.decode()


def test_every_code_that_a_person_can_meet_has_words() -> None:
    asked_to_sign_in = {"unauthenticated", "reauthenticate"}
    named_by_field = {"invalid", "not_ready"}
    only_tools = {"precondition_required"}
    assert set(TOLD) == set(STATUS) - asked_to_sign_in - named_by_field - only_tools


def test_too_many_attempts_are_told_when_to_try_again(people: SimpleNamespace, settings: LazySettings) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client = Client()
    typed = {"login": "rep", "password": "wrong"}
    client.post("/accounts/login/", typed)
    answer = client.post("/accounts/login/", typed)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Please wait a minute, then try again." in words(answer)
    cache.clear()


@pytest.mark.parametrize(("cookie", "said"), [(False, "did not send the cookie"), (True, "older than your sign-in")])
def test_a_form_that_has_become_too_old_is_not_lost(cookie: bool, said: str, people: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.rep)
    if cookie:
        client.get("/accounts/profile/")
    answer = client.post("/accounts/profile/", {"action": "time_zone", "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert said in words(answer) and "What you typed is still there." in words(answer)
    assert "Rep" in words(answer)


def test_a_fault_is_told_in_our_look_without_asking_the_database() -> None:
    page = render_to_string("500.html")
    assert "What was agreed is safe" in page
    sheets = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
    assert len(sheets) == 4 and all(finders.find(sheet) for sheet in sheets)
    assert not re.search(r"<script|style=|//", page.replace("<!doctype", ""))
