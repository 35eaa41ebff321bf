"""People see the keys that tools use in their name; administrators make them, once shown; both end them at once."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Token
from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.models import LookupCount
from glossary.policy import Console, Tool
from tests.portal.conftest import Browse, hidden, words
from tests.world import Desk

PAGE = "/accounts/tokens/"


def make(browser: Client, **typed: object) -> HttpResponse:
    form = {"action": "make", "name": "CRM sync", "scopes": ["read"], "days": "90"}
    return browser.post(PAGE, {**form, "form_key": hidden(browser.get(PAGE), "form_key"), **typed})


def key_on(page: HttpResponse) -> str:
    found = re.search(r"acc_[0-9a-f]+", page.content.decode())
    return found[0] if found else ""


def look_up(key: str) -> int:
    return Client().get("/api/v1/lookup?name=Campaign", headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_key_is_shown_once_opens_the_api_and_opens_nothing_once_revoked(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    ada = at_browser(people.ada)
    made = make(ada)
    key = key_on(made)
    assert "Copy this key now" in words(made) and f"curl -H 'Authorization: Bearer {key}'" in words(made)
    assert "no-store" in made.headers["Cache-Control"]
    assert look_up(key) == 200
    listed = ada.get(PAGE)
    assert key not in listed.content.decode()
    assert "CRM sync Reads what is agreed" in words(listed)
    ada.post(PAGE, {"action": "revoke", "token": Token.objects.get().pk})
    assert look_up(key) == 401
    assert "CRM sync Revoked" in words(ada.get(PAGE))


def test_the_same_form_sent_twice_makes_one_token_and_shows_its_key_once(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    ada = at_browser(people.ada)
    once = hidden(ada.get(PAGE), "form_key")
    assert key_on(make(ada, form_key=once))
    again = make(ada, form_key=once)
    assert (again.status_code, key_on(again)) == (409, "")
    assert Token.objects.count() == 1


def test_the_page_says_when_a_token_ends_was_used_and_how_often(
    people: SimpleNamespace, at_browser: Browse, desk: Desk
) -> None:
    term = desk.publish("Campaign").term
    token, _ = workflow.make_token(
        people.rep.pk, by=Console(people.ada), name="Chat", scopes=["propose", "read"], days=30
    )
    assert token.scopes == ["read", "propose"]
    today = timezone.now().date()
    for days_ago, count in ((0, 3), (29, 4), (30, 100)):
        LookupCount.objects.create(token=token, term=term, day=today - timedelta(days=days_ago), count=count)
    shown = words(at_browser(people.rep).get(PAGE))
    assert "Reads and suggests changes" in shown and "Look-ups in 30 days 7" in shown and "Last used Never" in shown
    assert "Chat" not in words(at_browser(people.mark).get(PAGE))


def test_whoever_may_not_make_one_is_told_who_can_and_may_still_revoke_their_own(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    token, _ = workflow.make_token(people.rep.pk, by=Console(people.ada), name="Chat", scopes=["read"], days=30)
    rep, mark = at_browser(people.rep), at_browser(people.mark)
    assert "An administrator makes it for you: Ada , Max or Sue" in words(rep.get(PAGE))
    assert rep.post(PAGE, {"action": "make", "name": "X", "scopes": ["read"], "days": "30"}).status_code == 403
    assert mark.post(PAGE, {"action": "revoke", "token": token.pk}).status_code == 403
    rep.post(PAGE, {"action": "revoke", "token": token.pk})
    token.refresh_from_db()
    assert not token.is_live()
    assert token.history.first().history_user == people.rep


@pytest.mark.parametrize(
    "typed",
    [{"name": " "}, {"name": "x" * 81}, {"scopes": []}, {"scopes": ["sign"]}, {"days": "99999"}, {"days": "x"}],
)
def test_what_makes_no_token_is_said_and_what_was_typed_stays(
    typed: dict[str, object], people: SimpleNamespace, at_browser: Browse
) -> None:
    answer = make(at_browser(people.ada), **typed)
    assert answer.status_code == 422
    assert answer.context["refusal"].sentence in words(answer)
    assert 'value="CRM sync"' in answer.content.decode() or "name" in typed
    assert not Token.objects.exists()


def test_a_key_outlives_the_session_so_making_one_asks_for_the_password_again(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    ada = at_browser(people.ada)
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert "Confirm that it is me" in words(ada.get(PAGE))
        answer = ada.post(PAGE, {"action": "make", "name": "X", "scopes": ["read"], "days": "30"})
        assert answer.headers["Location"] == f"/accounts/reauthenticate/?next={PAGE}"
    assert not Token.objects.exists()


def test_the_page_takes_as_many_queries_for_many_tokens_as_for_one(people: SimpleNamespace, at_browser: Browse) -> None:
    rep, counts = at_browser(people.rep), []
    for _ in range(2):
        workflow.make_token(people.rep.pk, by=Console(people.ada), name="Chat", scopes=["read"], days=30)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rep.get(PAGE)
        counts.append(len(queries))
        for _ in range(4):
            workflow.make_token(people.rep.pk, by=Console(people.ada), name="Chat", scopes=["read"], days=30)
    assert counts[0] == counts[1]


def test_no_token_makes_or_ends_a_token_and_nobody_who_left_gets_one(people: SimpleNamespace) -> None:
    token, _ = workflow.make_token(people.ada.pk, by=Console(people.ada), name="Chat", scopes=["read"], days=30)
    tool = Tool(people.ada, via="Chat", token=token)
    with pytest.raises(Refusal, match="Only an administrator"):
        workflow.make_token(people.ada.pk, by=tool, name="Another", scopes=["read"], days=30)
    with pytest.raises(Refusal, match="Only an administrator"):
        workflow.revoke_token(token.pk, by=tool)
    workflow.deactivate(people.mark.pk, by=Console(people.ada))
    with pytest.raises(Refusal, match="Mark is no longer active"):
        workflow.make_token(people.mark.pk, by=Console(people.ada), name="Another", scopes=["read"], days=30)
    assert Token.objects.count() == 1 and token.is_live()
