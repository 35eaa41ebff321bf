"""Many words take no more memory to export than few, and begin to arrive as soon."""

import json
from typing import Any

import pytest

from glossary.exchange.formats import FORMATS
from tests.api.callers import token_of
from tests.conftest import SOAKING
from tests.crash.serving import database_in_use, run
from tests.exchange.many import ManyWords
from tests.world import Desk

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FEW, MANY = (1_000, 20_000) if SOAKING else (1_000, 8_000)


def taken(key: str) -> dict[str, dict[str, dict[str, int]]]:
    told = run(database_in_use(), "-m", "tests.exchange.taking", key)
    assert told.returncode == 0, told.stderr[-3000:]
    return json.loads(told.stdout)


def test_memory(desk: Desk) -> None:
    key = token_of(desk.people.ada, "read", days=2)[1]
    words = ManyWords(desk)
    words.write(range(FEW))
    few = taken(key)
    words.write(range(FEW, MANY))
    many = taken(key)
    for door in few:
        for form in FORMATS:
            a, b = few[door][form], many[door][form]
            print(door, form, a, b, b["peak"]-a["peak"])
