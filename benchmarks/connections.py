"""Connections of the benchmark's own to the databases it measures."""

import sqlite3
from typing import Any
from urllib.parse import urlsplit

import psycopg


def connect(address: str) -> Any:
    """To whichever engine; on SQLite with the caches of the product."""
    if not address.startswith("sqlite:///"):
        return connect_postgresql(address)
    connection = sqlite3.connect(address.removeprefix("sqlite:///"))
    for setting in ("journal_mode=WAL", "cache_size=-8192"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def connect_postgresql(address: str) -> psycopg.Connection[Any]:
    """Each statement by itself; a server in a folder is named here as libpq names it."""
    parts = urlsplit(address)
    folder, _, name = parts.path.rpartition("/")
    if folder:
        return psycopg.connect(host=f"/{folder.lstrip('/')}", user=parts.username, dbname=name, autocommit=True)
    return psycopg.connect(address, autocommit=True)


def engine_of(connection: Any) -> str:
    return "SQLite" if isinstance(connection, sqlite3.Connection) else "PostgreSQL"
