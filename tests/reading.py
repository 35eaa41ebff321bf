"""The read path proves that it cannot write, and how many questions it asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

READS = ("SELECT", "DECLARE", "FETCH", "CLOSE")


class Written(AssertionError):
    """Somebody tried to write while only reading is allowed."""


def _refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if not sql.lstrip().upper().startswith(READS):
        raise Written(sql[:200])
    return execute(sql, params, many, context)


@contextmanager
def reading_only() -> Iterator[None]:
    """Inside, every statement that is not a read fails."""
    with connection.execute_wrapper(_refuse_writes):
        yield


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements run inside, none of which may write."""
    said: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    with reading_only(), connection.execute_wrapper(note):
        yield said
