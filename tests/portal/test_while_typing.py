"""While people type, the text is checked, previewed and kept for them alone; nothing is sent and nothing is lost."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from glossary.models import Event, Proposal, Revision, Term, UnsentForm
from glossary.workflow.keeping import LONGEST_UNSENT
from tests.portal.conftest import Browse, filled, hidden, words
from tests.world import Desk

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def typing(browser: Client, address: str, **typed: Any) -> dict[str, Any]:
    return filled(browser.get(address), **typed)


def kept(browser: Client, address: str, **typed: Any) -> HttpResponse:
    """Type so into the form at this address, and pause."""
    return browser.post("/propose/unsent/", typing(browser, address, **typed))


# Check and preview


def test_what_is_missing_and_the_preview_are_shown_and_nothing_is_written(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    desk.publish("Lead")
    before = [Event.objects.count(), Term.objects.count(), Revision.objects.count()]
    rep = at_browser(people.rep)
    sent = typing(rep, "/propose/", name="Dark Funnel", summary="", definition="Visits of a [[Lead]].")
    said = rep.post("/propose/check/", sent)
    assert "1 thing to mend before it can be signed" in words(said)
    assert "The summary is still empty. Say in one sentence what the word means" in words(said)
    assert 'href="#id_summary"' in said.content.decode()
    assert "Worth a look: Not an example There is no counter-example yet." in words(said)
    assert '<a class="term" href="/terms/lead/">Lead</a>' in said.content.decode()
    assert "<html" not in said.content.decode()
    assert [Event.objects.count(), Term.objects.count(), Revision.objects.count()] == before
    assert not UnsentForm.objects.exists()


def test_a_text_that_is_ready_is_said_to_be(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    ready = {
        "name": "Dark Funnel",
        "summary": "visits from private channels",
        "definition": "Both.",
        "counter_examples": "x",
    }
    said = words(rep.post("/propose/check/", typing(rep, "/propose/", **ready)))
    assert "Ready to be put up for signing" in said and "Worth a look" not in said


def test_what_cannot_be_read_is_said_at_its_field(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    sent = typing(rep, "/propose/", name="", aliases="fine\nb\u202ead", open_questions="When?", details="{")
    assert "This is not JSON" in words(rep.post("/propose/check/", sent))
    said = words(rep.post("/propose/check/", sent | {"details": ""}))
    assert "3 things to correct" in said and "Also called Line 2:" in said
    assert "Open questions Line 1, the day to look again: This has to be given." in said


def test_without_javascript_a_button_checks_and_keeps_everything_typed(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    rep = at_browser(people.rep)
    for address in ("/propose/", f"/proposals/{proposal.pk}/edit/"):
        sent = typing(rep, address, name="Campaign", summary="", why="my own words")
        answer = rep.post(address, sent | {"check": "1"})
        assert answer.status_code == 200
        assert "The summary is still empty." in words(answer)
        assert answer.content.decode().count("my own words") == 2  # in its field and in the preview
        again = filled(answer)
        assert {key: again[key] for key in again if key != "form_key"} == {
            key: sent[key] for key in sent if key != "form_key"
        }
    assert Revision.objects.count() == 1 and not Term.objects.exclude(slug="campaign").exists()


def test_hostile_text_is_shown_and_does_nothing(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    fields = ("summary", "definition", "why", "examples", "measurement", "for_sales", "related", "status_reason")
    sent = typing(rep, "/propose/", name="Word", status="retired", **dict.fromkeys(fields, HOSTILE))
    said = rep.post("/propose/check/", sent).content.decode()
    assert "<script" not in said and "<img" not in said and "&lt;script&gt;" in said
    kept(rep, "/propose/", **dict.fromkeys(fields, HOSTILE))
    page = rep.get("/propose/").content.decode()
    assert "<script>alert" not in page and "<img" not in page


@pytest.mark.parametrize("place", ["", "proposal:x", "term:A B", "new:" + "x" * 121, "new:\x00", "event:1"])
def test_a_form_that_is_not_ours_is_refused(place: str, people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    for address in ("/propose/check/", "/propose/unsent/"):
        assert rep.post(address, {"place": place, "name": "Word"}).status_code == 422
    assert not UnsentForm.objects.exists()


def test_only_whoever_may_edit_a_suggestion_may_try_its_next_text(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    answer = at_browser(people.mark).post("/propose/check/", {"place": f"proposal:{proposal.pk}", "name": "Campaign"})
    assert answer.status_code == 403
    for address in ("/propose/check/", "/propose/unsent/"):
        assert Client().post(address, {"place": "new:"}).status_code == 302
        assert at_browser(people.rep).get(address).status_code == 405


def test_the_forms_ask_the_same_of_the_database_however_much_there_is(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    desk.publish("Word A")
    proposal = desk.submit("Word A", term="word-a", why="mine")
    desk.sign(proposal, people.sam)
    pages = ("/propose/?term=word-a", "/propose/?term=word-a&another=1", f"/proposals/{proposal.pk}/edit/")

    def asked() -> list[int]:
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                rep.get(page)
            counts.append(len(queries))
        return counts

    few = asked()
    for letter in "BCD":
        desk.publish(f"Word {letter}")
    related = [f"Word {letter}" for letter in "BCD"]
    for _ in range(3):
        desk.open("Word A", term="word-a", by=people.mark, related=related)
    assert asked() == few


def test_a_check_asks_the_same_of_the_database_however_much_there_is(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)

    def asked() -> int:
        names = "\n".join(f"Word {chr(65 + n)}" for n in range(Term.objects.count()))
        sent = typing(rep, "/propose/", name="Dark Funnel", related=names)
        with CaptureQueriesContext(connection) as queries:
            rep.post("/propose/check/", sent)
        return len(queries)

    desk.publish("Word A")
    few = asked()
    for letter in "BCDE":
        desk.publish(f"Word {letter}", aliases=[f"alias {letter}"])
    assert asked() == few


# Kept for its owner


def test_what_one_typed_is_there_when_one_returns(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    answer = kept(rep, "/propose/", name="Dark Funnel", examples="a podcast\r\na chat", for_sales="Ask.")
    assert answer.status_code == 200 and "Nobody else sees it yet." in answer.content.decode()
    page = rep.get("/propose/")
    assert "You had typed this on" in words(page)
    again = filled(page)
    assert (again["name"], again["examples"], again["for_sales"]) == ("Dark Funnel", "a podcast\na chat", "Ask.")
    assert not Event.objects.filter(kind__startswith="proposal").exists() and not Revision.objects.exists()


def test_nobody_else_sees_what_one_typed(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.open("Campaign")
    address = f"/proposals/{proposal.pk}/edit/"
    kept(at_browser(people.rep), address, why="my secret reasons")
    for user in (people.mark, people.sam, people.ada):
        browser = at_browser(user)
        for read in (address, f"/proposals/{proposal.pk}/", "/terms/campaign/", "/queue/"):
            assert "my secret reasons" not in browser.get(read).content.decode()
        browser.post("/propose/unsent/", {"place": f"proposal:{proposal.pk}", "action": "throw_away"})
    assert "my secret reasons" in at_browser(people.rep).get(address).content.decode()


def test_each_person_and_form_has_one_row(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    desk.publish("Campaign")
    proposal = desk.open("Campaign", term="campaign")
    rep = at_browser(people.rep)
    addresses = ["/propose/", "/propose/?name=Dark+Funnel", "/propose/?term=campaign&another=1"]
    addresses.append(f"/proposals/{proposal.pk}/edit/")
    for address in addresses * 2:
        kept(rep, address, why=f"typed at {address}")
    assert UnsentForm.objects.count() == len(addresses)
    for address in addresses:
        assert filled(rep.get(address))["why"] == f"typed at {address}"


def test_it_is_gone_once_the_suggestion_is_kept(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    kept(rep, "/propose/", name="Dark Funnel")
    rep.post("/propose/", filled(rep.get("/propose/")))
    proposal = Proposal.objects.get()
    address = f"/proposals/{proposal.pk}/edit/"
    kept(rep, address, why="because")
    refused = rep.post(address, filled(rep.get(address), name=""))
    assert refused.status_code == 422 and UnsentForm.objects.count() == 1
    rep.post(address, filled(rep.get(address)))
    assert not UnsentForm.objects.exists()
    assert Proposal.objects.get().text.content.why == "because"


def test_it_can_be_thrown_away(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    desk.publish("Campaign")
    rep = at_browser(people.rep)
    kept(rep, "/propose/?term=campaign", why="because")
    page = rep.get("/propose/?term=campaign")
    pressed = {name: hidden(page, name) for name in ("place", "form_key")} | {"action": "throw_away"}
    answer = rep.post("/propose/unsent/", pressed, follow=True)
    assert answer.redirect_chain == [("/propose/?term=campaign", 302)]
    assert "You had typed" not in words(answer) and not UnsentForm.objects.exists()
    assert rep.post("/propose/unsent/", filled(page, why="typed a moment before")).status_code == 409
    assert not UnsentForm.objects.exists()


def test_what_arrives_after_its_form_was_sent_does_not_come_back_as_unsent(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    sent = typing(rep, "/propose/", name="Dark Funnel")
    rep.post("/propose/", sent)
    address = f"/proposals/{Proposal.objects.get().pk}/edit/"
    edited = typing(rep, address, why="because")
    rep.post(address, edited)
    for late in (sent, edited):
        answer = rep.post("/propose/unsent/", late)
        assert answer.status_code == 409
        assert answer.content.decode() == "This form was sent already. Load it again to write more."
    assert not UnsentForm.objects.exists()
    assert kept(rep, "/propose/", name="Another word").status_code == 200


def test_what_nobody_has_typed_into_for_long_is_taken_away_by_the_worker(
    people: SimpleNamespace, at_browser: Browse, settings: LazySettings
) -> None:
    rep = at_browser(people.rep)
    for days, name in ((89, "Lead"), (91, "Churn")):
        kept(rep, f"/propose/?name={name}", why="because")
        UnsentForm.objects.filter(place=f"new:{name}").update(at=timezone.now() - timedelta(days=days))
    settings.GLOSSARY_KEEP_UNSENT_DAYS = 0
    call_command("worker", once=True)
    assert UnsentForm.objects.count() == 2
    settings.GLOSSARY_KEEP_UNSENT_DAYS = 90
    call_command("worker", once=True)
    assert UnsentForm.objects.get().place == "new:Lead"


def test_nothing_is_said_where_it_says_the_same_as_the_form(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    kept(rep, "/propose/")
    assert "You had typed" not in words(rep.get("/propose/"))


def test_what_was_typed_against_an_older_text_is_told_so_before_it_is_kept(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    desk.publish("Campaign")
    rep = at_browser(people.rep)
    kept(rep, "/propose/?term=campaign", summary="my meaning")
    desk.publish("Campaign", term="campaign", summary="their meaning")
    answer = rep.post("/propose/?term=campaign", filled(rep.get("/propose/?term=campaign")))
    assert answer.status_code == 409 and "my meaning" in words(answer)
    rep.post("/propose/?term=campaign", filled(answer))
    assert Proposal.objects.get(version=None).text.content.summary == "my meaning"


def test_too_much_is_refused_with_a_sentence_and_what_was_kept_stays(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    kept(rep, "/propose/", why="short")
    answer = kept(rep, "/propose/", why="x" * LONGEST_UNSENT)
    assert answer.status_code == 413
    assert answer.content.decode().startswith("This is too long to be kept while you type.")
    assert json.loads(UnsentForm.objects.get().typed)["why"] == "short"


def test_odd_characters_are_kept_as_typed(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    odd = "a\x00b \u202e \U0001f600 " + "x" * 5_000
    assert kept(rep, "/propose/", why=odd).status_code == 200
    assert filled(rep.get("/propose/"))["why"] == odd


# Before somebody's work is lost


def test_an_open_suggestion_is_joined_or_passed_by(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    desk.publish("Campaign")
    proposal = desk.open("Campaign", term="campaign", reason="Sales wants an end date.")
    mark = at_browser(people.mark)
    page = mark.get("/propose/?term=campaign")
    assert "Join it" in words(page) and f'href="/proposals/{proposal.pk}/"' in page.content.decode()
    assert "data-writing" not in page.content.decode()
    assert 'href="/propose/?term=campaign&amp;another=1"' in page.content.decode()
    mark.post("/propose/?term=campaign&another=1", typing(mark, "/propose/?term=campaign&another=1", why="Because."))
    assert Proposal.objects.filter(version=None).count() == 2


def test_a_new_text_ends_signatures_only_after_a_tick(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    sam = at_browser(people.sam)
    address = f"/proposals/{proposal.pk}/edit/"
    page = sam.get(address)
    assert "I know that a changed text has to be signed anew, so your own signature for Sales stops" in words(page)
    assert sam.post(address, filled(page, summary="a plan")).status_code == 422
    assert sam.post(address, filled(page, summary="a plan") | {"signatures_end": "1"}).status_code == 302


def test_no_tick_is_asked_where_nobody_signed(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    rep = at_browser(people.rep)
    address = f"/proposals/{proposal.pk}/edit/"
    assert rep.post(address, typing(rep, address, summary="a plan")).status_code == 302
