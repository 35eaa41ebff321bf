"""A short pipeline in which a lead is offered by marketing and accepted by sales, with what it stands on."""

from copy import deepcopy
from typing import Any

from glossary.models import Version
from tests.world import Desk

FIELDS = {
    "email": {"type": "string", "source": "CRM"},
    "accepted": {"type": "bool", "source": "CRM"},
    "reason": {"type": "string", "values": ["bad_timing", "wrong_company"], "source": "CRM"},
}
IS_ACCEPTED = {
    "id": "sal",
    "label": "Counts as accepted",
    "record": "prospect",
    "expr": "accepted",
    "samples": [
        {"note": "taken on", "record": {"accepted": True}, "expect": "true"},
        {"note": "sent back", "record": {"accepted": False}, "expect": "false"},
    ],
}
MODEL: dict[str, Any] = {
    "reasons": [
        {"key": "bad_timing", "label": "The buyer gave a later date"},
        {"key": "wrong_company", "label": "Company outside the profile"},
    ],
    "reason_fields": {"prospect": {"recycle": "reason", "close": "reason"}},
    "stages": [
        {
            "key": "offered",
            "order": 1,
            "name": "Offered",
            "record": "prospect",
            "accountable_side": "marketing",
            "accountable_role": "marketing operations manager",
            "sla_hours": 4,
            "sla_side": "sales",
            "entry": {"text": "somebody has answered", "also": "email IS NOT NULL"},
            "exit": {"text": "a salesperson accepted the lead", "meets_all": ["sal"]},
            "handoff": {
                "from": "marketing",
                "to": "sales",
                "first_touch_hours": {"hand_raised": 1},
                "decision_hours": 24,
                "escalate_to": "head of sales",
                "return_reasons": ["wrong_company"],
            },
            "next": [
                {"to": "sales-accepted", "kind": "advance"},
                {"to": "disqualified", "kind": "close", "reasons": ["wrong_company"]},
            ],
        },
        {
            "key": "sales-accepted",
            "order": 2,
            "name": "Sales Accepted",
            "term": "sales-accepted-lead",
            "record": "prospect",
            "accountable_side": "sales",
            "accountable_role": "business development representative",
            "sla_hours": 8,
            "sla_side": "sales",
            "max_days": 14,
            "entry": {"text": "a salesperson works the lead", "meets_all": ["sal"]},
            "exit": {"text": "the next meeting has a date", "meets_all": ["sal"]},
            "next": [
                {"to": "won", "kind": "advance"},
                {"to": "offered", "kind": "recycle", "reasons": ["bad_timing"]},
            ],
        },
        {
            "key": "won",
            "order": 3,
            "name": "Won",
            "record": "prospect",
            "accountable_side": "sales",
            "accountable_role": "account executive",
            "entry": {"text": "it is signed", "meets_all": ["sal"]},
        },
        {
            "key": "disqualified",
            "order": 4,
            "name": "Disqualified",
            "record": "prospect",
            "accountable_side": "marketing",
            "accountable_role": "marketing operations manager",
            "entry": {"text": "a reason is on record", "also": "reason IS NOT NULL"},
        },
    ],
}


def model() -> dict[str, Any]:
    """The stage model as plain data, to be changed."""
    return deepcopy(MODEL)


def agree_on_a_pipeline(desk: Desk, agreed: dict[str, Any] | None = None) -> Version:
    """Record type, word and stage model in force, one after the other; `agreed` instead of the model here."""
    desk.publish("Prospect", kind="record_type", key="prospect", fields=FIELDS)
    desk.publish("Sales Accepted Lead", criteria=[IS_ACCEPTED])
    return desk.publish("Revenue pipeline", kind="stage_model", stage_model=agreed or model())


def change_the_pipeline(desk: Desk, changed: dict[str, Any]) -> Version:
    """Another version of it in force."""
    return desk.publish("Revenue pipeline", term="revenue-pipeline", kind="stage_model", stage_model=changed)
