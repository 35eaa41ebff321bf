"""Many words take no more memory to export than few, and begin to arrive as soon."""

import json

import pytest

from tests.api.callers import token_of
from tests.conftest import SOAKING
from tests.crash.serving import database_in_use, run
from tests.exchange.many import ManyWords
from tests.exchange.taking import Cost
from tests.world import Desk

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FEW, MANY = (1_000, 20_000) if SOAKING else (500, 2_500)
DOORS = ["http", "command"] if SOAKING else ["http"]
LIMIT = 3_600 if SOAKING else 240  # seconds
WIDER = 4 * 1024  # KiB that one run may need more than another of the same size
KEPT = 1  # KiB of each word in the formats that have to know it until the end: its name, links, criteria and fields
KEEPING = {"skos", "dbt-docs", "dbt-meta", "salesforce", "hubspot"}
LATER = 1_000  # ms that the first bytes may come later, on a machine that does other things too


def taken(key: str) -> dict[str, Cost]:
    """What each export costs, by door and format."""
    told = run(database_in_use(), "-m", "tests.exchange.taking", key, *DOORS, patience=LIMIT)
    assert told.returncode == 0, told.stderr[-3_000:]
    return {name: Cost(*cost) for name, cost in json.loads(told.stdout).items()}


def test_many_words_take_no_more_memory_than_few(desk: Desk) -> None:
    key, words = token_of(desk.people.ada, "read")[1], ManyWords(desk)
    words.write(range(FEW))
    few = taken(key)
    words.write(range(FEW, MANY))
    many = taken(key)
    for name, cost in many.items():
        form = name.partition(" ")[2]
        print(f"{name:<22} {few[name].peak:>9,} {cost.peak:>9,} KiB {cost.size:>12,} bytes {cost.first_ms:>7,} ms")
        assert cost.size > few[name].size * MANY / FEW * 0.9, name
        grown = KEPT * (MANY - FEW) if form in KEEPING else 0
        assert cost.peak < few[name].peak + WIDER + grown, name
        if form not in KEEPING:
            assert cost.first_ms < few[name].first_ms + LATER, name
