"""The page of one word, its history and the difference of two versions."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from glossary.models import Comment, Version
from tests.portal.conftest import Browse, hidden, words
from tests.world import Desk

Publish = Callable[..., Version]

FULL = {
    "aliases": ["push"],
    "abbreviations": ["CMP"],
    "why": "Budgets are **argued** over otherwise.",
    "for_sides": {"sales": "Call within a day.", "marketing": "Name an owner."},
    "includes": ["a webinar series"],
    "excludes": ["a single post"],
    "examples": ["the spring launch"],
    "measurement": "Count them by quarter.",
    "criteria": [
        {
            "id": "live",
            "label": "A live campaign",
            "record": "campaign",
            "expr": "status = 'live'",
            "samples": [{"note": "running", "record": {"status": "live"}, "expect": "true"}],
        }
    ],
    "crm_mappings": [{"system": "CRM", "object": "Campaign", "field": "Status", "value": "Live"}],
    "open_questions": [{"question": "Does a podcast count?", "look_again": "2027-05-17"}],
}


def test_a_word_shows_all_that_was_signed_and_by_whom(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse
) -> None:
    desk.open("Lead")
    publish("Campaign", kind="record_type", key="campaign", fields={"status": {"type": "string", "source": "CRM"}})
    publish("Campaign", **FULL, related=[{"relation": "feeds", "term": "Lead"}], definition="Leads to a [[Lead]].")
    answer = at_browser(people.rep).get("/terms/campaign/")
    said, page = words(answer), answer.content.decode()
    for text in (
        "definition v1", "plan with a goal", "push", "CMP", "a webinar series", "a single post", "the spring launch",
        "Call within a day.", "Name an owner.", "status = 'live'", "Count them by quarter.", "Campaign.Status",
        "Does a podcast count?", "Leads to", "Signed by every team", "Sam", "Mia", "All teams",
    ):  # fmt: skip
        assert text in said, text
    assert "<strong>argued</strong>" in page
    assert '<a class="term" href="/terms/lead/">lead</a>' in page


def test_an_older_version_is_clearly_marked(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Campaign", summary="the first meaning")
    publish("Campaign", term="campaign", summary="the second meaning")
    browser = at_browser(people.rep)
    assert "the second meaning" in words(browser.get("/terms/campaign/"))
    old = words(browser.get("/terms/campaign/?version=1"))
    assert "the first meaning" in old
    assert "This is definition v1 , which is not the one in force now." in old


def test_an_older_version_says_what_it_said_of_the_word(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Push")
    publish("Push", term="push", status="retired", status_reason="Nobody says it.")
    browser = at_browser(people.rep)
    assert 'class="state state-retired"' in browser.get("/terms/push/").content.decode()
    assert 'class="state state-agreed"' in browser.get("/terms/push/?version=1").content.decode()


def test_what_was_in_force_on_a_day_is_answered(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    first = publish("Campaign", summary="the first meaning")
    publish("Campaign", term="campaign", summary="the second meaning")
    browser = at_browser(people.rep)
    instant = first.in_force_from.isoformat().replace("+00:00", "Z")
    then = browser.get("/terms/campaign/", {"as_of": instant})
    assert "the first meaning" in words(then) and "As it was on" in words(then)
    assert browser.get("/terms/campaign/?as_of=2000-01-01").status_code == 404
    assert browser.get("/terms/campaign/?as_of=yesterday").status_code == 422


def test_what_comes_next_is_announced(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Campaign", summary="the meaning of today")
    publish(
        "Campaign", term="campaign", summary="the meaning to come", effective_from=timezone.now() + timedelta(days=30)
    )
    browser = at_browser(people.rep)
    said = words(browser.get("/terms/campaign/"))
    assert "the meaning of today" in said and "definition v2 takes its place" in said
    ahead = browser.get("/terms/campaign/?version=2")
    assert "the meaning to come" in words(ahead) and "definition v2. It is signed already." in words(ahead)
    assert "compare/?from=1&amp;to=2" in ahead.content.decode()


def test_a_word_to_avoid_says_what_to_use(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Pipeline")
    publish("Initiated Pipeline", status="discouraged", replaced_by="Pipeline")
    answer = at_browser(people.rep).get("/terms/initiated-pipeline/")
    assert "Avoid this word. Use Pipeline instead." in words(answer)
    assert 'href="/terms/pipeline/"' in answer.content.decode()


def test_a_suggestion_under_way_is_shown_and_changes_nothing(
    people: SimpleNamespace, publish: Publish, desk: Desk, at_browser: Browse
) -> None:
    publish("Campaign", summary="the agreed meaning")
    proposal = desk.submit("Campaign", term="campaign", summary="another meaning")
    said = words(at_browser(people.rep).get("/terms/campaign/"))
    assert "the agreed meaning" in said and "another meaning" not in said
    assert f"Suggestion {proposal.pk}" in said


def test_history_lists_each_version_with_its_signatures_and_difference(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", summary="a plan with a goal")
    publish("Campaign", term="campaign", summary="a plan with a clear goal")
    browser = at_browser(people.rep)
    page = browser.get("/terms/campaign/history/").content.decode()
    assert "Definition v2" in page and "Definition v1" in page
    assert "/terms/campaign/compare/?from=1&amp;to=2" in page
    difference = browser.get("/terms/campaign/compare/?from=1&to=2").content.decode()
    assert '<ins><span class="visually-hidden">[added: </span>clear' in difference


def test_history_does_not_say_of_a_replaced_version_that_it_was_in_force(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    publish("Campaign", term="campaign", why="because", effective_from=timezone.now() + timedelta(days=30))
    publish("Campaign", term="campaign", why="at once")
    browser = at_browser(people.rep)
    second, first = words(browser.get("/terms/campaign/history/")).split("Definition v2")[1].split("Definition v1")
    assert "replaced before it was ever in force" in second and "in force from" not in second
    assert "until" in first
    assert "replaced before it was ever in force" in words(browser.get("/terms/campaign/?version=2"))


def test_people_talk_about_a_word_and_may_take_it_back(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign")
    rep, mark = at_browser(people.rep), at_browser(people.mark)
    key = hidden(rep.get("/terms/campaign/"), "form_key")
    for _ in range(2):
        rep.post("/terms/campaign/comments/", {"action": "comment", "text": "Is a podcast one?", "form_key": key})
    comment = Comment.objects.get()
    assert "Is a podcast one?" in words(mark.get("/terms/campaign/"))
    refused = mark.post("/terms/campaign/comments/", {"action": "remove_comment", "comment": comment.pk})
    assert refused.status_code == 403
    rep.post("/terms/campaign/comments/", {"action": "remove_comment", "comment": comment.pk})
    assert "removed by its writer" in words(mark.get("/terms/campaign/"))


def test_a_comment_refused_is_not_lost(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish("Campaign")
    long = "too long " * 700
    answer = at_browser(people.rep).post("/terms/campaign/comments/", {"action": "comment", "text": long})
    assert answer.status_code == 422
    assert long.strip() in words(answer)


def test_text_in_a_definition_is_never_markup(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    publish(
        "Campaign", definition="<script>alert(1)</script> [x](javascript:alert(1))", summary="plan with <b>goals</b>"
    )
    page = at_browser(people.rep).get("/terms/campaign/").content.decode()
    assert "<script>" not in page and "javascript:" not in page
    assert "&lt;b&gt;goals" in page


def test_a_test_is_told_as_rules_and_kept_as_written(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse
) -> None:
    desk.open("Lead", kind="record_type", key="lead", fields={"score": {"type": "int", "source": "CRM"}})
    expr = "score >= 50 AND (fit IN ('A', 'B') OR NOT is_<b>_closed)"
    criterion = {"id": "hot", "label": "Hot", "record": "lead", "expr": expr.replace("<b>", "really")}
    odd = {"id": "odd", "label": "Odd", "record": "lead", "expr": "f(<b>x</b>)"}
    desk.open("Hot Lead", criteria=[criterion, odd])
    answer = at_browser(people.rep).get(f"/proposals/{people.rep.proposals.latest('pk').pk}/")
    said = words(answer)
    rules = (
        "All of these: score is at least 50 At least one of these: fit is “A” or “B” is really closed: no As written"
    )
    assert rules in said and "score &gt;= 50 AND (fit" in answer.content.decode()
    assert "<code>f(&lt;b&gt;x&lt;/b&gt;)</code>" in answer.content.decode()


def test_related_words_stand_together_under_how_they_relate(
    people: SimpleNamespace, desk: Desk, publish: Publish, at_browser: Browse
) -> None:
    for name in ("Lead", "Deal", "Funnel"):
        desk.open(name)
    related = ["Lead", {"relation": "part_of", "term": "Funnel"}, "Deal"]
    publish("Campaign", related=related, crm_mappings=[{"system": "hubspot", "object": "deal", "field": "stage"}])
    said = words(at_browser(people.rep).get("/terms/campaign/"))
    assert "Is part of funnel See also lead , deal" in said
    assert "HubSpot deal.stage" in said


def test_a_word_that_is_still_to_come_says_from_when(
    people: SimpleNamespace, publish: Publish, at_browser: Browse
) -> None:
    publish("Campaign", effective_from=timezone.now() + timedelta(days=30))
    said = words(at_browser(people.rep).get("/terms/campaign/"))
    assert "this is what the word means. It is signed already; until then nothing is in force." in said


def test_a_column_that_no_row_fills_is_left_out(people: SimpleNamespace, publish: Publish, at_browser: Browse) -> None:
    place = {"system": "CRM", "object": "Campaign", "field": "Status"}
    rep = at_browser(people.rep)
    for mappings, columns in (
        ([place], "System Field CRM"),
        ([place, place | {"field": "Stage", "value": "Live"}], "System Field Value CRM"),
        ([place | {"note": "by hand"}], "System Field Note CRM"),
    ):
        publish("Campaign", term="campaign" if Version.objects.exists() else None, crm_mappings=mappings)
        assert f"In the CRM {columns}" in words(rep.get("/terms/campaign/")), mappings
