"""Tools and people try a suggestion on records through the API."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings

from glossary import workflow
from glossary.models import IdempotencyKey, ImpactUpload, Proposal, SignOff
from tests.api.callers import code, person, tool
from tests.workflow.test_weighing import LEAD, LEADS, criterion
from tests.world import Desk, acting, draft_content


@pytest.fixture
def lower(desk: Desk) -> Proposal:
    """A suggestion, up for signing, that lowers the score of an agreed criterion from 60 to 50."""
    desk.publish("Lead", **LEAD)
    desk.publish("Ready Lead", criteria=[criterion(60)])
    return desk.submit("Ready Lead", term="ready-lead", criteria=[criterion(50)])


def asked(**changed: Any) -> dict[str, Any]:
    return {"record": "lead", "records": LEADS, "segment": "fit"} | changed


def test_records_are_sent_and_the_effect_comes_back(lower: Proposal, people: SimpleNamespace) -> None:
    mark = person(people.mark)
    path = f"proposals/{lower.pk}/impact"
    nothing = mark.get(path).json()
    assert (nothing["digest"], nothing["reports"], nothing["may_upload"]) == (None, [], {"allowed": True})
    assert nothing["tried_on"] == [
        {"record": "lead", "fields": ["email", "fit", "is_ready", "known", "score"], "segments": ["fit", "known"]}
    ]
    answer = mark.post(path, asked())
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    told = answer.json()
    [report] = told["reports"]
    [effect] = report["criteria"]
    assert (report["record"], report["records"], report["misfits"]) == ("lead", 5, 0)
    assert effect["counts"] == {
        "records": 5,
        "enter": 2,
        "leave": 0,
        "leave_unknown": 0,
        "become_unknown": 1,
        "become_known": 0,
        "stay": 2,
        "before": {"true": 1, "false": 4, "unknown": 0},
        "after": {"true": 3, "false": 1, "unknown": 1},
    }
    assert [(item["value"], item["counts"]["enter"]) for item in effect["segments"]] == [("A", 1), ("B", 1)]
    assert effect["examples"][0] == {
        "row": 1,
        "change": "enter",
        "before": "false",
        "after": "true",
        "values": {"known": True, "score": 55, "fit": "A"},
    }
    assert mark.get(path).json() == told
    assert mark.get(f"{path}?segment=").json()["reports"][0]["criteria"][0]["segments"] == []
    assert mark.get(f"{path}?segment=").json()["digest"] == told["digest"]
    assert not IdempotencyKey.objects.exists()


def test_a_token_weighs_its_own_suggestion_and_knows_of_no_other(lower: Proposal, people: SimpleNamespace) -> None:
    crm, other = tool(people.rep, "read", "propose", name="CRM"), tool(people.rep, "read", "propose", name="BI")
    content = draft_content("Ready Lead", criteria=[criterion(40)])
    own = crm.post("proposals/", {"term": "ready-lead", "content": content}).json()["id"]
    upload = crm.post(f"proposals/{own}/impact", asked()).json()["uploads"][0]
    assert (upload["via"], upload["may_delete"]) == ("CRM", True)
    reader = tool(people.rep, "read")
    for caller, status in ((other, (404, "not_found")), (reader, (403, "not_permitted"))):
        assert code(caller.get(f"proposals/{own}/impact")) == status
        assert code(caller.post(f"proposals/{own}/impact", asked())) == status
        assert code(caller.post(f"proposals/{own}/forget-records", {"upload": upload["id"]})) == status
    assert code(crm.get(f"proposals/{lower.pk}/impact")) == (404, "not_found")
    assert code(crm.post(f"proposals/{lower.pk}/impact", asked())) == (404, "not_found")
    assert ImpactUpload.objects.count() == 1
    gone = crm.post(f"proposals/{own}/forget-records", {"upload": upload["id"]})
    assert (gone.status_code, gone.json()["digest"]) == (200, None)
    assert not ImpactUpload.objects.exists()


def test_records_of_one_suggestion_are_not_deleted_through_another(
    lower: Proposal, desk: Desk, people: SimpleNamespace
) -> None:
    mark, other = person(people.mark), desk.open("Campaign")
    upload = mark.post(f"proposals/{lower.pk}/impact", asked()).json()["uploads"][0]["id"]
    assert code(mark.post(f"proposals/{other.pk}/forget-records", {"upload": upload})) == (404, "not_found")
    assert ImpactUpload.objects.exists()


def test_a_person_signs_in_view_of_it(lower: Proposal, people: SimpleNamespace) -> None:
    sam, mia = person(people.sam), person(people.mia)
    seen = sam.post(f"proposals/{lower.pk}/impact", asked()).json()["digest"]
    said = {"digest": lower.text.digest, "impact": seen}
    seats = sam.post(f"proposals/{lower.pk}/sign-off", said).json()["seats"]
    assert {seat["side"]: seat.get("impact") for seat in seats} == {"sales": seen, "marketing": None}
    mia.post(f"proposals/{lower.pk}/sign-off", {"digest": lower.text.digest, "impact": "0" * 64})
    assert SignOff.objects.get(revision=lower.text, side="marketing").impact == ""
    served = tool(people.rep, "read").get("terms/ready-lead/").json()["signatures"]
    assert {item["side"]: item.get("impact") for item in served} == {"sales": seen, "marketing": None}
    ended = sam.get(f"proposals/{lower.pk}/impact").json()
    assert (ended["digest"], ended["is_kept"], ended["uploads"]) == (seen, True, [])
    assert ended["reports"][0]["criteria"][0]["examples"] == []
    assert ended["may_upload"]["code"] == "wrong_state"
    assert code(sam.post(f"proposals/{lower.pk}/impact", asked())) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"record": None}, (422, "invalid")),
        ({"record": "deal"}, (422, "invalid")),
        ({"record": 7}, (422, "invalid")),
        ({"records": None}, (422, "invalid")),
        ({"records": "all"}, (422, "invalid")),
        ({"records": []}, (422, "invalid")),
        ({"records": [1]}, (422, "invalid")),
        ({"records": [{"phone": "0171"}]}, (422, "invalid")),
        ({"segment": "email"}, (422, "invalid")),
        ({"segment": ["fit"]}, (422, "invalid")),
        ({"colour": "red"}, (422, "invalid")),
    ],
)
def test_what_cannot_be_weighed_is_a_problem_in_words(
    change: dict[str, Any], status: tuple[int, str], lower: Proposal, people: SimpleNamespace
) -> None:
    assert code(person(people.mark).post(f"proposals/{lower.pk}/impact", asked(**change))) == status
    assert not ImpactUpload.objects.exists()


def test_values_of_any_kind_upset_nothing(lower: Proposal, people: SimpleNamespace) -> None:
    records = [{"score": value} for value in ([], {"a": 1}, 10**300, "x" * 600, 1.5, True, "55", None)]
    answer = person(people.mark).post(f"proposals/{lower.pk}/impact", asked(records=records))
    assert (answer.status_code, answer.json()["reports"][0]["misfits"]) == (201, 6)
    assert answer.json()["reports"][0]["first_misfits"][0]["row"] == 1


def test_too_many_records_or_bytes_are_refused_before_they_are_read(
    lower: Proposal, people: SimpleNamespace, settings: LazySettings
) -> None:
    mark = person(people.mark)
    settings.GLOSSARY_MAX_RECORDS = 3
    assert code(mark.post(f"proposals/{lower.pk}/impact", asked())) == (422, "invalid")
    settings.GLOSSARY_MAX_UPLOAD = 200
    assert code(mark.post(f"proposals/{lower.pk}/impact", asked())) == (413, "too_large")


def test_more_than_other_bodies_may_hold_is_taken(lower: Proposal, people: SimpleNamespace) -> None:
    records = [{"score": 55, "known": True, "other": "x" * 400}] * 6_000  # over two megabytes
    answer = person(people.mark).post(f"proposals/{lower.pk}/impact", asked(records=records, segment=None))
    assert (answer.status_code, answer.json()["reports"][0]["criteria"][0]["counts"]["enter"]) == (201, 6_000)


def test_uploading_moves_no_etag_of_the_suggestion(lower: Proposal, people: SimpleNamespace) -> None:
    mark = person(people.mark)
    before = mark.get(f"proposals/{lower.pk}/")["ETag"]
    mark.post(f"proposals/{lower.pk}/impact", asked())
    assert mark.get(f"proposals/{lower.pk}/")["ETag"] == before


def test_nobody_else_is_told_of_records_in_the_feed(lower: Proposal, people: SimpleNamespace) -> None:
    workflow.weigh(lower.pk, by=acting(people.mark), **asked(), at=lower.opened_at)
    events = json.loads(tool(people.rep, "read").get("changes?after=0").getvalue())["results"]
    assert events and not [event for event in events if event["kind"].startswith("impact.")]
    assert b"impact.uploaded" in person(people.rep).get("changes?after=0").getvalue()
