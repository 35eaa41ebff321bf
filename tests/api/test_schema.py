"""The description that other teams generate their clients from."""

import json
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from glossary.api.schema import described
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
        assert {"401", "403", "404", "405", "422", "429", "503"} <= set(operation["responses"])
        assert operation["summary"] and operation["description"] not in ("", operation["summary"])
        refusals = [answer for status, answer in operation["responses"].items() if status >= "400"]
        assert all("`" in answer["description"] for answer in refusals), "no code is named"


def test_an_operation_is_said_to_refuse_only_what_it_can(document: dict[str, Any]) -> None:
    def refusals(path: str, method: str) -> set[str]:
        return {status for status in document["paths"][f"/api/v1/{path}"][method]["responses"] if status >= "400"}

    reads = {"401", "403", "404", "405", "422", "429", "503"}
    sent = {"411", "413", "415"}
    assert refusals("lookup", "get") == refusals("export", "get") == reads
    assert refusals("terms/", "get") == reads | {"406"}
    assert refusals("terms/{slug}/evaluate", "post") == reads | sent | {"406"}
    assert refusals("proposals/{proposal_id}/submit", "post") == reads | sent | {"406", "409"}
    assert refusals("proposals/{proposal_id}/", "patch") == reads | sent | {"406", "409", "412", "428"}
    read, written = (
        document["paths"][f"/api/v1/{path}"][method]["responses"]["422"]["description"]
        for path, method in (("changes", "get"), ("proposals/", "post"))
    )
    assert ("key_reused" in read, "key_reused" in written) == (False, True)


def test_every_example_is_one_of_what_it_is_an_example_of(document: dict[str, Any]) -> None:
    for operation in operations(document):
        named = operation.get("parameters", [])
        assert all(parameter["description"] for parameter in named), operation["operationId"]
        sent = operation.get("requestBody", {"content": {}})["content"].values()
        answered = [
            content
            for status, answer in operation["responses"].items()
            if status in ("200", "201")
            for content in answer["content"].values()
        ]
        assert answered, operation["operationId"]
        for shown in [*named, *sent, *answered]:
            shape = Draft202012Validator({**shown["schema"], "components": document["components"]})
            assert [error.message for error in shape.iter_errors(shown["example"])] == [], operation["operationId"]


def test_an_answer_says_which_headers_come_along(document: dict[str, Any]) -> None:
    made = document["paths"]["/api/v1/proposals/"]["post"]["responses"]
    assert made["201"]["headers"].keys() == {"ETag", "Location"}
    assert "ETag" in document["paths"]["/api/v1/terms/{slug}/"]["get"]["responses"]["200"]["headers"]
    assert "Retry-After" in made["503"]["headers"] and "WWW-Authenticate" in made["401"]["headers"]


def test_it_is_made_once_and_not_for_everybody_who_asks(document: dict[str, Any]) -> None:
    assert described() is described()
    assert json.loads(json.dumps(described())) == document


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
