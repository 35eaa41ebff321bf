"""bin/benchmark: build, serve, measure side by side, and print what it cost in ratios."""

import argparse
import shlex
import statistics
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks import databases, load, machine
from benchmarks.databases import FOLDER, Vocabulary
from benchmarks.load import Outcome
from benchmarks.machine import Server
from benchmarks.targets import Target, not_modified_bytes, targets, typical_length

WARM_UP = 3  # seconds
RESULTS = Path(__file__).with_name("RESULTS.md")


class Sample(NamedTuple):
    """One target in one round: CPU of the server in microseconds a request, and what the client saw."""

    cpu: float
    outcome: Outcome


class Measured(NamedTuple):
    """All rounds on one vocabulary, with what was read off once."""

    vocabulary: Vocabulary
    samples: dict[str, list[Sample]]
    constant_body: int
    not_modified: int
    memory: float  # MiB of our server beyond the constant one

    def cost(self, target: str, yardstick: str) -> float:
        """CPU of the target in units of the yardstick's: the ratio of each round, and of those the median."""
        pairs = zip(self.samples[target], self.samples[yardstick], strict=True)
        return statistics.median(mine.cpu / theirs.cpu for mine, theirs in pairs)


def main() -> None:
    options = _options()
    FOLDER.mkdir(parents=True, exist_ok=True)
    said = [f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine.description()}, with {_client()}.", ""]
    said += [f"Command: `bin/benchmark {shlex.join(sys.argv[1:])}`", ""]
    print(*said, sep="\n", flush=True)
    measured = [_measured(vocabulary, options) for vocabulary in _vocabularies(options)]
    tables = [line for one in measured for line in _table(one)] + _targets(measured)
    print(*tables, sep="\n")
    if options.keep:
        before = RESULTS.read_text() if RESULTS.exists() else _HEAD
        RESULTS.write_text("\n".join([before, *said, *tables, ""]))


_HEAD = """# What the hot paths cost

Every run kept with `bin/benchmark --keep`, newest last. [How it measures](../docs/speed.md#how-it-is-measured).
"""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/benchmark", description=__doc__)
    parser.add_argument("--terms", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="sizes, in words")
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each target in each round")
    parser.add_argument("--postgres", default="", metavar="URL", help="a PostgreSQL where databases may be made")
    parser.add_argument("--again", action="store_true", help="build vocabularies anew that are there already")
    parser.add_argument("--keep", action="store_true", help="add the tables to benchmarks/RESULTS.md")
    return parser.parse_args()


def _client() -> str:
    return "wrk" if load.wrk_is_installed() else "the client of benchmarks/load.py, since wrk is not installed"


def _vocabularies(options: argparse.Namespace) -> list[Vocabulary]:
    built = []
    for terms in options.terms:
        _tell(f"building {terms} words: rows in bulk past the guards, which are put back, and verified by sample")
        on_sqlite = databases.on_sqlite(terms, again=options.again)
        if options.engine != "postgres":
            built.append(on_sqlite)
        if options.engine != "sqlite":
            built.append(databases.on_postgresql(on_sqlite, options.postgres))
    return built


def _measured(vocabulary: Vocabulary, options: argparse.Namespace) -> Measured:
    _tell(f"measuring {vocabulary.terms} words on {vocabulary.engine}")
    ours = databases.environment(vocabulary.address)
    log = FOLDER / "servers.log"
    with ExitStack() as running:
        accord = running.enter_context(Server("glossary.wsgi:application", ours, log))
        accord.wait()
        length = typical_length(vocabulary, accord.port)
        bare = ours | {"DJANGO_SETTINGS_MODULE": "benchmarks.constant", "BENCHMARK_BODY": str(length)}
        framework = ours | {"DJANGO_SETTINGS_MODULE": "benchmarks.framework_settings"}
        servers = {
            "accord": accord,
            "constant": running.enter_context(Server("benchmarks.serving:application", bare, log)),
            "framework": running.enter_context(Server("benchmarks.serving:application", framework, log)),
        }
        for server in servers.values():
            server.wait()
        asked = targets(vocabulary, accord.port)
        samples: dict[str, list[Sample]] = {target.name: [] for target in asked}
        for target in asked:
            _sample(target, servers[target.server], vocabulary, WARM_UP)
        for _ in range(options.rounds):
            for target in asked:
                samples[target.name].append(_sample(target, servers[target.server], vocabulary, options.seconds))
        extra = machine.memory_mib(accord.processes()) - machine.memory_mib(servers["constant"].processes())
        return Measured(vocabulary, samples, length, not_modified_bytes(accord.port, vocabulary), extra)


def _sample(target: Target, server: Server, vocabulary: Vocabulary, seconds: float) -> Sample:
    before = machine.cpu_seconds(_processes(server, vocabulary))
    outcome = load.send(
        server.port, target.requests, status=target.status, connections=target.connections, seconds=seconds
    )
    after = machine.cpu_seconds(_processes(server, vocabulary))
    spent = sum(max(0.0, cpu - before.get(pid, 0.0)) for pid, cpu in after.items())
    return Sample(spent / outcome.requests * 1e6, outcome)


def _processes(server: Server, vocabulary: Vocabulary) -> list[int]:
    """Those of the server, and of PostgreSQL those that serve it; what ended meanwhile is counted to nobody."""
    backends = databases.backends(vocabulary.address) if vocabulary.engine == "PostgreSQL" else []
    return server.processes() + backends


def _table(measured: Measured) -> list[str]:
    """Every target with its cost, alone and in units of the constant view's."""
    vocabulary = measured.vocabulary
    lines = [
        f"## {vocabulary.terms:,} words on {vocabulary.engine}",
        "",
        f"A constant answer of {measured.constant_body} bytes. A 304 takes {measured.not_modified} bytes on the wire. "
        f"Memory beyond the constant server's: {measured.memory:+.0f} MiB.",
        "",
        "| | CPU µs | of constant | p50 ms | p95 ms | p99 ms | a second |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, samples in measured.samples.items():
        waits = [f"{_median(samples, n):.2f}" for n in range(2, 5)]
        rate = statistics.median(sample.outcome.requests / sample.outcome.seconds for sample in samples)
        cpu = statistics.median(sample.cpu for sample in samples)
        share = 1 / measured.cost(name, "constant")
        lines.append(f"| {name} | {cpu:.0f} | {share:.2f} | {' | '.join(waits)} | {rate:,.0f} |")
    return [*lines, ""]


def _median(samples: list[Sample], field: int) -> float:
    return statistics.median(sample.outcome[field] for sample in samples)


def _targets(all_measured: list[Measured]) -> list[str]:
    lines = ["## Targets", "", "| | target | reached |", "|---|---|---|"]
    for measured in all_measured:
        where = f"{measured.vocabulary.terms:,} words, {measured.vocabulary.engine}"
        share = 0.5 if measured.vocabulary.engine == "SQLite" else 0.25
        rows = [
            ("lookup against the constant view", f"≥ {share}", 1 / measured.cost("lookup", "constant")),
            ("lookup against the model view set", "≥ 10", measured.cost("model view set", "lookup")),
            ("as of against now", "≥ 0.70", 1 / measured.cost("lookup as of", "lookup")),
            ("304 against 200", "≤ 1.05", measured.cost("lookup 304", "lookup")),
            ("bulk of 100 against one", "≤ 6", measured.cost("bulk of 100", "lookup")),
        ]
        lines += [f"| {name}, {where} | {target} | {reached:.2f} |" for name, target, reached in rows]
    return lines + _growth(all_measured)


def _growth(all_measured: list[Measured]) -> list[str]:
    """How the largest vocabulary compares with the smallest, each in units of its own constant view."""
    lines = []
    for engine in dict.fromkeys(one.vocabulary.engine for one in all_measured):
        sizes = sorted(
            (one for one in all_measured if one.vocabulary.engine == engine), key=lambda one: one.vocabulary.terms
        )
        small, large = sizes[0], sizes[-1]
        if small is not large:
            growth = large.cost("lookup", "constant") / small.cost("lookup", "constant")
            between = f"{large.vocabulary.terms:,} words over {small.vocabulary.terms:,}"
            lines.append(f"| lookup at {between}, {engine} | ≤ 1.15 | {growth:.2f} |")
    return lines


def _tell(sentence: str) -> None:
    print(f"… {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
