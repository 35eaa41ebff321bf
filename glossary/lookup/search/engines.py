"""Which of the two is asked."""

from typing import Any

from django.db import connection

from glossary.lookup.search import postgres, sqlite


def engine() -> Any:
    """The module of the database in use; both answer the same questions."""
    return sqlite if connection.vendor == "sqlite" else postgres
