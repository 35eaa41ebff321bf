"""Texts that the domain tests are about: one full entry of every kind, and hypothesis strategies for random ones."""

import unicodedata
from typing import Any

from hypothesis import strategies as st

from glossary.domain.content import Content, parse

SIDES = ("marketing", "sales")

MQL: dict[str, Any] = {
    "name": "Marketing Qualified Lead",
    "aliases": ["marketing-ready lead"],
    "abbreviations": ["MQL"],
    "kind": "stage",
    "status": "agreed",
    "summary": "lead that meets the jointly signed fit and interest conditions",
    "definition": "Fit is read from the [[Ideal Customer Profile]].\n\nInterest is a [[Touchpoint|response]].",
    "why": "Both must be able to trust the test.",
    "for_sides": {"sales": "Answer every one.", "marketing": "Offer only who meets all conditions."},
    "includes": ["raised hands"],
    "excludes": ["students"],
    "examples": ["A plant manager who asked for a price."],
    "counter_examples": ["A student with the highest score."],
    "owner_side": "marketing",
    "related": [{"relation": "feeds", "term": "Pipeline"}, {"relation": "see_also", "term": "Handoff"}],
    "open_questions": [{"question": "Is a threshold of 60 right?", "look_again": "2027-05-17"}],
    "criteria": [
        {
            "id": "mql",
            "label": "Meets the MQL conditions",
            "record": "lead",
            "expr": "person_known AND interest_score >= 60",
            "samples": [
                {
                    "note": "recent interest",
                    "record": {"person_known": True, "interest_score": 72, "share": "0.5", "persona": None},
                    "expect": "true",
                },
                {"note": "nothing on file", "expect": "unknown"},
            ],
            "counted": {"when": "first_time", "date_field": "first_mql_on"},
        }
    ],
    "measurement": "count of leads whose first_mql_on falls in the period",
    "crm_mappings": [
        {"system": "hubspot", "object": "contact", "field": "lifecyclestage", "value": "mql", "standard": False}
    ],
    "review_months": 3,
}

W_SHAPED: dict[str, Any] = {
    "name": "W-Shaped Attribution",
    "kind": "attribution_model",
    "weights": {"first": "0.3", "accepted": "0.3", "opened": "0.3", "others": "0.1"},
}

LEAD_RECORD: dict[str, Any] = {
    "name": "Lead",
    "kind": "record_type",
    "key": "lead",
    "dedupe_key": ["email"],
    "fields": {
        "email": {"type": "string", "source": "CRM", "note": "lower case"},
        "fit": {"type": "string", "values": ["A", "B"], "source": "grade"},
        "score": {"type": "int", "unit": "points", "source": "nightly", "computed": "points added up"},
    },
}

BDR: dict[str, Any] = {
    "name": "Business Development Representative",
    "kind": "role",
    "role": {
        "reports_to": "head of sales development",
        "reason": "Close to the [[Account Executive]]s.",
        "alternatives": ["marketing"],
        "measured_on": ["accepted leads"],
        "look_again": "2027-05-24",
    },
}

BUYER: dict[str, Any] = {
    "name": "Buyer Persona",
    "kind": "persona",
    "persona": {
        "pains": ["reports take a week"],
        "delivery": "short mail",
        "timelines": "before the budget round",
        "evidence": [{"statement": "Nine of ten said so.", "supplied_by": "field sales"}],
    },
}

PIPELINE: dict[str, Any] = {
    "name": "Revenue pipeline",
    "kind": "stage_model",
    "summary": "ordered set of steps to a signed contract",
    "stage_model": {
        "sla_clock": "business_hours",
        "note": "Stage 1 describes people, see [[Lead]].",
        "reasons": [{"key": "bad_timing", "label": "The buyer gave a later date"}],
        "reason_fields": {"lead": {"recycle": "rejection_reason", "close": "rejection_reason"}},
        "stages": [
            {
                "key": "engaged",
                "order": 1,
                "name": "Engaged",
                "term": "Lead",
                "record": "lead",
                "accountable_side": "marketing",
                "accountable_role": "demand generation manager",
                "sla_hours": 40,
                "sla_side": "marketing",
                "max_days": 180,
                "probability": 0,
                "forecast_category": "omitted",
                "entry": {"text": "a person has responded", "meets_all": ["is_lead"], "also": "score > 0"},
                "exit": {"text": "the conditions are met", "meets_any": ["mql", "pql"]},
                "handoff": {
                    "from": "marketing",
                    "to": "sales",
                    "first_touch_hours": {"hand_raised": 1, "scored": 4},
                    "decision_hours": 24,
                    "escalate_to": "head of sales development",
                    "note": "in a call of three",
                    "return_reasons": ["bad_timing"],
                },
                "next": [
                    {
                        "to": "won",
                        "kind": "advance",
                        "converts": {"from": "lead", "to": "opportunity"},
                        "note": "opens",
                    },
                    {"to": "engaged", "kind": "recycle", "meets_all": ["may_recycle"], "reasons": ["bad_timing"]},
                ],
                "crm_mappings": [{"system": "salesforce", "object": "Lead", "field": "Status", "value": "Open"}],
            },
            {
                "key": "won",
                "order": 2,
                "name": "Won",
                "term": "Customer",
                "record": "opportunity",
                "accountable_side": "sales",
                "accountable_role": "account executive",
                "entry": {"text": "signed by both", "meets_all": ["is_signed"]},
            },
        ],
    },
}

EVERY_KIND = [MQL, W_SHAPED, LEAD_RECORD, BDR, BUYER, PIPELINE]


def content(data: dict[str, Any] = MQL, **changed: Any) -> Content:
    """The entry parsed, with some of its fields changed."""
    return parse({**data, **changed}, sides=SIDES)


# Random contents

letters = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs", "M"))
prose = st.text(letters | st.sampled_from("\n\r\t [](){}|*>-`é "), max_size=80).map(
    lambda text: text.replace("[", "(", 200)
)
names = st.text(st.sampled_from("abcdefghijäöüéABC 0123"), min_size=1, max_size=12).map(lambda text: f"n{text}")
keys = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
lines = st.lists(prose, max_size=3)
cells = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | prose | st.decimals(-1000, 1000, places=3)
samples = st.fixed_dictionaries(
    {"note": st.just("note"), "expect": st.sampled_from([True, False, "unknown", "true"])},
    optional={"record": st.dictionaries(keys, cells, max_size=4)},
)
criteria = st.lists(
    st.fixed_dictionaries(
        {"id": keys, "label": st.just("label"), "record": keys, "expr": st.just("a > 1")},
        optional={
            "samples": st.lists(samples, max_size=2),
            "counted": st.fixed_dictionaries({"when": st.just("current"), "date_field": keys}),
        },
    ),
    max_size=3,
    unique_by=lambda item: item["id"],
)
related = st.lists(
    names | st.fixed_dictionaries({"relation": st.just("feeds"), "term": names}), max_size=2, unique_by=str
)
random_data = st.fixed_dictionaries(
    {"name": names},
    optional={
        "status": st.sampled_from(["agreed", "discouraged", "retired", "", None]),
        "replaced_by": names | st.none(),
        "summary": prose,
        "definition": prose,
        "why": prose | st.none(),
        "for_sides": st.dictionaries(st.sampled_from(SIDES), prose),
        "includes": lines,
        "examples": lines,
        "counter_examples": lines,
        "owner_side": st.sampled_from(["both", "sales", "marketing"]),
        "related": related,
        "criteria": criteria,
        "measurement": prose,
        "review_months": st.integers(1, 60),
    },
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """An entry of some kind with anything at all in the place of one of its values."""
    return _damaged(draw, draw(st.sampled_from(EVERY_KIND)))


def _damaged(draw: st.DrawFn, value: Any) -> Any:
    places = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not places or draw(st.integers(0, 4)) == 0:
        return draw(anything)
    copy, place = value.copy(), draw(st.sampled_from(places))
    copy[place] = _damaged(draw, copy[place])
    return copy


def decomposed(value: Any) -> Any:
    """The same data as another keyboard and another editor would have written it."""
    if isinstance(value, str):
        return unicodedata.normalize("NFD", value).replace("\n", "\r\n")
    if isinstance(value, list):
        return [decomposed(item) for item in value]
    if isinstance(value, dict):
        return {key: decomposed(under) for key, under in reversed(value.items())}
    return value
