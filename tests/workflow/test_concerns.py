"""“This hurts because …”: raised on what is agreed, answered by every side, and forgotten on request."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Token
from glossary import lookup, workflow
from glossary.ledger.chain import text_hash
from glossary.ledger.verifying import verify
from glossary.models import Concern, ConcernAnswer, Event, Message, Salt
from glossary.policy import Console, Tool
from tests.unchanged import everything, nothing_changes, refused
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db

FIELDS = {
    "email": {"type": "string", "source": "CRM"},
    "score": {"type": "number", "source": "CRM"},
    "seen_on": {"type": "date", "source": "CRM"},
}
WARM = {"id": "is_warm", "label": "Counts as warm", "record": "contact", "expr": "score >= 60"}


@pytest.fixture
def warm(desk: Desk) -> str:
    """A word with a test over a record type, both in force."""
    desk.publish("Contact", kind="record_type", key="contact", fields=FIELDS)
    return desk.publish("Warm Contact", criteria=[WARM]).term.slug


def hurts(slug: str, by: Any, **more: Any) -> Concern:
    return workflow.raise_concern(slug, by=acting(by), **({"text": "This hurts because we lose good ones."} | more))


def open_on(slug: str, by: Any) -> list[lookup.Voiced]:
    return lookup.concerns(slug, by=acting(by), at=timezone.now()).open


@pytest.fixture(autouse=True)
def _the_ledger_tells_it(db: None) -> Iterator[None]:
    yield
    assert list(verify()) == []


def test_a_concern_is_open_until_an_owner_of_each_side_has_answered(
    desk: Desk, people: SimpleNamespace, warm: str
) -> None:
    concern = hurts(warm, people.rep)
    workflow.answer_concern(concern.pk, by=acting(people.sam), text="We see it too.")
    assert [side.key for side in open_on(warm, people.rep)[0].missing] == ["marketing"]
    workflow.answer_concern(concern.pk, by=acting(people.mia), text="The score is too strict; I suggest 50.")
    concern.refresh_from_db()
    assert (open_on(warm, people.rep), concern.settled_at is None) == ([], False)
    assert lookup.term_detail(warm, at=timezone.now()).concerns == 0


def test_those_who_can_answer_are_told_and_then_whoever_raised_it(people: SimpleNamespace, warm: str) -> None:
    concern = hurts(warm, people.sue)
    assert told("concern") == {"sam", "mia", "max"}
    workflow.answer_concern(concern.pk, by=acting(people.mia), text="Yes.")
    assert told("concern_answered") == {"sue"}


def told(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_its_words_and_its_example_are_in_no_event(people: SimpleNamespace, warm: str) -> None:
    concern = hurts(warm, people.rep, criterion="is_warm", record={"score": 55}, expected="true")
    event = Event.objects.latest("seq")
    assert (event.kind, event.facts["criterion"], event.facts["expected"]) == ("concern.raised", "is_warm", "true")
    assert "55" not in event.data.replace(event.facts["text_hash"], "").replace(event.facts["record_hash"], "")
    salts = {salt.field: salt.salt for salt in Salt.objects.filter(event=event)}
    assert event.facts["text_hash"] == text_hash(salts["text"], concern.text)
    assert event.facts["record_hash"] == text_hash(salts["record"], concern.record)


@pytest.mark.parametrize(
    ("record", "verdict", "missing"),
    [({"score": 72}, True, ()), ({"score": 12}, False, ()), ({"email": "x@example.com"}, None, ("score",))],
)
def test_an_example_is_put_to_the_signed_test(
    people: SimpleNamespace, warm: str, record: dict[str, Any], verdict: bool | None, missing: tuple[str, ...]
) -> None:
    hurts(warm, people.rep, criterion="is_warm", record=record)
    said = open_on(warm, people.rep)[0].said
    assert said is not None
    assert (said.label, said.verdict, said.missing) == ("Counts as warm", verdict, missing)
    assert said.clauses == (("score is at least 60", verdict),)


def test_an_example_is_kept_as_a_sample_would_be(people: SimpleNamespace, warm: str) -> None:
    record = {"score": Decimal("55.50"), "email": "x@example.com", "seen_on": "2026-03-01T10:00:00Z"}
    concern = hurts(warm, people.rep, criterion="is_warm", record=record)
    assert json.loads(concern.record) == {"score": "55.5", "email": "x@example.com", "seen_on": "2026-03-01"}


def test_when_the_test_changes_the_example_is_put_to_the_new_one(
    desk: Desk, people: SimpleNamespace, warm: str
) -> None:
    hurts(warm, people.rep, criterion="is_warm", record={"score": 55}, expected="true")
    desk.publish("Warm Contact", term=warm, criteria=[WARM | {"expr": "score >= 50"}])
    said = open_on(warm, people.rep)[0].said
    assert said is not None and said.verdict is True
    desk.publish("Warm Contact", term=warm)
    gone = open_on(warm, people.rep)[0].said
    assert gone is not None and gone.problem == "The text in force no longer has this test."


@pytest.mark.parametrize(
    "more",
    [
        {"text": "  "},
        {"text": "x" * 5_001},
        {"criterion": "is_cold"},
        {"expected": "true"},
        {"criterion": "is_warm", "expected": "maybe"},
        {"record": {"score": 1}},
        {"criterion": "is_warm", "record": {"score": "plenty"}},
        {"criterion": "is_warm", "record": {"shoe_size": 43}},
        {"criterion": "is_warm", "record": [1]},
        {"criterion": "is_warm", "record": {"email": "x" * 501}},
        {"criterion": "is_warm", "record": {str(number): 1 for number in range(201)}},
    ],
)
def test_what_is_no_concern_is_refused(people: SimpleNamespace, warm: str, more: dict[str, Any]) -> None:
    with refused("invalid"), nothing_changes():
        hurts(warm, people.rep, **more)


def test_a_word_without_a_text_is_talked_about_instead(desk: Desk, people: SimpleNamespace) -> None:
    term = desk.submit("Campaign").term
    with refused("wrong_state"), nothing_changes():
        hurts(term.slug, people.rep)
    with refused("not_found"):
        hurts("nothing-here", people.rep)


# Who answers


def test_only_a_person_who_speaks_for_a_side_answers_and_once(people: SimpleNamespace, warm: str) -> None:
    concern = hurts(warm, people.rep)
    for other in (people.rep, people.ada):
        with refused("not_permitted"), nothing_changes():
            workflow.answer_concern(concern.pk, by=acting(other), text="Yes.")
    with refused("not_permitted"), nothing_changes():
        workflow.answer_concern(concern.pk, by=Console(people.sam), text="Yes.")  # type: ignore[arg-type]
    sam = acting(people.sam)
    with refused("invalid"), nothing_changes():
        workflow.answer_concern(concern.pk, by=sam, text=" ")
    workflow.answer_concern(concern.pk, by=sam, text="Yes.")
    for again in (sam, acting(people.sue)):
        with refused("seat_taken"), nothing_changes():
            workflow.answer_concern(concern.pk, by=again, text="No.")
    with refused("seat_taken"), nothing_changes():
        workflow.answer_concern(concern.pk, by=acting(people.sue), text="Yes.")


def test_the_same_answer_again_changes_nothing(people: SimpleNamespace, warm: str) -> None:
    concern = hurts(warm, people.rep)
    for owner in (people.sam, people.mia):
        given = workflow.answer_concern(concern.pk, by=acting(owner), text="Yes.")
        with nothing_changes():
            assert workflow.answer_concern(concern.pk, by=acting(owner), text=" Yes.\r\n") == given
    with refused("wrong_state"), nothing_changes():
        workflow.answer_concern(concern.pk, by=acting(people.mia), text="No.")


def test_a_delegate_answers_in_place_of_the_owner(people: SimpleNamespace, warm: str) -> None:
    concern, now = hurts(warm, people.mark), timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + timedelta(days=2))
    answer = workflow.answer_concern(concern.pk, by=acting(people.rep), text="Sam is away; we agree.")
    assert (answer.side_id, answer.acting_for) == ("sales", people.sam)


def test_one_person_answers_for_one_side(people: SimpleNamespace, warm: str) -> None:
    concern, ada = hurts(warm, people.rep), Console(people.ada)
    workflow.answer_concern(concern.pk, by=acting(people.sam), text="Yes.")
    workflow.remove_owner(people.sam.pk, by=ada)
    workflow.place_member(people.sam.pk, by=ada, side="marketing")
    appointment = workflow.appoint_owner(people.sam.pk, by=ada, side="marketing")
    workflow.confirm_appointment(appointment.pk, by=acting(people.mia))
    with refused("not_permitted"), nothing_changes():
        workflow.answer_concern(concern.pk, by=acting(people.sam), text="Yes, from here too.")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConcernAnswer.objects.create(
            concern=concern, side_id="marketing", author=people.sam, text="Yes.", at=timezone.now()
        )


def test_a_team_added_later_does_not_open_what_was_answered(people: SimpleNamespace, warm: str) -> None:
    done, waits = hurts(warm, people.rep), hurts(warm, people.rep)
    for owner in (people.sam, people.mia):
        workflow.answer_concern(done.pk, by=acting(owner), text="Yes.")
    workflow.answer_concern(waits.pk, by=acting(people.sam), text="Yes.")
    workflow.add_side("product", by=Console(people.ada), name="Product")
    assert [(item.concern, [side.key for side in item.missing]) for item in open_on(warm, people.rep)] == [
        (waits, ["marketing", "product"])
    ]
    workflow.answer_concern(waits.pk, by=acting(people.mia), text="Yes.")
    workflow.remove_seat("product", by=Console(people.ada))
    assert open_on(warm, people.rep) == []


def test_what_waited_for_a_team_alone_is_settled_when_that_team_loses_its_seat(
    people: SimpleNamespace, warm: str
) -> None:
    ada = Console(people.ada)
    workflow.add_side("product", by=ada, name="Product")
    done, half, gone = (hurts(warm, people.rep) for _ in range(3))
    for concern in (done, gone):
        for owner in (people.sam, people.mia):
            workflow.answer_concern(concern.pk, by=acting(owner), text="Yes.")
    workflow.answer_concern(half.pk, by=acting(people.sam), text="Yes.")
    workflow.withdraw_concern(gone.pk, by=acting(people.rep))
    workflow.remove_seat("product", by=ada)
    told = Event.objects.filter(kind="concern.settled")
    assert [(event.facts["concern"], event.side_id, event.actor) for event in told] == [
        (done.pk, "product", people.ada)
    ]
    workflow.add_side("legal", by=ada, name="Legal")
    assert [item.concern for item in open_on(warm, people.rep)] == [half]


# Taking it back


def test_whoever_raised_it_withdraws_it_and_nobody_has_to_answer(people: SimpleNamespace, warm: str) -> None:
    concern = hurts(warm, people.rep)
    with refused("not_permitted"), nothing_changes():
        workflow.withdraw_concern(concern.pk, by=acting(people.ada))
    workflow.withdraw_concern(concern.pk, by=acting(people.rep))
    assert open_on(warm, people.rep) == []
    with refused("wrong_state"), nothing_changes():
        workflow.answer_concern(concern.pk, by=acting(people.sam), text="Yes.")
    with refused("wrong_state"), nothing_changes():
        workflow.withdraw_concern(concern.pk, by=acting(people.rep))


@pytest.mark.parametrize("who", ["rep", "ada"])
def test_text_and_example_are_removed_for_good(people: SimpleNamespace, warm: str, who: str) -> None:
    """By whoever raised it, or by an administrator where an example says too much about somebody."""
    concern = hurts(warm, people.rep, text="Anna K. again.", criterion="is_warm", record={"email": "anna@example.com"})
    other = hurts(warm, people.rep, text="Something else.")
    for stranger in (people.mark, people.sam):
        with refused("not_permitted"), nothing_changes():
            workflow.blank_concern(concern.pk, by=acting(stranger))
    workflow.blank_concern(concern.pk, by=acting(getattr(people, who)))
    assert "Anna" not in repr(everything()) and "anna@" not in repr(everything())
    assert set(Salt.objects.filter(event__kind="concern.raised").values_list("event__at", flat=True)) == {other.at}
    assert [item.concern for item in open_on(warm, people.rep)] == [other]
    with nothing_changes():
        workflow.blank_concern(concern.pk, by=acting(getattr(people, who)))


# Tools


def test_a_tool_raises_and_withdraws_in_the_name_of_its_person(people: SimpleNamespace, warm: str) -> None:
    def tool(name: str, *scopes: str) -> Tool:
        return Tool(
            people.rep, via=name, token=Token.objects.create(user=people.rep, name=name, scopes=list(scopes))[0]
        )

    crm, namesake, reader = tool("CRM", "propose"), tool("CRM", "propose"), tool("Reader", "read")
    concern = workflow.raise_concern(warm, by=crm, text="Seen in the CRM.")
    assert (concern.via, concern.raised_by) == ("CRM", people.rep)
    with refused("not_permitted"), nothing_changes():
        workflow.raise_concern(warm, by=reader, text="Seen.")
    for others in (concern, hurts(warm, people.sam)):
        with refused("not_found"), nothing_changes():
            workflow.withdraw_concern(others.pk, by=namesake)
    with refused("not_permitted"), nothing_changes():
        workflow.blank_concern(concern.pk, by=crm)
    workflow.withdraw_concern(concern.pk, by=crm)
