"""The table in which rate limits count for all processes together; made by migrating, like every other table."""

from typing import Any

from django.core.management import call_command


def make_table(using: str, **kwargs: Any) -> None:
    """After a migration: add the table where it is missing."""
    call_command("createcachetable", database=using, verbosity=0)
