"""Every operation as its description allows and forbids: nothing breaks, and every answer is one that is described."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, given
from hypothesis import settings as searching
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker
from schemathesis import Case, GenerationMode

from glossary.api.schema import Document
from tests.api.callers import Caller, person, tool
from tests.conftest import SOAKING
from tests.lived import happened_once
from tests.world import Desk, company

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CASES = 2_000 if SOAKING else 100
# What a request may be answered with that the description allows: the description knows no names and no moments.
ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428"]


def described() -> Any:
    schema = schemathesis.openapi.from_dict(Document().get_schema(public=True))
    schema.app = WSGIHandler()
    schema.config.checks.positive_data_acceptance.expected_statuses = ACCEPTED
    return schema


SCHEMA = described()
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
EACH = -(-CASES // len(OPERATIONS))


@pytest.fixture(autouse=True)
def _as_often_as_one_likes(settings: Any) -> None:
    settings.GLOSSARY_MAX_LOOKUPS = settings.GLOSSARY_MAX_READS = settings.GLOSSARY_MAX_CHANGES = 0


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A server gives its connection up after each request; here that would end the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _happen() -> SimpleNamespace:
    people = company()
    desk = Desk(people)
    desk.publish("Campaign", aliases=["push"], abbreviations=["C"])
    desk.publish("Campaign", term="campaign", why="because")
    return SimpleNamespace(people=people, in_review=desk.submit("Funnel"), draft=desk.open("Quota"))


@pytest.fixture(scope="module")
def _happened(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with happened_once(django_db_blocker, _happen) as happened:
        yield happened


@pytest.fixture
def world(_happened: SimpleNamespace, db: None) -> SimpleNamespace:
    connection.check_constraints()
    return _happened


def headers(caller: Caller) -> dict[str, str]:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in caller.client.cookies.items())
    return caller.headers | ({"Cookie": cookies} if cookies else {})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_described(world: SimpleNamespace, operation: Any) -> None:
    callers = [headers(person(world.people.sam)), headers(tool(world.people.rep, "read", "propose"))]
    there = {"slug": ["campaign", "funnel", "nowhere"], "proposal_id": [world.in_review.pk, world.draft.pk, 10**9]}
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])

    @searching(max_examples=EACH, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(modes.flatmap(operation.as_strategy), st.sampled_from(callers), st.data())
    def ask(case: Case, caller: dict[str, str], data: st.DataObject) -> None:
        for name in case.path_parameters.keys() & there.keys():
            if data.draw(st.booleans(), "something that is there"):
                case.path_parameters[name] = data.draw(st.sampled_from(there[name]))
        case.call_and_validate(headers=caller)

    ask()
