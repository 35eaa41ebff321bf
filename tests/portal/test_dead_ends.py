"""Every page of the portal, asked by everybody there is: whatever it answers, it says a sentence and where to go on."""

import re
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.models import User
from glossary import workflow
from glossary.models import Concern
from glossary.policy import Console
from glossary.portal.urls import urlpatterns
from tests.portal.conftest import Browse, words
from tests.world import Desk, acting, person

SENSIBLE = {200, 302, 403, 404, 405, 409, 422}
NOBODYS = {
    "slug": "nothing-like-it",
    "key": "nothing",
    "proposal_id": 999_999,
    "user_id": 999_999,
    "concern_id": 999_999,
    "ruling_id": 999_999,
    "message_id": UUID(int=1),
}
TO_SCRIPTS = {"check", "unsent", "names"}  # whose answer a script puts into a page


@pytest.fixture
def everybody(people: SimpleNamespace, at_browser: Browse) -> dict[str, Client]:
    sponsor = person("vera")
    workflow.name_sponsor(sponsor.pk, by=Console(people.ada))
    users: dict[str, User] = {
        "member": people.rep,
        "owner": people.sam,
        "administrator": people.ada,
        "sponsor": sponsor,
    }
    return {"anonymous": Client()} | {who: at_browser(user) for who, user in users.items()}


def addresses(known: dict[str, Any]) -> list[tuple[str, str]]:
    """The name and the address of each page, with what is known of the things that addresses name."""
    named = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]
    return [
        (str(page.name), reverse(str(page.name), kwargs={key: known[key] for key in page.pattern.converters}))
        for page in named
    ]


def is_a_dead_end(answer: HttpResponse, name: str) -> bool:
    """Whether an answer is a fault, or a page that says no and says too little or leads nowhere."""
    if answer.status_code not in SENSIBLE:
        return True
    if answer.status_code < 400 or name in TO_SCRIPTS:
        return False
    main = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)
    return not main or not re.search(r" href=|<form", main[0]) or not re.search(r"\w{3,} [^.?]*[.?]", words(answer))


@pytest.mark.slow
@pytest.mark.any_engine
def test_no_page_is_a_dead_end_for_anybody(people: SimpleNamespace, desk: Desk, everybody: dict[str, Client]) -> None:
    desk.publish("Campaign")
    proposal = desk.submit("Lead")
    workflow.raise_concern("campaign", by=acting(people.rep), text="It hurts.")
    there = NOBODYS | {
        "slug": "campaign",
        "proposal_id": proposal.pk,
        "user_id": people.rep.pk,
        "concern_id": Concern.objects.get().pk,
    }
    tours = [(there, "get"), (there, "post"), (NOBODYS, "get")]
    dead_ends = [
        (who, method, address, answer.status_code)
        for known, method in tours
        for name, address in addresses(known)
        for who, browser in everybody.items()
        if is_a_dead_end(answer := getattr(browser, method)(address), name)
    ]
    assert not dead_ends


def test_a_page_that_says_no_leads_to_where_it_may_be_and_to_who_may(everybody: dict[str, Client]) -> None:
    member = everybody["member"]
    for address, way in {
        "/people/999999/": "/people/",
        "/proposals/999999/": "/queue/",
        "/rulings/999999/": "/rulings/",
        "/concerns/999999/": "/agenda/",
        f"/inbox/{UUID(int=1)}/": "/inbox/",
        "/invitations/": "/people/#administrators",
        "/setup/": "/",
    }.items():
        assert f'href="{way}"' in member.get(address).content.decode().partition("<main")[2].partition("</main>")[0]
    assert "This registry is set up." in words(Client().get("/setup/"))


def test_whoever_is_signed_out_is_told_that_nothing_was_taken_and_comes_back(desk: Desk) -> None:
    proposal = desk.submit("Lead")
    client = Client()
    answer = client.post(f"/proposals/{proposal.pk}/", {"action": "comment", "text": "My view."})
    assert answer.headers["Location"] == f"/accounts/login/?next=/proposals/{proposal.pk}/"
    assert "nothing that you sent was taken" in words(client.get(answer.headers["Location"]))
    for address in ("/propose/unsent/", "/accounts/theme/"):
        assert Client().post(address).headers["Location"] == "/accounts/login/?next=/", address
    quiet = Client().get("/queue/")
    assert not list(get_messages(quiet.wsgi_request))
