"""Where no view can answer, people and tools still get a sentence."""

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path


def _waits_in_vain(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked")


def _breaks(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


handler500 = "glossary.faults.server_error"
urlpatterns = [
    path(prefix + name, view)
    for prefix in ("", "api/")
    for name, view in [("busy", _waits_in_vain), ("broken", _breaks)]
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_a_busy_database_is_told_apart_from_a_fault(client: Client) -> None:
    answer = client.get("/busy")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert b"Please try again in a moment" in answer.content
    assert client.get("/broken").status_code == 500


def test_tools_are_told_in_json(client: Client) -> None:
    busy, broken = client.get("/api/busy"), client.get("/api/broken")
    assert (busy.status_code, busy.json()["code"]) == (503, "busy")
    assert broken.status_code == 500
    assert {answer.headers["Content-Type"] for answer in (busy, broken)} == {"application/problem+json"}


def test_a_body_too_large_is_refused_before_it_is_read(client: Client, settings: LazySettings) -> None:
    settings.GLOSSARY_MAX_BODY = 1_024
    answer = client.post("/api/busy", data="x" * 1_025, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    page = client.post("/busy", data={"summary": "x" * 1_025})
    assert page.status_code == 413
    assert b"at most 1 KB" in page.content
