"""People see their role, lend their seat, and choose their time zone."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Delegation, User
from glossary import workflow
from glossary.ledger import CATALOGUE
from glossary.lookup.people import SEAT_EVENTS
from glossary.models import SignOff
from glossary.policy import Console
from glossary.portal.profile import SEAT_WORDS
from tests.portal.conftest import Browse, hidden, words
from tests.world import Desk

YEAR = timezone.now().year + 1


def test_each_person_sees_where_they_stand(people: SimpleNamespace, at_browser: Browse) -> None:
    assert "Owner: I sign for Sales." in words(at_browser(people.sam).get("/accounts/profile/"))
    assert "Member: I read, comment and suggest." in words(at_browser(people.mark).get("/accounts/profile/"))
    ada = words(at_browser(people.ada).get("/accounts/profile/"))
    assert "My team None" in ada and "That rank never signs." in ada


def test_an_owner_lends_the_seat_and_takes_it_back(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    sam, rep = at_browser(people.sam), at_browser(people.rep)
    page = sam.get("/accounts/profile/")
    today = f"{timezone.now():%Y-%m-%d}"
    sent = {
        "action": "lend",
        "form_key": hidden(page, "form_key"),
        "delegate": people.rep.pk,
        "first_day": today,
        "last_day": today,
    }
    for _ in range(2):
        sam.post("/accounts/profile/", sent)
    loan = Delegation.objects.get()
    assert "I sign for Sam" in words(rep.get("/accounts/profile/"))
    proposal = desk.submit("Campaign")
    rep.post(f"/proposals/{proposal.pk}/", {"action": "sign", "digest": proposal.text.digest})
    assert "for Sam" in words(rep.get(f"/proposals/{proposal.pk}/"))
    sam.post("/accounts/profile/", {"action": "end", "delegation": loan.pk})
    assert not SignOff.objects.live().exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"first_day": "soon", "last_day": f"{YEAR}-01-01"},
        {"first_day": f"{YEAR}-01-02", "last_day": f"{YEAR}-01-01"},
        {"first_day": f"{YEAR}-01-01", "last_day": f"{YEAR + 2}-01-01"},
        {"first_day": f"{YEAR}-02-30", "last_day": f"{YEAR}-03-01"},
    ],
)
def test_days_that_are_none_are_refused_in_words(
    typed: dict[str, str], people: SimpleNamespace, at_browser: Browse
) -> None:
    answer = at_browser(people.sam).post("/accounts/profile/", {"action": "lend", "delegate": people.rep.pk} | typed)
    assert answer.status_code == 422
    assert answer.context["refusal"].sentence in words(answer)
    assert typed["first_day"] in answer.content.decode()
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["mark", "mia", "sue"])
def test_a_seat_is_lent_only_to_members_of_the_own_side(who: str, people: SimpleNamespace, at_browser: Browse) -> None:
    sent = {
        "action": "lend",
        "delegate": getattr(people, who).pk,
        "first_day": f"{YEAR}-01-01",
        "last_day": f"{YEAR}-01-02",
    }
    assert at_browser(people.sam).post("/accounts/profile/", sent).status_code == 422
    assert not Delegation.objects.exists()


def test_a_member_has_no_seat_to_lend(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    assert "Lend my seat" not in words(rep.get("/accounts/profile/"))
    sent = {"action": "lend", "delegate": people.sam.pk, "first_day": f"{YEAR}-01-01", "last_day": f"{YEAR}-01-02"}
    assert rep.post("/accounts/profile/", sent).status_code == 403


def test_times_are_shown_for_the_chosen_zone(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    version = desk.publish("Campaign")
    rep = at_browser(people.rep)
    rep.post("/accounts/profile/", {"action": "time_zone", "time_zone": "Asia/Tokyo"})
    assert User.objects.get(username="rep").time_zone == "Asia/Tokyo"
    assert "JST" in words(rep.get(f"/terms/{version.term.slug}/"))
    refused = rep.post("/accounts/profile/", {"action": "time_zone", "time_zone": "Mars/Olympus"})
    assert refused.status_code == 422


def test_everybody_reads_who_signs_for_each_team_and_how_that_came_about(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    workflow.appoint_owner(people.rep.pk, by=Console(people.ada), side="sales")
    shown = words(at_browser(people.mark).get("/accounts/profile/"))
    assert "Sam, Sue" in shown
    assert "Rep, named by Ada, waits for an owner’s confirmation" in shown
    assert "Rep was named as a further owner for Sales (Ada)" in shown


def test_both_teams_see_who_the_sponsor_is(people: SimpleNamespace, at_browser: Browse) -> None:
    workflow.name_sponsor(people.ada.pk, by=Console(people.ada))
    shown = words(at_browser(people.mark).get("/accounts/profile/"))
    assert "Sponsor Ada. Rules on what holds meanwhile where the teams cannot settle a word" in shown
    assert "Ada was named as sponsor, who signs for no team" in shown


def test_a_team_without_an_owner_is_told_who_can_help(people: SimpleNamespace, at_browser: Browse) -> None:
    for owner in (people.sam, people.sue):
        workflow.remove_owner(owner.pk, by=Console(people.ada))
    assert "until an administrator appoints an owner" in words(at_browser(people.mark).get("/accounts/profile/"))


def test_every_event_about_seats_has_words_here() -> None:
    about_seats = {kind for kind in CATALOGUE if kind.startswith(SEAT_EVENTS)}
    assert set(SEAT_WORDS) == about_seats


def test_pages_look_as_the_person_chose_and_otherwise_as_the_device(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    assert "data-theme=" not in rep.get("/").content.decode()
    back = rep.post("/accounts/theme/", {"theme": "dark", "next": "/queue/?a=1"})
    assert back.headers["Location"] == "/queue/?a=1"
    page = rep.get("/").content.decode()
    assert '<html lang="en-GB" data-theme="dark">' in page and '<meta name="color-scheme" content="dark">' in page
    assert "data-theme=" not in at_browser(people.mark).get("/").content.decode()
    assert "data-theme=" not in Client().get("/accounts/login/").content.decode()
    rep.post("/accounts/theme/", {"theme": ""})
    assert '<meta name="color-scheme" content="light dark">' in rep.get("/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_choosing_a_look_leads_to_no_other_site(elsewhere: str, people: SimpleNamespace, at_browser: Browse) -> None:
    back = at_browser(people.rep).post("/accounts/theme/", {"theme": "light", "next": elsewhere})
    assert back.headers["Location"] == "/accounts/profile/"


def test_a_look_that_there_is_none_of_is_refused(people: SimpleNamespace, at_browser: Browse) -> None:
    assert at_browser(people.rep).post("/accounts/theme/", {"theme": "neon"}).status_code == 422
    assert User.objects.get(username="rep").theme == ""
