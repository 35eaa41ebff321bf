"""What was in force, what is, and what will be."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from glossary import lookup
from glossary.domain.refusals import Refusal
from glossary.domain.reviews import months_after
from tests.reading import reading_only
from tests.world import Desk

pytestmark = pytest.mark.django_db


def test_as_of_answers_what_was_in_force_then(desk: Desk) -> None:
    first = desk.publish("Campaign")
    second = desk.publish("Campaign", term="campaign", summary="plan of both")
    now = timezone.now()
    with reading_only():
        before = lookup.term_as_of("campaign", at=second.published_at - timedelta(microseconds=1), now=now)
        after = lookup.term_as_of("campaign", at=second.published_at, now=now)
    assert (before.row.version, after.row.version) == (first, second)
    assert not before.provisional
    with pytest.raises(Refusal) as refused:
        lookup.term_as_of("campaign", at=first.published_at - timedelta(microseconds=1), now=now)
    assert refused.value.code == "not_found"


def test_the_future_is_provisional(desk: Desk) -> None:
    version = desk.publish("Campaign", effective_from=timezone.now() + timedelta(days=30))
    answer = lookup.term_as_of("campaign", at=version.in_force_from, now=timezone.now())
    assert (answer.row.version, answer.provisional) == (version, True)


def test_a_version_takes_effect_without_anybody_doing_anything(desk: Desk) -> None:
    old = desk.publish("Campaign")
    new = desk.publish("Campaign", term="campaign", why="new", effective_from=timezone.now() + timedelta(days=30))
    detail = lookup.term_detail("campaign", at=timezone.now())
    assert (detail.version, detail.upcoming.version if detail.upcoming else None) == (old, new)
    later = lookup.term_detail("campaign", at=new.in_force_from)
    assert (later.version, later.upcoming) == (new, None)
    assert later.etag != detail.etag


def test_a_review_falls_due_and_moves_the_tag(desk: Desk) -> None:
    desk.publish("Campaign", review_months=1)
    now = timezone.now()
    detail = lookup.term_detail("campaign", at=now)
    assert detail.review == "ok" and detail.review_by
    due = lookup.term_detail("campaign", at=now + timedelta(days=32))
    assert (due.review, due.review_by) == ("overdue", detail.review_by)
    assert due.etag != detail.etag
    assert lookup.term_detail("campaign", at=now).etag == detail.etag


def test_the_tag_moves_with_every_action_on_the_word(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    tags = [lookup.term_detail("campaign", at=timezone.now()).etag]
    proposal = desk.submit("Campaign", term="campaign", why="new")
    tags.append(lookup.term_detail("campaign", at=timezone.now()).etag)
    desk.sign(proposal, people.sam)
    tags.append(lookup.term_detail("campaign", at=timezone.now()).etag)
    assert len(set(tags)) == 3


@pytest.mark.parametrize(
    ("written", "state"),
    [({}, "agreed"), ({"status": "discouraged", "status_reason": "old"}, "discouraged"),
     ({"status": "retired", "status_reason": "gone"}, "retired")],
)  # fmt: skip
def test_the_state_of_a_published_word_is_its_status_in_force(desk: Desk, written: dict[str, str], state: str) -> None:
    desk.publish("Campaign", **written)
    desk.submit("Campaign", term="campaign", why="new")
    detail = lookup.term_detail("campaign", at=timezone.now())
    assert (detail.state, detail.open_count) == (state, 1)
    assert [term.state for term in lookup.list_terms(at=timezone.now())] == [state]


def test_a_word_never_published_is_wanted_in_review_or_upcoming(desk: Desk) -> None:
    desk.open("Funnel")
    desk.submit("Pipeline")
    desk.publish("Campaign", effective_from=timezone.now() + timedelta(days=1))
    at = timezone.now()
    states = {term.slug: term.state for term in lookup.list_terms(at=at)}
    assert states == {"funnel": "wanted", "pipeline": "in_review", "campaign": "upcoming"}
    assert {slug: lookup.term_detail(slug, at=at).state for slug in states} == states
    assert [term.slug for term in lookup.list_terms(at=at, published_only=True)] == ["campaign"]


def test_reviews_are_counted_in_calendar_months() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 1, 31), 12) == date(2027, 1, 31)
    assert months_after(date(2026, 12, 1), 13) == date(2028, 1, 1)
