"""Reading all as of one moment while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def one_moment(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """What is read inside is as of the first thing that is read, and nobody waits for it. Nothing is to be written.

    Inside somebody's transaction it is that one that says what is seen.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _without_the_lock(connection), transaction.atomic(using=connection.alias):
            yield
    else:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def _without_the_lock(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """The next transaction takes SQLite's lock for writing only once it writes, as ours otherwise do at once."""
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = usual  # type: ignore[attr-defined]
