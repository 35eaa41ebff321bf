"""One SELECT, asked of the database's driver itself: what Django puts around a statement costs as much as a lookup.

It is Django's own connection, so the statement is part of whatever transaction there is. Where somebody watches the
statements (a test, a debugger), and where the driver fails, the question goes through Django, which opens a lost
connection again and names the errors as everywhere.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

Rows = list[tuple[Any, ...]]


def rows(sql: str, parameters: Sequence[Any]) -> Rows:
    """All rows of the statement, whose parameters are marked %s and which holds no other percent sign."""
    django: Any = connections[DEFAULT_DB_ALIAS]
    if django.connection is None or django.execute_wrappers or django.queries_logged:
        return _through_django(django, sql, parameters)
    try:
        return _ASK[django.vendor](django, sql, parameters)
    except django.Database.Error:
        if not django.in_atomic_block:
            django.close()
        return _through_django(django, sql, parameters)


def _through_django(django: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    with django.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: Rows = cursor.fetchall()
        return found


def _ask_sqlite(django: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    found: Rows = django.connection.execute(_with_question_marks(sql), parameters).fetchall()
    return found


@lru_cache(maxsize=100)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


def _ask_postgresql(django: Any, sql: str, parameters: Sequence[Any]) -> Rows:
    """As a statement that the server has planned before; Django's own cursors never prepare any."""
    if django.connection.prepare_threshold is None:
        django.connection.prepare_threshold = 0
    found: Rows = django.Database.Cursor(django.connection).execute(sql, parameters).fetchall()
    return found


_ASK: dict[str, Callable[[Any, str, Sequence[Any]], Rows]] = {"sqlite": _ask_sqlite, "postgresql": _ask_postgresql}
