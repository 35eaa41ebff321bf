"""What running a signed criterion costs, beside a function that somebody wrote by hand for the same question.

Ten thousand records of twenty fields against the MQL criterion of the starter vocabulary: verdict, every clause and
what is missing. And how long reading and checking a criterion takes.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks.databases import ROOT
from benchmarks.machine import Server
from glossary.domain.content import parse as parse_content
from glossary.domain.criteria import Ground, Judge, RecordView, Stated, parse, read_records

RECORDS = 10_000
ROUNDS = 7
SEED = 20261125

Record = dict[str, Any]


def records() -> list[Record]:
    """Leads of twenty fields, each of the nine that decide missing in one of ten."""
    draw = random.Random(SEED)
    deciding: dict[str, list[Any]] = {
        "person_known": [True, True, False],
        "email_type": ["business", "business", "free", "invalid"],
        "consent_to_contact": [True, True, False],
        "persona": ["economic_buyer", "champion", "user", "student", "competitor"],
        "icp_fit": ["A", "B", "C", "D"],
        "hand_raised": [True, False, False],
        "interest_score": list(range(101)),
        "days_since_last_response": list(range(90)),
        "account_has_open_opportunity": [False, False, True],
    }

    def lead(number: int) -> Record:
        known = {name: draw.choice(values) for name, values in deciding.items() if draw.random() > 0.1}
        return known | {f"note_{place}": f"text {number} {place}" for place in range(20 - len(deciding))}

    return [lead(number) for number in range(RECORDS)]


# By hand: what somebody would write who knows the definition, with the same three answers.


def by_hand(record: Record) -> tuple[bool | None, list[bool | None], list[str]]:
    """The verdict of the MQL criterion, of each of its clauses, and the fields for want of which it is unknown."""
    known, email, consent = record.get("person_known"), record.get("email_type"), record.get("consent_to_contact")
    persona, fit = record.get("persona"), record.get("icp_fit")
    hand, score = record.get("hand_raised"), record.get("interest_score")
    days, open_deal = record.get("days_since_last_response"), record.get("account_has_open_opportunity")
    is_keen = None if score is None else score >= 60
    clauses = [
        known,
        None if email is None else email == "business",
        consent,
        None if persona is None else persona not in ("student", "competitor", "job_seeker"),
        None if fit is None else fit in ("A", "B"),
        True if hand or is_keen else None if hand is None or is_keen is None else False,
        None if days is None else days <= 30,
        None if open_deal is None else not open_deal,
    ]
    verdict = False if False in clauses else None if None in clauses else True
    if verdict is not None:
        return verdict, clauses, []
    named = {
        "person_known": known,
        "email_type": email,
        "consent_to_contact": consent,
        "persona": persona,
        "icp_fit": fit,
        "days_since_last_response": days,
        "account_has_open_opportunity": open_deal,
    }
    missing = [name for name, value in named.items() if value is None]
    if clauses[5] is None:
        missing += [name for name, value in (("hand_raised", hand), ("interest_score", score)) if value is None]
    return verdict, clauses, missing


def report() -> list[str]:
    """The table, as lines of Markdown."""
    stands_on, sent = _shelf(), records()
    mql = stands_on.criteria["mql"]
    judge = Judge(stands_on.node(mql.expr, mql.record), stands_on.records[mql.record])

    def by_criterion() -> list[Any]:
        return [judge.judge(record) for record in read_records(sent, judge, [])]

    ours, theirs = by_criterion(), [by_hand(record) for record in sent]
    assert all((one.verdict, list(one.clauses)) == other[:2] for one, other in zip(ours, theirs, strict=True))
    assert all(set(one.missing) == set(other[2]) for one, other in zip(ours, theirs, strict=True))
    ratios, costs = _side_by_side(by_criterion, lambda: [by_hand(record) for record in sent])
    checked = [_check_time(stands_on, item) for item in stands_on.criteria.values()]
    answered = _through_the_api(sent)
    return [
        "## Criteria",
        "",
        f"{RECORDS:,} records of 20 fields against the MQL criterion; medians of {ROUNDS} rounds, side by side.",
        "",
        "| | measured | wanted |",
        "|---|---|---|",
        f"| the criterion, against a function written by hand | {statistics.median(ratios):.1f} times | ≤ 15 times |",
        f"| one record | {statistics.median(costs) / RECORDS * 1e6:.1f} µs | |",
        f"| records a minute through the API, one worker | {RECORDS / answered * 60:,.0f} | ≥ 100,000 |",
        f"| reading and checking a criterion, median; slowest of {len(checked)} "
        f"| {statistics.median(checked) * 1e3:.2f} ms; {max(checked) * 1e3:.2f} ms | |",
        "",
    ]


def _shelf() -> Ground:
    """The record types and criteria of the starter vocabulary."""
    shelf = yaml.safe_load((ROOT / "fixtures" / "seed_vocabulary.yaml").read_text())
    types = [parse_content({"kind": "record_type", **item}, sides=()) for item in shelf["record_types"]]
    stated = [
        Stated(criterion["id"], criterion["expr"], criterion["record"])
        for entry in shelf["entries"]
        for criterion in entry["criteria"]
    ]
    views = {str(text.key): RecordView(key=str(text.key), fields=text.fields) for text in types}
    return Ground(views, {item.id: item for item in stated})


def _side_by_side(mine: Callable[[], object], theirs: Callable[[], object]) -> tuple[list[float], list[float]]:
    ratios, costs = [], []
    for _ in range(ROUNDS):
        cost = _seconds(mine)
        ratios.append(cost / _seconds(theirs))
        costs.append(cost)
    return ratios, costs


def _seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def _check_time(stands_on: Ground, item: Stated) -> float:
    parse.cache_clear()
    return _seconds(lambda: stands_on.node(item.expr, item.record))


# Through the API: a demo of its own, in a folder that is gone afterwards.


def _through_the_api(sent: Iterable[Record]) -> float:
    """Seconds for all records in one request, the median of three, by the clock of the caller."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "GLOSSARY_DEMO": "true",
            "GLOSSARY_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "glossary.settings",
        }
        for words in (["migrate", "--verbosity", "0"], ["demo"]):
            _manage(environment, *words)
        key = _manage(environment, "create_token", "ada", "--name", "Benchmark").split()[-1]
        server = Server("glossary.wsgi:application", environment, Path(folder) / "server.log")
        with _started(server):
            body = json.dumps({"criterion": "mql", "records": list(sent)}).encode()
            return statistics.median(_ask(server.port, key, body) for _ in range(3))


@contextmanager
def _started(server: Server) -> Any:
    with server:
        server.wait()
        yield


def _manage(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "manage.py", *words]
    kept = {name: value for name, value in os.environ.items() if name != "DEBUG"}
    ended = subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=True)
    return ended.stdout


def _ask(port: int, key: str, body: bytes) -> float:
    address = f"http://127.0.0.1:{port}/api/v1/terms/marketing-qualified-lead/evaluate"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    started = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
        counts = json.loads(answer.read())["counts"]
    assert sum(counts.values()) == RECORDS
    return time.perf_counter() - started
