"""Criteria that run before they are signed, and record types that nobody changes unseen."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from glossary import policy, workflow
from glossary.domain.refusals import Refusal
from glossary.models import CriterionInForce, Proposal, Version
from tests.world import Desk, acting, company

pytestmark = pytest.mark.django_db

FIELDS = {
    "email": {"type": "string", "source": "CRM"},
    "score": {"type": "int", "source": "CRM"},
    "fit": {"type": "string", "values": ["A", "B"], "source": "CRM"},
    "asked": {"type": "bool", "source": "CRM"},
    "since": {"type": "date", "source": "CRM"},
}
KEEN = {"note": "keen", "record": {"score": 72}, "expect": "true"}
COOL = {"note": "cool", "record": {"score": 5}, "expect": "false"}


def warm(**changed: Any) -> dict[str, Any]:
    base = {
        "id": "is_warm",
        "label": "Counts as warm",
        "record": "lead",
        "expr": "score >= 60",
        "samples": [KEEN, COOL],
    }
    return base | changed


def record(**changed: Any) -> dict[str, Any]:
    return {"kind": "record_type", "key": "lead", "fields": FIELDS | changed}


@pytest.fixture
def people() -> SimpleNamespace:
    return company()


@pytest.fixture
def desk(people: SimpleNamespace) -> Desk:
    return Desk(people)


@pytest.fixture
def lead(desk: Desk) -> Version:
    return desk.publish("Lead", **record())


def refused(desk: Desk, name: str, **more: Any) -> dict[str, str]:
    """The codes and sentences for which submitting is refused."""
    with pytest.raises(Refusal) as refusal:
        desk.submit(name, **more)
    assert refusal.value.code == "not_ready"
    return {error["code"]: error["message"] for error in refusal.value.errors}


def warned(proposal: Proposal) -> list[str]:
    found = policy.readiness_of(policy.draft_of(Proposal.objects.get(pk=proposal.pk)), proposal.opened_at)
    return [finding.code for finding in found.warnings]


def test_a_criterion_that_runs_is_signed_and_found_by_its_id(desk: Desk, lead: Version) -> None:
    version = desk.publish("Warm Lead", criteria=[warm()])
    row = CriterionInForce.objects.get(key="is_warm")
    assert (row.version, row.expr, row.record) == (version, "score >= 60", "lead")


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"expr": "scor >= 60"}, "criterion_does_not_run", "Did you mean “score”? (character 1)"),
        ({"expr": "score >= 'high'"}, "criterion_does_not_run", "“score” is a whole number, and 'high' is not."),
        ({"expr": "lower(email) = 'x'"}, "criterion_does_not_run", "there are no functions"),
        ({"expr": "score >= 60; DROP TABLE users"}, "criterion_does_not_run", "semicolon"),
        ({"samples": [KEEN | {"record": {"scor": 72}}]}, "sample_does_not_fit", "“scor” is no field of lead records"),
        (
            {"samples": [KEEN | {"record": {"score": "x"}}]},
            "sample_does_not_fit",
            "In the sample “keen”, “score” is a whole",
        ),
        ({"samples": [KEEN | {"record": {"fit": "C"}}]}, "sample_does_not_fit", "“fit” never is 'C'"),
        (
            {"samples": [COOL | {"expect": "true"}]},
            "sample_disagrees",
            "“cool” says yes, and “Counts as warm” says no.",
        ),
        (
            {"samples": [KEEN | {"record": {}}]},
            "sample_disagrees",
            "“keen” says yes, and “Counts as warm” says unknown.",
        ),
        ({"counted": {"when": "current", "date_field": "score"}}, "counted_by_no_day", "“score”, which is no day"),
        ({"counted": {"when": "current", "date_field": "nobody"}}, "counted_by_no_day", "“nobody”, which is no day"),
        ({"record": "deal"}, "unknown_record", "no record type “deal”"),
    ],
)
def test_what_does_not_run_is_not_put_up_for_signing(
    desk: Desk, lead: Version, changed: dict[str, Any], code: str, said: str
) -> None:
    errors = refused(desk, "Warm Lead", criteria=[warm(**changed)])
    assert list(errors) == [code]
    assert said in errors[code]


def test_an_id_belongs_to_one_word(desk: Desk, lead: Version) -> None:
    desk.publish("Warm Lead", criteria=[warm()])
    errors = refused(desk, "Hot Lead", criteria=[warm(label="Hot")])
    assert errors == {"criterion_taken": "“is_warm” already names a criterion of another word (warm-lead)."}
    desk.submit("Warm Lead", term="warm-lead", criteria=[warm(expr="score >= 61")])


def test_the_record_type_and_the_word_are_signed_side_by_side_but_the_record_type_first(desk: Desk) -> None:
    people = desk.people
    record_type = desk.submit("Lead", **record())
    word = desk.submit("Warm Lead", criteria=[warm()])
    assert "record_not_in_force" in warned(word)
    desk.sign(word, people.sam)
    with pytest.raises(Refusal, match="Of the record type “lead” nothing is in force yet"):
        desk.sign(word, people.mia)
    assert not Version.objects.exists()
    assert word.text.sign_offs.live().count() == 1
    desk.sign(record_type, people.sam, people.mia)
    desk.sign(word, people.mia)
    assert Version.objects.count() == 2


def test_a_criterion_is_held_against_the_record_type_of_the_day_it_takes_effect(desk: Desk, lead: Version) -> None:
    later = timezone.now() + timedelta(days=10)
    desk.publish("Lead", term="record-lead", effective_from=later, **record(budget={"type": "int", "source": "CRM"}))
    asking = warm(expr="budget > 0", samples=[])
    assert "criterion_does_not_run" in refused(desk, "Rich Lead", criteria=[asking])
    desk.submit("Wealthy Lead", criteria=[asking], effective_from=later + timedelta(days=1))


# Changing what others look at


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({key: value for key, value in FIELDS.items() if key != "score"}, "There is no field “score”"),
        (FIELDS | {"score": {"type": "string", "source": "CRM"}}, "which has no order"),
    ],
)
def test_a_change_that_breaks_a_criterion_in_force_names_it(
    desk: Desk, lead: Version, fields: dict[str, Any], why: str
) -> None:
    desk.publish("Warm Lead", criteria=[warm()])
    errors = refused(desk, "Lead", term="record-lead", kind="record_type", key="lead", fields=fields)
    assert "This would break “Counts as warm” of warm-lead, which is in force" in errors["breaks_criterion"]
    assert why in errors["breaks_criterion"]


def test_a_change_that_makes_a_sample_say_otherwise_names_it(desk: Desk) -> None:
    asked = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Lead", **record(ready={"type": "bool", "source": "CRM"}))
    desk.publish("Warm Lead", criteria=[warm()])
    sample = {"note": "nobody noted it", "record": {"score": 72}, "expect": "unknown"}
    ready = {"id": "is_ready", "label": "Ready", "record": "lead", "expr": "ready", "samples": [sample]}
    desk.publish("Ready Lead", criteria=[ready])
    errors = refused(desk, "Lead", term="record-lead", **record(ready=asked))
    assert "its sample “nobody noted it” would say yes and not unknown" in errors["breaks_criterion"]


def test_a_verdict_that_others_rest_on_is_not_changed_beneath_their_samples(desk: Desk) -> None:
    computed = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Lead", **record(ready=computed))
    desk.publish("Warm Lead", criteria=[warm()])
    sample = {"note": "warm enough", "record": {"score": 65}, "expect": "true"}
    ready = {"id": "is_ready", "label": "Ready", "record": "lead", "expr": "ready", "samples": [sample]}
    desk.publish("Ready Lead", criteria=[ready])
    errors = refused(desk, "Warm Lead", term="warm-lead", criteria=[warm(expr="score >= 70")])
    assert "This would break “Ready” of ready-lead" in errors["breaks_criterion"]


def test_a_change_that_breaks_it_meanwhile_is_noticed_at_the_last_signature(desk: Desk, lead: Version) -> None:
    people = desk.people
    word = desk.submit("Warm Lead", criteria=[warm()])
    desk.sign(word, people.sam)
    without_score = {key: value for key, value in FIELDS.items() if key != "score"}
    desk.publish("Lead", term="record-lead", kind="record_type", key="lead", fields=without_score)
    with pytest.raises(Refusal, match="There is no field “score”") as refusal:
        desk.sign(word, people.mia)
    assert refusal.value.code == "not_ready"
    assert not Version.objects.of("warm-lead").exists()


def test_whoever_changes_a_field_is_told_which_definitions_look_at_it(desk: Desk, lead: Version) -> None:
    desk.publish("Warm Lead", criteria=[warm()])
    changed = {"type": "int", "source": "the new CRM"}
    proposal = desk.submit("Lead", term="record-lead", **record(score=changed))
    draft = policy.draft_of(Proposal.objects.get(pk=proposal.pk))
    found = policy.readiness_of(draft, proposal.opened_at).warnings
    assert [finding.message for finding in found if finding.code == "touches_criteria"] == [
        "“score” changes beneath “Counts as warm” (warm-lead)."
    ]


def test_a_criterion_that_a_field_rests_on_cannot_just_go(desk: Desk) -> None:
    computed = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Lead", **record(ready=computed))
    desk.publish("Warm Lead", criteria=[warm()])
    errors = refused(desk, "Warm Lead", term="warm-lead", criteria=[])
    assert (
        errors["criterion_in_use"]
        == "The criterion “is_warm” would go, and the field ready of record-lead rests on it."
    )


def test_a_criterion_cannot_rest_on_its_own_verdict(desk: Desk) -> None:
    computed = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Lead", **record(ready=computed))
    errors = refused(desk, "Warm Lead", criteria=[warm(expr="ready AND score > 5", samples=[])])
    assert "rests on its own verdict: is_warm → is_warm" in errors["criterion_does_not_run"]


# Record types


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"key": "prospect"}, "record_key"),
        ({"key": None}, "record_key"),
        ({"fields": FIELDS | {"select": {"type": "int", "source": "CRM"}}}, "field_name"),
        ({"fields": FIELDS | {"size": {"type": "int", "source": "CRM", "values": ["1"]}}}, "field_value"),
        ({"dedupe_key": ["phone"]}, "dedupe_key"),
    ],
)
def test_a_record_type_that_no_criterion_could_use_is_not_put_up(
    desk: Desk, changed: dict[str, Any], code: str
) -> None:
    assert list(refused(desk, "Lead", **(record() | changed))) == [code]


@pytest.mark.parametrize(
    ("criterion", "code"),
    [
        (warm(expr="score > 5 AND score < 5", samples=[]), "never_occurs"),
        (warm(samples=[KEEN]), "sample_missing"),
        (warm(expr="email IS NULL OR score >= 60"), "sample_leaves_out"),
    ],
)
def test_what_signers_should_know_about_a_criterion_is_said(
    desk: Desk, lead: Version, criterion: dict[str, Any], code: str
) -> None:
    assert code in warned(desk.open("Warm Lead", criteria=[criterion]))


def test_one_idea_has_one_test(desk: Desk, lead: Version) -> None:
    desk.publish("Warm Lead", criteria=[warm()])
    again = warm(id="is_keen", label="Counts as keen", expr="NOT score < 60")
    assert "same_test" in warned(desk.open("Keen Lead", criteria=[again]))
    other = warm(id="is_keen", label="Counts as keen", expr="NOT score < 61", samples=[])
    assert "same_test" not in warned(desk.open("Eager Lead", criteria=[other]))


def test_a_field_from_nowhere_is_named(desk: Desk) -> None:
    unclear = {"type": "bool", "source": "registry", "computed": "by somebody"}
    early = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    proposal = desk.open("Lead", **record(one=unclear, two=early))
    assert warned(proposal).count("registry_field") == 2


def test_a_retired_id_is_free_again(desk: Desk, lead: Version) -> None:
    desk.publish("Warm Lead", criteria=[warm()])
    desk.publish("Warm Lead", term="warm-lead", why="It moved.")
    desk.publish("Hot Lead", criteria=[warm(label="Hot")])
    assert CriterionInForce.objects.filter(key="is_warm", until_at=None).count() == 1


def test_a_criterion_waits_for_its_record_type_in_drafts(desk: Desk) -> None:
    draft = desk.open("Lead", **record())
    word = desk.open("Warm Lead", criteria=[warm(expr="scor > 1")])
    with pytest.raises(Refusal, match="Did you mean “score”"):
        workflow.submit(word.pk, by=acting(desk.people.rep))
    workflow.withdraw(draft.pk, by=acting(desk.people.rep))


# What is signed already and still to come


def in_ten_days() -> Any:
    return timezone.now() + timedelta(days=10)


def not_signed(desk: Desk, name: str, **more: Any) -> str:
    """The sentence with which submitting or the last signature is refused."""
    with pytest.raises(Refusal) as refusal:
        desk.publish(name, **more)
    assert refusal.value.code == "not_ready"
    return refusal.value.sentence


def test_a_record_type_whose_only_suggestion_was_cancelled_is_nothing_to_run_on(desk: Desk) -> None:
    draft = desk.open("Lead", **record())
    workflow.withdraw(draft.pk, by=acting(desk.people.rep))
    said = not_signed(desk, "Warm Lead", criteria=[warm(expr="SELECT ((( garbage")])
    assert "Of the record type “lead” nothing is in force, and nothing is suggested." in said


def test_a_criterion_is_held_against_a_record_type_that_is_still_to_come(desk: Desk) -> None:
    later = in_ten_days()
    desk.publish("Lead", effective_from=later, **record())
    assert "cannot be read from “>” on" in not_signed(desk, "Warm Lead", criteria=[warm(expr="nonsense >>> 5")])
    assert "nothing is in force yet" in not_signed(desk, "Hot Lead", criteria=[warm()])
    desk.publish("Keen Lead", criteria=[warm()], effective_from=later + timedelta(days=1))


def test_what_will_break_on_a_day_to_come_is_not_signed_today(desk: Desk, lead: Version) -> None:
    without_score = {key: value for key, value in FIELDS.items() if key != "score"}
    later = in_ten_days()
    desk.publish("Lead", term="record-lead", kind="record_type", key="lead", fields=without_score, effective_from=later)
    said = not_signed(desk, "Warm Lead", criteria=[warm()])
    assert f"From {later:%Y-%m-%d} on: “Counts as warm” cannot be run: There is no field “score”" in said


def test_a_verdict_that_will_change_beneath_a_sample_is_noticed(desk: Desk) -> None:
    computed = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Lead", **record(ready=computed))
    desk.publish("Warm Lead", criteria=[warm()])
    desk.publish("Warm Lead", term="warm-lead", criteria=[warm(expr="score >= 70")], effective_from=in_ten_days())
    sample = {"note": "in between", "record": {"score": 65}, "expect": "true"}
    ready = {"id": "is_ready", "label": "Ready", "record": "lead", "expr": "ready", "samples": [sample]}
    assert "The sample “in between” says yes, and “Ready” says no." in not_signed(desk, "Ready Lead", criteria=[ready])


def test_a_circle_that_closes_on_a_day_to_come_is_noticed(desk: Desk) -> None:
    fields = {
        name: {"type": "bool", "source": "registry", "computed": f"verdict of {key} on the same record"}
        for name, key in (("a", "is_warm"), ("b", "is_ready"))
    }
    desk.publish("Lead", **record(**fields))
    desk.publish("Warm Lead", criteria=[warm()])
    desk.publish("Ready Lead", criteria=[warm(id="is_ready")])
    circular = [warm(expr="score >= 60 AND b", samples=[])]
    desk.publish("Warm Lead", term="warm-lead", criteria=circular, effective_from=in_ten_days())
    other = [warm(id="is_ready", expr="score >= 60 AND a", samples=[])]
    assert "rests on its own verdict" in not_signed(desk, "Ready Lead", term="ready-lead", criteria=other)


def test_a_verdict_belongs_to_records_of_its_own_type(desk: Desk, lead: Version) -> None:
    computed = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Deal", kind="record_type", key="deal", fields={"ok": computed})
    unknown = {"note": "nobody said so", "record": {}, "expect": "unknown"}
    fine = {"id": "is_fine", "label": "Fine", "record": "deal", "expr": "ok", "samples": [unknown]}
    desk.publish("Warm Lead", criteria=[warm(), fine])


def test_a_day_that_another_record_type_names_keeps_a_criterion_too(desk: Desk, lead: Version) -> None:
    first = {"type": "date", "source": "registry", "computed": "first day on which is_warm was met"}
    desk.publish("Warm Lead", criteria=[warm()])
    desk.publish("Deal", kind="record_type", key="deal", fields={"warm_since": first})
    errors = refused(desk, "Warm Lead", term="warm-lead", criteria=[])
    assert "the field warm_since of record-deal rests on it" in errors["criterion_in_use"]


def test_a_verdict_in_a_list_is_compared_like_any_other(desk: Desk) -> None:
    computed = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Lead", **record(ready=computed))
    desk.publish("Warm Lead", criteria=[warm()])
    listed = {"id": "is_ready", "label": "Ready", "record": "lead", "expr": "ready IN (TRUE)", "samples": [KEEN, COOL]}
    desk.submit("Ready Lead", criteria=[listed])


def test_criteria_that_rest_on_each_other_without_end_are_refused_in_words(desk: Desk) -> None:
    verdicts = {
        f"f{number}": {"type": "bool", "source": "registry", "computed": f"verdict of c{number} on the same record"}
        for number in range(20)
    }
    desk.publish("Lead", **record(**verdicts))

    def deep(inner: str) -> str:
        for level in range(28):
            inner = f"({'asked AND' if level % 2 else 'score > 1 OR'} {inner})"
        return inner

    chained = [
        warm(id=f"c{number}", label=f"C{number}", expr=deep(f"f{number - 1}" if number else "asked"), samples=[])
        for number in range(20)
    ]
    assert "parts or 80 levels" in not_signed(desk, "Deep Lead", criteria=chained)
