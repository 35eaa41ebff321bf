"""Concerns over the API: a tool may raise one for its person, people read and answer them; a tool is told a number."""

import hashlib
import json
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from glossary import workflow
from glossary.models import Concern
from glossary.policy import Console
from tests.api.callers import Caller, code, person, tool
from tests.unchanged import everything
from tests.workflow.test_rulings import send_back
from tests.world import Desk, acting
from tests.world import person as newcomer

pytestmark = pytest.mark.django_db

ADDRESS = "terms/warm-contact/concerns/"
FIELDS = {"score": {"type": "number", "source": "CRM"}}
WARM = {"id": "is_warm", "label": "Counts as warm", "record": "contact", "expr": "score >= 60"}
HURTS = {"text": "We lose good ones.", "criterion": "is_warm", "record": {"score": 55.5}, "expected": "true"}


@pytest.fixture
def warm(desk: Desk) -> str:
    desk.publish("Contact", kind="record_type", key="contact", fields=FIELDS)
    return desk.publish("Warm Contact", criteria=[WARM]).term.slug


def test_a_tool_raises_a_concern_and_people_answer_it(warm: str, people: SimpleNamespace) -> None:
    crm = tool(people.rep, "read", "propose")
    before = crm.get(f"terms/{warm}/")
    raised = crm.post(ADDRESS, HURTS, **{"Idempotency-Key": "k-1"})
    assert raised.status_code == 201
    assert raised.json() == crm.post(ADDRESS, HURTS, **{"Idempotency-Key": "k-1"}).json()
    said = raised.json()
    shown = {key: said[key] for key in ("term", "by", "via", "state", "criterion", "record", "verdict", "expected")}
    assert shown == {
        "term": warm,
        "by": "Rep",
        "via": "CRM",
        "state": "open",
        "criterion": "is_warm",
        "record": {"score": "55.5"},
        "verdict": "false",
        "expected": "true",
    }
    detail = crm.get(f"terms/{warm}/")
    assert (before.json()["concerns"], detail.json()["concerns"]) == (0, 1)
    assert detail.headers["ETag"] != before.headers["ETag"]
    assert code(crm.get(ADDRESS)) == (403, "not_permitted")
    assert code(crm.post(f"concerns/{said['id']}/answers", {"text": "No."})) == (403, "not_permitted")
    sam = person(people.sam)
    half = sam.post(f"concerns/{said['id']}/answers", {"text": "We see it too."}).json()
    assert [(answer["side"], answer["state"]) for answer in half["answers"]] == [
        ("sales", "given"),
        ("marketing", "missing"),
    ]
    assert half["answers"][0]["text"] == "We see it too."
    assert code(sam.post(f"concerns/{said['id']}/answers", {"text": "Again."})) == (409, "seat_taken")
    person(people.mia).post(f"concerns/{said['id']}/answers", {"text": "50, then."})
    assert [row["state"] for row in sam.get(ADDRESS).json()["results"]] == ["answered"]
    assert crm.get(f"terms/{warm}/").json()["concerns"] == 0


def test_a_tool_withdraws_what_it_raised_and_is_told_no_answers(warm: str, people: SimpleNamespace) -> None:
    crm = tool(people.rep, "propose")
    raised = crm.post(ADDRESS, {"text": "Hm."}).json()["id"]
    workflow.answer_concern(raised, by=acting(people.sam), text="A secret of sales.")
    assert code(tool(people.rep, "propose").post(f"concerns/{raised}/withdraw")) == (404, "not_found")
    answer = crm.post(f"concerns/{raised}/withdraw")
    assert answer.json()["state"] == "withdrawn"
    assert b"secret" not in answer.content
    assert code(crm.post(f"concerns/{raised}/withdraw")) == (409, "wrong_state")
    assert code(crm.post("concerns/999/withdraw")) == (404, "not_found")
    private = workflow.raise_concern(warm, by=acting(people.sam), text="Private.").pk
    said = crm.post(f"concerns/{private}/withdraw").json()
    assert (said["code"], said["detail"]) == ("not_found", "There is no such concern.")


def test_a_key_kept_for_sending_again_brings_nothing_back_that_was_removed(warm: str, people: SimpleNamespace) -> None:
    """The answer to a request sent again is what the row is by now, and nothing that is kept for it tells its text."""
    crm, key, said = tool(people.rep, "read", "propose"), {"Idempotency-Key": "k-1"}, {"text": "Anna K. again."}
    raised = crm.post(ADDRESS, HURTS | said, **key).json()["id"]
    remark = crm.post("terms/warm-contact/comments/", said, **{"Idempotency-Key": "k-2"}).json()["id"]
    workflow.blank_concern(raised, by=acting(people.rep))
    workflow.blank_comment(remark, by=acting(people.rep))
    again = crm.post(ADDRESS, HURTS | said, **key)
    shown = again.json()
    assert (again.status_code, shown["id"]) == (201, raised)
    assert (shown["state"], shown["text"], shown["record"]) == ("removed", "", None)
    comment = crm.post("terms/warm-contact/comments/", said, **{"Idempotency-Key": "k-2"}).json()
    assert (comment["id"], comment["text"], comment["is_removed"]) == (remark, "", True)
    assert "Anna" not in repr(everything()) and not re.search(r"score\W+55\.5", repr(everything()))
    sent = f"POST /api/v1/terms/warm-contact/comments/\n{json.dumps(said)}".encode()
    assert hashlib.sha256(sent).hexdigest() not in repr(everything())


@pytest.mark.parametrize(
    "more", [{"text": ""}, {"record": {"score": "much"}}, {"record": [1]}, {"expected": "perhaps"}, {"criterion": "x"}]
)
def test_what_is_no_concern_is_refused(warm: str, people: SimpleNamespace, more: dict[str, Any]) -> None:
    assert code(tool(people.rep, "propose").post(ADDRESS, HURTS | more)) == (422, "invalid")
    assert not Concern.objects.exists()


def test_what_nobody_signed_reaches_no_tool(warm: str, desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    """A concern is a number, a ruling an address that asks people to sign in; their words and kinds are nowhere."""
    vera = newcomer("vera")
    workflow.name_sponsor(vera.pk, by=Console(people.ada))
    proposal = send_back(desk.submit("Warm Contact", term=warm, criteria=[WARM]), people.mia, people.sam)
    workflow.raise_concern(warm, by=acting(people.rep), text="Words of a concern.")
    ruling = workflow.record_ruling(
        proposal.pk,
        by=acting(vera),
        text="Words of a ruling.",
        reasons="Words of reasons.",
        expires_at=timezone.now() + timedelta(days=9),
    )
    settings.GLOSSARY_OPEN_READING = True
    for caller in (tool(people.rep, "read"), Caller()):
        detail = caller.get(f"terms/{warm}/").json()
        assert (detail["concerns"], detail["ruling"]) == (1, f"/rulings/{ruling.pk}/")
        for address in (
            "lookup?name=Warm+Contact",
            "terms/",
            f"terms/{warm}/",
            f"terms/{warm}/versions/",
            "search?q=words+ruling",
            "changes?after=0",
            "export?format=json",
            "export?format=csv",
            "export?format=skos",
        ):
            answer = caller.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            for hidden in (b"Words of", b"Vera", b"concern.raised", b"ruling.recorded"):
                assert hidden not in body, (address, hidden)
    feed = person(people.rep).get("changes?after=0")
    kinds = [event["kind"] for event in json.loads(b"".join(feed.streaming_content))["results"]]
    assert "ruling.recorded" in kinds and "concern.raised" in kinds
