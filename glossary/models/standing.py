"""What every database of the registry has from its first migration on: the two rows there is one of, and the guards."""

from typing import Any

from django.db import connections

from glossary.models.event import Installation, LedgerHead
from glossary.models.final import drop_guards, install_guards


def take_guards_down(using: str, **kwargs: Any) -> None:
    """Before a migration: SQLite loses the triggers of a table it rebuilds, and refuses where another's names it."""
    if LedgerHead._meta.db_table in connections[using].introspection.table_names():
        drop_guards(connections[using])


def put_in_place(using: str, **kwargs: Any) -> None:
    """After a migration, or a test's flush: the end of the ledger, the installation's row, every guard."""
    if LedgerHead._meta.db_table not in connections[using].introspection.table_names():
        return
    LedgerHead.objects.using(using).get_or_create(pk=1)
    Installation.objects.using(using).get_or_create(pk=1)
    install_guards(connections[using])
