"""Yardsticks without a server: the database's own full-text search over the same texts, and rows written as JSON."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from benchmarks import machine
from benchmarks.connections import connect, engine_of

MOST = 20
AT_ONCE = 1_000
_SEARCH = {
    "SQLite": f"SELECT rowid, text FROM benchmark_text WHERE benchmark_text MATCH %s ORDER BY rank LIMIT {MOST}",
    "PostgreSQL": "SELECT id, text FROM benchmark_text, plainto_tsquery('english', %s) query WHERE vector @@ query "
    f"ORDER BY ts_rank(vector, query) DESC LIMIT {MOST}",
}
# The events that a tool is told: those of the feed, and in its order.
_EVENTS = """
SELECT e.seq, e.kind, e.at, t.slug, e.proposal_id, e.side_id, e.data, e.hash
FROM glossary_event e JOIN glossary_term t ON t.id = e.term_id
WHERE (e.kind LIKE 'version.%' OR e.kind LIKE 'term.%')
  AND EXISTS (SELECT 1 FROM glossary_version v WHERE v.term_id = e.term_id AND v.published_at <= e.at)
ORDER BY e.seq
"""
_FIELDS = ("seq", "kind", "at", "term", "proposal", "side", "data", "hash")


def search(connection: Any, words: Sequence[str]) -> list[float]:
    """Milliseconds that each word took to be searched for."""
    engine = engine_of(connection)
    sql = _SEARCH[engine].replace("%s", "?") if engine == "SQLite" else _SEARCH[engine]
    return [_milliseconds(connection, sql, word) for word in words]


def _milliseconds(connection: Any, sql: str, word: str) -> float:
    before = time.perf_counter()
    connection.execute(sql, [word]).fetchall()
    return (time.perf_counter() - before) * 1_000


def walk(address: str) -> tuple[int, float]:
    """How many events there are for a tool, and the CPU seconds of selecting and dumping them all."""
    with closing(connect(address)) as connection:
        backend = [] if engine_of(connection) == "SQLite" else [connection.info.backend_pid]
        began, events = _spent(backend), 0
        for rows in _pages(connection):
            json.dumps([dict(zip(_FIELDS, row, strict=True)) for row in rows], default=str)
            events += len(rows)
        return events, _spent(backend) - began


def _spent(backend: list[int]) -> float:
    return time.process_time() + machine.cpu_seconds(backend)


def _pages(connection: Any) -> Iterator[Sequence[Any]]:
    if engine_of(connection) == "SQLite":
        rows = connection.execute(_EVENTS)
    else:
        connection.autocommit = False
        rows = connection.cursor(name="walk")
        rows.execute(_EVENTS)
    while page := rows.fetchmany(AT_ONCE):
        yield page
