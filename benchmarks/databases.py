"""The benchmark's own databases: filled on SQLite, and copied from there to PostgreSQL table by table."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks import texts
from benchmarks.connections import connect_postgresql

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "benchmark"
LONGEST_BUILD = 3 * 3600  # seconds


class Vocabulary(NamedTuple):
    """A filled database: its address, how many words, a key that reads, and what to ask it."""

    engine: str
    address: str
    terms: int
    key: str
    names: list[str]
    searches: list[str]
    as_of: str


def environment(address: str) -> dict[str, str]:
    """What every process on this database runs with: production, behind a proxy that speaks TLS, without limits."""
    return {
        "DJANGO_SETTINGS_MODULE": "glossary.settings",
        "DATABASE_URL": address,
        "SECRET_KEY": "only-for-the-benchmark-" * 3,
        "ALLOWED_HOSTS": "127.0.0.1",
        "GLOSSARY_SITE_URL": "https://accord.example.com",
        "GLOSSARY_BEHIND_PROXY": "true",
        "GLOSSARY_MAX_LOOKUPS": "0",
        "GLOSSARY_MAX_READS": "0",
        "PYTHONPATH": str(ROOT),
    }


def on_sqlite(terms: int, *, again: bool) -> Vocabulary:
    """The vocabulary on SQLite: that of an earlier run, unless `again` is wanted or it would be another one today."""
    database, about = FOLDER / f"{terms}.sqlite3", FOLDER / f"{terms}.json"
    address = f"sqlite:///{database}"
    told = json.loads(about.read_text()) if about.exists() else {}
    if again or told.pop("made_by", "") != _made_by() or not _is_current(address):
        tell(f"building {terms:,} words: rows in bulk past the guards, which are put back, and verified by sample")
        for left in FOLDER.glob(f"{terms}.*"):
            left.unlink()
        told = json.loads(_vocabulary(address, "--build", str(terms)))
        texts.prepare(address)
        _vocabulary(address, "--verify")
        about.write_text(json.dumps(told | {"made_by": _made_by()}))
    return Vocabulary("SQLite", address, terms, **told)


def visit(address: str) -> dict[str, Any]:
    """A person's session on this database, and the pages to visit: `cookie`, and `pages` by name."""
    _manage(address, "collectstatic", "--no-input", "--verbosity", "0")  # pages name their files by what is in them
    told: dict[str, Any] = json.loads(_run(address, "benchmarks.visiting"))
    return told


def _made_by() -> str:
    """What the rows depend on besides the product, whose part is asked of the rows themselves."""
    sources = (ROOT / "benchmarks" / name for name in ("vocabulary.py", "texts.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _is_current(address: str) -> bool:
    try:
        _manage(address, "migrate", "--verbosity", "0")
        _vocabulary(address, "--check")
    except subprocess.CalledProcessError:
        return False
    return True


def _vocabulary(address: str, *options: str) -> str:
    return _run(address, "benchmarks.vocabulary", *options)


def _run(address: str, module: str, *options: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", module, *options],
        cwd=ROOT,
        env=os.environ | environment(address),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST_BUILD,
        check=True,
    ).stdout


def on_postgresql(vocabulary: Vocabulary, server: str) -> Vocabulary:
    """The same rows in a database of its own on the PostgreSQL at `server`, unless they are there already."""
    name = f"accord_benchmark_{vocabulary.terms}"
    parts = urlsplit(server)
    address = urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))
    copied = vocabulary._replace(engine="PostgreSQL", address=address)
    with connect_postgresql(server) as connection:
        if _copied_from(connection, name) == vocabulary.key:
            _manage(address, "migrate", "--verbosity", "0")
            return copied
        tell(f"copying {vocabulary.terms:,} words to PostgreSQL")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    _manage(address, "migrate", "--verbosity", "0")
    _fill(address, vocabulary.address)
    texts.prepare(address)
    with connect_postgresql(address) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    _vocabulary(address, "--verify")
    with connect_postgresql(server) as connection:  # the tool's key is another one in every build
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(vocabulary.key))
        )
    return copied


def _copied_from(connection: psycopg.Connection[Any], name: str) -> str:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return row[0] or "" if row else ""


def _fill(address: str, from_sqlite: str) -> None:
    """Copy every table, its indexes made anew at the end."""
    with (
        connect_postgresql(address) as target,
        target.transaction(),
        sqlite3.connect(from_sqlite.removeprefix("sqlite:///")) as source,
    ):
        target.execute("SET session_replication_role = replica")  # neither guards nor foreign keys are asked
        target.execute("SET timezone = 'UTC'")
        target.execute("SET maintenance_work_mem = '512MB'")
        tables = list(_tables(target))
        target.execute(
            sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(sql.Identifier(table) for table, _ in tables))
        )
        indexes = _drop_indexes(target)
        for table, columns in tables:
            _copy(source, target, table, columns)
        for index in indexes:
            target.execute(index.encode())


def _drop_indexes(target: psycopg.Connection[Any]) -> list[str]:
    """Those that no constraint needs; how to make them again."""
    rows = target.execute(
        "SELECT c.oid::regclass::text, pg_get_indexdef(c.oid) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'glossary\\_%' "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)"
    ).fetchall()
    for name, _ in rows:
        target.execute(f"DROP INDEX {name}".encode())
    return [definition for _, definition in rows]


def _manage(address: str, *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=os.environ | environment(address), timeout=600, check=True
    )


def _tables(target: psycopg.Connection[Any]) -> Iterator[tuple[str, list[str]]]:
    """Our tables with the columns that are stored and not computed."""
    yield from target.execute(
        "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns "
        "WHERE table_schema = 'public' AND is_generated = 'NEVER' "
        "AND (table_name LIKE 'glossary\\_%' OR table_name LIKE 'accounts\\_%') GROUP BY table_name"
    ).fetchall()


def _copy(source: sqlite3.Connection, target: psycopg.Connection[Any], table: str, columns: list[str]) -> None:
    names = [f'"{column}"' for column in columns if column in _columns(source, table)]
    if not names:
        return
    rows = source.execute(f"SELECT {', '.join(names)} FROM {table}")
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN"
    with target.cursor().copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _columns(source: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in source.execute(f"PRAGMA table_info({table})")}


def tell(sentence: str) -> None:
    print(f"… {sentence}", file=sys.stderr, flush=True)
