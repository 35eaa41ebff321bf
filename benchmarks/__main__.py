"""bin/benchmark: build, serve, measure side by side, and print what it cost in ratios."""

import argparse
import os
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import criteria, databases, load, machine, report
from benchmarks.databases import FOLDER, Vocabulary
from benchmarks.measuring import measured

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    options = _options()
    FOLDER.mkdir(parents=True, exist_ok=True)
    said = [f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine.description()}, with {_client()}.", ""]
    said += [f"Command: `bin/benchmark {shlex.join(sys.argv[1:])}`", ""]
    print(*said, sep="\n", flush=True)
    tables = criteria.report() if options.criteria else _lookups(options)
    print(*tables, sep="\n")
    if options.keep and tables:
        before = RESULTS.read_text() if RESULTS.exists() else _HEAD
        RESULTS.write_text("\n".join([before, *said, *tables, ""]))


def _lookups(options: argparse.Namespace) -> list[str]:
    """The tables of what reading costs; none where the vocabularies were only built."""
    vocabularies = _vocabularies(options)
    if options.only_build:
        return []
    all_measured = [measured(one, rounds=options.rounds, seconds=options.seconds) for one in vocabularies]
    return [line for one in all_measured for line in report.table(one)] + report.targets(all_measured)


_HEAD = """# What the hot paths cost

Every run kept with `bin/benchmark --keep`, newest last. [How it measures](../docs/speed.md#how-it-is-measured).
"""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/benchmark", description=__doc__)
    parser.add_argument("--terms", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="sizes, in words")
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="of each target in each round")
    parser.add_argument(
        "--postgres",
        default=os.environ.get("TEST_DATABASE_URL", ""),
        metavar="URL",
        help="a PostgreSQL where databases may be made",
    )
    parser.add_argument("--again", action="store_true", help="build vocabularies anew that are there already")
    parser.add_argument("--only-build", action="store_true", help="make the databases and measure nothing")
    parser.add_argument("--criteria", action="store_true", help="what running a criterion costs, and nothing else")
    parser.add_argument("--keep", action="store_true", help="add the tables to benchmarks/RESULTS.md")
    return parser.parse_args()


def _client() -> str:
    return "wrk" if load.wrk_is_installed() else "the client of benchmarks/load.py, since wrk is not installed"


def _vocabularies(options: argparse.Namespace) -> list[Vocabulary]:
    built = []
    for terms in options.terms:
        on_sqlite = databases.on_sqlite(terms, again=options.again)
        if options.engine != "postgres":
            built.append(on_sqlite)
        if options.engine != "sqlite":
            built.append(databases.on_postgresql(on_sqlite, options.postgres))
    return built


if __name__ == "__main__":
    main()
