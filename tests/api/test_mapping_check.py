"""A nightly job asks whether the CRM still offers what sales and marketing signed."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings

from glossary.models import Event
from tests.api.callers import Caller, code, person, tool
from tests.reading import counted
from tests.world import Desk

PLACE = {"system": "salesforce", "object": "Lead", "field": "Status"}


def value(text: str, **place: str) -> dict[str, str]:
    return PLACE | place | {"value": text}


@pytest.fixture
def mapped(desk: Desk) -> None:
    desk.publish("Lead", crm_mappings=[value("Open"), value("lead", field="Stage")])
    desk.publish("Sales Accepted Lead", crm_mappings=[value("Working - Contacted"), value("Open"), PLACE])


def test_a_picklist_is_compared_with_what_is_in_force(people: SimpleNamespace, mapped: None) -> None:
    sent = {"values": [value("Open"), value("Working – Contacted", system="SALESFORCE"), value("Nurturing")]}
    lead = {"slug": "lead", "url": "/terms/lead/", "name": "Lead"}
    accepted = {"slug": "sales-accepted-lead", "url": "/terms/sales-accepted-lead/", "name": "Sales Accepted Lead"}
    answer = tool(people.rep, "read").post("mapping-check", sent)
    assert answer.status_code == 200
    assert answer.json() == {
        "agrees": False,
        "counts": {"same": 1, "missing": 0, "renamed": 1, "extra": 1, "mapped_twice": 1},
        "fields": [
            {
                **PLACE,
                "same": 1,
                "findings": [
                    {
                        "kind": "renamed",
                        "value": "Working - Contacted",
                        "crm_value": "Working – Contacted",
                        "claimed_by": [accepted],
                    },
                    {"kind": "extra", "value": "Nurturing", "claimed_by": []},
                    {"kind": "mapped_twice", "value": "Open", "claimed_by": [lead, accepted]},
                ],
            }
        ],
        "not_in_picklist": [PLACE | {"field": "Stage"}],
    }


def test_what_is_only_suggested_or_retired_maps_nothing(people: SimpleNamespace, desk: Desk, mapped: None) -> None:
    desk.submit("Prospect", crm_mappings=[value("Nurturing")])
    desk.publish("Lead", term="lead", status="retired", status_reason="Nobody says it.", crm_mappings=[value("Open")])
    found = person(people.rep).post("mapping-check", {"values": [value("Nurturing"), value("Open")]}).json()
    assert [each["kind"] for each in found["fields"][0]["findings"]] == ["missing", "extra"]


def test_twenty_thousand_values_are_one_question(people: SimpleNamespace, mapped: None) -> None:
    sent = {"values": [value(f"Value {number}", field=f"Field {number % 50}") for number in range(20_000)]}
    caller, before = person(people.rep), Event.objects.count()
    caller.get("terms/")
    with counted() as statements:
        found = caller.post("mapping-check", sent)
    assert found.json()["counts"]["extra"] == 20_000
    assert len([said for said in statements if "glossary_inforce" in said]) == 1
    assert len(statements) <= 5
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"values": "Open"},
        {"values": []},
        {"values": ["Open"]},
        {"values": [PLACE]},
        {"values": [value("")]},
        {"values": [value("Open") | {"value": 1}]},
        {"values": [value("Open") | {"label": "Open"}]},
        {"values": [value("x" * 501)]},
        {"values": [value("Open")] * 20_001},
        {"values": [value("Open")], "as_of": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_question_at_fault_is_refused_in_words(people: SimpleNamespace, sent: dict[str, Any]) -> None:
    answer = tool(people.rep, "read").post("mapping-check", sent)
    assert code(answer) == (422, "invalid")
    assert answer.json()["errors"]


def test_only_who_may_read_asks(people: SimpleNamespace, settings: LazySettings) -> None:
    sent = {"values": [value("Open")]}
    assert code(Caller().post("mapping-check", sent)) == (401, "unauthenticated")
    assert code(tool(people.rep, "propose").post("mapping-check", sent)) == (403, "not_permitted")
    settings.GLOSSARY_OPEN_READING = True
    assert Caller().post("mapping-check", sent).status_code == 200
