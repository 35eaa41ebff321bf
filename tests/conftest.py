"""What every test may lean on: a file database per process, guards that let a test clean up, and a small company."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import settings as hypothesis_settings

from accounts.models import User
from glossary.models import Version
from glossary.models.final import drop_guards
from glossary.policy import SignedIn
from tests import world
from tests.remembered import Beginning

SOAKING = bool(os.environ.get("ACCORD_SOAK"))

hypothesis_settings.register_profile("reduced", deadline=None)
hypothesis_settings.register_profile("full", deadline=None, max_examples=1_000)
hypothesis_settings.load_profile("full" if SOAKING else "reduced")


COMPANY = Beginning(world.company)

USES_THE_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out what would run alike on every engine")
    parser.addoption("--one-variant", action="store_true", help="run each test once, with the first of its parameters")
    parser.addoption("--record-golden", action="store_true", help="write the SQL of tests/domain/criteria/golden anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a second engine only those tests can tell something new that use the database; a quick run asks less."""
    kept = items
    if config.getoption("--database-only"):
        kept = [item for item in kept if _may_differ_by_engine(item)]
    if config.getoption("--one-variant"):
        kept = list({item.nodeid.partition("[")[0]: item for item in reversed(kept)}.values())[::-1]
    if len(kept) < len(items):
        left_out = set(items) - set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = kept


def _may_differ_by_engine(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_engine"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & USES_THE_DATABASE) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite under test is a file of this process: threads that race each other have to meet in it."""
    settings = connections.settings["default"]
    if settings["ENGINE"].endswith("sqlite3"):
        settings["TEST"]["NAME"] = str(_file_in(tmp_path_factory.mktemp("database")))


def _file_in(folder: Path) -> Path:
    return folder / "accord.sqlite3"


@pytest.fixture(autouse=True)
def _guards_let_tests_clean_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with real transactions is undone by emptying every table, which the guards refuse.

    They are taken away when such a test is over; the emptying ends with the signal that puts them back.
    """
    transactional = "transactional_db" in request.fixturenames or "live_server" in request.fixturenames
    marker = request.node.get_closest_marker("django_db")
    if transactional or (marker and marker.kwargs.get("transaction")):
        request.getfixturevalue("transactional_db")
        yield
        drop_guards(connection, only_emptying=True)
    else:
        yield


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    """Everybody of the small company, seated: sam, sue, mia, max, rep, mark and ada."""
    COMPANY.take_place()
    return world.everybody()


@pytest.fixture
def desk(people: SimpleNamespace) -> world.Desk:
    """The people at work: opens, submits, signs and publishes through the workflow."""
    return world.Desk(people)


@pytest.fixture
def acting() -> Callable[[User], SignedIn]:
    """The person in a session of their own, signed in just now."""
    return world.acting


@pytest.fixture
def draft_content() -> Callable[..., dict[str, Any]]:
    return world.draft_content


@pytest.fixture
def publish(desk: world.Desk) -> Callable[..., Version]:
    """A version that Sam and Mia signed: `publish("Campaign", aliases=["push"])`."""
    return desk.publish
