"""What many tests begin with: made once through the workflow in each process, then put back row by row.

The same rows with the same keys, instants and hashes stand there as if it had just happened; `verify` holds.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models.sql import InsertQuery
from django.utils import timezone

from glossary.models import Event, LedgerHead

Statement = tuple[str, tuple[Any, ...]]


class Beginning:
    """`happen` makes rows in a registry that has none yet; each further time they are written as they were."""

    def __init__(self, happen: Callable[[], object]) -> None:
        self._happen = happen
        self._statements: list[Statement] | None = None
        self._ended_at: datetime | None = None

    def take_place(self) -> None:
        """Leave the rows in the database. Where something has happened already, or the clock of the test is behind,
        everything happens anew."""
        head = LedgerHead.objects.get()
        if head.seq or _people().exists():
            self._happen()
        elif self._statements is None or self._ended_at is None or timezone.now() < self._ended_at:
            self._happen_and_remember()
        else:
            with connection.cursor() as cursor:
                for sql, values in self._statements:
                    cursor.execute(sql, values)

    def _happen_and_remember(self) -> None:
        before = {model: set(_keys(model)) for model in apps.get_models()}
        self._happen()
        self._statements = [each for model in before for each in _insertions(model, before[model])]
        self._statements += map(_step, Event.objects.order_by("seq"))
        self._ended_at = LedgerHead.objects.get().at


def _step(event: Event) -> Statement:
    """The head of the ledger moves event by event, or its guard refuses."""
    at = connection.ops.adapt_datetimefield_value(event.at)
    return f"UPDATE {LedgerHead._meta.db_table} SET seq = %s, hash = %s, at = %s", (event.seq, event.hash, at)


def _people() -> "models.QuerySet[Any, Any]":
    return apps.get_model("accounts", "User")._base_manager.all()


def _keys(model: type[models.Model]) -> "models.QuerySet[Any, Any]":
    return model._base_manager.values_list("pk", flat=True)


def _insertions(model: type[models.Model], known: set[Any]) -> list[Statement]:
    """The statements that write the rows of this table that were not there before."""
    rows = [row for row in model._base_manager.order_by("pk") if row.pk not in known]
    if not rows:
        return []
    query = InsertQuery(model)
    query.insert_values(list(model._meta.concrete_fields), rows, raw=True)
    return [(sql, tuple(values)) for sql, values in query.get_compiler(connection.alias).as_sql()]
