"""The description that other teams generate their clients from."""

import json
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from glossary.api.urls import urlpatterns
from glossary.domain.content import Content

METHODS = {"get", "post", "patch", "put", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = Client().get("/api/v1/schema")
    assert answer.status_code == 200
    return json.loads(answer.content)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [said for path in document["paths"].values() for method, said in path.items() if method in METHODS]


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)


def test_nothing_in_it_is_referred_to_without_being_there(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    known = set(document["components"]["schemas"])
    referred = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert referred <= known
    assert "nullable" not in text


def test_every_address_is_described(document: dict[str, Any]) -> None:
    routes = {str(pattern.pattern) for pattern in urlpatterns if str(pattern.pattern).startswith("v1/")}
    assert len(document["paths"]) == len(routes - {"v1/schema"})


def test_every_operation_says_what_it_may_refuse_and_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    said = operations(document)
    assert len({operation["operationId"] for operation in said}) == len(said)
    for operation in said:
        assert {"401", "403", "404", "422", "503"} <= set(operation["responses"])
        assert operation["summary"]


def test_signing_is_described_as_open_to_sessions_alone(document: dict[str, Any]) -> None:
    signing = document["paths"]["/api/v1/proposals/{proposal_id}/sign-off"]["post"]
    assert signing["security"] == [{"session": []}]
    assert {} in document["paths"]["/api/v1/lookup"]["get"]["security"]


def test_content_is_described_field_by_field_and_closed(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["ContentInput"]
    assert set(schema["properties"]) == set(Content.__dataclass_fields__)
    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["related"]["items"]["anyOf"][0] == {"type": "string"}


@pytest.mark.django_db
def test_its_page_asks_nothing_of_other_hosts(client: Client) -> None:
    page = client.get("/api/docs/")
    script = client.get("/api/docs/?script=")
    assert (page.status_code, script.status_code) == (200, 200)
    assert b"://" not in page.content.replace(b"http://www.w3.org", b"")
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert b'"validatorUrl": null' in script.content
