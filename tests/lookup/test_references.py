"""Whoever changes a word sees which agreed texts refer to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from glossary import lookup
from glossary.lookup import Referring
from glossary.models import Term
from tests.reading import counted
from tests.world import Desk

pytestmark = pytest.mark.django_db


def referring(slug: str) -> Referring:
    return lookup.referring_to(Term.objects.get(slug=slug), at=timezone.now())


def test_links_relations_and_successors_are_references(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Linked", definition="Part of a [[campaign]].")
    desk.publish("Related Word", related=["campaign"])
    desk.publish("Push", status="discouraged", replaced_by="campaign")
    desk.publish("Mentioned", definition="A campaign in passing.")
    assert referring("campaign").terms == [("push", "Push"), ("linked", "Linked"), ("related-word", "Related Word")]
    assert referring("linked") == Referring([], 0)


def test_a_word_that_refers_to_itself_is_left_out(desk: Desk) -> None:
    desk.publish("Campaign", definition="See [[campaign]].")
    assert referring("campaign").terms == []


def test_only_what_is_in_force_counts(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Lead", definition="Comes from a [[campaign]].")
    desk.publish("Lead", term="lead", definition="Comes from anywhere.")
    desk.publish("Deal", definition="Ends a [[campaign]].", effective_from=timezone.now() + timedelta(days=3))
    assert referring("campaign").terms == []


def test_of_many_the_first_are_named_and_the_rest_counted(desk: Desk) -> None:
    desk.publish("Campaign")
    for letter in "ABCDEFGHIJKLMN":
        desk.publish(f"Word {letter}", related=["campaign"])
    campaign = Term.objects.get(slug="campaign")
    with counted() as statements:
        found = lookup.referring_to(campaign, at=timezone.now())
    assert len(found.terms) == 12 and found.more == 2
    assert len(statements) == 2


def test_search_does_not_meet_a_reference(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Lead", related=["campaign"])
    found = [hit.served["slug"] for hit in lookup.search("campaign", at=timezone.now()).hits]
    assert found == ["campaign"]
