"""Real worker processes, killed in the middle of it: every message arrives, copies have one id, none is doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from glossary.models import Delivery, Endpoint, Message
from tests.conftest import SOAKING
from tests.crash.serving import PATIENCE, database_in_use, environment
from tests.outbox.receiving import Call, Receiver, receiver

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = 50 if SOAKING else 3
MESSAGES_UNDER_KILLS = 2_000 if SOAKING else 120
MESSAGES = 5_000 if SOAKING else 300
STREAMS = 50
LEASE = "2"
LIMIT = 900 if SOAKING else 90  # seconds


class Worker:
    """`manage.py worker` in a process of its own, on the database of this test."""

    def __init__(self, log: Path, lease: str = LEASE) -> None:
        here = environment(database_in_use()) | {"DJANGO_SETTINGS_MODULE": "tests.outbox.environment", "LEASE": lease}
        command = [sys.executable, "manage.py", "worker", "--every", "0.1"]
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=here, stdout=out, stderr=out, start_new_session=True
            )

    def end(self, how: signal.Signals) -> int:
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def workers(number: int, log: Path, lease: str = LEASE) -> Iterator[list[Worker]]:
    running = [Worker(log, lease) for _ in range(number)]
    try:
        yield running
    finally:
        for worker in running:
            worker.end(signal.SIGKILL)


def write(to: Endpoint, count: int) -> set[str]:
    """So many messages in fifty streams, due now; their ids."""
    now = timezone.now()
    messages = [
        Message(
            kind="version.published",
            channel="webhook",
            endpoint=to,
            sequence=number,
            stream=f"webhook:{to.pk}:{number % STREAMS}",
            written_at=now,
            next_at=now,
        )
        for number in range(count)
    ]
    Message.objects.bulk_create(messages, batch_size=200)
    return {str(message.pk) for message in messages}


def wait_until_sent() -> None:
    until = time.monotonic() + LIMIT
    while left := Message.objects.exclude(state=Delivery.SENT).count():
        assert time.monotonic() < until, f"{left} messages were not delivered"
        time.sleep(0.2)
        close_old_connections()


def by_id(calls: list[Call]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        found[call.id].append(call)
    return found


def assert_in_order(taken: Receiver) -> None:
    """Of each stream, each message arrived for the first time after all earlier ones had."""
    streams = {str(message.pk): (message.stream, message.sequence) for message in Message.objects.all()}
    last: dict[str, int] = {}
    seen: set[str] = set()
    for call in taken.calls:
        stream, sequence = streams[call.id]
        if call.id not in seen:
            assert last.get(stream, -1) < sequence
            last[stream] = sequence
            seen.add(call.id)


def test_killed_workers_lose_nothing_and_copies_carry_the_same_id(tmp_path: Path) -> None:
    chance = random.Random(0)
    with receiver(takes=0.01) as taken:
        ids = write(Endpoint.objects.create(name="CRM", url=taken.url), MESSAGES_UNDER_KILLS)
        for _ in range(KILLS):
            with workers(2 if connection.vendor == "postgresql" else 1, tmp_path / "log") as running:
                time.sleep(chance.uniform(1.0, 2.0) if SOAKING else chance.uniform(2.0, 3.0))
                for worker in running:
                    worker.end(signal.SIGKILL)
        with workers(1, tmp_path / "log"):
            wait_until_sent()
    arrived = by_id(taken.calls)
    assert arrived.keys() == ids, (tmp_path / "log").read_text()[-2000:]
    assert_in_order(taken)
    assert sum(map(len, arrived.values())) <= len(ids) + 2 * KILLS, "one copy at most for each worker killed"


def test_two_workers_deliver_none_twice_at_the_same_time(tmp_path: Path) -> None:
    with receiver(takes=0.005) as taken:
        ids = write(Endpoint.objects.create(name="CRM", url=taken.url), MESSAGES)
        with workers(2, tmp_path / "log", lease="60") as running:
            wait_until_sent()
            assert [worker.end(signal.SIGTERM) for worker in running] == [0, 0], "told to end, it ends"
    arrived = by_id(taken.calls)
    assert arrived.keys() == ids
    assert all(len(copies) == 1 for copies in arrived.values()), "nobody was killed, so nothing came twice"
    assert_in_order(taken)


@pytest.mark.parametrize("seconds", [0, 4])
def test_a_worker_ends_with_whoever_started_it(seconds: float) -> None:
    here = environment(database_in_use()) | {"DJANGO_SETTINGS_MODULE": "tests.outbox.environment"}
    script = f"{sys.executable} manage.py worker --with-parent $$ & echo $!; exec sleep 60"
    parent = subprocess.Popen(["sh", "-c", script], cwd=settings.BASE_DIR, env=here, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    time.sleep(seconds)
    os.kill(worker, 0)
    parent.kill()
    parent.wait()
    until = time.monotonic() + PATIENCE
    while _is_running(worker):
        assert time.monotonic() < until
        time.sleep(0.1)


def _is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_lease_outlasts_a_slow_receiver(tmp_path: Path) -> None:
    """While one worker waits for an answer the other leaves the message alone."""
    with receiver(takes=2) as taken:
        to = Endpoint.objects.create(name="CRM", url=taken.url)
        now = timezone.now() - timedelta(seconds=1)
        Message.objects.create(
            kind="version.published", channel="webhook", endpoint=to, stream="x", written_at=now, next_at=now
        )
        with workers(2, tmp_path / "log", lease="30"):
            wait_until_sent()
            time.sleep(1)
    assert len(taken.calls) == 1
