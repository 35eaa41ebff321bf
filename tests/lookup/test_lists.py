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


def shelf(**asked: object) -> lookup.Shelf:
    with reading_only():
        return lookup.shelf(at=timezone.now(), **asked)  # type: ignore[arg-type]


def test_words_stand_from_a_to_z_by_the_names_of_now(desk: Desk) -> None:
    desk.publish("Zebra")
    desk.publish("Aardvark", term="zebra")
    desk.publish("Mule")
    desk.publish("Contact", kind="record_type", key="contact", fields={"email": {"type": "string", "source": "CRM"}})
    desk.open("beaver")
    desk.open("10 Percent")
    words = shelf().words
    assert [(word.name, word.state) for word in words] == [
        ("10 Percent", "wanted"),
        ("Aardvark", "agreed"),
        ("beaver", "wanted"),
        ("Mule", "agreed"),
    ]
    assert words[1].summary == "plan with a goal, an audience and an owner on each side" and not words[2].summary
    assert [word.name for word in shelf(published_only=True).words] == ["Aardvark", "Mule"]
    assert [word.name for word in shelf(kind="record_type").words] == ["Contact"]


def test_the_shelf_is_narrowed_by_letter_and_says_which_there_are(desk: Desk) -> None:
    desk.publish("Mule")
    desk.publish("moose", owner_side="sales")
    desk.open("10 Percent")
    found = shelf(letter="M")
    assert ([word.name for word in found.words], found.total) == (["moose", "Mule"], 2)
    assert found.letters == {"#": 1, "M": 2}
    assert [word.name for word in shelf(letter="#").words] == ["10 Percent"]
    assert [word.name for word in shelf(letter="M", owner_side="sales").words] == ["moose"]
    assert shelf(letter="X").words == []


def test_a_long_shelf_comes_in_pages(desk: Desk, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glossary.lookup.words.ON_A_PAGE", 2)
    for name in ("Ape", "Bee", "Cow"):
        workflow.raise_word(name, by=acting(people.rep))
    pages = [shelf(page=page) for page in (0, 1, 2, 9)]
    assert [[word.name for word in each.words] for each in pages] == [["Ape", "Bee"]] * 2 + [["Cow"]] * 2
    assert {(each.total, each.pages) for each in pages} == {(3, 2)}


def test_words_are_looked_at_again_when_their_day_comes(desk: Desk) -> None:
    desk.publish("Soon", review_months=1)
    desk.publish("Later", review_months=3)
    desk.publish("Gone", review_months=1, status="retired", status_reason="Nobody says it.")

    def seen_after(days: int) -> list[tuple[str, bool]]:
        with reading_only():
            return [(each.name, each.is_due) for each in lookup.reviews(timezone.now() + timedelta(days=days))]

    assert seen_after(5) == [("Soon", False)]
    assert seen_after(31) == [("Soon", True)]
    assert seen_after(65) == [("Soon", True), ("Later", False)]


def test_the_first_page_counts_and_shows_what_is_new(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    desk.submit("Funnel")
    with reading_only():
        for_sam = lookup.home(people.sam, at=timezone.now())
        for_rep = lookup.home(people.rep, at=timezone.now())
    assert for_sam.counts == {"agreed": 1, "in_review": 1}
    assert [row.term.slug for row in for_sam.newly_agreed] == ["campaign"]
    assert (len(for_sam.for_me), len(for_rep.for_me)) == (1, 0)


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
