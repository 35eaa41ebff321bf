"""One lived history per module, undone at its end; every test tries its luck inside a transaction of its own."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.lived import lived_in
from tests.unchanged import everything


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), lived_in() as history:
        history.everything = everything()
        yield history


@pytest.fixture
def history(told: SimpleNamespace, db: None) -> SimpleNamespace:
    """The registry after a while, and `everything` in it; whatever a test does to it is undone."""
    connection.check_constraints()  # on PostgreSQL this also ends what is deferred and would keep a table from emptying
    return told
