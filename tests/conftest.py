"""What every test may lean on: a file database per process, guards that let a test clean up, and the people of a small company."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from hypothesis import settings as hypothesis_settings

from accounts.models import Role, User
from glossary.models.final import drop_guards

SOAKING = bool(os.environ.get("ACCORD_SOAK"))
PASSWORD = "accord-demo"

hypothesis_settings.register_profile("reduced", deadline=None)
hypothesis_settings.register_profile("full", deadline=None, max_examples=1_000)
hypothesis_settings.load_profile("full" if SOAKING else "reduced")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
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


MakePerson = Callable[..., User]


@pytest.fixture
def person(db: None) -> MakePerson:
    """Makes a person: `person("sam", side="sales", role="owner")`; of no side when none is named."""

    def make(username: str, *, side: str | None = None, role: str = "", **more: object) -> User:
        return User.objects.create_user(
            username,
            f"{username}@example.com",
            PASSWORD,
            first_name=username.capitalize(),
            side_id=side,
            role=role,
            **more,
        )

    return make


@pytest.fixture
def sam(person: MakePerson) -> User:
    """Owns for sales."""
    return person("sam", side="sales", role=Role.OWNER)


@pytest.fixture
def sue(person: MakePerson) -> User:
    """Owns for sales too, and administers."""
    return person("sue", side="sales", role=Role.OWNER, is_staff=True)


@pytest.fixture
def mia(person: MakePerson) -> User:
    """Owns for marketing."""
    return person("mia", side="marketing", role=Role.OWNER)


@pytest.fixture
def max(person: MakePerson) -> User:
    """Owns for marketing too, and administers."""
    return person("max", side="marketing", role=Role.OWNER, is_staff=True)


@pytest.fixture
def rep(person: MakePerson) -> User:
    """A member of sales."""
    return person("rep", side="sales", role=Role.MEMBER)


@pytest.fixture
def mark(person: MakePerson) -> User:
    """A member of marketing."""
    return person("mark", side="marketing", role=Role.MEMBER)


@pytest.fixture
def ada(person: MakePerson) -> User:
    """Administers, of no side."""
    return person("ada", is_staff=True)
