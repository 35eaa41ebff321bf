"""What is verified is one lived history, undone afterwards; whatever is altered in it is altered past its guards."""

from types import SimpleNamespace

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from glossary.models.final import drop_guards
from tests.lived import history, told

__all__ = ["history", "told"]


@pytest.fixture(scope="module", autouse=True)
def _guards_are_down(told: SimpleNamespace, django_db_blocker: DjangoDbBlocker) -> None:
    """In the transaction that the history is undone with, which brings them back."""
    with django_db_blocker.unblock():
        connection.check_constraints()  # on PostgreSQL what is deferred keeps a table from losing its guards
        drop_guards(connection)
