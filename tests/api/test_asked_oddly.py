"""What an integrator gets wrong at first is said in words, and in the same ones at every address."""

from types import SimpleNamespace
from typing import Any

import pytest

from glossary.models import LedgerHead
from tests.api.callers import Caller, code, person, tool
from tests.world import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(people: SimpleNamespace) -> Caller:
    return tool(people.ada, "read")


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(error["path"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("path", ["lookup?name=campaign", "suggest?q=c", "search?q=c", "terms/", "changes"])
def test_a_token_that_may_not_read_is_told_so_in_the_same_words(people: SimpleNamespace, path: str) -> None:
    refused = tool(people.rep, "propose").get(path)
    assert code(refused) == (403, "not_permitted")
    assert refused.json()["detail"] == "This token has not the scope “read”. Ask an administrator for one that has."


@pytest.mark.parametrize("path", ["terms/campaign/diff", "terms/campaign/witness"])
def test_two_versions_have_to_be_named(desk: Desk, reader: Caller, path: str) -> None:
    desk.publish("Campaign")
    for query, missing in (("", "from"), ("?from=1", "to")):
        refused = reader.get(path + query)
        assert (code(refused), errors(refused)) == ((422, "invalid"), [(missing, "required")])


@pytest.mark.parametrize("path", ["lookup?name=a&name=b", "suggest?q=a&q=b", "terms/?kind=role&kind=metric"])
def test_a_parameter_is_given_once(reader: Caller, path: str) -> None:
    refused = reader.get(path)
    assert code(refused) == (422, "invalid")
    assert errors(refused)[0][1] == "repeated"


@pytest.mark.parametrize("path", ["terms/?kind=x", "terms/?status=x", "terms/?state=x", "search?q=a&kind=x"])
def test_a_filter_that_nothing_can_meet_is_a_slip(reader: Caller, path: str) -> None:
    refused = reader.get(path)
    assert code(refused) == (422, "invalid")
    assert errors(refused)[0][1] == "not_a_choice"


def test_a_cursor_that_no_event_has_reached_is_refused(desk: Desk, reader: Caller, people: SimpleNamespace) -> None:
    """Whoever follows a registry that was restored from a backup would otherwise wait in silence, and miss events."""
    desk.publish("Campaign")
    head = LedgerHead.objects.get().seq
    for caller in (reader, person(people.sam)):
        last = caller.get(f"changes?after={head}")
        assert b"".join(last.streaming_content) == b'{"results":[],"next":%d}' % head
        refused = caller.get(f"changes?after={head + 1}")
        assert (code(refused), errors(refused)) == ((422, "invalid"), [("after", "ahead")])


@pytest.mark.parametrize("path", ["lookup", "proposals/", "terms/campaign/evaluate", "mapping-check"])
def test_a_body_in_pieces_is_not_taken_for_an_empty_one(people: SimpleNamespace, path: str) -> None:
    caller = tool(people.rep, "read", "propose")

    def sent(**headers: str) -> Any:
        said = caller.headers | {"Content-Type": "application/json"} | headers
        return caller.client.generic("POST", f"/api/v1/{path}", headers=said)

    assert code(sent(**{"Transfer-Encoding": "chunked"})) == (411, "length_required")
    assert (code(sent()), errors(sent())[0][1]) == ((422, "invalid"), "required")


@pytest.mark.parametrize(
    "path", ["terms/", "terms/campaign/", "lookup", "suggest", "changes", "proposals/", "sign-offs"]
)
def test_pages_of_other_sites_are_told_no_everywhere(people: SimpleNamespace, path: str) -> None:
    caller = tool(people.rep, "read", "propose")
    if path == "sign-offs":
        caller = person(people.sam)
    asked = caller.client.options(f"/api/v1/{path}", headers={**caller.headers, "Origin": "https://example.com"})
    assert code(asked) == (405, "method_not_allowed")
    assert "OPTIONS" not in asked.headers["Allow"] and asked.headers["Allow"]
    assert not [name for name in asked.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("accept", ["text/csv", "text/html,application/xhtml+xml"])
def test_an_export_is_sent_whatever_else_would_be_acceptable(desk: Desk, reader: Caller, accept: str) -> None:
    desk.publish("Campaign")
    answer = reader.get("export?format=csv", Accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert code(reader.get("export?format=xml", Accept=accept)) == (422, "invalid")


@pytest.mark.parametrize("path", ["lookup?name=campaign", "suggest?q=c", "search?q=campaign", "terms/"])
def test_credentials_for_something_in_front_of_the_registry_are_not_ours(desk: Desk, settings: Any, path: str) -> None:
    desk.publish("Campaign")
    visitor = Caller(Authorization="Basic c2FsZXM6c2VjcmV0")
    refused = visitor.get(path)
    assert (code(refused), refused.headers["WWW-Authenticate"]) == ((401, "unauthenticated"), "Bearer")
    settings.GLOSSARY_OPEN_READING = True
    assert visitor.get(path).status_code == 200
    assert code(Caller(Authorization="Bearer made-up").get(path)) == (401, "unauthenticated")


def test_a_word_that_is_not_there_is_not_said_to_have_come_later(desk: Desk, reader: Caller) -> None:
    desk.open("Funnel")
    said = [reader.get(f"stage-models/{slug}/").json()["detail"] for slug in ("nowhere", "funnel")]
    assert said == ["No agreed word has the address “nowhere”.", "No agreed word has the address “funnel”."]
    then = reader.get("terms/funnel/?as_of=2020-01-01T00:00:00Z").json()["detail"]
    assert then == reader.get("terms/nowhere/?as_of=2020-01-01T00:00:00Z").json()["detail"]
    assert then == "At that time nothing had been agreed about this word."
