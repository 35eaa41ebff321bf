"""Engines that criteria are run on: the one of this run of the suite, and DuckDB, which needs no server."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import sqlglot
from django.db import connection

from glossary.domain.criteria import DIALECTS
from glossary.domain.criteria.warehouses import Dialect

Rows = list[tuple[Any, ...]]

TYPES = {
    "sqlite": {"bool": "BOOLEAN", "int": "INTEGER", "number": "REAL", "string": "TEXT", "date": "TEXT"},
    "postgres": {
        "bool": "BOOLEAN",
        "int": "BIGINT",
        "number": "DOUBLE PRECISION",
        "string": "TEXT",
        "date": "DATE",
        "exact": "NUMERIC",
    },
    "duckdb": {"bool": "BOOLEAN", "int": "BIGINT", "number": "DOUBLE", "string": "VARCHAR", "date": "DATE"},
}


@dataclass(frozen=True)
class Engine:
    """`dialect` is the one that SQL is written for; `types` tells how fields become columns."""

    dialect: Dialect
    types: Mapping[str, str]
    run: Callable[[str, Sequence[Sequence[Any]] | None], Rows]
    is_itself: bool = True  # else it is another one that SQL is translated for

    def ask(self, sql: str) -> Rows:
        return self.run(sql, None)

    def make(self, table: str, columns: Mapping[str, str], records: Iterable[Mapping[str, Any]]) -> None:
        """A table of its own with these columns and their types, and the records in it, numbered by `place`."""
        self.ask(f"DROP TABLE IF EXISTS {table}")
        typed = [f'"{name}" {self.types.get(kind, self.types["number"])}' for name, kind in columns.items()]
        self.ask(f"CREATE TEMPORARY TABLE {table} (place INTEGER, {', '.join(typed)})")
        rows = [
            [place, *(_fitting(record.get(name), kind, self.types) for name, kind in columns.items())]
            for place, record in enumerate(records)
        ]
        self.run(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * (len(columns) + 1))})", rows)


def _fitting(value: Any, kind: str, types: Mapping[str, str]) -> Any:
    return Decimal(repr(value)) if kind == "exact" and kind in types and value is not None else value


def of_this_run() -> Engine:
    """The database that the suite runs on; wants the `db` fixture."""
    name = {"sqlite": "sqlite", "postgresql": "postgres"}[connection.vendor]

    def run(sql: str, rows: Sequence[Sequence[Any]] | None) -> Rows:
        with connection.cursor() as cursor:
            if rows is not None:
                cursor.executemany(sql, rows)
                return []
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []

    return Engine(DIALECTS[name], TYPES[name], run)


def plain_sqlite() -> Engine:
    base = sqlite3.connect(":memory:")

    def run(sql: str, rows: Sequence[Sequence[Any]] | None) -> Rows:
        if rows is not None:
            base.executemany(sql.replace("%s", "?"), rows)
            return []
        return base.execute(sql).fetchall()

    return Engine(DIALECTS["sqlite"], TYPES["sqlite"], run)


def on_duckdb(dialect: str = "duckdb") -> Engine:
    """DuckDB; SQL for an engine that nobody has at home is put into its words by sqlglot."""
    base = duckdb.connect()

    def run(sql: str, rows: Sequence[Sequence[Any]] | None) -> Rows:
        if rows is not None:
            base.executemany(sql.replace("%s", "?"), rows)
            return []
        if dialect != "duckdb" and sql.startswith(("SELECT", "WITH")):
            (sql,) = sqlglot.transpile(sql, read=dialect, write="duckdb")
        return base.execute(sql).fetchall()

    return Engine(DIALECTS[dialect], TYPES["duckdb"], run, is_itself=dialect == "duckdb")
