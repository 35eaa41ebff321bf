"""The texts in force as a database alone would search them: one table, a row a word, the engine's own index."""

import json
from contextlib import closing
from itertools import chain
from typing import Any

from benchmarks.connections import connect, engine_of

_TEXTS = ("name", "aliases", "summary", "definition", "counter_examples")
_MAKE = {
    "SQLite": ("CREATE VIRTUAL TABLE benchmark_text USING fts5(text, tokenize='porter unicode61')",),
    "PostgreSQL": (
        "CREATE TABLE benchmark_text (id bigint PRIMARY KEY, text text NOT NULL, "
        "vector tsvector GENERATED ALWAYS AS (to_tsvector('english', text)) STORED)",
        "CREATE INDEX benchmark_text_vector ON benchmark_text USING gin (vector)",
    ),
}


def prepare(address: str) -> None:
    """A table of the texts in force, each of a word in one piece, with the index that the engine makes for it."""
    with closing(connect(address)) as connection:
        engine = engine_of(connection)
        for statement in _MAKE[engine]:
            connection.execute(statement)
        bodies = connection.execute("SELECT id, body FROM glossary_inforce WHERE until_at IS NULL").fetchall()
        into, mark = ("rowid", "?") if engine == "SQLite" else ("id", "%s")
        connection.cursor().executemany(
            f"INSERT INTO benchmark_text ({into}, text) VALUES ({mark}, {mark})",
            [(key, _text(json.loads(body))) for key, body in bodies],
        )
        connection.commit()


def _text(body: dict[str, Any]) -> str:
    said = (body.get(field, "") for field in _TEXTS)
    return "\n".join(chain.from_iterable([each] if isinstance(each, str) else each for each in said))
