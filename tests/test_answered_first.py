"""What the server answers itself is what all of Django would have answered, and carries what every answer carries."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from glossary.answered_first import AnsweredFirst
from tests.api.callers import person, token_of
from tests.world import Desk

pytestmark = pytest.mark.django_db

LOOKUP = "/api/v1/lookup?name=campaign"
BULK = {"names": ["Campaign", "nothing of the kind"]}


class Served(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes

    def told(self) -> tuple[str, Any]:
        """The status and the body, without what is each request's own."""
        return self.status, json.loads(self.body) if self.body else None


class Server:
    """Asks the application that the server serves, or all of Django behind it, as a tool with a token."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.django = WSGIHandler()
        self.application = AnsweredFirst(self.django)

    def ask(self, path: str, data: object = None, *, behind: bool = False, **headers: str) -> Served:
        said: list[Any] = []
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        if data is None:
            request = RequestFactory().get(path, headers=sent)
        else:
            request = RequestFactory().post(path, data, content_type="application/json", headers=sent)
        answer = (self.django if behind else self.application)(request.environ, lambda *head: said.extend(head))
        return Served(said[0], dict(said[1]), b"".join(answer))


@pytest.fixture(autouse=True)
def _connection_of_the_test() -> Iterator[None]:
    """Stays open: when a request ends, Django closes a connection that is inside a transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def server(desk: Desk) -> Server:
    desk.publish("Campaign")
    return Server(token_of(desk.people.ada, "read")[1])


@contextmanager
def failing_at(number: int) -> Iterator[list[str]]:
    """The database refuses the statement with this number, once."""
    seen: list[str] = []

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        if len(seen) == number:
            raise RuntimeError("The connection was lost.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield seen


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (LOOKUP, None),
        ("/api/v1/lookup?name=nobody+says+so", None),
        ("/api/v1/lookup?nmae=campaign", None),
        ("/api/v1/lookup?name=campaign&as_of=2020-01-01", None),
        ("/api/v1/lookup", BULK),
        ("/api/v1/lookup", {"names": "Campaign"}),
        ("/api/v1/suggest?q=camp", None),
        ("/api/v1/search?q=camp", None),
        ("/api/v1/search?q=camp&kind=animal", None),
        ("/api/v1/search", {"q": "camp"}),
        ("/healthz", None),
        ("/readyz", None),
    ],
)
def test_the_quick_answer_is_the_one_of_the_long_way(server: Server, path: str, data: object) -> None:
    assert server.ask(path, data).told() == server.ask(path, data, behind=True).told()


def test_a_stranger_is_refused_in_the_same_words(server: Server) -> None:
    server.key = "acc_nobody"
    assert server.ask(LOOKUP).told() == server.ask(LOOKUP, behind=True).told()
    assert server.ask(LOOKUP).status == "401 Unauthorized"


def test_an_answer_given_first_carries_what_every_other_answer_carries(server: Server) -> None:
    first, other = server.ask(LOOKUP).headers, server.ask("/api/v1/terms/").headers
    missing = {name.lower() for name in other} - {name.lower() for name in first}
    assert missing <= {"allow", "ratelimit", "ratelimit-policy"}
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        assert first[name] == other[name]


def test_a_person_who_asks_as_tools_do_is_known_all_the_same(server: Server, desk: Desk) -> None:
    cookie = f"sessionid={person(desk.people.rep).client.session.session_key}"
    asked = {"Authorization": "", "Cookie": cookie}
    assert json.loads(server.ask("/api/v1/search?q=campaign", **asked).body)["results"][0]["slug"] == "campaign"
    assert server.ask("/api/v1/search?q=campaign", Authorization="").status == "401 Unauthorized"


def test_a_304_says_nothing_again(server: Server) -> None:
    tag = server.ask(LOOKUP).headers["ETag"]
    known = server.ask(LOOKUP, **{"If-None-Match": tag})
    assert (known.status, known.body) == ("304 Not Modified", b"")
    assert {name.lower() for name in known.headers} == {"etag", "cache-control", "vary"}


def test_good_answers_have_no_line_in_the_log_unless_asked_for(
    server: Server, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    server.ask(LOOKUP)
    assert caplog.records == []
    server.ask("/api/v1/lookup?name=nobody", **{"X-Request-ID": "from-the-proxy"})
    assert [record.msg["status"] for record in caplog.records] == [404]  # type: ignore[index]
    assert caplog.records[0].msg["request_id"] == "from-the-proxy"  # type: ignore[index]
    settings.GLOSSARY_LOG_LOOKUPS = True
    server.ask(LOOKUP)
    assert [record.msg["status"] for record in caplog.records] == [404, 200]  # type: ignore[index]


@pytest.mark.parametrize(("data", "statement"), [(None, 1), (BULK, 2)])
def test_what_fails_is_asked_again_the_long_way(server: Server, data: object, statement: int) -> None:
    path = LOOKUP if data is None else "/api/v1/lookup"
    with failing_at(statement) as seen:
        answer = server.ask(path, data)
    assert len(seen) > statement
    assert answer.told() == server.ask(path, data).told()
    assert answer.status == "200 OK"


def test_without_tls_it_is_sent_to_tls_first(desk: Desk, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    server = Server(token_of(desk.people.ada, "read")[1])
    assert server.ask(LOOKUP).status.startswith("301")
    assert server.ask("/healthz").status == "200 OK"
