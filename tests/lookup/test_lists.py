"""Lists, filters, and what each reader sees of them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from glossary import lookup, workflow
from tests.reading import reading_only
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db


def slugs(**filters: object) -> list[str]:
    with reading_only():
        return [term.slug for term in lookup.list_terms(at=timezone.now(), **filters)]  # type: ignore[arg-type]


def test_each_filter_narrows_the_list(desk: Desk) -> None:
    desk.publish("Campaign", owner_side="marketing", aliases=["push"])
    desk.publish("Win Rate", kind="metric", owner_side="sales")
    desk.publish("Pipeline", status="discouraged", status_reason="old")
    desk.open("Dark Funnel")
    assert slugs(q="camp") == slugs(q="PUSH") == slugs(owner_side="marketing") == ["campaign"]
    assert slugs(q="win-r") == slugs(kind="metric") == ["win-rate"]
    assert slugs(status="discouraged") == slugs(state="discouraged") == ["pipeline"]
    assert slugs(q="funnel") == slugs(state="wanted") == ["dark-funnel"]
    assert slugs(q="funnel", published_only=True) == slugs(q="%") == []
    assert slugs(state="agreed", kind="concept") == ["campaign"]


def test_updated_since_says_what_moved(desk: Desk) -> None:
    desk.publish("Campaign")
    moment = timezone.now()
    desk.publish("Funnel")
    desk.open("Campaign", term="campaign", why="new")
    assert slugs(updated_since=moment) == ["campaign", "funnel"]
    assert slugs(updated_since=moment, published_only=True) == ["funnel"]
    assert slugs(updated_since=timezone.now() + timedelta(days=1)) == []


def test_the_vocabulary_is_sorted_by_the_names_of_now(desk: Desk) -> None:
    desk.publish("Zebra")
    desk.publish("Aardvark", term="zebra")
    desk.publish("Mule")
    desk.open("beaver")
    words = lookup.vocabulary(timezone.now())
    assert [(word.name, word.state) for word in words] == [
        ("Aardvark", "agreed"),
        ("beaver", "wanted"),
        ("Mule", "agreed"),
    ]
    assert words[0].summary == "plan with a goal, an audience and an owner on each side"
    assert [word.name for word in lookup.vocabulary(timezone.now(), published_only=True)] == ["Aardvark", "Mule"]


def test_the_first_page_counts_and_shows_what_is_new(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    desk.submit("Funnel")
    with reading_only():
        for_sam = lookup.home(people.sam, at=timezone.now())
        for_rep = lookup.home(people.rep, at=timezone.now())
    assert for_sam.counts == {"agreed": 1, "in_review": 1}
    assert [row.term.slug for row in for_sam.newly_agreed] == ["campaign"]
    assert (for_sam.for_me_count, for_rep.for_me_count) == (1, 0)


def test_the_feed_is_in_order_and_shows_tools_what_is_published(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.open("Funnel")
    with reading_only():
        everything = lookup.changes(after=0, limit=1_000, published_only=False)
        published = lookup.changes(after=0, limit=1_000, published_only=True)
        rest = lookup.changes(after=everything[4].seq, limit=3, published_only=False)
    assert [event.seq for event in everything] == list(range(1, len(everything) + 1))
    assert [(event.kind, event.term) for event in published] == [("version.published", "campaign")]
    assert rest == everything[5:8]


def test_what_changed_between_two_versions_is_said_by_field_and_word(desk: Desk) -> None:
    desk.publish("Campaign", aliases=["push"])
    desk.publish("Campaign", term="campaign", summary="plan with a goal and an owner on each side")
    changes = {change.field: change for change in lookup.difference_of("campaign", 1, 2)}
    assert set(changes) == {"aliases", "summary"}
    assert ("removed", "push") in changes["aliases"].items
    assert any(op == "removed" for op, _ in changes["summary"].words)
    assert [version.number for version in lookup.versions_of("campaign")] == [2, 1]


def test_a_removed_comment_keeps_its_place(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    first = workflow.comment_on_term("campaign", by=acting(people.rep), text="Why?")
    workflow.comment_on_term("campaign", by=acting(people.mark), text="Because.")
    workflow.blank_comment(first.pk, by=acting(people.rep))
    assert [comment.text for comment in lookup.comments(term="campaign")] == ["", "Because."]
