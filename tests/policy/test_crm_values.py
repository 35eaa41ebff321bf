"""A value of the CRM that another word holds already is told before anybody signs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from glossary.models import MappingInForce
from glossary.policy.readiness import draft_of, readiness_of
from tests.world import Desk

pytestmark = pytest.mark.django_db

OPEN = {"system": "salesforce", "object": "Lead", "field": "Status", "value": "Open"}


def warned(proposal: Any) -> list[tuple[str, str]]:
    found = readiness_of(draft_of(proposal), timezone.now())
    assert not [each for each in found.errors if each.code == "crm_value_elsewhere"]
    return [(each.path, each.message) for each in found.warnings if each.code == "crm_value_elsewhere"]


@pytest.mark.any_engine
def test_a_value_that_another_word_holds_is_told_with_its_name(desk: Desk) -> None:
    desk.publish("Lead", crm_mappings=[OPEN])
    mine = [OPEN | {"value": "Working"}, {**OPEN, "system": "Salesforce"}]
    assert warned(desk.open("Prospect", crm_mappings=mine)) == [
        ("crm_mappings[1]", "“Open” in Salesforce Lead.Status already means “Lead” (lead).")
    ]


def test_another_value_another_field_or_no_value_says_nothing(desk: Desk) -> None:
    desk.publish("Lead", crm_mappings=[OPEN])
    others = [OPEN | {"value": "open"}, OPEN | {"field": "Rating"}, {key: OPEN[key] for key in list(OPEN)[:3]}]
    assert warned(desk.open("Prospect", crm_mappings=others)) == []


def test_the_word_itself_may_keep_its_value(desk: Desk) -> None:
    desk.publish("Lead", crm_mappings=[OPEN])
    assert warned(desk.open("Lead", term="lead", crm_mappings=[OPEN], why="Because.")) == []


def test_a_word_that_no_longer_holds_it_is_not_named(desk: Desk) -> None:
    desk.publish("Lead", crm_mappings=[OPEN])
    desk.publish("Lead", term="lead")
    desk.publish("Contact", crm_mappings=[OPEN])
    desk.publish("Contact", term="contact", crm_mappings=[OPEN], status="retired", status_reason="Nobody says it.")
    assert warned(desk.open("Prospect", crm_mappings=[OPEN])) == []
    assert MappingInForce.objects.at(timezone.now()).count() == 0


def test_what_takes_effect_before_this_text_does_counts(desk: Desk) -> None:
    soon = timezone.now() + timedelta(days=3)
    desk.publish("Lead", crm_mappings=[OPEN], effective_from=soon)
    assert warned(desk.open("Prospect", crm_mappings=[OPEN])) == []
    assert len(warned(desk.open("Contact", crm_mappings=[OPEN], effective_from=soon + timedelta(days=1)))) == 1
