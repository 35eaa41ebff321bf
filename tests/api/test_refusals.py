"""Bad input, the wrong person, the wrong moment: a stated refusal in words, and nothing changed."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Token
from glossary import workflow
from glossary.policy import Console
from tests.api.callers import API, Caller, code, person, token_of, tool
from tests.unchanged import nothing_changes
from tests.world import Desk, draft_content

pytestmark = pytest.mark.django_db

SESSION_ONLY = ["sign-off", "object", "withdraw-objection", "withdraw-sign-off", "decline"]


@pytest.fixture
def submitted(desk: Desk) -> Any:
    return desk.submit("Campaign")


def test_without_a_token_or_a_session_nobody_gets_in(client: Client, submitted: Any) -> None:
    visitor = Caller()
    asked = ["lookup?name=Campaign", "terms/", "terms/campaign/", "changes", "export", "proposals/"]
    for path in [*asked, f"proposals/{submitted.pk}/"]:
        answer = visitor.get(path)
        assert code(answer) == (401, "unauthenticated"), path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    with nothing_changes():
        assert code(visitor.post("proposals/", {"content": draft_content("Funnel")})) == (401, "unauthenticated")


@pytest.mark.parametrize("path", ["lookup?name=Campaign", "terms/"])
def test_a_token_that_is_none_opens_nothing(path: str) -> None:
    for key in ("", " ", " nonsense", " é", " " + "x" * 5000, " a b", " \x00"):
        assert code(Caller(Authorization=f"Bearer{key}").get(path)) == (401, "unauthenticated"), key


@pytest.mark.parametrize("path", ["lookup?name=Campaign", "terms/"])
def test_a_token_that_ended_opens_nothing_and_is_still_there(people: SimpleNamespace, path: str) -> None:
    expired, expired_key = token_of(people.rep, "read")
    revoked, revoked_key = token_of(people.rep, "read")
    _, orphaned_key = token_of(people.mark, "read")
    Token.objects.filter(pk=expired.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    Token.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    workflow.deactivate(people.mark.pk, by=Console(people.ada))
    with nothing_changes():
        for key in (expired_key, revoked_key, orphaned_key):
            assert code(Caller(Authorization=f"Bearer {key}").get(path)) == (401, "unauthenticated")


def test_no_token_signs_or_says_no_whoever_it_belongs_to(people: SimpleNamespace, submitted: Any) -> None:
    said = {"digest": submitted.text.digest, "reason": "because"}
    items = [{"proposal": submitted.pk, "digest": submitted.text.digest}]
    tools = [tool(people.sam, "read", "propose"), tool(people.sue, "propose"), tool(people.mia, "read")]
    with nothing_changes():
        for caller in tools:
            assert code(caller.post("sign-offs", {"items": items})) == (403, "not_permitted")
            for action in SESSION_ONLY:
                answer = caller.post(f"proposals/{submitted.pk}/{action}", said)
                assert code(answer) == (403, "not_permitted"), action


def test_a_token_to_read_suggests_nothing(people: SimpleNamespace, submitted: Any) -> None:
    reader, path = tool(people.rep, "read"), f"proposals/{submitted.pk}"
    with nothing_changes():
        for answer in (
            reader.post("proposals/", {"content": draft_content("Funnel")}),
            reader.post("terms/", {"name": "Funnel"}),
            reader.post(f"{path}/comments/", {"text": "hm"}),
            reader.post("terms/campaign/comments/", {"text": "hm"}),
            reader.post(f"{path}/withdraw"),
            reader.get("proposals/"),
            reader.get(f"{path}/"),
        ):
            assert code(answer) == (403, "not_permitted")


def test_a_person_without_the_csrf_token_changes_nothing(people: SimpleNamespace, submitted: Any) -> None:
    caller = Caller()
    caller.client.force_login(people.sam)
    with nothing_changes():
        answer = caller.post(f"proposals/{submitted.pk}/sign-off", {"digest": submitted.text.digest})
        assert code(answer) == (403, "not_permitted")
    assert "CSRF" in answer.json()["detail"]


def test_only_owners_sign_and_only_the_text_they_read(people: SimpleNamespace, submitted: Any) -> None:
    path = f"proposals/{submitted.pk}/sign-off"
    right = {"digest": submitted.text.digest}
    rep, sam, ada = person(people.rep), person(people.sam), person(people.ada)
    with nothing_changes():
        assert code(rep.post(path, right)) == (403, "not_permitted")
        assert code(ada.post(path, right)) == (403, "not_permitted")
        changed = sam.post(path, {"digest": "0" * 64})
        assert code(changed) == (409, "digest_changed")
        assert changed.json()["digest"] == submitted.text.digest
        assert code(sam.post(f"proposals/{submitted.pk}/submit")) == (409, "wrong_state")
        assert code(sam.post(f"proposals/{submitted.pk}/rebase")) == (409, "wrong_state")
        assert code(sam.post("proposals/999999/sign-off", right)) == (404, "not_found")


def test_a_stale_sign_in_is_asked_again(people: SimpleNamespace, submitted: Any) -> None:
    sam = person(people.sam)
    session = sam.client.session
    session["signed_in_at"] = (timezone.now() - timedelta(days=2)).isoformat()
    session.save()
    answer = sam.post(f"proposals/{submitted.pk}/sign-off", {"digest": submitted.text.digest})
    assert code(answer) == (403, "reauthenticate")


def test_what_is_not_ready_says_what_to_mend(people: SimpleNamespace) -> None:
    rep = person(people.rep)
    made = rep.post("proposals/", {"content": {"name": "Campaign", "definition": "See [[nowhere]]."}}).json()
    assert made["readiness"]["errors"]
    refused = rep.post(f"proposals/{made['id']}/submit")
    assert code(refused) == (422, "not_ready")
    assert {"path", "code", "message", "mend"} <= set(refused.json()["readiness"]["errors"][0])
    assert {"summary", "definition"} <= {error["path"] for error in refused.json()["errors"]}


BAD_BODIES: list[tuple[str, object, str]] = [
    ("proposals/", b"{", ""),
    ("proposals/", b"\xff\xfe", ""),
    ("proposals/", b"[" * 100_000, ""),
    ("proposals/", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, ""),
    ("proposals/", b'{"content": {"name": "x", "name": "y"}}', ""),
    ("proposals/", b'{"content": {"name": NaN}}', ""),
    ("proposals/", b'{"base_version": ' + b"9" * 5_000 + b"}", ""),
    ("proposals/", [], ""),
    ("proposals/", "text", ""),
    ("proposals/", {}, "content"),
    ("proposals/", {"content": []}, "content"),
    ("proposals/", {"content": draft_content("x"), "state": "published"}, "state"),
    ("proposals/", {"content": draft_content("x"), "base_version": "1"}, "base_version"),
    ("proposals/", {"content": draft_content("x"), "base_version": True}, "base_version"),
    ("proposals/", {"content": draft_content("x"), "base_version": 10**30}, "base_version"),
    ("proposals/", {"content": draft_content("x"), "effective_from": "2027-01-01"}, "effective_from"),
    ("proposals/", {"content": draft_content("x"), "effective_from": "2027-01-01T00:00:00"}, "effective_from"),
    ("proposals/", {"content": draft_content("x"), "effective_from": "0001-01-01T00:00:00+14:00"}, "effective_from"),
    ("proposals/", {"content": draft_content("x"), "effective_from": 20270101}, "effective_from"),
    ("proposals/", {"content": draft_content("x"), "reason": ["why"]}, "reason"),
    ("proposals/", {"content": draft_content("x"), "reason": "\x00"}, "reason"),
    ("proposals/", {"content": draft_content("x"), "reason": "y" * 100_000}, "reason"),
    ("proposals/", b'{"content": {"name": "\\ud800"}}', "content.name"),
    ("proposals/", {"content": draft_content("x", colour="red")}, "colour"),
    ("proposals/", {"content": draft_content("x", criteria=[{"samples": 5}])}, "criteria[0].samples"),
    ("proposals/", {"content": draft_content("x", definition="a" * 1_000_000)}, "definition"),
    ("proposals/", {"content": draft_content("x", definition="[" * 5_000)}, "definition"),
    ("proposals/", {"content": draft_content("x", definition="- " * 60 + "x")}, "definition"),
    ("proposals/", {"content": draft_content("x\x00y")}, "name"),
    ("proposals/", {"content": draft_content("Cam\u202epaign")}, "name"),
    ("proposals/", {"content": draft_content("Cam\u200bpaign")}, "name"),
    ("proposals/", {"content": draft_content("C\u0430mpaign")}, "name"),
    ("terms/", {"name": 5}, "name"),
    ("terms/", {"name": "C\u0430mpaign"}, "name"),
    ("terms/", {"name": "Funnel", "note": "\x00"}, "note"),
    ("sign-offs", {"items": {}}, ""),
    ("sign-offs", {"items": [{"proposal": "1", "digest": "x"}]}, "items[0].proposal"),
    ("sign-offs", {"items": [{"proposal": 1, "digest": 5}]}, "items[0].digest"),
    ("sign-offs", {"items": [{"proposal": 1, "digest": "x"}] * 1_000}, "items"),
]


def test_a_body_at_fault_is_refused_by_field(people: SimpleNamespace) -> None:
    sam = person(people.sam)
    with nothing_changes():
        for path, sent, field in BAD_BODIES:
            answer = sam.post(path, sent)
            assert code(answer) == (422, "invalid"), (path, sent, answer.content[:300])
            if field:
                assert field in [error["path"] for error in answer.json()["errors"]], answer.json()


def test_every_action_refuses_a_body_at_fault(people: SimpleNamespace, submitted: Any) -> None:
    sam = person(people.sam)
    at_fault = [b"{", [1], {"unknown": 1}, {"digest": {"a": 1}, "reason": 7, "text": []}]
    with nothing_changes():
        for action in (*SESSION_ONLY, "submit", "withdraw", "rebase", "comments/"):
            for sent in at_fault:
                answer = sam.post(f"proposals/{submitted.pk}/{action}", sent)
                assert code(answer) == (422, "invalid"), (action, sent)


def test_a_lookup_in_bulk_refuses_a_body_at_fault(people: SimpleNamespace) -> None:
    reader = tool(people.rep, "read")
    for sent in ({"names": "MQL"}, {"names": [1]}, {"names": ["x"] * 1_001}, {}, [], {"n": []}, b"{"):
        assert code(reader.post("lookup", sent)) == (422, "invalid"), sent


def test_what_is_too_large_is_not_even_read(people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_MAX_BODY = 1_000
    large = b"{" * 1_001
    assert code(person(people.rep).post("proposals/", large)) == (413, "too_large")
    assert code(tool(people.rep, "read").post("lookup", large)) == (413, "too_large")


def test_other_media_types_and_methods_are_refused_in_words(people: SimpleNamespace) -> None:
    rep, reader = person(people.rep), tool(people.rep, "read")
    for path in ("proposals/", "lookup"):
        caller = reader if path == "lookup" else rep
        form = caller.client.post(f"{API}{path}", {"name": "x"}, headers=caller.headers)
        assert code(form) == (415, "unsupported_media_type")
    refused = reader.send("delete", "lookup")
    assert code(refused) == (405, "method_not_allowed")
    assert "GET" in refused.headers["Allow"]
    assert code(rep.send("put", "proposals/", {}))[0] == 405
    assert code(rep.get("terms/", Accept="text/html")) == (406, "not_acceptable")


def test_an_address_with_nothing_behind_it_is_not_found(people: SimpleNamespace) -> None:
    rep = person(people.rep)
    for path in ("", "nonsense", "terms", "terms/nope/", "proposals/99999999999999999999/", "terms/x/versions/1/"):
        assert code(rep.get(path)) == (404, "not_found"), path


def test_an_unknown_address_is_not_found_whatever_is_sent_there(people: SimpleNamespace) -> None:
    assert code(Caller().post("nonsense", {"a": 1})) == (404, "not_found")


TERM_QUERIES = [
    *("q=%00", "kind=%00", "as_of=%00", "as_of=2026-01-01", "as_of=tomorrow", "as_of=9999-12-31T23:59:59-12:00"),
    *("updated_since=1", "limit=0x10", "limit=201", "limit=-1", "limit=0", "cursor=a", "state=nonsense", "colour=red"),
]


def test_a_parameter_at_fault_is_refused(people: SimpleNamespace) -> None:
    rep, reader = person(people.rep), tool(people.rep, "read")
    for query in TERM_QUERIES:
        assert code(rep.get(f"terms/?{query}")) == (422, "invalid"), query
    for query in ("state=nonsense", "waiting_for=nobody", "waiting_for=%00", "state=%00"):
        assert code(rep.get(f"proposals/?{query}")) == (422, "invalid"), query
    for query in ("", "?name=", "?nam=MQL", "?name=x&as_of=soon"):
        assert code(reader.get(f"lookup{query}")) == (422, "invalid"), query


def test_any_name_may_be_asked_for(people: SimpleNamespace) -> None:
    reader = tool(people.rep, "read")
    for name in ("%00", "x" * 3_000, "%F0%9F%92%A9", "%ff%fe", "'; DROP TABLE", "%", "_" * 50):
        assert code(reader.get(f"lookup?name={name}")) == (404, "not_found"), name


def test_a_faulty_key_is_refused(people: SimpleNamespace) -> None:
    sent = {"content": draft_content("Campaign")}
    rep = person(people.rep)
    with nothing_changes():
        assert code(rep.post("proposals/", sent, **{"Idempotency-Key": ""})) == (422, "invalid")
        assert code(rep.post("proposals/", sent, **{"Idempotency-Key": "k" * 500})) == (422, "invalid")


def test_a_problem_carries_the_standard_fields(people: SimpleNamespace) -> None:
    problem = json.loads(person(people.rep).get("terms/nope/").content)
    assert problem == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "There is no word with the address “nope”.",
    }
