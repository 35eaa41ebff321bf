"""Several server processes are asked while words are published: no answer is older than what was published before."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import requests
from django.utils import timezone

from glossary.models import Version
from tests.api.callers import token_of
from tests.conftest import SOAKING
from tests.crash.serving import PATIENCE, Server, database_in_use
from tests.world import Desk

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SERVERS = 3
EDITIONS = 40 if SOAKING else 6
AHEAD = timedelta(seconds=3)


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Processes that share nothing but the database of this test."""
    folder = tmp_path_factory.mktemp("servers")
    running = [Server(database_in_use(), folder / f"{number}.log", workers=1) for number in range(SERVERS)]
    try:
        yield [server.start() for server in running]
    finally:
        for server in running:
            server.kill()


class Tool:
    """Asks one server over one connection that stays open."""

    def __init__(self, server: Server, key: str) -> None:
        self.address = f"{server.address}/api/v1/lookup"
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {key}"

    def status(self) -> int:
        return self.http.get(self.address, params={"name": "campaign"}, timeout=PATIENCE).status_code

    def version(self) -> int:
        answer = self.http.get(self.address, params={"name": "campaign"}, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["matches"][0]["version"])


def test_no_answer_is_older_than_what_was_published_before_the_question(desk: Desk, servers: list[Server]) -> None:
    desk.publish("Campaign")
    key = token_of(desk.people.ada, "read")[1]
    published, over = [1], Event()

    def ask(server: Server) -> int:
        tool, asked = Tool(server, key), 0
        while not over.is_set():
            before = published[-1]
            assert tool.version() >= before
            asked += 1
        return asked

    with ThreadPoolExecutor(SERVERS) as threads:
        asking = [threads.submit(ask, server) for server in servers]
        try:
            for edition in range(2, EDITIONS + 2):
                version = desk.publish("Campaign", term="campaign", summary=f"plan of edition {edition}")
                published.append(version.number)
        finally:
            over.set()
        assert all(asked.result() > EDITIONS for asked in asking)
    assert [Tool(server, key).version() for server in servers] == [EDITIONS + 1] * SERVERS


def test_a_version_takes_effect_at_its_instant_in_every_process(desk: Desk, servers: list[Server]) -> None:
    desk.publish("Campaign")
    tools = [Tool(server, token_of(desk.people.ada, "read")[1]) for server in servers]
    starts = timezone.now() + AHEAD
    upcoming = desk.publish("Campaign", term="campaign", summary="plan as from then", effective_from=starts)
    _ask_around(tools, upcoming)


def _ask_around(tools: list[Tool], upcoming: Version) -> None:
    """Asked before the instant and answered before it: the old one; asked after it: the new one."""
    seen = set()
    until = upcoming.in_force_from + timedelta(seconds=0.5)
    while datetime.now(UTC) < until:
        for tool in tools:
            sent, number, came = datetime.now(UTC), tool.version(), datetime.now(UTC)
            seen.add(number)
            if came < upcoming.in_force_from:
                assert number == upcoming.number - 1
            if sent >= upcoming.in_force_from:
                assert number == upcoming.number
        time.sleep(0.02)
    assert seen == {upcoming.number - 1, upcoming.number}


def test_a_revoked_token_is_refused_at_once_by_every_process(desk: Desk, servers: list[Server]) -> None:
    desk.publish("Campaign")
    token, key = token_of(desk.people.ada, "read")
    tools = [Tool(server, key) for server in servers]
    assert [tool.status() for tool in tools] == [200] * SERVERS
    token.revoked_at = timezone.now()
    token.save()
    assert [tool.status() for tool in tools] == [401] * SERVERS
