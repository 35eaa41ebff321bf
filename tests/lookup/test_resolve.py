"""What does this name mean?"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from glossary import lookup
from tests.reading import counted, reading_only
from tests.world import Desk

pytestmark = pytest.mark.django_db


def met(query: str, at: Any = None) -> list[tuple[str, str]]:
    """How the query was met, and by which terms."""
    with reading_only():
        matches = lookup.resolve(query, at=at or timezone.now())
    return [(match.matched_on, match.row.term.slug) for match in matches]


def test_a_name_is_met_however_it_is_written(desk: Desk) -> None:
    desk.publish("Marketing Campaign")
    for query in (
        "Marketing Campaign",
        "marketing campaign",
        "MARKETING-CAMPAIGN",
        " marketing_campaign ",
        "ｍarketing campaign",
    ):
        assert met(query) == [("name", "marketing-campaign")], query


def test_plural_possessive_and_accents_meet_it_loosely(desk: Desk) -> None:
    desk.publish("Buyer’s Journey", aliases=["Café Lead"])
    for query in ("buyers journeys", "buyer's journey's", "cafe leads"):
        assert [how for how, _ in met(query)] == ["loose"], query


def test_only_the_best_tier_answers(desk: Desk) -> None:
    desk.publish("Marketing Qualified Lead", aliases=["Hand Raiser"], abbreviations=["MQL"])
    desk.publish("Meeting Quality Level", abbreviations=["MQL"])
    desk.publish("Push", aliases=["MQLs"])
    assert met("MQL") == [("abbreviation", "marketing-qualified-lead"), ("abbreviation", "meeting-quality-level")]
    assert met("MQLs") == [("alias", "push")]
    assert met("hand raisers") == [("loose", "marketing-qualified-lead")]


def test_a_renamed_word_is_found_under_its_former_names(desk: Desk) -> None:
    first = desk.publish("Dark Funnel", aliases=["dark social"])
    desk.publish("Hidden Demand", term="dark-funnel")
    assert met("dark funnel") == [("former_name", "dark-funnel")]
    assert met("dark funnels") == [("loose", "dark-funnel")]
    assert met("dark social") == []
    assert met("hidden demand") == [("name", "dark-funnel")]
    assert met("dark social", first.published_at) == [("alias", "dark-funnel")]
    assert met("hidden demand", first.published_at) == []
    assert met("dark funnel", first.published_at) == [("name", "dark-funnel")]


def test_nothing_is_met_before_it_is_in_force_or_while_it_is_only_suggested(desk: Desk) -> None:
    version = desk.publish("Campaign", effective_from=timezone.now() + timedelta(days=30))
    desk.submit("Funnel")
    assert met("campaign") == met("funnel") == []
    assert met("campaign", version.in_force_from - timedelta(microseconds=1)) == []
    assert met("campaign", version.in_force_from) == [("name", "campaign")]


def test_a_record_type_is_no_word(desk: Desk) -> None:
    desk.publish("Lead", kind="record_type", key="lead", fields={"email": {"type": "string", "source": "crm"}})
    assert met("lead") == []


def test_names_that_can_be_none_meet_nothing(db: None) -> None:
    for query in ("", " ", "-", "\x00", "a" * 10_000, "%", "_"):
        assert met(query) == [], query


def test_many_names_are_answered_in_order_in_a_fixed_number_of_queries(desk: Desk) -> None:
    for number in range(3):
        desk.publish(f"Word number {'abc'[number]}")
    names = ["word number c", "nothing", "Word Number A", "word number c"]
    with counted() as said:
        few = lookup.ready(names, at=timezone.now())
    assert [[hit.slug for hit in hits] for hits in few] == [["word-number-c"], [], ["word-number-a"], ["word-number-c"]]
    assert len(said) == 2  # the exact keys of all, then the looser ones of those not met
    with counted() as said:
        lookup.ready([f"name {number}" for number in range(1_000)], at=timezone.now())
    assert len(said) == 4


def test_a_slip_of_the_pen_gets_suggestions(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Marketing Campaign")
    desk.publish("Campaign Influence")
    at = timezone.now()
    with reading_only():
        assert lookup.suggestions("marketing campain", at=at) == [("marketing-campaign", "Marketing Campaign")]
        assert [slug for slug, _ in lookup.suggestions("campaign", at=at)] == [
            "campaign-influence",
            "marketing-campaign",
        ]
        assert lookup.suggestions("zebra", at=at) == []
