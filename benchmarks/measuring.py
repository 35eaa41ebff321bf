"""Every target and yardstick side by side on one vocabulary, in interleaved rounds."""

import http.client
import json
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import NamedTuple

from benchmarks import databases, load, machine, raw
from benchmarks.connections import connect, connect_postgresql
from benchmarks.databases import FOLDER, Vocabulary
from benchmarks.load import Outcome
from benchmarks.machine import Backends, Memory, Server
from benchmarks.targets import (
    CHANGES,
    MOST_EVENTS,
    PAGES_AT,
    Target,
    not_modified_bytes,
    pages,
    targets,
    typical_length,
)

WARM_UP = 1  # seconds
SEARCH, RAW_SEARCH = "search, one connection", "raw search"


class Sample(NamedTuple):
    """One target in one round: CPU of the server in microseconds a request (None: not measured), and the waits."""

    cpu: float | None
    outcome: Outcome


class Walk(NamedTuple):
    """The whole feed of changes: how many events, CPU seconds of ours and of the raw one, MiB that ours grew by."""

    events: int
    cpu: float
    raw_cpu: float
    grown: float


class Measured(NamedTuple):
    """All rounds on one vocabulary, with what was read off once. `memory` is what ours has beyond the constant view."""

    vocabulary: Vocabulary
    samples: dict[str, list[Sample]]
    walk: Walk
    constant_body: int
    not_modified: int
    memory: Memory

    def cost(self, target: str, yardstick: str) -> float:
        """CPU of the target in units of the yardstick's: the ratio of each round, and of those the median."""
        pairs = zip(self.samples[target], self.samples[yardstick], strict=True)
        return statistics.median(mine.cpu / theirs.cpu for mine, theirs in pairs if mine.cpu and theirs.cpu)

    def slowness(self, target: str, yardstick: str, beyond: str | None = None) -> float:
        """The same of the 95th percentile of the waits, that of `beyond` in the same round taken off first."""
        ratios = []
        for number, (mine, theirs) in enumerate(zip(self.samples[target], self.samples[yardstick], strict=True)):
            taken_off = self.samples[beyond][number].outcome.p95 if beyond else 0
            ratios.append((mine.outcome.p95 - taken_off) / theirs.outcome.p95)
        return statistics.median(ratios)


class Bench:
    """The servers on one vocabulary, and what they cost."""

    def __init__(self, vocabulary: Vocabulary, running: ExitStack) -> None:
        self.vocabulary = vocabulary
        self.running = running
        self.environment = databases.environment(vocabulary.address)
        self.backends = _backends(vocabulary)
        accord = self._start("glossary.wsgi:application")
        self.length = typical_length(vocabulary, accord.port)
        constant = {"DJANGO_SETTINGS_MODULE": "benchmarks.constant", "BENCHMARK_BODY": str(self.length)}
        framework = {"DJANGO_SETTINGS_MODULE": "benchmarks.framework_settings"}
        self.servers = {
            "accord": accord,
            "constant": self._start("benchmarks.serving:application", constant),
            "framework": self._start("benchmarks.serving:application", framework),
        }
        self.pages = self._pages() if vocabulary.terms == PAGES_AT else []
        self.connection = running.enter_context(closing(connect(vocabulary.address)))

    def _pages(self) -> list[Target]:
        settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.bare_pages"}
        self.servers["bare pages"] = self._start("benchmarks.serving:application", settings)
        return pages(**databases.visit(self.vocabulary.address))

    def _start(self, application: str, differing: dict[str, str] | None = None) -> Server:
        server = Server(application, self.environment | (differing or {}), FOLDER / "servers.log")
        self.running.enter_context(server)
        server.wait()
        return server

    def cpu_seconds(self, server: Server) -> float:
        """Of the server, and on PostgreSQL of all processes that have served this database."""
        return machine.cpu_seconds(server.processes()) + (self.backends.cpu_seconds() if self.backends else 0)

    def sample(self, target: Target, seconds: float, start: int = 0) -> Sample:
        """Ask for so long, beginning with the request at `start`."""
        server = self.servers[target.server]
        before = self.cpu_seconds(server)
        outcome = load.send(
            server.port,
            target.requests,
            status=target.status,
            connections=target.connections,
            seconds=seconds,
            start=start,
        )
        return Sample((self.cpu_seconds(server) - before) / outcome.requests * 1e6, outcome)

    def raw_sample(self, count: int, start: int) -> Sample:
        """The same words asked of the database itself."""
        words = self.vocabulary.searches
        waits = raw.search(self.connection, [words[(start + number) % len(words)] for number in range(count)])
        cuts = statistics.quantiles(waits, n=100)
        return Sample(None, Outcome(count, sum(waits) / 1_000, cuts[49], cuts[94], cuts[98]))

    def walk(self) -> Walk:
        """The feed from its beginning to its end, ours and the raw one."""
        server = self.servers["accord"]
        before, cpu = machine.memory(server.processes()).own, self.cpu_seconds(server)
        events, most = 0, before
        for page in _pages(server.port, self.vocabulary.key):
            events += page
            most = max(most, machine.memory(server.processes()).own)
        cpu = self.cpu_seconds(server) - cpu
        raw_events, raw_cpu = raw.walk(self.vocabulary.address)
        if events != raw_events:
            raise SystemExit(f"The feed has {events} events and the database {raw_events}.")
        return Walk(events, cpu, raw_cpu, most - before)


def _backends(vocabulary: Vocabulary) -> Backends | None:
    if vocabulary.engine != "PostgreSQL":
        return None
    with connect_postgresql(vocabulary.address) as connection:
        return Backends(connection.info.dbname, machine.parent_of(connection.info.backend_pid))


def _pages(port: int, key: str) -> Iterator[int]:
    """How many events each page of the feed has, until one is empty."""
    link, after = http.client.HTTPConnection("127.0.0.1", port, timeout=120), 0
    with closing(link):
        while True:
            headers = {"X-Forwarded-Proto": "https", "Authorization": f"Bearer {key}"}
            link.request("GET", f"{CHANGES}?after={after}&limit={MOST_EVENTS}", headers=headers)
            said = json.loads(link.getresponse().read())
            if not said["results"]:
                return
            after = said["next"]
            yield len(said["results"])


def measured(vocabulary: Vocabulary, *, rounds: int, seconds: float) -> Measured:
    """All targets on this vocabulary: each once a round, for so many seconds."""
    databases.tell(f"measuring {vocabulary.terms:,} words on {vocabulary.engine}")
    with ExitStack() as running:
        bench = Bench(vocabulary, running)
        accord, constant = bench.servers["accord"], bench.servers["constant"]
        walk = bench.walk()
        asked = [*targets(vocabulary, accord.port), *bench.pages]
        for target in asked:
            bench.sample(target, WARM_UP)
        raw.search(bench.connection, vocabulary.searches[:100])
        samples: dict[str, list[Sample]] = {name: [] for name in (*(target.name for target in asked), RAW_SEARCH)}
        for number in range(rounds):
            start = number * len(vocabulary.searches) // rounds
            for target in asked:
                samples[target.name].append(bench.sample(target, seconds, start))
            samples[RAW_SEARCH].append(bench.raw_sample(samples[SEARCH][-1].outcome.requests, start))
        memory = machine.memory(accord.processes()) - machine.memory(constant.processes())
        return Measured(vocabulary, samples, walk, bench.length, not_modified_bytes(accord.port, vocabulary), memory)
