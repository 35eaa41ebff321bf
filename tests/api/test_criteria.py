"""Other tools check records against what both teams signed, and see where two versions part."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings

from glossary.exchange.starter import contents
from tests.api.callers import Caller, code, person, tool
from tests.reading import counted
from tests.starter import agree_on_the_starter_vocabulary
from tests.world import Desk, draft_content

pytestmark = pytest.mark.django_db

FIELDS = {
    "score": {"type": "int", "source": "CRM"},
    "share": {"type": "number", "source": "CRM"},
    "asked": {"type": "bool", "source": "CRM"},
}
SAMPLES = [
    {"note": "keen", "record": {"score": 72}, "expect": "true"},
    {"note": "cool", "record": {"score": 5, "asked": False}, "expect": "false"},
]
WARM = {
    "id": "is_warm",
    "label": "Counts as warm",
    "record": "lead",
    "expr": "score >= 60 OR asked",
    "samples": SAMPLES,
}
EVALUATE = "terms/warm-lead/evaluate"


@pytest.fixture
def reader(people: SimpleNamespace) -> Caller:
    return tool(people.ada, "read")


@pytest.fixture
def agreed(desk: Desk) -> None:
    desk.publish("Lead", kind="record_type", key="lead", fields=FIELDS)
    desk.publish("Warm Lead", criteria=[WARM])


def evaluate(reader: Caller, *records: Any, **more: Any) -> Any:
    return reader.post(EVALUATE, {"criterion": "is_warm", "records": list(records), **more})


def test_each_record_gets_a_verdict_with_its_clauses_and_what_is_missing(agreed: None, reader: Caller) -> None:
    answer = evaluate(reader, {"score": 60}, {"score": 59, "asked": False, "shoe_size": 44}, {"score": 1}).json()
    assert (answer["term"], answer["version"], answer["record"], answer["joined"]) == ("warm-lead", 1, "lead", "any")
    assert answer["counts"] == {"true": 1, "false": 1, "unknown": 1}
    assert answer["results"][0] == {
        "verdict": "true",
        "clauses": [
            {"text": "score is at least 60", "outcome": "pass"},
            {"text": "asked: yes", "outcome": "unknown"},
        ],
        "missing": [],
    }
    assert [result["verdict"] for result in answer["results"]] == ["true", "false", "unknown"]
    assert answer["results"][2]["missing"] == ["asked"]


def test_values_are_read_as_their_fields_are_declared(agreed: None, reader: Caller) -> None:
    answer = evaluate(reader, {"score": "60"}, {"score": 60.0}, {"score": None, "asked": "yes"}, {"asked": ""}).json()
    assert [result["verdict"] for result in answer["results"]] == ["true", "true", "true", "unknown"]


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"records": [{"score": "high"}]}, "records[0].score"),
        ({"records": [{"score": 1}, {"score": 0.5}]}, "records[1].score"),
        ({"records": [{"score": [1]}]}, "records[0].score"),
        ({"records": [{"score": 10**400}]}, "records[0].score"),
        ({"records": ["x"]}, "records[0]"),
        ({"records": {"score": 1}}, "records"),
        ({}, "records"),
        ({"records": [], "criterion": 7}, "criterion"),
        ({"records": [], "as_of": "yesterday"}, "as_of"),
        ({"records": [], "verdict": "true"}, "verdict"),
    ],
)
def test_what_cannot_be_evaluated_is_said_by_record_and_field(
    agreed: None, reader: Caller, sent: dict[str, Any], path: str
) -> None:
    answer = reader.post(EVALUATE, {"criterion": "is_warm"} | sent)
    assert code(answer) == (422, "invalid")
    assert [error["path"] for error in answer.json()["errors"]] == [path]


def test_too_many_records_are_refused_whole(agreed: None, reader: Caller, settings: LazySettings) -> None:
    settings.GLOSSARY_MAX_RECORDS = 2
    assert evaluate(reader, {}, {}).status_code == 200
    assert code(evaluate(reader, {}, {}, {})) == (422, "invalid")


def test_records_may_be_larger_than_other_requests_but_not_without_end(
    agreed: None, reader: Caller, settings: LazySettings
) -> None:
    settings.GLOSSARY_MAX_BODY, settings.GLOSSARY_MAX_UPLOAD = 1_000, 10_000
    assert evaluate(reader, {"note": "x" * 2_000}).status_code == 200
    assert code(evaluate(reader, {"note": "x" * 20_000})) == (413, "too_large")
    assert code(person_comment(reader, "x" * 2_000)) == (413, "too_large")


def person_comment(caller: Caller, text: str) -> Any:
    return caller.post("terms/warm-lead/comments/", {"text": text})


def test_what_is_not_there_is_not_evaluated(agreed: None, desk: Desk, reader: Caller) -> None:
    assert code(reader.post("terms/nowhere/evaluate", {"criterion": "is_warm", "records": []})) == (404, "not_found")
    unknown = reader.post(EVALUATE, {"criterion": "is_hot", "records": []})
    assert code(unknown) == (404, "not_found")
    assert unknown.json()["detail"] == "“Warm Lead” has no test “is_hot”. It has “Counts as warm” (is_warm)."
    assert unknown.json()["criteria"] == ["is_warm"]
    desk.open("Hot Lead", criteria=[WARM | {"id": "is_hot"}])
    assert code(reader.post("terms/hot-lead/evaluate", {"criterion": "is_hot", "records": []})) == (404, "not_found")


def test_an_instant_is_answered_with_what_was_in_force_then(agreed: None, desk: Desk, reader: Caller) -> None:
    between = datetime.now(UTC).isoformat()
    desk.publish("Warm Lead", term="warm-lead", criteria=[WARM | {"expr": "score >= 70 OR asked"}])
    now, then = evaluate(reader, {"score": 65}).json(), evaluate(reader, {"score": 65}, as_of=between).json()
    assert (now["version"], now["results"][0]["verdict"]) == (2, "unknown")
    assert (then["version"], then["results"][0]["verdict"], then["provisional"]) == (1, "true", False)
    assert evaluate(reader, {"score": 65}, version=1).json()["results"][0]["verdict"] == "true"
    assert code(evaluate(reader, version=9)) == (404, "not_found")
    assert code(evaluate(reader, as_of="2020-01-01T00:00:00Z")) == (404, "not_found")


def test_whoever_may_read_may_evaluate(agreed: None, people: SimpleNamespace, settings: LazySettings) -> None:
    question = {"criterion": "is_warm", "records": [{"score": 60}]}
    assert code(Caller().post(EVALUATE, question)) == (401, "unauthenticated")
    assert code(tool(people.ada, "propose").post(EVALUATE, question)) == (403, "not_permitted")
    assert person(people.rep).post(EVALUATE, question).status_code == 200
    settings.GLOSSARY_OPEN_READING = True
    assert Caller().post(EVALUATE, question).status_code == 200


def test_evaluating_writes_nothing_and_asks_a_few_things_whatever_the_number(agreed: None, reader: Caller) -> None:
    with counted() as few:
        evaluate(reader, {"score": 60})
    with counted() as many:
        evaluate(reader, *[{"score": number} for number in range(500)])
    assert len(many) == len(few) <= 6


@pytest.mark.any_engine
def test_every_sample_of_the_starter_vocabulary_gets_its_verdict(desk: Desk, reader: Caller) -> None:
    agree_on_the_starter_vocabulary(desk)
    asked = 0
    for content in contents():
        for criterion in content.get("criteria", ()):
            slug = reader.get(f"lookup?name={content['name']}").json()["matches"][0]["slug"]
            records = [sample["record"] for sample in criterion["samples"]]
            answer = reader.post(f"terms/{slug}/evaluate", {"criterion": criterion["id"], "records": records}).json()
            wanted = [str(sample["expect"]).lower() for sample in criterion["samples"]]
            assert [result["verdict"] for result in answer["results"]] == wanted, criterion["id"]
            asked += len(records)
    assert asked == 114


# Where two versions part


def test_a_record_shows_where_two_versions_part_and_which_samples_flip(
    agreed: None, desk: Desk, reader: Caller
) -> None:
    sample = {"note": "in between", "record": {"score": 65}, "expect": "unknown"}
    desk.publish(
        "Warm Lead", term="warm-lead", criteria=[WARM | {"expr": "score >= 70 OR asked", "samples": [*SAMPLES, sample]}]
    )
    (found,) = reader.get("terms/warm-lead/witness?from=1&to=2").json()["criteria"]
    assert found["witness"] == {"record": {"score": 60, "asked": False}, "before": "true", "after": "false"}
    assert found["flips"] == [{"note": "in between", "before": "true", "after": "unknown"}]
    assert found["is_complete"] is True
    assert found["tested"]["score"] == [59, 60, 70, None]


def test_samples_that_share_a_note_are_told_one_by_one(agreed: None, desk: Desk, reader: Caller) -> None:
    alike = [{"note": "keen", "record": {"score": score}, "expect": "unknown"} for score in (65, 66)]
    stricter = WARM | {"expr": "score >= 70 OR asked", "samples": [*SAMPLES, *alike]}
    desk.publish("Warm Lead", term="warm-lead", criteria=[stricter])
    (found,) = reader.get("terms/warm-lead/witness?from=1&to=2").json()["criteria"]
    assert found["flips"] == [{"note": "keen", "before": "true", "after": "unknown"}] * 2


def test_a_criterion_that_went_over_to_another_record_type_is_told(
    agreed: None, desk: Desk, reader: Caller, people: SimpleNamespace
) -> None:
    desk.publish("Contact Record", kind="record_type", key="contact_record", fields=FIELDS)
    desk.publish("Warm Lead", term="warm-lead", criteria=[WARM | {"record": "contact_record"}])
    (found,) = reader.get("terms/warm-lead/witness?from=1&to=2").json()["criteria"]
    assert (found["was_over"], found["record"], found["witness"]) == ("lead", "contact_record", None)
    page = person(people.rep).client.get("/terms/warm-lead/compare/?from=1&to=2").content.decode()
    assert "Definition v1 asks it of each lead, definition v2 of each contact record." in page


def test_a_suggestion_is_held_against_what_is_agreed_and_against_others(
    agreed: None, desk: Desk, people: SimpleNamespace
) -> None:
    milder = [WARM | {"expr": "score >= 50 OR asked"}]
    other = desk.open("Warm Lead", term="warm-lead", criteria=milder, by=people.mark)
    stricter = [WARM | {"expr": "score >= 70 OR asked"}]
    proposal = desk.open("Warm Lead", term="warm-lead", criteria=stricter)
    said = person(people.mia).get(f"proposals/{proposal.pk}/witness").json()
    assert said["criteria"][0]["witness"]["record"] == {"score": 60, "asked": False}
    assert said["others"][0]["proposal"] == other.pk
    assert said["others"][0]["criteria"][0]["witness"]["record"] == {"score": 50, "asked": False}
    assert code(tool(people.mia, "propose").get(f"proposals/{proposal.pk}/witness")) == (404, "not_found")


def test_a_tool_is_told_of_no_draft_but_its_own(agreed: None, desk: Desk, people: SimpleNamespace) -> None:
    desk.open("Warm Lead", term="warm-lead", criteria=[WARM | {"expr": "score >= 777 OR asked"}], by=people.mark)
    crm = tool(people.rep, "propose")
    content = draft_content("Warm Lead", criteria=[WARM | {"expr": "score >= 70 OR asked"}])
    own = crm.post("proposals/", {"term": "warm-lead", "content": content}).json()
    said = crm.get(f"proposals/{own['id']}/witness")
    assert said.json()["others"] == [] and "777" not in said.content.decode()
    assert len(person(people.mia).get(f"proposals/{own['id']}/witness").json()["others"]) == 1


def test_the_same_in_other_words_has_no_witness(agreed: None, desk: Desk, reader: Caller) -> None:
    desk.publish("Warm Lead", term="warm-lead", criteria=[WARM | {"expr": "asked OR NOT score < 60"}])
    (found,) = reader.get("terms/warm-lead/witness?from=1&to=2").json()["criteria"]
    assert (found["witness"], found["is_complete"], found["flips"]) == (None, True, [])
    assert reader.get("terms/warm-lead/witness?from=1&to=1").json()["criteria"] == []
    assert code(reader.get("terms/warm-lead/witness?from=1&to=9")) == (404, "not_found")
