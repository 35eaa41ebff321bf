"""The OpenAPI document: every operation with the problems it may answer, and the one view outside the framework."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from glossary.api import problems
from glossary.domain.refusals import STATUS

JSON = dict[str, Any]
READING = (401, 403, 404, 405, 406, 422, 429, 503)
SENT = (411, 413, 415)  # what a body can be refused for before it is read
WRITING = (*READING, 409, 412, *SENT, 428)
CODES = {status: [code for code, number in STATUS.items() if number == status] for status in sorted({*STATUS.values()})}


def problem_responses(statuses: tuple[int, ...]) -> JSON:
    """For each status the answer that refuses, with the codes it may carry."""
    return {str(status): _problem(status) for status in sorted(statuses)}


def _problem(status: int) -> JSON:
    codes = ", ".join(f"`{code}`" for code in CODES.get(status, ()))
    description = f"{HTTPStatus(status).phrase}: {codes}" if codes else HTTPStatus(status).phrase
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {problems.MEDIA_TYPE: {"schema": schema}}}


class Schema(AutoSchema):
    """Adds to each operation the problems it may answer."""

    def get_operation(self, *args: Any, **kwargs: Any) -> JSON | None:
        operation: JSON | None = super().get_operation(*args, **kwargs)
        if operation:
            known = problem_responses(READING if self.method == "GET" else WRITING)
            operation["responses"] = known | operation["responses"]
        return operation

    def get_auth(self) -> list[JSON]:
        """Who gets in, read off what the view asks for."""
        asked = {type(permission).__name__ for permission in self.view.get_permissions()}
        ways: list[JSON] = [{"session": []}] if "IsPerson" in asked else [{"token": []}, {"session": []}]
        return [*ways, {}] if "MayRead" in asked else ways

    def get_operation_id(self) -> str:
        """From the view and the method, so that generated clients have readable names."""
        return f"{self.method.lower()}_{type(self.view).__name__}"

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.rpartition(".")[2]]


class Document(SchemaGenerator):
    """The whole document: what the framework finds, the shared components, and the lookup by name."""

    def get_schema(self, request: Any = None, public: bool = False) -> JSON:
        from glossary.api.describing import components  # the framework loads this module before the app registry is up

        document: JSON = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        document["paths"] = {"/api/v1/lookup": _lookup(), "/api/v1/suggest": _suggest()} | document["paths"]
        known = document.setdefault("components", {})
        known["schemas"] = components() | known.get("schemas", {})
        known["securitySchemes"] = {**known.get("securitySchemes", {}), **_SECURITY}
        return document


_SECURITY: JSON = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of a tool. It reads and suggests; it never signs.",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A person, with X-CSRFToken."},
}


def _lookup() -> JSON:
    as_of = {"name": "as_of", "in": "query", "schema": {"type": "string", "format": "date-time"}}
    name = {"name": "name", "in": "query", "required": True, "schema": {"type": "string"}}
    known = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
    names = {
        "type": "object",
        "properties": {"names": {"type": "array", "items": {"type": "string"}, "maxItems": 1000}},
        "required": ["names"],
        "additionalProperties": False,
    }
    shared = {"tags": ["lookup"], "security": [{"token": []}, {}]}
    return {
        "get": {
            **shared,
            "operationId": "get_Lookup",
            "summary": "What does this name mean?",
            "description": "The terms of the best tier that matched. 404 carries `suggestions`.",
            "parameters": [name, as_of, known],
            "responses": {
                "200": _json("LookupOut"),
                "304": {"description": "Not Modified"},
                **problem_responses(READING),
            },
        },
        "post": {
            **shared,
            "operationId": "post_Lookup",
            "summary": "The same for many names at once",
            "description": "The answers come in the order of the names; a name that means nothing has no matches.",
            "parameters": [as_of],
            "requestBody": {"required": True, "content": {"application/json": {"schema": names}}},
            "responses": {"200": _json("LookupsOut"), **problem_responses((*READING, *SENT))},
        },
    }


def _suggest() -> JSON:
    typed = {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 20}}
    return {
        "get": {
            "tags": ["search"],
            "security": [{"token": []}, {}],
            "operationId": "get_Suggest",
            "summary": "Names that begin so",
            "description": "For a field that completes what is being typed: names in their order, not ranked.",
            "parameters": [typed, limit],
            "responses": {"200": _json("SuggestOut"), **problem_responses(READING)},
        }
    }


def _json(component: str) -> JSON:
    schema = {"$ref": f"#/components/schemas/{component}"}
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}
