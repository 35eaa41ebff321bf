"""People suggest a word or a change in the form, and lose nothing they typed."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.http import HttpResponse
from django.utils import timezone

from accounts.preferences import keep_time_zone
from glossary.domain.content import parse
from glossary.models import Proposal, Revision, Term, Version
from glossary.portal.forms import TextForm, shown
from tests.portal.conftest import Browse, filled, hidden, words
from tests.world import Desk

Publish = Callable[..., Version]
SIDES = {"sales": "Sales", "marketing": "Marketing"}


def test_a_member_suggests_a_word_that_nobody_has(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    page = rep.get("/propose/", {"name": "Dark Funnel"})
    answer = rep.post(
        "/propose/",
        filled(
            page,
            summary="visits that no tool sees",
            counter_examples="a click on an advert\r\n\r\na form",
            for_sales="Ask how they heard of us.",
            related="see also: Lead\npart of: Pipeline",
            reason="Comes up in every call.",
        ),
        follow=True,
    )
    proposal = Proposal.objects.get()
    content = proposal.text.content
    assert answer.redirect_chain == [(f"/proposals/{proposal.pk}/", 302)]
    assert (content.name, content.counter_examples) == ("Dark Funnel", ("a click on an advert", "a form"))
    assert content.for_sides["sales"] == "Ask how they heard of us."
    assert [(item.relation, item.term) for item in content.related] == [("see_also", "lead"), ("part_of", "pipeline")]
    assert proposal.reason == "Comes up in every call."
    assert "Comes up in every call." in words(answer)


def test_a_change_starts_from_the_newest_text(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Lead")
    version = publish("Campaign", related=[{"relation": "feeds", "term": "Lead"}], weights=None, review_months=6)
    rep = at_browser(people.rep)
    page = rep.get("/propose/?term=campaign")
    assert "feeds: Lead" in page.content.decode()
    rep.post("/propose/", filled(page))
    proposal = Proposal.objects.get(version=None)
    assert proposal.text.content == version.content
    assert proposal.text.base == version


def test_rare_fields_lie_folded_until_they_say_something_or_are_wrong(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", review_months=6)
    rep = at_browser(people.rep)

    def unfolded(page: HttpResponse) -> list[str]:
        return [key for key, fold in page.context["form"].folds().items() if fold.is_open]

    empty = rep.get("/propose/")
    assert unfolded(empty) == [] and empty.content.count(b'<details class="action" open>') == 0
    assert unfolded(rep.get("/propose/?term=campaign")) == ["place"]
    wrong = rep.post("/propose/", filled(empty, name="Lead", review_months="", criteria="no test"))
    assert unfolded(wrong) == ["told", "place"]
    assert wrong.content.count(b'<details class="action" open>') == 2


def test_what_the_form_does_not_show_is_carried_over(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    questions = [{"question": "Does a podcast count?", "look_again": "2027-05-17"}]
    publish("Campaign", open_questions=questions)
    rep = at_browser(people.rep)
    rep.post("/propose/", filled(rep.get("/propose/?term=campaign"), summary="a plan with one goal"))
    content = Proposal.objects.get(version=None).text.content
    assert content.summary == "a plan with one goal"
    assert content.open_questions[0].question == "Does a podcast count?"


def test_open_questions_are_typed_with_the_day_to_look_again(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    typed = "2027-05-17: Does a podcast count: yes or no?\r\n2027-06-01:And a chat?"
    rep.post("/propose/", filled(rep.get("/propose/"), name="Campaign", open_questions=typed))
    questions = Proposal.objects.get().text.content.open_questions
    assert [(item.look_again, item.question) for item in questions] == [
        ("2027-05-17", "Does a podcast count: yes or no?"),
        ("2027-06-01", "And a chat?"),
    ]
    answer = rep.post("/propose/", filled(rep.get("/propose/"), name="Lead", open_questions="When?"))
    assert answer.status_code == 422
    assert [field.name for field in answer.context["form"].wrong_fields()] == ["open_questions"]


def _starter_texts() -> list[Any]:
    with open("fixtures/seed_vocabulary.yaml") as file:
        terms = yaml.safe_load(file)["entries"]
    return [pytest.param(term, id=term["name"]) for term in terms]


@pytest.mark.parametrize("data", _starter_texts())
def test_every_text_survives_the_form(data: dict[str, Any]) -> None:
    ours = {key: value for key, value in data.items() if key not in ("id", "seeds", "sales_says", "marketing_says")}
    content = parse(ours, sides=SIDES)
    form = TextForm(shown(content.as_data(), {}), sides=SIDES)
    assert parse(form.content(), sides=SIDES) == content


def test_other_suggestions_for_the_word_are_shown_first(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign")
    proposal = desk.open("Campaign", term="campaign", reason="Sales wants an end date.")
    said = words(at_browser(people.mark).get("/propose/?term=campaign"))
    assert "There is already a suggestion for this word." in said
    assert f"Suggestion {proposal.pk} by Rep" in said and "Sales wants an end date." in said


def test_each_problem_is_said_at_its_field_and_nothing_is_lost(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    sent = filled(
        rep.get("/propose/"),
        name="zero\u200bwidth",
        summary="x" * 301,
        aliases="fine\nb\u202ead",
        review_months="often",
        criteria="Bad-Key: x\nfor each: lead\nwhen: a = 1",
        details='{"crm_mappings": [{"system": "Not A CRM"}]}',
        for_sales="my own words",
    )
    answer = rep.post("/propose/", sent)
    assert answer.status_code == 422
    wrong = {field.name: field.errors for field in answer.context["form"].wrong_fields()}
    assert set(wrong) == {"name", "summary", "aliases", "review_months", "criteria", "details"}
    assert wrong["aliases"][0].startswith("Line 2: ")
    assert wrong["criteria"][0].startswith("Test 1: ")
    assert wrong["details"][0].startswith("crm_mappings[0].object: ")
    page = words(answer)
    for typed in ("my own words", "x" * 301, "Bad-Key: x", "Not A CRM", "often", "Nothing you typed is lost."):
        assert typed in answer.content.decode().replace("&quot;", '"') or typed in page
    assert not Term.objects.exists()


@pytest.mark.parametrize(
    "details",
    [
        "{",
        "[1]",
        '"x"',
        '{"name": "two"}',
        '{"a": NaN}',
        "[" * 100_000,
        '{"nobody": 1}',
        '{"weights": {"first": 1e400}}',
    ],
)
def test_details_that_are_no_details_are_refused_at_their_field(
    details: str, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    answer = rep.post("/propose/", filled(rep.get("/propose/"), name="Campaign", details=details))
    assert answer.status_code == 422
    assert [field.name for field in answer.context["form"].wrong_fields()] == ["details"]


def test_a_name_that_is_taken_points_to_its_word(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Campaign")
    rep = at_browser(people.rep)
    answer = rep.post("/propose/", filled(rep.get("/propose/"), name="cam-paign", why="my reasons"))
    assert answer.status_code == 409
    assert 'href="/terms/campaign/"' in answer.content.decode()
    assert [field.name for field in answer.context["form"].wrong_fields()] == ["name"]
    assert "my reasons" in words(answer)


def test_sending_the_form_twice_opens_one_suggestion(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    sent = filled(rep.get("/propose/"), name="Campaign")
    answers = [rep.post("/propose/", sent) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Proposal.objects.count() == 1


def test_a_form_changed_after_it_was_sent_is_said_to_be_used(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    sent = filled(rep.get("/propose/"), name="Campaign")
    rep.post("/propose/", sent)
    answer = rep.post("/propose/", sent | {"summary": "changed after going back"})
    assert answer.status_code == 422
    assert "changed after going back" in words(answer)
    assert hidden(answer, "form_key") != sent["form_key"]


def test_a_version_agreed_in_the_meantime_is_told(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    rep = at_browser(people.rep)
    sent = filled(rep.get("/propose/?term=campaign"), summary="my meaning")
    publish("Campaign", term="campaign", summary="their meaning")
    answer = rep.post("/propose/?term=campaign", sent)
    assert answer.status_code == 409
    assert "newer version" in words(answer) and "my meaning" in words(answer)


def test_a_day_means_its_beginning_where_the_author_lives(people: SimpleNamespace, at_browser: Browse) -> None:
    keep_time_zone(people.rep, "Asia/Tokyo")
    rep = at_browser(people.rep)
    rep.post("/propose/", filled(rep.get("/propose/"), name="Campaign", effective_from="2099-04-01"))
    assert Proposal.objects.get().text.effective_from == datetime(2099, 3, 31, 15, tzinfo=UTC)


def test_an_impossible_day_is_refused_at_its_field(people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    for day in ("2099-02-30", "tomorrow", "0001-01-01", "9999-12-31", "0001-01-01T", "9" * 30):
        answer = rep.post("/propose/", filled(rep.get("/propose/"), name="Campaign", effective_from=day))
        assert answer.status_code == 422
        assert [field.name for field in answer.context["form"].wrong_fields()] == ["effective_from"]


def test_a_text_sent_twice_is_kept_once_and_another_is_not_taken_for_it(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    address = f"/proposals/{desk.open('Campaign').pk}/edit/"
    mark = at_browser(people.mark)
    sent = filled(mark.get(address), why="because")
    for _ in range(2):
        assert mark.post(address, sent).status_code == 302
    assert Revision.objects.count() == 2
    answer = mark.post(address, sent | {"why": "for another reason"})
    assert answer.status_code == 422 and "You sent this form before" in words(answer)
    assert "The text as it is kept now" in words(answer) and "for another reason" in answer.content.decode()
    assert mark.post(address, filled(answer)).status_code == 302
    assert Proposal.objects.get().text.content.why == "for another reason"


def test_saving_a_draft_unchanged_adds_no_text(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    odd_hour = datetime(2099, 4, 1, 13, 37, tzinfo=UTC)
    proposal = desk.open("Campaign", effective_from=odd_hour, for_sides={"sales": "Call.\n\nTwice."})
    mark = at_browser(people.mark)
    answer = mark.post(f"/proposals/{proposal.pk}/edit/", filled(mark.get(f"/proposals/{proposal.pk}/edit/")))
    assert answer.status_code == 302
    assert Revision.objects.count() == 1


def test_the_form_shows_linked_words_by_name(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    desk.open("Target Audience")
    proposal = desk.open("Campaign", definition="It names a [[target audience]] and a [[Story]].")
    assert "[[target-audience]] and a [[story]]" in proposal.text.content.definition
    mark = at_browser(people.mark)
    page = mark.get(f"/proposals/{proposal.pk}/edit/")
    assert page.context["form"].initial["definition"] == "It names a [[Target Audience]] and a [[story]]."
    mark.post(f"/proposals/{proposal.pk}/edit/", filled(page))
    assert Revision.objects.filter(proposal=proposal).count() == 1


def test_editing_warns_of_the_signatures_it_costs(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    mia = at_browser(people.mia)
    page = mia.get(f"/proposals/{proposal.pk}/edit/")
    assert "This text is signed for Sales by Sam" in words(page)
    sent = filled(page, summary="a plan with a clear goal")
    refused = mia.post(f"/proposals/{proposal.pk}/edit/", sent)
    assert refused.status_code == 422 and Revision.objects.count() == 1
    assert "so Sam’s signature for Sales stops counting. Tick that you know this." in words(refused)
    assert "a plan with a clear goal" in words(refused)
    mia.post(f"/proposals/{proposal.pk}/edit/", sent | {"signatures_end": "1"})
    sam = words(at_browser(people.sam).get(f"/proposals/{proposal.pk}/"))
    assert "What changed since you signed" in sam
    assert "Sales signature Missing." in sam


def test_two_people_editing_at_once_lose_nothing(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.open("Campaign")
    rep, mark = at_browser(people.rep), at_browser(people.mark)
    path = f"/proposals/{proposal.pk}/edit/"
    of_rep = filled(rep.get(path), summary="what rep wrote")
    mark.post(path, filled(mark.get(path), summary="what mark wrote"))
    answer = rep.post(path, of_rep)
    assert answer.status_code == 412
    assert "what rep wrote" in words(answer) and "what mark wrote" in words(answer)
    assert Proposal.objects.get().text.content.summary == "what mark wrote"
    rep.post(path, of_rep | {"seen": hidden(answer, "seen")})
    assert Proposal.objects.get().text.content.summary == "what rep wrote"


def test_while_it_is_signed_only_author_and_owners_edit(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    answer = at_browser(people.mark).get(f"/proposals/{proposal.pk}/edit/")
    assert answer.status_code == 403
    assert "only its author or an owner can edit it" in words(answer)


def test_in_review_a_text_that_is_not_ready_is_refused_at_its_field(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    rep = at_browser(people.rep)
    path = f"/proposals/{proposal.pk}/edit/"
    answer = rep.post(path, filled(rep.get(path), summary="", definition="what I typed"))
    assert answer.status_code == 422
    assert "summary" in [field.name for field in answer.context["form"].wrong_fields()]
    assert "what I typed" in words(answer)


def test_texts_that_both_changed_ask_whose_to_keep(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign", summary="a plan", why="old why")
    proposal = desk.submit("Campaign", term="campaign", summary="my plan", why="old why")
    publish("Campaign", term="campaign", summary="their plan", why="new why")
    rep = at_browser(people.rep)
    said = words(rep.get(f"/proposals/{proposal.pk}/"))
    assert "A newer version of this word has been agreed" in said
    page = rep.post(f"/proposals/{proposal.pk}/update/")
    assert page.status_code == 409
    for text in ("[added: my ] plan", "[added: their ] plan", "What both started from a plan"):
        assert text in words(page)
    rep.post(f"/proposals/{proposal.pk}/update/", {"choice:summary": "mine"})
    content = Proposal.objects.get(pk=proposal.pk).text.content
    assert (content.summary, content.why) == ("my plan", "new why")


def _clashing(desk: Desk) -> Proposal:
    """A suggestion by Rep that has changed the same fields as a version agreed meanwhile."""
    desk.publish("Lead")
    old = {"summary": "a plan", "for_sides": {"sales": "Call."}, "related": ["Lead"], "kind": "concept"}
    mine = {"summary": "my plan", "for_sides": {"sales": "Call twice."}, "related": [], "kind": "role"}
    new = {"summary": "their plan", "for_sides": {"sales": "Write."}, "related": ["Lead", "Campaign"], "kind": "stage"}
    desk.publish("Campaign", **old)
    proposal = desk.open("Campaign", term="campaign", **mine)
    desk.publish("Campaign", term="campaign", **new)
    return proposal


def test_neither_text_may_fit_and_other_words_are_taken(
    people: SimpleNamespace, desk: Desk, at_browser: Browse
) -> None:
    proposal = _clashing(desk)
    rep = at_browser(people.rep)
    page = rep.post(f"/proposals/{proposal.pk}/update/")
    clashes = {clash.part: clash for clash in page.context["clashes"]}
    assert set(clashes) == {"summary", "for_sides.sales", "related", "kind"}
    assert clashes["related"].base == "see also: Lead" and clashes["summary"].own.value() == "my plan"
    assert clashes["kind"].theirs == [("added", "Stage")]
    rep.post(
        f"/proposals/{proposal.pk}/update/",
        {
            "choice:summary": "own",
            "own-summary": "our plan",
            "choice:for_sides.sales": "own",
            "own-for_sales": "",
            "choice:related": "own",
            "own-related": "part of: Lead",
            "choice:kind": "theirs",
        },
    )
    content = Proposal.objects.get(pk=proposal.pk).text.content
    assert (content.summary, content.kind, dict(content.for_sides)) == ("our plan", "stage", {})
    assert [(item.relation, item.term) for item in content.related] == [("part_of", "lead")]


def test_a_choice_that_cannot_be_kept_loses_nothing(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = _clashing(desk)
    sent = {
        "choice:summary": "own",
        "own-summary": "<b>" + "x" * 300,
        "choice:for_sides.sales": "mine",
        "choice:related": "theirs",
        "choice:kind": "mine",
    }
    answer = at_browser(people.rep).post(f"/proposals/{proposal.pk}/update/", sent)
    assert answer.status_code == 422
    clashes = {clash.part: clash for clash in answer.context["clashes"]}
    assert clashes["summary"].own.errors and clashes["summary"].own.value() == "<b>" + "x" * 300
    assert {part: clash.chosen for part, clash in clashes.items()} == {
        "summary": "own",
        "for_sides.sales": "mine",
        "related": "theirs",
        "kind": "mine",
    }
    assert "<b>x" not in answer.content.decode()
    assert Revision.objects.filter(proposal=proposal).count() == 1


def test_some_choices_are_not_all(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = _clashing(desk)
    answer = at_browser(people.rep).post(f"/proposals/{proposal.pk}/update/", {"choice:summary": "theirs"})
    assert answer.status_code == 409
    assert [clash.part for clash in answer.context["clashes"] if clash.chosen] == ["summary"]
    assert len(answer.context["clashes"]) == 4


def test_a_date_already_past_is_mended_before_signing(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> None:
    proposal = desk.open("Campaign", effective_from=timezone.now())
    answer = at_browser(people.rep).post(f"/proposals/{proposal.pk}/", {"action": "submit"})
    assert answer.status_code == 422
    assert "To mend before it can be signed" in words(answer)
