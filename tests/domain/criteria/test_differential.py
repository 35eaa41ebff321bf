"""Random conditions on random records: the evaluator, the SQL that we write and the text itself as SQL never differ.

A case is a condition with its records. Its text goes through everything that a signed one goes through; beside that it
is handed to the engine as it was typed, so that an AND that binds wrongly in our own reading is noticed as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from glossary.domain.criteria import Node, Stated, Warehouse, case, compiled, faults, linked, parse, where
from glossary.domain.shapes import RecordField
from tests.conftest import SOAKING
from tests.domain.criteria import engines
from tests.domain.criteria.authoring import Author, Fields, record, record_type

CASES = 20_000 if SOAKING else 1_000
QUICKLY = 80
AT_ONCE = 40  # conditions over one record type, in one statement
RECORDS = 24
SHARES = 4  # so that processes share the work
COLUMNS = {"string_0": "order", "bool_1": "Is It", "int_0": "end", "date_1": "When"}  # what no text has to say
TRUTH: Mapping[Any, bool | None] = {"yes": True, "no": False, "unknown": None, True: True, False: False, None: None}


@dataclass(frozen=True)
class World:
    """A record type with two verdict fields, the second of which may rest on the first, and records of it.

    The table has columns for the verdict fields that are `given`; of the others records say nothing.
    """

    plain: Fields
    fields: Fields
    criteria: Mapping[str, Stated]
    given: tuple[str, ...]
    records: list[dict[str, Any]]


def _world(chance: Random) -> World:
    plain = record_type(chance)
    fields, criteria = dict(plain), {}
    for number in (1, 2):
        text = Author(chance, fields).condition(1)
        criteria[f"c{number}"] = Stated(f"c{number}", text, "record")
        computed = f"verdict of c{number} on the same record"
        fields[f"verdict_{number}"] = RecordField(type="bool", source="registry", computed=computed)
    given = tuple(name for name in ("verdict_1", "verdict_2") if chance.random() < 0.5)
    sent = {name: fields[name] for name in (*plain, *given)}
    return World(plain, fields, criteria, given, [record(chance, sent) for _ in range(RECORDS)])


def _node(text: str, world: World) -> Node:
    node = parse(text)
    assert not list(faults(node, world.fields, "record")), text
    return linked(node, world.fields, world.criteria)


def _make(world: World, engine: engines.Engine, chance: Random) -> dict[str, str]:
    """The table; numbers are binary in one world and decimal in another. Returns the columns named for fields."""
    kinds = {name: world.fields[name].type for name in (*world.plain, *world.given)}
    if chance.random() < 0.5:
        kinds = {name: "exact" if kind == "number" else kind for name, kind in kinds.items()}
    named = {name: column.replace(" ", "_") for name, column in COLUMNS.items()} | {name: name for name in world.given}
    renamed = {named.get(name, name): kind for name, kind in kinds.items()}
    rows = [{named.get(name, name): value for name, value in row.items()} for row in world.records]
    engine.make("record", renamed, rows)
    return named


def _as_typed(texts: list[str], world: World, columns: Mapping[str, str]) -> str:
    """The texts as they are, over a view that has the names of the fields and the verdicts, worked out one by one."""
    names = ", ".join(f'"{columns.get(name, name)}" AS {name}' for name in world.plain)
    given = "".join(f', "{name}" AS given_{name}' for name in world.given)
    views = [f"seen_0 AS (SELECT place, {names}{given} FROM record)"]
    for number, stated in enumerate(world.criteria.values(), 1):
        name = f"verdict_{number}"
        verdict = f"COALESCE(given_{name}, ({stated.expr}))" if name in world.given else f"({stated.expr})"
        views.append(f"seen_{number} AS (SELECT seen_{number - 1}.*, {verdict} AS {name} FROM seen_{number - 1})")
    asked = ", ".join(f"({text})" for text in texts)
    return f"WITH {', '.join(views)} SELECT {asked} FROM seen_{len(world.criteria)} ORDER BY place"


def _differences(chance: Random, engine: engines.Engine, cases: int) -> Iterator[tuple[Any, ...]]:
    """Each record on which one of the three says something else, with what it was asked."""
    for start in range(0, cases, AT_ONCE):
        world = _world(chance)
        author = Author(chance, world.fields)
        texts = [author.condition(chance.choice((0, 1, 2, 3))) for _ in range(min(AT_ONCE, cases - start))]
        nodes = [_node(text, world) for text in texts]
        columns = _make(world, engine, chance)
        there = Warehouse(engine.dialect, "record", columns)
        asked = ", ".join(case(node, world.fields, there) for node in nodes)
        ours = engine.ask(f"SELECT {asked} FROM record ORDER BY place")
        typed = engine.ask(_as_typed(texts, world, columns)) if engine.is_itself else ours
        run = [compiled(node) for node in nodes]
        for row, as_written, as_typed in zip(world.records, ours, typed, strict=True):
            for text, verdict, one, other in zip(texts, run, as_written, as_typed, strict=True):
                if not verdict(row) is TRUTH[one] is TRUTH[other]:
                    yield text, row, verdict(row), one, other
        yield from _where_differences(nodes, run, world, there, engine)


def _where_differences(
    nodes: list[Node], run: list[Any], world: World, there: Warehouse, engine: engines.Engine
) -> Iterator[tuple[Any, ...]]:
    """After WHERE exactly those rows are found of which the verdict is true; asked for a few."""
    for node, verdict in list(zip(nodes, run, strict=True))[:3]:
        found = engine.ask(f"SELECT place FROM record WHERE {where(node, world.fields, there)} ORDER BY place")
        expected = [place for place, row in enumerate(world.records) if verdict(row) is True]
        if [place for (place,) in found] != expected:
            yield node, found, expected


def test_a_few_conditions_mean_the_same_to_the_database(db: None) -> None:
    assert not list(_differences(Random(7), engines.of_this_run(), QUICKLY))


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_no_condition_means_something_else_to_the_database(share: int, db: None) -> None:
    assert not list(_differences(Random(1_000 + share), engines.of_this_run(), CASES // SHARES))


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["duckdb", "bigquery", "snowflake"])
def test_no_condition_means_something_else_to_other_engines(dialect: str) -> None:
    assert not list(_differences(Random(99), engines.on_duckdb(dialect), CASES // 20))


def test_the_random_conditions_come_to_every_verdict() -> None:
    """Conditions that are nearly always unknown would prove nothing."""
    chance, said = Random(3), []
    for _ in range(20):
        world = _world(chance)
        nodes = [_node(Author(chance, world.fields).condition(2), world) for _ in range(20)]
        said += [compiled(node)(row) for node in nodes for row in world.records]
    assert all(said.count(verdict) > len(said) / 5 for verdict in (True, False, None))
