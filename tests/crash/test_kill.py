"""The server is killed while people sign: what it said yes to is there, the rest happened whole or not at all."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import pytest
import requests

from tests.conftest import SOAKING
from tests.crash.serving import Server, Visitor, empty_database, run
from tests.world import draft_content

pytestmark = [pytest.mark.slow, pytest.mark.django_db]  # the latter so that it runs on every engine

KILLS = 20 if SOAKING else 2
AT_WORK = 6  # people's browsers that keep the server busy
ORDER = ("draft", "in_review", "signed", "published")  # what one suggestion goes through here


class Answered(NamedTuple):
    """A suggestion, and how far the server said that it had come."""

    proposal: int
    reached: str


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of this test's own, on the engine under test."""
    with empty_database(tmp_path) as address:
        yield address


class Crowd:
    """Browsers that open, submit and sign one suggestion after the other until the server no longer answers."""

    def __init__(self, server: Server) -> None:
        self.rep, self.sam, self.mia = (Visitor(server, name) for name in ("rep", "sam", "mia"))
        self.answered: list[Answered] = []
        self.is_over = Event()

    def work(self, name: str) -> None:
        """One browser; ends with the connection, since a killed server says nothing more."""
        number = 0
        while not self.is_over.is_set():
            number += 1
            try:
                self._agree(f"{name} {number}")
            except requests.RequestException:
                return

    def _agree(self, name: str) -> None:
        made = self._told(self.rep.post("proposals/", content=draft_content(name)), "draft")
        path = f"proposals/{made['id']}"
        self._told(self.rep.post(f"{path}/submit"), "in_review")
        self._told(self.sam.post(f"{path}/sign-off", digest=made["digest"]), "signed")
        self._told(self.mia.post(f"{path}/sign-off", digest=made["digest"]), "published")

    def _told(self, answer: requests.Response, reached: str) -> dict[str, Any]:
        assert answer.status_code in (200, 201, 503), answer.text[:2000]
        if answer.status_code == 503:
            raise requests.RequestException("busy: this one goes no further")
        said: dict[str, Any] = answer.json()
        self.answered.append(Answered(said["id"], reached))
        return said


def reached(proposal: dict[str, Any]) -> str:
    """How far a suggestion has come, as the API tells it."""
    given = [seat["side"] for seat in proposal["seats"] if seat["state"] == "given"]
    return "signed" if proposal["state"] == "in_review" and given else str(proposal["state"])


def assert_nothing_is_lost(crowd: Crowd) -> None:
    furthest: dict[int, str] = {}
    for proposal, stage in crowd.answered:
        furthest[proposal] = max(furthest.get(proposal, stage), stage, key=ORDER.index)
    for proposal, stage in furthest.items():
        kept = crowd.rep.get(f"proposals/{proposal}/")
        assert kept.status_code == 200, f"suggestion {proposal} was acknowledged and is gone"
        now = reached(kept.json())
        assert ORDER.index(now) >= ORDER.index(stage), f"suggestion {proposal} was {stage} and is {now}"


def test_a_killed_server_has_lost_nothing_that_it_acknowledged(database: str, tmp_path: Path) -> None:
    prepared = run(database, "-m", "tests.crash.seated_company")
    assert prepared.returncode == 0, prepared.stderr[-3000:]
    server, chance = Server(database, tmp_path / "server.log"), random.Random(0)
    total = 0
    try:
        crowd = Crowd(server.start())
        for number in range(KILLS):
            crowd.answered, crowd.is_over = [], Event()
            _kill_at_work(server, crowd, f"Round {number}", after=chance.uniform(0.4, 1.6))
            checked = run(database, "manage.py", "verify")
            assert checked.returncode == 0, checked.stdout[-3000:] + checked.stderr[-3000:]
            server.start()
            assert_nothing_is_lost(crowd)
            total += len(crowd.answered)
    finally:
        server.kill()
    assert total > KILLS, "there was something to lose"


def _kill_at_work(server: Server, crowd: Crowd, name: str, *, after: float) -> None:
    with ThreadPoolExecutor(AT_WORK) as browsers:
        at_work = [browsers.submit(crowd.work, f"{name}, browser {place}") for place in range(AT_WORK)]
        time.sleep(after)
        server.kill()
        crowd.is_over.set()
        for browser in at_work:
            browser.result()
