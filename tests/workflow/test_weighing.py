"""A suggestion is tried on records before it is signed: what changes is counted, and the records go when it ends."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Token
from glossary import policy, workflow
from glossary.domain.impact import Impact, read_impact
from glossary.ledger.verifying import verify
from glossary.models import Event, ImpactReport, ImpactUpload, Proposal, SignOff, Version
from glossary.policy import Actor, Console, Tool
from glossary.rendering.served import served
from tests.unchanged import everything, refused
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db

LEAD = {
    "kind": "record_type",
    "key": "lead",
    "dedupe_key": ["email"],
    "fields": {
        "email": {"type": "string", "source": "CRM"},
        "fit": {"type": "string", "values": ["A", "B"], "source": "grade"},
        "known": {"type": "bool", "source": "CRM"},
        "score": {"type": "int", "source": "nightly"},
        "is_ready": {"type": "bool", "source": "registry", "computed": "verdict of ready on the same record"},
    },
}

# Of “known AND score >= 60” lowered to 50: two enter, one becomes unknown, two stay.
LEADS: list[dict[str, Any]] = [
    {"email": "ann@secret.example", "fit": "A", "known": True, "score": 55, "phone": "0171-555-1"},
    {"email": "bob@secret.example", "fit": "B", "known": True, "score": 50, "phone": "0171-555-2"},
    {"email": "cid@secret.example", "fit": "A", "known": True, "score": 90, "phone": "0171-555-3"},
    {"email": "dan@secret.example", "fit": "A", "known": False, "score": 55, "phone": "0171-555-4"},
    {"email": "eve@secret.example", "fit": "B", "score": 55, "phone": "0171-555-5"},
]


def criterion(score: int, **more: Any) -> dict[str, Any]:
    expr = f"known AND score >= {score}"
    return {"id": "ready", "label": "Ready to talk", "record": "lead", "expr": expr} | more


@pytest.fixture
def lower(desk: Desk) -> Proposal:
    """A suggestion, up for signing, that lowers the score of an agreed criterion from 60 to 50."""
    desk.publish("Lead", **LEAD)
    desk.publish("Ready Lead", criteria=[criterion(60)])
    return desk.submit("Ready Lead", term="ready-lead", criteria=[criterion(50)])


def weigh(proposal: Proposal, *, by: Actor, records: list[Any] | None = None, **more: Any) -> ImpactUpload:
    return workflow.weigh(
        proposal.pk,
        by=by,
        record=more.pop("record", "lead"),
        records=LEADS if records is None else records,
        at=timezone.now(),
        **more,
    )


def effect(proposal: Proposal) -> Impact:
    found = policy.impact_of(Proposal.objects.get(pk=proposal.pk), timezone.now())
    assert found is not None
    return found


def test_who_enters_and_leaves_is_counted_against_the_agreed_text(lower: Proposal, people: SimpleNamespace) -> None:
    weigh(lower, by=acting(people.mark), segment="fit")
    [report] = effect(lower).reports
    [found] = report.effects
    counts = found.counts
    assert (report.records, found.id, found.label) == (5, "ready", "Ready to talk")
    assert (counts.enter, counts.leave, counts.become_unknown, counts.stay) == (2, 0, 1, 2)
    assert [(item.value, item.counts.enter) for item in found.segments] == [("A", 1), ("B", 1)]


def test_a_first_definition_is_weighed_against_nothing(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Lead", **LEAD)
    first = desk.submit("Ready Lead", criteria=[criterion(60)])
    weigh(first, by=acting(people.sam))
    [found] = effect(first).reports[0].effects
    assert (found.is_new, found.counts.enter, found.counts.become_unknown) == (True, 1, 0)


def test_criteria_of_other_words_that_rest_on_it_are_weighed_too(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Lead", **LEAD)
    desk.publish("Ready Lead", criteria=[criterion(60)])
    desk.publish(
        "Good Lead", criteria=[{"id": "good", "label": "Good", "record": "lead", "expr": "is_ready AND fit = 'A'"}]
    )
    lower = desk.open("Ready Lead", term="ready-lead", criteria=[criterion(50)])
    weigh(lower, by=acting(people.rep))
    said = {found.id: (found.term, found.counts.enter) for found in effect(lower).reports[0].effects}
    assert said == {"good": ("good-lead", 1), "ready": ("ready-lead", 2)}


def test_a_change_of_a_record_type_is_weighed_on_every_criterion_over_it(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Lead", **LEAD)
    desk.publish("Ready Lead", criteria=[criterion(60)])
    fields = {**LEAD["fields"], "score": {"type": "number", "source": "nightly"}}
    change = desk.open("Lead", term="record-lead", **(LEAD | {"fields": fields}))
    weigh(change, by=acting(people.rep), records=[{"score": "60.5", "known": True}, {"score": 60, "known": True}])
    [found] = effect(change).reports[0].effects
    assert (found.id, found.counts.enter, found.counts.stay) == ("ready", 1, 1)


def test_a_criterion_that_the_new_fields_break_is_named(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Lead", **LEAD)
    desk.publish("Ready Lead", criteria=[criterion(60)])
    fields = {name: field for name, field in LEAD["fields"].items() if name != "score"}
    change = desk.open("Lead", term="record-lead", **(LEAD | {"fields": fields}))
    weigh(change, by=acting(people.rep))
    assert "“score”" in effect(change).reports[0].effects[0].fault


def test_the_newest_records_of_a_type_count_and_at_most_five_sets_are_kept(
    lower: Proposal, people: SimpleNamespace
) -> None:
    for number in range(1, 7):
        weigh(lower, by=acting(people.rep), records=LEADS[:1] * number)
    assert [upload.count for upload in ImpactUpload.objects.order_by("pk")] == [2, 3, 4, 5, 6]
    assert effect(lower).reports[0].records == 6
    assert Event.objects.get(kind="impact.deleted").facts["count"] == 1


def test_a_new_text_is_weighed_on_the_same_records(lower: Proposal, people: SimpleNamespace) -> None:
    weigh(lower, by=acting(people.rep))
    changed = lower.text.content.as_data() | {"criteria": [criterion(95)]}
    workflow.revise(lower.pk, by=acting(people.rep), content=changed)
    [found] = effect(lower).reports[0].effects
    assert (found.counts.enter, found.counts.leave) == (0, 1)
    assert ImpactReport.objects.count() == 1


# What is kept of it, and for how long

SECRETS = ("secret.example", "0171-555")


def database() -> str:
    """Everything in every table, what is compressed as it was before."""
    kept = repr(everything())
    return kept + "".join(upload.kept.text for upload in ImpactUpload.objects.all())


def test_columns_that_nobody_declared_are_nowhere_in_the_database(lower: Proposal, people: SimpleNamespace) -> None:
    weigh(lower, by=acting(people.rep), segment="fit")
    assert "ann@secret.example" in database()
    assert "0171-555" not in database() and "phone" not in database()


def test_events_and_reports_hold_no_record(lower: Proposal, people: SimpleNamespace) -> None:
    weigh(lower, by=acting(people.rep), segment="fit")
    said = "".join(event.data for event in Event.objects.all()) + ImpactReport.objects.get().text
    assert not [secret for secret in SECRETS if secret in said]
    facts = Event.objects.get(kind="impact.uploaded").facts
    upload, report = ImpactUpload.objects.get(), ImpactReport.objects.get()
    assert facts == {
        "upload": upload.pk,
        "record": "lead",
        "count": 5,
        "digest": upload.digest,
        "report": report.digest,
        "revision": 1,
    }


def _publish(proposal: Proposal, desk: Desk) -> None:
    desk.sign(proposal, desk.people.sam, desk.people.mia)


def _decline(proposal: Proposal, desk: Desk) -> None:
    workflow.decline(proposal.pk, by=acting(desk.people.mia), reason="Not now.")


def _withdraw(proposal: Proposal, desk: Desk) -> None:
    workflow.withdraw(proposal.pk, by=acting(desk.people.rep))


ENDS = {"published": _publish, "declined": _decline, "withdrawn": _withdraw}


def test_these_are_all_the_ways_in_which_a_suggestion_ends() -> None:
    targets = {str(move.target) for move in policy.MOVES.values()}
    assert targets - {"draft", "in_review"} == set(ENDS)


@pytest.mark.parametrize("end", ENDS)
def test_no_record_survives_the_end_of_its_suggestion(end: str, lower: Proposal, desk: Desk) -> None:
    for records in (LEADS, LEADS[:2]):
        weigh(lower, by=acting(desk.people.mark), records=records, segment="fit")
    ENDS[end](lower, desk)
    assert Proposal.objects.get(pk=lower.pk).state == end
    assert not ImpactUpload.objects.exists()
    assert not [secret for secret in SECRETS if secret in database()]
    deleted = Event.objects.filter(kind="impact.deleted").order_by("seq")
    assert [event.facts["count"] for event in deleted] == [5, 2]
    assert ImpactReport.objects.count() == 2, "what was counted stays"
    assert list(verify()) == []


def test_an_end_that_is_refused_keeps_the_records(lower: Proposal, desk: Desk) -> None:
    weigh(lower, by=acting(desk.people.mark))
    with refused("invalid"):
        workflow.decline(lower.pk, by=acting(desk.people.mia), reason=" ")
    assert ImpactUpload.objects.count() == 1


@pytest.mark.parametrize("end", ENDS)
def test_past_the_workflow_no_suggestion_ends_with_records_beside_it(end: str, lower: Proposal, desk: Desk) -> None:
    weigh(lower, by=acting(desk.people.mark))
    with pytest.raises(IntegrityError, match="no_records_survive_their_suggestion"), transaction.atomic():
        Proposal.objects.filter(pk=lower.pk).update(state=end)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute(f"UPDATE glossary_proposal SET state = '{end}' WHERE id = {lower.pk}")


@pytest.mark.parametrize("end", ENDS)
def test_no_record_is_added_to_a_suggestion_that_has_ended(end: str, lower: Proposal, desk: Desk) -> None:
    upload = weigh(lower, by=acting(desk.people.mark))
    ENDS[end](lower, desk)
    with refused("wrong_state") as no:
        weigh(lower, by=acting(desk.people.mark))
    assert "cannot be tried on records" in no.value.sentence
    upload.pk = None
    with pytest.raises(IntegrityError, match="no_records_for_an_ended_suggestion"), transaction.atomic():
        upload.save(force_insert=True)


def test_uploaded_records_are_not_exchanged_for_others(lower: Proposal, people: SimpleNamespace) -> None:
    weigh(lower, by=acting(people.mark))
    with pytest.raises(IntegrityError, match="records_are_not_changed"), transaction.atomic():
        ImpactUpload.objects.update(count=4_000)


def test_whoever_uploaded_them_and_administrators_delete_records(lower: Proposal, people: SimpleNamespace) -> None:
    for who in (people.mark, people.ada):
        upload = weigh(lower, by=acting(people.mark))
        with refused("not_permitted"):
            workflow.forget_records(upload.proposal_id, upload.pk, by=acting(people.mia))
        workflow.forget_records(upload.proposal_id, upload.pk, by=acting(who))
        assert not ImpactUpload.objects.exists()
        assert policy.impact_of(Proposal.objects.get(pk=lower.pk), timezone.now()) is None
    with refused("not_found"):
        workflow.forget_records(upload.proposal_id, upload.pk, by=acting(people.mark))
    assert Event.objects.filter(kind="impact.deleted").count() == 2


# Who, and what


def tool(people: SimpleNamespace, name: str, *scopes: str) -> Tool:
    token, _ = Token.objects.create(user=people.rep, name=name, scopes=list(scopes))
    return Tool(people.rep, via=name, token=token)


def test_a_tool_weighs_only_what_it_opened(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Lead", **LEAD)
    crm, other = tool(people, "CRM", "read", "propose"), tool(people, "BI", "read", "propose")
    own = workflow.open_proposal(by=crm, content=draft_content("Ready Lead", criteria=[criterion(60)]))
    upload = weigh(own, by=crm)
    with refused("not_found"):
        weigh(own, by=other)
    with refused("not_found"):
        workflow.forget_records(upload.proposal_id, upload.pk, by=other)
    workflow.forget_records(upload.proposal_id, upload.pk, by=crm)


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"record": "deal"}, "invalid", "records of the type “lead”"),
        ({"segment": "email"}, "invalid", "grouped by fit, known"),
        ({"segment": "shoe_size"}, "invalid", "grouped by fit, known"),
        ({"records": []}, "invalid", "no records"),
        ({"records": ["lead"]}, "invalid", "named fields"),
        ({"records": [{"phone": "0171"}]}, "invalid", "None of these columns"),
        ({"records": [{"score": 1}] * 20_001}, "too_large", "At most 20,000 records"),
    ],
)
def test_what_cannot_be_weighed_is_refused_in_words(
    change: dict[str, Any], code: str, sentence: str, lower: Proposal, people: SimpleNamespace
) -> None:
    with refused(code) as no:
        weigh(lower, by=acting(people.rep), **change)
    assert sentence in no.value.sentence


def test_a_suggestion_without_a_criterion_is_not_tried_on_anything(desk: Desk, people: SimpleNamespace) -> None:
    campaign = desk.open("Campaign")
    with refused("invalid") as no:
        weigh(campaign, by=acting(people.rep))
    assert "nothing to try" in no.value.sentence


# Signed in its view


def sign(proposal: Proposal, who: Any, impact: str) -> SignOff:
    digest = Proposal.objects.get(pk=proposal.pk).text.digest
    return workflow.sign_off(proposal.pk, by=acting(who), digest=digest, impact=impact)


def test_a_signature_and_its_version_say_which_effect_was_seen(lower: Proposal, people: SimpleNamespace) -> None:
    weigh(lower, by=acting(people.rep))
    seen = effect(lower).digest
    assert sign(lower, people.sam, seen).impact == seen
    assert sign(lower, people.mia, "").impact == ""
    version = Version.objects.get(proposal=lower)
    for kept in (version.signatures, served(version)["signatures"]):
        assert {seat["side"]: seat.get("impact") for seat in kept} == {"sales": seen, "marketing": None}
    given = Event.objects.filter(kind="sign_off.given", proposal=lower).order_by("seq")
    assert [event.facts.get("impact") for event in given] == [seen, None]
    report = ImpactReport.objects.get(digest=seen)
    assert read_impact(report.text).reports[0].effects[0].counts.enter == 2
    assert list(verify()) == []


def test_the_seats_of_a_version_signed_without_it_are_written_as_before(desk: Desk) -> None:
    assert '"impact"' not in desk.publish("Campaign").seats


@pytest.mark.parametrize("change", ["records", "text", "made up"])
def test_a_signature_never_claims_an_effect_that_is_not_that_of_the_newest_text(
    change: str, lower: Proposal, people: SimpleNamespace
) -> None:
    weigh(lower, by=acting(people.rep))
    seen = "0" * 64 if change == "made up" else effect(lower).digest
    if change == "records":
        weigh(lower, by=acting(people.rep), records=LEADS[:2])
    elif change == "text":
        changed = lower.text.content.as_data() | {"criteria": [criterion(95)]}
        workflow.revise(lower.pk, by=acting(people.rep), content=changed)
    assert sign(lower, people.sam, seen).impact == ""
    assert list(verify()) == []


def test_the_effect_of_a_changed_text_is_kept_when_somebody_signs_it(lower: Proposal, people: SimpleNamespace) -> None:
    weigh(lower, by=acting(people.rep))
    changed = lower.text.content.as_data() | {"criteria": [criterion(95)]}
    workflow.revise(lower.pk, by=acting(people.rep), content=changed)
    seen = effect(lower).digest
    assert sign(lower, people.sam, seen).impact == seen
    assert ImpactReport.objects.get(digest=seen).revision.number == 2
    assert list(verify()) == []


def test_signing_again_keeps_what_was_seen_then(lower: Proposal, people: SimpleNamespace) -> None:
    first = sign(lower, people.sam, "")
    weigh(lower, by=acting(people.rep))
    assert sign(lower, people.sam, effect(lower).digest).pk == first.pk
    assert SignOff.objects.get(pk=first.pk).impact == ""


@pytest.mark.parametrize("who", ["rep", "mark", "ada", "sam"])
def test_anyone_who_may_read_it_weighs_a_suggestion(who: str, lower: Proposal, people: SimpleNamespace) -> None:
    assert weigh(lower, by=acting(getattr(people, who))).count == 5


def test_the_console_is_no_way_around(lower: Proposal, people: SimpleNamespace) -> None:
    upload = weigh(lower, by=acting(people.mark))
    with refused("not_permitted"):
        workflow.forget_records(upload.proposal_id, upload.pk, by=Console(people.mia))
    workflow.forget_records(upload.proposal_id, upload.pk, by=Console(people.ada))
