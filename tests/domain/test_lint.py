"""What people are told before anybody is asked to sign, and what signers see beside the text."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from glossary.domain.content import parse
from glossary.domain.lint import Facts, readiness, sentences
from glossary.domain.names import fold, slug_for
from glossary.domain.picklist import Claim, Claimant, claims_of
from tests.domain.pipeline import content_of, pipeline_data
from tests.patience import within

SIDES = ("marketing", "sales")
VOCABULARY = Path(__file__).parents[2] / "fixtures" / "seed_vocabulary.yaml"

CAMPAIGN: dict[str, Any] = {
    "name": "Campaign",
    "summary": "planned combination of tools aimed at one audience to reach one stated goal",
    "definition": "It names a goal, a start, an end and an owner on each side.",
    "counter_examples": ["Three emails sent because the quarter looked thin."],
}


def found(facts: Facts | None = None, **changed: Any) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Codes and paths of the errors and of the warnings about a campaign with some fields changed."""
    content = parse({**CAMPAIGN, **changed}, sides=SIDES)
    ready = readiness(content, facts or Facts(record_keys=content.record_keys()))
    return tuple({(item.code, item.path) for item in items} for items in ready)  # type: ignore[return-value]


def errors(facts: Facts | None = None, **changed: Any) -> set[tuple[str, str]]:
    return found(facts, **changed)[0]


def warnings(facts: Facts | None = None, **changed: Any) -> set[tuple[str, str]]:
    return found(facts, **changed)[1]


def test_a_plain_good_text_has_nothing_to_mend():
    assert found() == (set(), set())


# Errors


def test_a_word_needs_a_summary_and_a_definition():
    assert errors(summary="", definition=None) == {
        ("summary_missing", "summary"),
        ("definition_missing", "definition"),
    }


def test_a_record_type_may_leave_out_both_and_a_stage_model_the_definition():
    is_lead = Facts(own_slug="record-lead")
    assert errors(is_lead, kind="record_type", key="lead", summary=None, definition=None) == set()
    assert errors(kind="stage_model", summary=None, definition=None) == {("summary_missing", "summary")}


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("Campaign", "a campaign with a goal"),
        ("Campaign", "what Campaigns have in common"),
        ("Multi-Threading", "multithreading over one account"),
        ("Exit Criterion", "one of the exit criteria of a step"),
        ("Buyer’s Journey", "the buyers journey as they see it"),
        ("Lead", "the lead's first answer"),
    ],
)
def test_a_summary_that_explains_the_word_with_itself_is_sent_back(name, summary):
    assert errors(name=name, summary=summary) == {("circular", "summary")}


def test_an_abbreviation_of_the_word_counts_as_the_word_when_spelt_exactly():
    assert errors(abbreviations=["IT"], summary="what IT does") == {("circular", "summary")}
    assert errors(abbreviations=["IT"], summary="what it does") == set()


@pytest.mark.parametrize(
    ("name", "summary"),
    [("Qualified Lead", "lead that has passed"), ("Event", "eventual gathering"), ("Sales Deck", "deck of sales")],
)
def test_parts_of_the_name_may_be_used(name, summary):
    assert errors(name=name, summary=summary) == set()


@pytest.mark.parametrize(
    "summary",
    [
        "One thing. Another thing.",
        "one complete thing. another one",
        "Is it one? It is.",
        "It “ends here.” Then it goes on.",
        "これは一つ。これは二つ。",
        "It is one… Really one.",
    ],
)
def test_a_summary_is_one_sentence(summary):
    assert errors(summary=summary) == {("several_sentences", "summary")}


@pytest.mark.parametrize(
    "summary",
    [
        "tool, e.g. Email or phone, for one goal",
        "plan vs. Reality in the U.S. Market",
        "cost of approx. 5 people, incl. Travel",
        "goal of version 2.5 of the plan.",
        "what J. Smith of Acme Inc. Said",
        "one thing; another belongs to it",
    ],
)
def test_a_point_within_a_sentence_is_none_too_many(summary):
    assert errors(summary=summary) == set()


def test_an_ending_quote_stays_with_its_sentence():
    assert sentences("It “ends.” Then. ok") == ["It “ends.”", "Then. ok"]


def test_a_link_needs_a_word_that_exists_as_a_row():
    definition = "See [[audience]] and [[gaol]], once more [[gaol]]."
    facts = Facts(known=frozenset({"audience", "event"}), in_force=frozenset({"audience", "event"}))
    assert errors(facts, definition=definition) == {("unknown_term", "definition")}
    assert errors(facts, related=["event", "nothing"], why="[[gone]]") == {
        ("unknown_term", "related[1].term"),
        ("unknown_term", "why"),
    }


def test_a_criterion_needs_a_record_type_that_exists():
    criterion = {"id": "big", "label": "Big", "record": "campaign", "expr": "budget > 5"}
    assert errors(Facts(), criteria=[criterion]) == {("unknown_record", "criteria[0].record")}
    assert errors(Facts(record_keys=frozenset({"campaign"})), criteria=[criterion]) == set()


def test_a_name_that_another_word_has_is_refused():
    assert errors(Facts(name_taken_by="push")) == {("name_taken", "name")}


def test_an_alias_or_abbreviation_that_is_another_words_name_is_refused():
    facts = Facts(aliases_taken={"push": "push", "EV": "event"})
    assert errors(facts, aliases=["joint", "push"], abbreviations=["EV"]) == {
        ("alias_taken", "aliases[1]"),
        ("alias_taken", "abbreviations[0]"),
    }


@pytest.mark.parametrize("status", ["discouraged", "retired"])
def test_a_word_is_taken_away_only_with_something_to_use_instead_or_a_reason(status):
    known = Facts(known=frozenset({"push"}), in_force=frozenset({"push"}))
    assert errors(status=status) == {("no_successor", "replaced_by")}
    assert errors(known, status=status, replaced_by="push") == set()
    assert errors(status=status, status_reason="Nobody sends mail any more.") == set()


def test_a_word_is_no_successor_of_its_own():
    known = Facts(own_slug="campaign", known=frozenset({"campaign"}), in_force=frozenset({"campaign"}))
    assert errors(known, status="discouraged", replaced_by="campaign") == {("no_successor", "replaced_by")}
    assert errors(known, status="retired", replaced_by="campaign", status_reason="Nobody says it.") == set()


def test_a_date_already_past_is_refused():
    assert errors(Facts(effective_from_past=True)) == {("date_past", "effective_from")}


def test_each_side_without_an_owner_is_named():
    content = parse(CAMPAIGN, sides=SIDES)
    ready = readiness(content, Facts(sides_without_owner=("Sales", "Product")))
    assert [item.message for item in ready.errors] == [
        "Nobody can sign for Sales at the moment.",
        "Nobody can sign for Product at the moment.",
    ]


# Warnings


def test_signers_see_that_a_linked_word_has_nothing_in_force():
    facts = Facts(known=frozenset({"audience", "event"}), in_force=frozenset({"event"}))
    assert found(facts, definition="[[audience]] [[event]]") == (set(), {("not_in_force", "definition")})


@pytest.mark.parametrize(
    "summary",
    [
        "not an email",
        "A non-commercial effort",
        "anything but a single mail",
        "absence of a plan",
        "person who is not a customer",
        "lead that doesn’t answer",
        "work without a goal",
        "person who never answered",
    ],
)
def test_a_summary_that_says_what_the_word_is_not_is_pointed_out(summary):
    assert warnings(summary=summary) == {("negative", "summary")}


@pytest.mark.parametrize(
    "summary",
    ["notable effort", "approaching chosen people who have not answered", "lead both teams will not work again"],
)
def test_a_no_further_on_is_no_negative_form(summary):
    assert warnings(summary=summary) == set()


def test_long_texts_are_pointed_out():
    assert warnings(summary="word " * 41, definition="word " * 501) == {
        ("too_long", "summary"),
        ("too_long", "definition"),
    }


@pytest.mark.parametrize(
    "text",
    ["an engaged person", "a recent answer", "significantly larger", "high-quality contact", "a good fit for us"],
)
def test_a_word_that_each_team_reads_differently_wants_a_threshold(text):
    assert warnings(summary=text) == {("vague", "summary")}
    assert warnings(definition=f"Fine so far. It is {text}.") == {("vague", "definition")}


@pytest.mark.parametrize(
    "text",
    [
        "engaged, that is at least 3 answers",
        "recent answer, within thirty days",
        "what people call “engaged”",
        "what we name *engaged*",
        "what [[engaged]] means",
        "as soon as both have signed",
        "strong enough to ask a favour",
        "inactive for long",
    ],
)
def test_a_number_beside_it_or_quotes_around_it_settle_that(text):
    facts = Facts(known=frozenset({"engaged"}), in_force=frozenset({"engaged"}))
    assert warnings(facts, definition=text) == set()


def test_a_criterion_is_threshold_enough():
    criterion = {"id": "fresh", "label": "Fresh", "record": "lead", "expr": "days < 30"}
    assert ("vague", "definition") not in warnings(definition="A recent answer.", criteria=[criterion])
    assert ("vague", "definition") in warnings(definition="A recent answer.")


def test_a_name_easily_taken_for_another_is_pointed_out():
    assert warnings(Facts(near=(("campagne", "Campagne"),))) == {("near_duplicate", "name")}


def test_a_counter_example_is_asked_for_where_there_can_be_one():
    assert warnings(counter_examples=[]) == {("no_counter_example", "counter_examples")}
    assert warnings(counter_examples=[], kind="record_type") == set()
    assert warnings(counter_examples=[], status="retired", status_reason="Gone.") == set()


def test_a_shared_abbreviation_names_the_others():
    content = parse({**CAMPAIGN, "abbreviations": ["CP", "CA"]}, sides=SIDES)
    ready = readiness(content, Facts(abbreviations_shared={"CA": ("contract", "card")}))
    (warning,) = ready.warnings
    assert (warning.path, warning.message) == ("abbreviations[1]", "“CA” also stands for contract, card.")


def test_signers_see_that_an_upcoming_version_would_be_replaced():
    assert warnings(Facts(replaces_upcoming=3)) == {("replaces_upcoming", "effective_from")}


def test_signers_are_told_when_nothing_is_new() -> None:
    assert warnings(Facts(same_as=1)) == {("nothing_new", "")}


# All together


def test_the_findings_are_plain_json_with_a_way_to_mend_each():
    ready = readiness(parse({**CAMPAIGN, "summary": ""}, sides=SIDES), Facts(replaces_upcoming=2)).as_data()
    assert [list(item) for item in ready["errors"] + ready["warnings"]] == [["code", "path", "message", "mend"]] * 2
    assert all(item["mend"].endswith(".") for item in ready["errors"] + ready["warnings"])


@cache
def starter(part: str) -> list[dict[str, Any]]:
    return yaml.safe_load(VOCABULARY.read_text())[part]


@pytest.mark.parametrize("entry", starter("entries"), ids=lambda entry: entry["id"])
def test_the_starter_vocabulary_is_ready_to_sign(entry):
    left_out = ("id", "seeds", "sales_says", "marketing_says")
    content = parse({field: value for field, value in entry.items() if field not in left_out}, sides=SIDES)
    others = [other["name"] for other in starter("entries") + starter("stage_models")]
    slugs = {fold(other): slug_for(other) for other in others}
    content = content.resolved(lambda name: slugs.get(fold(name)) or slug_for(name))
    every = frozenset(slugs.values())
    assert readiness(content, Facts(known=every, in_force=every, record_keys=content.record_keys())) == ((), ())


@pytest.mark.parametrize("unit", ["e.g. A ", "a. ", "A. ", "not ", "engaged ", "a-", "“a.” ", "`", "[[a "])
def test_the_longest_texts_are_read_in_a_moment(unit):
    text = (unit * (20_000 // len(unit.encode()))).replace("[", "", 19_000)
    content = parse({**CAMPAIGN, "name": "a " * 60, "summary": text[:300], "definition": text}, sides=SIDES)
    with within(10):
        readiness(content, Facts())


def test_a_value_of_the_crm_in_a_stage_is_told_where_it_stands():
    content = content_of(pipeline_data())
    own = claims_of({"slug": "pipeline", "name": content.name, **content.as_data()})
    claim = own[-1]
    other, same = Claimant("prospect", "Prospect"), Claimant(claim.term, "The word of that stage")
    held = (Claim(claim.place, claim.value, other, "prospect"), Claim(claim.place, claim.value, same, claim.term))
    found = readiness(content, Facts(own_slug="pipeline", crm_claims=held)).warnings
    (warning,) = [each for each in found if each.code == "crm_value_elsewhere"]
    assert warning.path.startswith("stage_model.stages[") and "crm_mappings[" in warning.path
    assert f"“{claim.value}” in {claim.place} already means “Prospect” (prospect)." == warning.message
