"""Where the teams do not agree: shown to everybody with its age, and apart from what is agreed."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from glossary import workflow
from glossary.models import Proposal, Ruling
from glossary.policy import Console
from tests.portal.conftest import Browse, words
from tests.workflow.test_rulings import send_back
from tests.world import Desk, acting, draft_content, person


@pytest.fixture
def vera(people: SimpleNamespace) -> User:
    """The sponsor, whose clock is in Auckland."""
    vera = person("vera")
    vera.time_zone = "Pacific/Auckland"
    vera.save()
    workflow.name_sponsor(vera.pk, by=Console(people.ada))
    return vera


@pytest.fixture
def disputed(desk: Desk, people: SimpleNamespace) -> Proposal:
    """A change of an agreed word that each team has sent back once."""
    desk.publish("Campaign")
    return send_back(desk.submit("Campaign", term="campaign", why="Better."), people.mia, people.sam)


def ruling_form(**typed: str) -> dict[str, str]:
    day = (timezone.now() + timedelta(days=90)).date().isoformat()
    return {"text": "Count answered leads.", "reasons": "The board needs one number.", "expires_on": day} | typed


def test_everybody_reads_where_each_team_stands_and_what_would_move_it(
    disputed: Proposal, vera: User, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    said = words(rep.get("/rulings/"))
    assert "They are before the sponsor, Vera" in said
    assert "sent back 2 times since the word was last agreed" in said
    assert "Mia sent text 1 back" in said and "Sam sent text 2 back" in said
    assert "somebody finds a text that Mia and Sam can live with, and Rep or an owner puts it up again." in said
    assert "Record a ruling" not in said
    assert "1 suggestion is stuck" in words(rep.get("/"))
    assert "Where the teams do not agree" in words(rep.get("/agenda/"))
    text = draft_content("Campaign", why="Once more.")
    workflow.revise(disputed.pk, by=acting(people.rep), content=text)
    workflow.submit(disputed.pk, by=acting(people.rep))
    said = words(rep.get("/rulings/"))
    assert "Sales signs it or sends it back (Sam or Sue); Marketing signs it or sends it back (Max or Mia)." in said


def what_would_move_it(browser: Client) -> str:
    return words(browser.get("/rulings/")).split("What would move it: ", 1)[1].split(" Read what it would change", 1)[0]


def test_whoever_looks_after_it_puts_it_up_again(
    disputed: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    workflow.hand_over([disputed.pk], to=people.mark.pk, by=acting(people.rep))
    rep = at_browser(people.rep)
    assert "by Rep, looked after by Mark" in words(rep.get("/rulings/"))
    assert what_would_move_it(rep).endswith("and Mark or an owner puts it up again.")
    workflow.deactivate(people.mark.pk, by=Console(people.ada))
    assert what_would_move_it(rep).endswith("and an owner puts it up again.")


def test_what_cannot_be_signed_before_it_is_updated_is_not_called_signable(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    desk.submit("Campaign", term="campaign", why="Late.")
    desk.sign(desk.submit("Campaign", term="campaign", why="Quick."), people.sam, people.mia)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        sam = at_browser(people.sam)
        assert what_would_move_it(sam) == (
            "a newer version of the word has been agreed meanwhile: Rep or an owner updates it to the newest text, and "
            "then the teams can sign it."
        )


def test_only_those_who_may_sign_are_named(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, settings: Any
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    desk.submit("Campaign", by=people.sue)
    workflow.add_side("product", by=Console(people.ada), name="Product")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        said = what_would_move_it(at_browser(people.rep))
    assert "Sales signs it or sends it back (Sam);" in said
    assert said.endswith("Product signs it or sends it back (nobody can sign for this team yet).")


def test_a_text_sent_back_before_another_was_agreed_has_to_suit_all_teams(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    send_back(desk.submit("Campaign", term="campaign", why="Late."), people.sam)
    desk.sign(desk.submit("Campaign", term="campaign", why="Quick."), people.sam, people.mia)
    puts_it_up = "can live with, and Rep or an owner updates it to the newest text and puts it up again."
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        sam = at_browser(people.sam)
        assert what_would_move_it(sam) == f"somebody finds a text that both teams {puts_it_up}"
        workflow.add_side("product", by=Console(people.ada), name="Product")
        assert what_would_move_it(sam) == f"somebody finds a text that all teams {puts_it_up}"


def test_the_sponsor_rules_on_the_page_and_the_word_shows_that_it_is_not_agreed(
    disputed: Proposal, vera: User, people: SimpleNamespace, at_browser: Browse
) -> None:
    browser = at_browser(vera)
    assert "1 suggestion is stuck, and you are the sponsor." in words(browser.get("/queue/"))
    assert "Record a ruling" in words(browser.get("/rulings/"))
    answer = browser.post(f"/proposals/{disputed.pk}/ruling/", ruling_form(), follow=True)
    assert "The ruling is recorded" in words(answer)
    ruling = Ruling.objects.get()
    assert timezone.localtime(ruling.expires_at, timezone=ZoneInfo("Pacific/Auckland")).strftime("%H:%M") == "00:00"
    assert "you are the sponsor" not in words(browser.get("/queue/"))
    rep = at_browser(people.rep)
    for page in ("/terms/campaign/", "/rulings/", f"/proposals/{disputed.pk}/"):
        said = words(rep.get(page))
        assert "Not agreed by the teams. Ruling by Vera, the sponsor , until" in said, page
        assert "Count answered leads" not in said, page
    said = words(rep.get(f"/rulings/{ruling.pk}/"))
    assert "Count answered leads." in said and "The board needs one number." in said
    assert "End this ruling" not in said


def test_the_sponsor_ends_it_and_the_page_stays(
    disputed: Proposal, vera: User, people: SimpleNamespace, at_browser: Browse
) -> None:
    browser = at_browser(vera)
    browser.post(f"/proposals/{disputed.pk}/ruling/", ruling_form())
    here = f"/rulings/{Ruling.objects.get().pk}/"
    assert "End this ruling now" in words(browser.get(here))
    assert at_browser(people.sam).post(here).status_code == 403
    assert "Vera ended it" in words(browser.post(here, follow=True))
    assert browser.post(here).status_code == 409
    assert "Not agreed by the teams" not in words(browser.get("/terms/campaign/"))
    assert "A ruling by Vera" in words(browser.get(f"/proposals/{disputed.pk}/"))
    workflow.decline(disputed.pk, by=acting(people.sam), reason="Enough.")
    assert browser.get(here).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"), [("", "YYYY-MM-DD"), ("2020-01-01", "a day to come"), ("9999-12-31", "year")]
)
def test_what_was_typed_stays_when_the_day_is_wrong(
    disputed: Proposal, vera: User, at_browser: Browse, typed: str, said: str
) -> None:
    answer = at_browser(vera).post(f"/proposals/{disputed.pk}/ruling/", ruling_form(expires_on=typed))
    assert answer.status_code == 422
    assert said in words(answer) and "Count answered leads." in words(answer)
    assert not Ruling.objects.exists()


def test_what_was_typed_stays_while_the_sponsor_signs_in_again(
    disputed: Proposal, vera: User, at_browser: Browse, settings: Any
) -> None:
    browser = at_browser(vera)
    settings.GLOSSARY_SIGNING_MAX_AGE = timedelta(0)
    answer = browser.post(f"/proposals/{disputed.pk}/ruling/", ruling_form())
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    assert "Count answered leads." in words(browser.get("/rulings/"))


def test_others_are_refused_and_a_visitor_learns_no_more_than_that_there_is_a_ruling(
    disputed: Proposal, vera: User, people: SimpleNamespace, at_browser: Browse, settings: Any
) -> None:
    assert at_browser(people.sam).post(f"/proposals/{disputed.pk}/ruling/", ruling_form()).status_code == 403
    assert at_browser(vera).post("/proposals/999/ruling/", ruling_form()).status_code == 404
    assert at_browser(vera).get("/rulings/999/").status_code == 404
    at_browser(vera).post(f"/proposals/{disputed.pk}/ruling/", ruling_form())
    settings.GLOSSARY_OPEN_READING = True
    visitor = Client()
    said = words(visitor.get("/terms/campaign/"))
    assert "shown to those who sign in" in said and "Vera" not in said
    for page in ("/rulings/", f"/rulings/{Ruling.objects.get().pk}/"):
        assert visitor.get(page).status_code == 302


def test_the_page_asks_the_same_number_of_queries_however_much_is_stuck(
    desk: Desk, people: SimpleNamespace, at_browser: Browse, django_assert_max_num_queries: Any
) -> None:
    for name in ("One", "Two", "Three"):
        send_back(desk.submit(name), people.mia, people.sam)
    rep = at_browser(people.rep)
    rep.get("/rulings/")
    with django_assert_max_num_queries(18):
        rep.get("/rulings/")
