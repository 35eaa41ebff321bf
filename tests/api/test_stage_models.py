"""What another tool asks about the pipeline of the starter vocabulary: its stages, and whether a record may move."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from glossary.models import Holiday, Term, Version, WorkingCalendar
from tests.api.callers import Caller, code, tool
from tests.domain.pipeline import pipeline_data, stage_in
from tests.lived import happened_once
from tests.reading import counted, reading_only
from tests.starter import agree_on_the_starter_vocabulary
from tests.world import Desk, company

pytestmark = pytest.mark.django_db

ADDRESS = "stage-models/revenue-pipeline/"
ACCEPTED = {"owner_role": "bdr", "accepted": True, "rejection_reason": None}
MOVE = {"from": "marketing-qualified", "to": "sales-accepted", "record": ACCEPTED, "at": "2026-11-27T16:00:00Z"}


@pytest.fixture(scope="module")
def agreed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with happened_once(django_db_blocker, _agree) as happened:
        yield happened


def _agree() -> SimpleNamespace:
    before = timezone.now()
    desk = Desk(company())
    agree_on_the_starter_vocabulary(desk)
    return SimpleNamespace(desk=desk, people=desk.people, before=before.isoformat(), at=timezone.now().isoformat())


@pytest.fixture
def crm(agreed: SimpleNamespace, db: None) -> Caller:
    return tool(agreed.people.rep, "read")


def expanded(crm: Caller, query: str = "") -> dict[str, Any]:
    answer = crm.get(f"{ADDRESS}{query}")
    assert answer.status_code == 200, answer.content
    data: dict[str, Any] = answer.json()
    return data


def moved(crm: Caller, **changed: Any) -> dict[str, Any]:
    with reading_only():
        answer = crm.post(f"{ADDRESS}move", {**MOVE, **changed})
    assert answer.status_code == 200, answer.content
    data: dict[str, Any] = answer.json()
    return data


def change(desk: Desk, model: dict[str, Any]) -> None:
    """Another version of the pipeline."""
    term = Term.objects.get(slug="revenue-pipeline")
    desk.publish("Revenue pipeline", term=term.slug, kind="stage_model", stage_model=model)


# Expanded


def test_a_stage_comes_with_its_word_its_record_and_its_criteria(crm: Caller) -> None:
    said = expanded(crm)
    assert (said["slug"], said["version"], len(said["stages"]), said["mapping"]) == ("revenue-pipeline", 1, 10, None)
    stage = said["stages"][1]
    assert stage["word"] == {"slug": "marketing-qualified-lead", "name": "Marketing Qualified Lead", "version": 1}
    assert (stage["record"]["term"], stage["record"]["version"]) == ("record-lead", 1)
    assert stage["entry"]["joined"] == "any" and stage["exit"]["joined"] == "all"
    (sal,) = stage["exit"]["criteria"]
    assert (sal["id"], sal["term"], sal["version"]) == ("sal", "sales-accepted-lead", 1)
    assert sal["words"].startswith("accepted: yes, and owner role is") and sal["expr"].startswith("accepted AND")
    back = next(way for way in stage["next"] if way["to"] == "engaged")
    assert (back["name"], back["kind"]) == ("Engaged", "recycle")
    assert back["criteria"][0]["id"] == "may_recycle"
    assert {"key": "no_response", "label": "No answer after the promised attempts"} in back["reasons"]
    assert said["stages"][2]["next"][0]["converts"] == {"from": "lead", "to": "opportunity"}
    assert [stage["key"] for stage in said["stages"] if stage["is_final"]] == [
        "closed-won",
        "closed-lost",
        "disqualified",
    ]


def test_the_questions_to_the_database_do_not_grow_with_the_stages(crm: Caller) -> None:
    expanded(crm)
    with counted() as said:
        expanded(crm)
    assert len(said) <= 9, said
    with counted() as said:
        moved(crm)
    assert len(said) <= 8, said


def test_what_was_in_force_then_is_what_is_told(crm: Caller, agreed: SimpleNamespace) -> None:
    assert code(crm.get(f"{ADDRESS}?as_of={agreed.before.replace('+', '%2B')}")) == (404, "not_found")
    said = expanded(crm, f"?as_of={agreed.at.replace('+', '%2B')}")
    assert said["provisional"] is False and said["version"] == 1
    assert expanded(crm, "?as_of=2199-01-01T00:00:00Z")["provisional"] is True


def test_who_has_it_is_not_sent_it_again(crm: Caller) -> None:
    tag = crm.get(ADDRESS).headers["ETag"]
    assert crm.get(ADDRESS, **{"If-None-Match": tag}).status_code == 304


def test_a_word_without_stages_has_none(crm: Caller) -> None:
    assert code(crm.get("stage-models/campaign/")) == (404, "not_found")
    assert code(crm.post("stage-models/campaign/move", MOVE)) == (404, "not_found")
    assert code(crm.get("stage-models/nothing/")) == (404, "not_found")


def test_the_stages_of_the_version_before_are_found_again(crm: Caller, agreed: SimpleNamespace) -> None:
    model = pipeline_data()
    stage_in(model, "negotiation").update(key="terms", was=["negotiation"])
    for stage in model["stages"]:
        for step in stage.get("next", []):
            step["to"] = "terms" if step["to"] == "negotiation" else step["to"]
    change(agreed.desk, model)
    mapping = expanded(crm)["mapping"]
    assert mapping["from_version"] == 1
    assert (mapping["stages"]["negotiation"], mapping["stages"]["proposal"]) == ("terms", "proposal")
    assert expanded(crm, f"?as_of={agreed.at.replace('+', '%2B')}")["version"] == 1


# Moves


def test_a_move_that_is_legal_says_who_owes_what_until_when(crm: Caller) -> None:
    said = moved(crm)
    assert (said["legal"], said["kind"], said["why"], said["calendar"]) == (True, "advance", [], None)
    assert said["owes"] == [
        {
            "side": "sales",
            "role": "business development representative",
            "what": "first_action",
            "within_hours": 8,
            "until": "2026-11-30T16:00:00Z",  # one hour on the Friday, seven on the Monday
        }
    ]
    assert said["stays_until"] == "2026-12-11T16:00:00Z"
    assert (said["term"], said["version"]) == ("revenue-pipeline", 1) and len(said["digest"]) == 64


def test_at_a_hand_off_the_receiver_owes_a_first_touch_and_a_decision(crm: Caller) -> None:
    lead = {"person_known": True, "email_type": "business", "persona": "user", "icp_fit": "A", "hand_raised": True}
    lead |= {"account_has_open_opportunity": False, "account_is_customer": False, "consent_to_contact": True}
    said = moved(crm, **{"from": "engaged", "to": "marketing-qualified", "record": lead})
    owed = {(item["what"], item.get("case")): item for item in said["owes"]}
    assert owed["first_touch", "hand_raised"]["until"] == "2026-11-27T17:00:00Z"
    assert owed["decision", None]["escalate_to"] == "head of sales development"
    assert owed["decision", None]["until"] == "2026-12-02T16:00:00Z"


def test_the_calendar_of_the_territory_decides_until_when(crm: Caller) -> None:
    berlin = WorkingCalendar.objects.create(key="berlin", name="Berlin", time_zone="Europe/Berlin")
    Holiday.objects.create(calendar=berlin, day="2026-11-30", name="A day off")
    said = moved(crm, calendar="berlin")
    assert (said["calendar"], said["owes"][0]["until"]) == ("berlin", "2026-12-01T16:00:00Z")
    texas = WorkingCalendar.objects.create(key="texas", name="Texas", time_zone="America/Chicago", is_default=True)
    assert moved(crm)["owes"][0]["until"] == "2026-11-30T16:00:00Z"
    texas.friday = ""
    texas.save()
    assert moved(crm)["owes"][0]["until"] == "2026-11-30T23:00:00Z"


def test_a_move_that_is_not_legal_is_told_why_and_owes_nothing(crm: Caller) -> None:
    said = moved(crm, record={**ACCEPTED, "accepted": False})
    assert (said["legal"], said["owes"], said["stays_until"]) == (False, [], None)
    (why,) = said["why"]
    assert (why["part"], why["verdict"], why["criteria"]) == ("exit", "false", ["sal"])
    assert why["clauses"] == [{"text": "accepted: yes", "outcome": "fail"}]


def test_a_move_that_nobody_knows_enough_about_is_unknown(crm: Caller) -> None:
    said = moved(crm, record={})
    assert said["legal"] == "unknown" and said["why"][0]["missing"] == ["accepted", "owner_role"]
    assert said["owes"]


def test_a_move_backwards_takes_a_reason(crm: Caller) -> None:
    lead = {"person_known": True, "email_type": "business", "persona": "user", "account_has_open_opportunity": False}
    back = {"from": "sales-accepted", "to": "engaged", "record": lead}
    assert moved(crm, **back, reason="bad_timing")["legal"] is True
    said = moved(crm, **back)
    assert said["legal"] is False and said["why"][0]["part"] == "reason"


def test_a_conversion_says_which_record_begins(crm: Caller) -> None:
    said = moved(crm, **{"from": "sales-accepted", "to": "sales-qualified", "record": {"accepted": False}})
    assert said["converts"] == {"from": "lead", "to": "opportunity"}


def test_a_move_is_judged_by_what_was_in_force_then(crm: Caller, agreed: SimpleNamespace) -> None:
    model = pipeline_data()
    stage_in(model, "sales-accepted").update(sla_hours=2)
    change(agreed.desk, model)
    assert moved(crm)["owes"][0]["within_hours"] == 2
    then = moved(crm, as_of=agreed.at)
    assert (then["owes"][0]["within_hours"], then["version"], then["provisional"]) == (8, 1, False)


def test_the_tests_of_a_stage_are_those_in_force_then_too(crm: Caller, agreed: SimpleNamespace) -> None:
    word = Term.objects.get(slug="sales-accepted-lead")
    content = Version.objects.newest_of(word).content.as_data()
    content["criteria"][0]["expr"] += " AND attempts >= 1"
    for sample in content["criteria"][0]["samples"]:
        sample.setdefault("record", {})["attempts"] = 1
    agreed.desk.publish(content.pop("name"), term=word.slug, **content)
    assert moved(crm)["legal"] == "unknown"
    assert moved(crm, record={**ACCEPTED, "attempts": 0})["legal"] is False
    assert moved(crm, record={**ACCEPTED, "attempts": 0}, as_of=agreed.at)["legal"] is True


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"from": "nowhere"}, "from"),
        ({"to": "\x00"}, "to"),
        ({"at": "yesterday"}, "at"),
        ({"at": "0001-01-01T00:00:00Z"}, "at"),
        ({"at": "9999-12-31T23:00:00Z"}, "at"),
        ({"calendar": "mars"}, "calendar"),
        ({"calendar": "\x00"}, "calendar"),
        ({"record": {"accepted": "perhaps", "owner_role": "bdr"}}, "record.accepted"),
        ({"record": [1, 2]}, "record"),
        ({"recrod": {}}, "recrod"),
        ({"as_of": "2026"}, "as_of"),
    ],
)
def test_what_cannot_be_asked_is_said_by_field(crm: Caller, changed: dict[str, Any], path: str) -> None:
    answer = crm.post(f"{ADDRESS}move", {**MOVE, **changed})
    assert code(answer) == (422, "invalid")
    assert [error["path"] for error in answer.json()["errors"]] == [path]


def test_what_is_left_out_is_said(crm: Caller) -> None:
    answer = crm.post(f"{ADDRESS}move", {})
    assert {error["path"] for error in answer.json()["errors"]} == {"from", "to", "record"}
    assert code(crm.get(f"{ADDRESS}move")) == (405, "method_not_allowed")


def test_a_visitor_asks_only_under_open_reading(crm: Caller, settings: Any) -> None:
    assert code(Caller().get(ADDRESS)) == (401, "unauthenticated")
    assert code(Caller().post(f"{ADDRESS}move", MOVE)) == (401, "unauthenticated")
    settings.GLOSSARY_OPEN_READING = True
    assert Caller().get(ADDRESS).status_code == 200
    assert Caller().post(f"{ADDRESS}move", MOVE).json()["legal"] is True
