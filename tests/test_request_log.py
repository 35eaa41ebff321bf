"""The log says what happened and to which route; it never says who wrote what."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from structlog.stdlib import ProcessorFormatter

from glossary.request_log import RequestLog


def _fails(request: HttpRequest) -> HttpResponse:
    raise ValueError("mia@example.com wrote: our margin is 70 percent")


def _names_the_person(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())  # type: ignore[union-attr]


urlpatterns = [
    path("reset/<str:key>/", lambda request, key: HttpResponse("")),
    path("fails/", _fails),
    path("me/", _names_the_person),
]


@pytest.fixture
def lines() -> Iterator[Callable[[], tuple[list[dict[str, Any]], str]]]:
    """What was logged so far: as parsed lines, and as it was written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(ProcessorFormatter(**_as_configured()))
    logging.getLogger().addHandler(handler)
    yield lambda: ([json.loads(line) for line in written.getvalue().splitlines()], written.getvalue())
    logging.getLogger().removeHandler(handler)


def _as_configured() -> dict[str, Any]:
    formatter = settings.LOGGING["formatters"]["json"]
    return {name: value for name, value in formatter.items() if name != "()"}


@pytest.mark.urls(__name__)
def test_an_address_with_a_secret_in_it_is_logged_as_its_route(client: Client, lines: Any) -> None:
    answer = client.get("/reset/s3cret-key/?q=budget")
    (line,), text = lines()
    assert line["route"] == "reset/<str:key>/"
    assert line["status"] == 200
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert "s3cret" not in text
    assert "budget" not in text


@pytest.mark.urls(__name__)
def test_a_failure_is_logged_with_its_place_and_without_its_message(client: Client, lines: Any) -> None:
    client.raise_request_exception = False
    assert client.get("/fails/").status_code == 500
    logged, text = lines()
    assert {"exception": "ValueError"}.items() <= next(line for line in logged if "exception" in line).items()
    assert "margin" not in text
    assert "mia@" not in text


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_the_person_is_logged_as_a_number(client: Client, people: SimpleNamespace, lines: Any) -> None:
    client.force_login(people.mia)
    client.get("/me/")
    logged, text = lines()
    assert logged[-1]["user_id"] == people.mia.pk
    assert "mia" not in text


@pytest.mark.django_db
def test_a_page_that_does_not_exist_is_logged_without_its_address(client: Client, lines: Any) -> None:
    client.get("/somebody@example.com/")
    _, text = lines()
    assert "somebody" not in text


def test_the_id_of_a_proxy_is_kept_and_nonsense_is_replaced() -> None:
    def id_of(given: str) -> str:
        request = RequestFactory().get("/healthz", headers={"X-Request-ID": given})
        return RequestLog(lambda request: HttpResponse(""))(request).headers["X-Request-ID"]

    assert id_of("0af7651916cd43dd8448eb211c80319c") == "0af7651916cd43dd8448eb211c80319c"
    assert id_of('"}\n{"forged": 1') != '"}\n{"forged": 1'
