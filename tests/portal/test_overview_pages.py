"""The vocabulary as a whole: home, A to Z, the agenda of a meeting, all on paper."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from glossary import workflow
from glossary.models import Proposal, Version
from glossary.policy import Console
from tests.portal.conftest import Browse, words
from tests.reading import counted
from tests.world import Desk, acting

Publish = Callable[..., Version]

PAGES = ("/", "/words/", "/search/?all=1&q=plan", "/agenda/", "/print/")
HOSTILE = "<script>alert(1)</script> \u05d0\u05d1 " + "x" * 80


def test_home_shows_how_far_the_vocabulary_is_and_each_number_leads_to_its_words(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign")
    publish("Blast", status="discouraged", replaced_by="Campaign")
    desk.submit("Lead")
    desk.open("Dark Funnel")
    rep = at_browser(people.rep)
    page = rep.get("/")
    assert "1 of 4 words agreed" in words(page)
    assert "1 suggestion is being signed" in words(page)
    assert "Of 4 words: 1 agreed, 1 being signed, 1 wanted, 1 avoid." in words(page)
    for state, name in (("agreed", "Campaign"), ("discouraged", "Blast"), ("in_review", "Lead")):
        address = f"/words/?state={state}"
        assert address in page.content.decode()
        shown = words(rep.get(address)).split("among those asked for")[1]
        assert name in shown and "Dark Funnel" not in shown


def test_home_stays_short_however_many_words_there_are(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)

    def size_with(names: str) -> int:
        for name in names:
            workflow.raise_word(f"{name} word", by=acting(people.rep))
        return len(rep.get("/").content)

    assert abs(size_with("ABCDEFGHIJ") - size_with("KLMNOPQRST")) < 20


def test_home_reminds_of_words_to_look_at_again(
    people: SimpleNamespace, publish: Publish, at_browser: Browse, client: Client, settings: LazySettings
) -> None:
    settings.GLOSSARY_OPEN_READING = True
    publish("Campaign", review_months=12)
    publish("Lead", review_months=1, owner_side="sales")
    with time_machine.travel(timezone.now() + timedelta(days=32)):
        said = words(at_browser(people.rep).get("/"))
        assert "Time to look again Lead overdue since" in said
        assert "Campaign due" not in said and "Time to look again" not in words(client.get("/"))


def test_words_are_browsed_by_letter_and_narrowed(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign", owner_side="sales")
    publish("Churn", kind="metric")
    publish("Lead")
    rep = at_browser(people.rep)
    everything = words(rep.get("/words/"))
    assert everything.index("Campaign") < everything.index("Churn") < everything.index("Lead")
    letter = words(rep.get("/words/?letter=C")).split("words with C")[1]
    assert "Campaign" in letter and "Churn" in letter and "Lead" not in letter
    assert "Campaign" not in words(rep.get("/words/?letter=C&kind=metric"))
    assert "Churn" not in words(rep.get("/words/?owner_side=sales"))
    assert "?kind=metric&amp;letter=C" in rep.get("/words/?kind=metric").content.decode()


def test_an_empty_registry_says_where_to_start(people: SimpleNamespace, at_browser: Browse) -> None:
    for page in ("/", "/words/"):
        for_rep, for_ada = (at_browser(person).get(page).content.decode() for person in (people.rep, people.ada))
        assert 'href="/starter/"' in for_rep and 'href="/propose/"' in for_rep and 'href="/invitations/"' not in for_rep
        assert 'href="/invitations/"' in for_ada


def test_odd_questions_about_the_shelf_are_answered(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    assert "There is no word here yet." in words(rep.get("/words/"))
    assert "No word is like that." in words(rep.get("/words/?letter=%00%F0%9F%98%80"))
    for query in ("page=x", "page=-1", "page=99999999999999999999", "letter=%00", "owner_side=%00"):
        assert rep.get(f"/words/?{query}").status_code == 200, query
    for query in ("state=lost", "kind=animal"):
        assert rep.get(f"/words/?{query}").status_code == 422, query


def test_a_visitor_finds_published_words_and_no_agenda(
    client: Client, publish: Publish, desk: Desk, settings: LazySettings
) -> None:
    settings.GLOSSARY_OPEN_READING = True
    publish("Campaign")
    desk.submit("Hot Lead")
    for page in ("/", "/words/", "/print/", "/search/?q=hot+lead"):
        said = words(client.get(page))
        assert "Hot Lead" not in said, page
    assert "Campaign" in words(client.get("/words/")) and "Campaign" in words(client.get("/print/"))
    assert client.get("/agenda/").status_code == 302


def test_many_results_come_in_pages(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    for number in range(21):
        publish(f"Word {chr(65 + number)}", why="newsletter")
    rep = at_browser(people.rep)
    first, second = (words(rep.get(f"/search/?all=1&q=newsletter&page={page}")) for page in (1, 2))
    assert "21 words found" in first and "Page 1 of 2" in first and "Word T" in first
    assert "Word U" in second and "Word T" not in second


def test_the_agenda_lists_what_waits_for_whom_and_what_it_changes(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign")
    half = desk.submit("Campaign", term="campaign", why="because", examples=["a fair"], reason="It came up.")
    desk.sign(half, people.sam)
    desk.submit("Lead", summary="somebody who may buy")
    said = words(at_browser(people.rep).get("/agenda/"))
    first, second = said.split("Waiting for a signature")[1].split(" Lead ", 1)
    assert "Changes: Why it matters and Examples." in first and "It came up." in first
    assert "Waits for Marketing Max or Mia" in first and "Waits for Sales" not in first
    assert "A new word: somebody who may buy" in second and "Waits for Sales Sam or Sue; Marketing" in second
    assert "Sam and Mia now mean the same by it" in said


def test_the_agenda_lists_what_was_sent_back_asked_wanted_and_due(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    today = timezone.now().date()
    asked = [
        {"question": "Does a [[Lead]] count?", "look_again": today.isoformat()},
        {"question": "And next year?", "look_again": (today + timedelta(days=2)).isoformat()},
    ]
    publish("Lead")
    publish("Campaign", open_questions=asked)
    back = desk.submit("Account")
    digest = Proposal.objects.get(pk=back.pk).text.digest
    workflow.send_back(back.pk, by=acting(people.mia), digest=digest, reason="This hurts our count.")
    workflow.raise_word("Ghosting", by=acting(people.mark), note="Everybody says it.")
    said = words(at_browser(people.rep).get("/agenda/"))
    for text in (
        "Sent back Account by Mia for Marketing", "This hurts our count.", "Campaign : Does a Lead count?",
        "Ghosting written down by Mark", "Everybody says it.",
    ):  # fmt: skip
        assert text in said, text
    assert "And next year?" not in said


def test_an_empty_agenda_says_so(people: SimpleNamespace, at_browser: Browse) -> None:
    assert "Nothing waits." in words(at_browser(people.rep).get("/agenda/"))


def test_what_the_same_people_agreed_on_is_one_line_of_the_agenda(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    for name in ("Campaign", "Lead", "Churn"):
        publish(name)
    desk.sign(desk.submit("Push"), people.sue, people.max)
    said = words(at_browser(people.rep).get("/agenda/")).partition("Newly agreed")[2]
    assert said.count("now mean the same by") == 2
    assert "Push v1 : Sue and Max now mean the same by it." in said
    assert "Churn v1 , Lead v1 and Campaign v1 : Sam and Mia now mean the same by them." in said


def test_all_words_go_on_paper_with_their_signers(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign", abbreviations=["CMP"], aliases=["push"], summary="a plan with a goal")
    publish("Blast", status="discouraged", replaced_by="Campaign")
    desk.submit("Lead")
    answer = at_browser(people.rep).get("/print/")
    said = words(answer)
    assert "2 words that every team has signed" in said
    assert "Campaign (CMP) also called push a plan with a goal v1, signed by Sam and Mia, in force from" in said
    assert "Avoid this word. Use Campaign instead." in said
    assert "Lead" not in said
    assert 'href="#campaign"' in answer.content.decode() and 'id="campaign"' in answer.content.decode()


def test_an_empty_vocabulary_is_not_offered_to_be_printed(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    assert "data-take-print" not in rep.get("/print/").content.decode()
    publish("Campaign")
    assert "data-take-print" in rep.get("/print/").content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_asks_the_database_does_not_grow(
    page: str, people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    def happen(name: str) -> None:
        today = timezone.now().date().isoformat()
        publish(name, review_months=1, open_questions=[{"question": "Why [[it]]?", "look_again": today}])
        desk.submit(name, term=Version.objects.latest("pk").term.slug, why="because")
        desk.submit(f"New {name}")
        workflow.raise_word(f"Raised {name}", by=acting(people.rep))
        workflow.label_term(Version.objects.latest("pk").term.slug, by=Console(people.ada), is_required=True)

    desk.open("It")
    happen("Campaign")
    rep = at_browser(people.rep)
    rep.get(page)
    with counted() as few:
        rep.get(page)
    for name in ("Lead", "Account", "Churn"):
        happen(name)
    with counted() as many:
        assert rep.get(page).status_code == 200
    assert len(many) == len(few)


def test_hostile_text_is_shown_as_text(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    question = {"question": HOSTILE, "look_again": timezone.now().date().isoformat()}
    publish("Campaign", summary=HOSTILE, open_questions=[question])
    publish("Campaign", term="campaign", summary="plan", reason=HOSTILE)
    desk.submit("Lead", summary=HOSTILE, reason=HOSTILE)
    publish("Offer", summary=HOSTILE)
    workflow.raise_word("Ghosting", by=acting(people.mark), note=HOSTILE)
    rep = at_browser(people.rep)
    more = ("/terms/campaign/history/", "/terms/campaign/compare/?view=beside", "/terms/campaign/compare/")
    for page in (*PAGES, *more):
        assert "<script>alert" not in rep.get(page).content.decode(), page
