"""Concerns on their page, on the word, in the queue, on home and on the agenda; and a suggestion begun from one."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from glossary import workflow
from glossary.models import Concern, ConcernAnswer
from tests.portal.conftest import Browse, hidden, words
from tests.world import Desk, acting

FIELDS = {"email": {"type": "string", "source": "CRM"}, "score": {"type": "int", "source": "CRM"}}
WARM = {"id": "is_warm", "label": "Counts as warm", "record": "contact", "expr": "score >= 60"}
LOUD = {"id": "is_loud", "label": "Counts as loud", "record": "contact", "expr": "email IS NOT NULL"}
PAGE = "/terms/warm-contact/concerns/"
HURTS = "This hurts because we lose good ones."


@pytest.fixture
def warm(desk: Desk) -> str:
    desk.publish("Contact", kind="record_type", key="contact", fields=FIELDS)
    return desk.publish("Warm Contact", criteria=[WARM, LOUD]).term.slug


def raised(by: Client, **more: str) -> Any:
    key = hidden(by.get(PAGE), "form_key")
    return by.post(PAGE, {"form_key": key, "text": HURTS, "action": "raise", **more}, follow=True)


def test_a_concern_with_an_example_is_raised_and_answered_by_both_teams(
    warm: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    more = {"criterion": "is_warm", "record.score": "55", "expected": "true"}
    said = words(raised(rep, **more))
    assert "Your concern is kept" in said
    assert "“Counts as warm”, as it is signed, says no . Rep expected yes ." in said
    assert "score is at least 60 does not hold" in said
    assert "Not answered yet: Sales Marketing" in said
    assert "Your answer for" not in said
    concern = Concern.objects.get()
    for page in ("/terms/warm-contact/", "/", "/agenda/"):
        assert "1 concern waits for an answer" in words(rep.get(page)) or HURTS in words(rep.get(page)), page
    for owner in (people.sam, people.mia):
        browser = at_browser(owner)
        assert "Concerns to answer 1" in words(browser.get("/queue/"))
        answer = browser.post(f"/concerns/{concern.pk}/", {"action": "answer", "text": "We agree."}, follow=True)
        assert "Your answer is kept" in words(answer)
        assert "Concerns to answer" not in words(browser.get("/queue/"))
    assert "Answered by every team" in words(rep.get(PAGE))
    assert "waits for an answer" not in words(rep.get("/terms/warm-contact/"))


def test_the_same_form_sent_twice_raises_one(warm: str, people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    sent = {"form_key": hidden(rep.get(PAGE), "form_key"), "text": HURTS}
    rep.post(PAGE, sent)
    rep.post(PAGE, sent)
    assert Concern.objects.count() == 1


def test_what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(
    warm: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    answer = raised(rep, **{"criterion": "is_warm", "record.score": "plenty"})
    assert answer.status_code == 422
    assert "Give a whole number here" in words(answer)
    assert HURTS in words(answer) and 'value="plenty"' in answer.content.decode()
    assert raised(rep, text=" ").status_code == 422
    other = rep.post(PAGE, {"text": HURTS, "choose": "is_loud", "record.score": "7"})
    assert HURTS in words(other) and "Counts as loud" in words(other)
    assert 'name="record.email"' in other.content.decode()
    assert not Concern.objects.exists()


def test_a_record_that_was_tried_comes_along(warm: str, people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    tried = rep.post("/terms/warm-contact/tests/is_warm/", {"score": "55"})
    assert "Raise a concern with this record" in words(tried)
    assert 'name="record.score" value="55"' in tried.content.decode()
    started = rep.post(PAGE, {"action": "start", "criterion": "is_warm", "record.score": "55"})
    assert 'value="55"' in started.content.decode()
    assert not Concern.objects.exists()


def test_a_suggestion_begins_with_the_example_as_a_sample(
    warm: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep, mark = at_browser(people.rep), at_browser(people.mark)
    raised(rep, **{"criterion": "is_warm", "record.score": "55", "expected": "true"})
    concern = Concern.objects.get()
    page = mark.get(f"/propose/?term=warm-contact&concern={concern.pk}")
    form = page.context["form"]
    assert f"yes: {HURTS} {{score: 55}}" in form["criteria"].value()
    assert form["reason"].value() == f"Takes up the concern that Rep raised: “{HURTS}”"
    workflow.open_proposal(by=acting(people.sam), content={"name": "Warm Contact"}, term=warm)
    joined = mark.get(f"/propose/?term=warm-contact&concern={concern.pk}").content.decode()
    assert f"another=1&amp;concern={concern.pk}" in joined
    for wrong in ("999", "x", "9" * 40):
        assert mark.get(f"/propose/?term=warm-contact&concern={wrong}").status_code == 404
    assert mark.get(f"/propose/?term=record-contact&concern={concern.pk}").status_code == 404


def test_without_an_expectation_the_sample_says_what_the_test_says(
    warm: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    raised(rep, **{"criterion": "is_warm", "record.score": "55"})
    page = rep.get(f"/propose/?term=warm-contact&concern={Concern.objects.get().pk}")
    assert f"no: {HURTS} {{score: 55}}" in page.context["form"]["criteria"].value()


def test_whoever_raised_it_takes_it_back_and_an_administrator_removes_what_it_says(
    warm: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep, ada = at_browser(people.rep), at_browser(people.ada)
    raised(rep)
    concern = Concern.objects.get()
    assert "Withdraw this concern" in words(rep.get(PAGE))
    assert "Withdraw this concern" not in words(ada.get(PAGE))
    assert "Withdrawn" in words(rep.post(f"/concerns/{concern.pk}/", {"action": "withdraw"}, follow=True))
    said = words(ada.post(f"/concerns/{concern.pk}/", {"action": "remove"}, follow=True))
    assert "What this concern said was removed" in said and HURTS not in said
    assert ada.post(f"/concerns/{concern.pk}/", {"action": "dance"}).status_code == 422
    assert ada.post("/concerns/999/", {"action": "remove"}).status_code == 404


def test_a_refused_answer_keeps_what_was_typed(warm: str, people: SimpleNamespace, at_browser: Browse) -> None:
    raised(at_browser(people.rep))
    concern = Concern.objects.get()
    workflow.answer_concern(concern.pk, by=acting(people.sam), text="Yes.")
    answer = at_browser(people.sue).post(f"/concerns/{concern.pk}/", {"action": "answer", "text": "Me too."})
    assert answer.status_code == 409
    assert "Sam has already answered for Sales" in words(answer)
    assert ConcernAnswer.objects.count() == 1


def test_a_double_click_answers_once_and_says_so(warm: str, people: SimpleNamespace, at_browser: Browse) -> None:
    raised(at_browser(people.rep))
    address, sam = f"/concerns/{Concern.objects.get().pk}/", at_browser(people.sam)
    for _ in range(2):
        answer = sam.post(address, {"action": "answer", "text": "We agree."}, follow=True)
        assert answer.status_code == 200 and "Your answer is kept" in words(answer)
    assert ConcernAnswer.objects.count() == 1


def test_the_address_of_a_concern_shows_it_however_many_were_closed_since(
    warm: str, people: SimpleNamespace, at_browser: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("glossary.lookup.concerns"), "MOST_CLOSED", 1)
    rep = at_browser(people.rep)
    for text in ("An old one.", "One between.", "A new one."):
        workflow.withdraw_concern(
            workflow.raise_concern(warm, by=acting(people.rep), text=text).pk, by=acting(people.rep)
        )
    old = Concern.objects.earliest("pk")
    assert "An old one." not in words(rep.get(PAGE))
    for address in (old.get_absolute_url(), f"/concerns/{old.pk}/"):
        said = rep.get(address, follow=True)
        assert "A new one." in words(said) and "An old one." in words(said) and "One between." not in words(said)
        assert f'id="concern-{old.pk}"' in said.content.decode()
    for wrong in ("999", "x", "9" * 40, "%00"):
        assert rep.get(f"{PAGE}?concern={wrong}").status_code in (200, 404)
    elsewhere = rep.get(f"/terms/record-contact/concerns/?concern={old.pk}")
    assert elsewhere.status_code == 200 and "An old one." not in words(elsewhere)


def test_a_visitor_is_told_how_many_and_nothing_of_what_they_say(
    warm: str, people: SimpleNamespace, at_browser: Browse, settings: Any
) -> None:
    raised(at_browser(people.rep))
    settings.GLOSSARY_OPEN_READING = True
    visitor = Client()
    said = words(visitor.get("/terms/warm-contact/"))
    assert "1 concern waits for an answer. Sign in to read it." in said
    assert "lose good ones" not in said and "Raise a concern" not in said
    for page in (PAGE, f"/concerns/{Concern.objects.get().pk}/"):
        assert visitor.get(page).status_code == 302


def test_hostile_text_is_text(warm: str, people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    raised(rep, text='<script>alert(1)</script> **bold** "quoted', **{"criterion": "is_loud", "record.email": "<b>x"})
    for page in (PAGE, "/terms/warm-contact/", "/agenda/"):
        body = rep.get(page).content.decode()
        assert "<script>alert" not in body and "<b>x" not in body and "<strong>bold" not in body


def test_the_pages_ask_the_same_number_of_queries_however_many_concerns_there_are(
    warm: str, people: SimpleNamespace, at_browser: Browse, django_assert_max_num_queries: Any
) -> None:
    for score in ("5", "55", "555"):
        raised(at_browser(people.rep), **{"criterion": "is_warm", "record.score": score, "expected": "true"})
    first = Concern.objects.first()
    assert first is not None
    workflow.answer_concern(first.pk, by=acting(people.mia), text="We see it.")
    sam = at_browser(people.sam)
    sam.get(PAGE)
    with django_assert_max_num_queries(25):
        sam.get(PAGE)
