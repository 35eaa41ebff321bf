"""A picklist of the CRM against what words and stages hold: what is missing, extra, renamed, mapped twice."""

from typing import Any

import pytest

from glossary.domain.picklist import (
    Claimant,
    Finding,
    Offered,
    Place,
    claims_of,
    clash,
    compare,
    mapped_twice,
    offered,
)
from glossary.domain.refusals import Refusal
from tests.patience import within

STATUS = Place("salesforce", "Lead", "Status")
LOWER = Place("Salesforce", "lead", "status")
STAGE = Place("hubspot", "deal", "dealstage")
WORKING = Claimant("sales-accepted-lead", "Sales Accepted Lead")


def mapping(value: str | None, place: Place = STATUS) -> dict[str, Any]:
    return place._asdict() | ({"value": value} if value else {})


def word(slug: str, *values: str | None, place: Place = STATUS) -> dict[str, Any]:
    name = slug.replace("-", " ").title()
    return {"slug": slug, "name": name, "crm_mappings": [mapping(value, place) for value in values]}


def model(*stages: tuple[str, str, list[str]]) -> dict[str, Any]:
    made = [
        {"key": name.lower(), "name": name, "term": term, "crm_mappings": [mapping(value) for value in values]}
        for name, term, values in stages
    ]
    return {"slug": "pipeline", "name": "Pipeline", "stage_model": {"stages": made}}


def findings(crm: list[str], *served: dict[str, Any]) -> list[Finding]:
    claims = [claim for each in served for claim in claims_of(each)]
    (field,) = compare([Offered(STATUS, value) for value in crm], claims).fields
    return list(field.findings)


def test_a_picklist_that_offers_just_what_is_mapped_agrees() -> None:
    claims = claims_of(word("sales-accepted-lead", "Working", "Open"))
    found = compare([Offered(STATUS, "Open"), Offered(STATUS, "Working"), Offered(STATUS, "Open")], claims)
    assert (found.agrees, found.fields[0].same, found.silent) == (True, 2, ())
    assert found.counts == {"same": 2, "missing": 0, "renamed": 0, "extra": 0, "mapped_twice": 0}


def test_what_only_one_of_both_has_is_missing_or_extra() -> None:
    assert findings(["Nurturing"], word("sales-accepted-lead", "Working")) == [
        Finding("missing", "Working", claimed_by=(WORKING,)),
        Finding("extra", "Nurturing"),
    ]


@pytest.mark.parametrize(
    ("agreed", "crm"),
    [
        ("Working - Contacted", "Working – Contacted"),
        ("IN_PROGRESS", "In Progress"),
        ("marketingqualifiedlead", "Marketing Qualified Lead"),
        ("Proposal/Price Quote", "Proposal Price Quote"),
        ("Working", "Wokring"),
        ("Nurturing", "Nurture-ing!"),
        ("Négociation", "Negociation"),
    ],
)
def test_a_value_in_other_letters_was_renamed(agreed: str, crm: str) -> None:
    assert findings([crm], word("sales-accepted-lead", agreed)) == [Finding("renamed", agreed, crm, (WORKING,))]


@pytest.mark.parametrize(
    ("agreed", "crm"),
    [
        ("Qualified", "Unqualified"),
        ("Inactive", "Active"),
        ("MQL", "SQL"),
        ("Stage 1", "Stage 2"),
        ("Closed Won", "Closed Lost"),
    ],
)
def test_the_opposite_or_the_next_one_is_no_other_spelling(agreed: str, crm: str) -> None:
    assert [each.kind for each in findings([crm], word("sales-accepted-lead", agreed))] == ["missing", "extra"]


def test_each_value_is_the_other_spelling_of_one_only_and_the_nearest_comes_first() -> None:
    found = findings(["Workin", "working", "Workings"], word("sales-accepted-lead", "Working"))
    assert [(each.kind, each.value, each.crm_value) for each in found] == [
        ("renamed", "Working", "working"),
        ("extra", "Workin", ""),
        ("extra", "Workings", ""),
    ]


def test_no_value_is_the_new_name_of_two() -> None:
    found = findings(["Workings"], word("sales-accepted-lead", "Working", "Workingz"))
    assert [(each.kind, each.value) for each in found] == [("missing", "Workingz"), ("renamed", "Working")]


def test_a_value_of_two_words_or_two_stages_is_mapped_twice() -> None:
    both = findings(["Open"], word("lead", "Open"), word("prospect", "Open"))
    assert both == [
        Finding("mapped_twice", "Open", claimed_by=(Claimant("lead", "Lead"), Claimant("prospect", "Prospect")))
    ]
    stages = findings(["Open"], model(("New", "lead", ["Open"]), ("Old", "lead", ["Open"])))
    assert [(each.kind, [str(who) for who in each.claimed_by]) for each in stages] == [
        ("mapped_twice", ["Pipeline, stage New", "Pipeline, stage Old"])
    ]
    other = findings(["Open"], word("prospect", "Open"), model(("New", "lead", ["Open"])))
    assert [each.kind for each in other] == ["mapped_twice"]
    nobodys = findings(["Open"], model(("New", "", ["Open"]), ("Old", "", ["Open"])))
    assert [each.kind for each in nobodys] == ["mapped_twice"]


def test_a_stage_and_the_word_of_that_stage_are_one_meaning() -> None:
    assert findings(["Open"], word("lead", "Open", "Open"), model(("New", "lead", ["Open"]))) == []


def test_only_fields_in_the_file_are_compared_and_the_silent_ones_are_named() -> None:
    claims = [*claims_of(word("lead", "Open", None)), *claims_of(word("deal", "won", place=STAGE))]
    claims += claims_of(word("amount", None, place=Place("hubspot", "deal", "amount")))
    found = compare([Offered(Place("Salesforce", "lead", "STATUS"), "Open")], claims)
    assert [(field.place, field.findings) for field in found.fields] == [(STATUS, ())]
    assert found.silent == (STAGE,)


def test_many_values_are_compared_quickly() -> None:
    claims = claims_of(word("lead", *(f"Value number {number}a" for number in range(100))))
    crm = [Offered(STATUS, f"Value numbers {number}") for number in range(20_000)]
    with within(60):
        assert compare(crm, claims).counts["extra"] > 19_000


# Reading


def test_the_columns_of_a_file_are_met_whatever_their_case() -> None:
    row = {"SYSTEM": "salesforce", " Object ": "Lead", "Field": "Status", "value": True, "Label": "x"}
    assert offered(list(row), [row]) == [Offered(STATUS, "true")]
    assert offered(list(row), [row | {"value": 7}]) == [Offered(STATUS, "7")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            {"system": "a", "object": "b", "value": "d"},
            "The file has no column “field”. It needs the columns system, object, field and value.",
        ),
        (
            {"system": "a", "object": None, "field": "c", "value": "d"},
            "Record 1 has nothing in “object”. Fill it in, or leave it out.",
        ),
        (
            {"system": "a", "object": "b", "field": "c", "value": "d" * 501},
            "Record 1, “value”: at most 500 characters fit here.",
        ),
    ],
)
def test_a_record_that_says_too_little_or_too_much_is_refused(row: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match="^" + sentence.replace(".", r"\.") + "$"):
        offered(list(row), [row])


def test_a_file_without_values_is_refused() -> None:
    with pytest.raises(Refusal, match="There is nothing to compare"):
        offered(["system", "object", "field", "value"], [])


# Without a picklist


def test_a_value_held_twice_is_told_with_all_who_hold_it() -> None:
    served = [word("lead", "Open", "New"), word("prospect", "Open"), model(("New", "lead", ["New"]))]
    (found,) = mapped_twice(claim for each in served for claim in claims_of(each))
    assert (found.place, found.value) == (STATUS, "Open")
    assert [by.slug for by in found.claimed_by] == ["lead", "prospect"]


def test_claims_of_the_same_value_of_the_same_field_share_a_key() -> None:
    (one,), (other,) = claims_of(word("lead", "Open")), claims_of(word("prospect", "Open", place=LOWER))
    assert one.key == other.key and clash(one, other)
    (another,) = claims_of(word("prospect", "open"))
    assert one.key != another.key and not clash(one, another), "values are met letter by letter"
