"""The benchmark's own databases: filled on SQLite, and copied from there to PostgreSQL table by table."""

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

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "benchmark"
LONGEST_BUILD = 3 * 3600  # seconds


class Vocabulary(NamedTuple):
    """A filled database: its address, how many words, a key that reads, names to ask for, and an instant to ask of."""

    engine: str
    address: str
    terms: int
    key: str
    names: list[str]
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
    """The vocabulary on SQLite: built anew, or the one of the last run unless `again`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    database, about = FOLDER / f"{terms}.sqlite3", FOLDER / f"{terms}.json"
    address = f"sqlite:///{database}"
    if again or not about.exists():
        for left in FOLDER.glob(f"{terms}.*"):
            left.unlink()
        about.write_text(_vocabulary(address, "--terms", str(terms)))
        _vocabulary(address, "--terms", str(terms), "--verify")
    _manage(address, "migrate", "--verbosity", "0")
    return Vocabulary("SQLite", address, terms, **json.loads(about.read_text()))


def _vocabulary(address: str, *options: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.vocabulary", *options],
        cwd=ROOT,
        env=os.environ | environment(address),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST_BUILD,
        check=True,
    ).stdout


def on_postgresql(vocabulary: Vocabulary, server: str) -> Vocabulary:
    """The same rows in a database of its own on the PostgreSQL at `server`."""
    name = f"accord_benchmark_{vocabulary.terms}"
    with _connect(server) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    parts = urlsplit(server)
    address = urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))
    _manage(address, "migrate", "--verbosity", "0")
    with (
        _connect(address) as target,
        target.transaction(),
        sqlite3.connect(vocabulary.address.removeprefix("sqlite:///")) as source,
    ):
        target.execute("SET session_replication_role = replica")  # neither guards nor foreign keys are asked
        target.execute("SET timezone = 'UTC'")
        tables = list(_tables(target))
        target.execute(
            sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(sql.Identifier(table) for table, _ in tables))
        )
        for table, columns in tables:
            _copy(source, target, table, columns)
    with _connect(address) as connection:
        connection.execute("VACUUM ANALYZE")
    _vocabulary(address, "--terms", str(vocabulary.terms), "--verify")
    return vocabulary._replace(engine="PostgreSQL", address=address)


def _connect(address: str) -> psycopg.Connection[Any]:
    """A connection of our own; a server in a folder is named here as libpq names it."""
    parts = urlsplit(address)
    folder, _, name = parts.path.rpartition("/")
    if folder:
        return psycopg.connect(host=f"/{folder.lstrip('/')}", user=parts.username, dbname=name, autocommit=True)
    return psycopg.connect(address, autocommit=True)


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


def backends(address: str) -> list[int]:
    """The processes of PostgreSQL that serve this database now."""
    with _connect(address) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in rows]
