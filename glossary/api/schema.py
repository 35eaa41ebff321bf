"""The OpenAPI document: every operation with an example and the problems it may answer, outside the framework too."""

import json
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.negotiation import DefaultContentNegotiation

from glossary.api import problems
from glossary.domain.refusals import STATUS

JSON = dict[str, Any]
READING = (401, 403, 404, 405, 422, 429, 503)
SENT = (411, 413, 415)  # what a body can be refused for before it is read
MATCHED = (412, 428)  # what If-Match can be refused for
OF_HTTP = {
    405: ["method_not_allowed"],
    406: ["not_acceptable"],
    411: ["length_required"],
    415: ["unsupported_media_type"],
}
CODES = {
    status: [code for code, number in STATUS.items() if number == status] for status in {*STATUS.values()}
} | OF_HTTP
OF_CHANGES = ("reauthenticate", "not_ready", "key_reused")  # what no question is refused with
EXAMPLES: JSON = json.loads((Path(__file__).parent / "examples.json").read_text())


def problem_responses(statuses: tuple[int, ...], *, is_read: bool = True) -> JSON:
    """For each status the answer that refuses, with the codes it may carry."""
    return {str(status): _problem(status, is_read) for status in sorted(statuses)}


def _problem(status: int, is_read: bool) -> JSON:
    codes = ", ".join(f"`{code}`" for code in CODES[status] if not (is_read and code in OF_CHANGES))
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": f"{HTTPStatus(status).phrase}: {codes}",
        **_headers(*_TOLD.get(status, ())),
        "content": {problems.MEDIA_TYPE: {"schema": schema}},
    }


_TOLD = {401: ["WWW-Authenticate"], 405: ["Allow"], 429: ["Retry-After"], 503: ["Retry-After"]}
_MEANT = {
    "WWW-Authenticate": "How to get in: `Bearer`.",
    "Allow": "The methods that this address takes.",
    "Retry-After": "In how many seconds to try again.",
    "ETag": "What to send as If-None-Match or, of a suggestion, as If-Match.",
    "Location": "The address of what was made.",
}


def _headers(*names: str) -> JSON:
    told = {name: {"description": _MEANT[name], "schema": {"type": "string"}} for name in names}
    return {"headers": told} if told else {}


class Schema(AutoSchema):
    """Adds to each operation the problems it may answer."""

    def get_operation(self, *args: Any, **kwargs: Any) -> JSON | None:
        operation: JSON | None = super().get_operation(*args, **kwargs)
        if operation:
            operation["responses"] = self._problems() | operation["responses"]
        return operation

    def _problems(self) -> JSON:
        is_sent = self.method != "GET"
        is_read = not is_sent or getattr(self.view, "is_question", False)
        takes_match = any(parameter["name"] == "If-Match" for parameter in self._get_parameters())
        statuses = (
            *READING,
            *((406,) if self.view.content_negotiation_class is DefaultContentNegotiation else ()),
            *(SENT if is_sent else ()),
            *(() if is_read else (409,)),
            *(MATCHED if takes_match else ()),
        )
        return problem_responses(statuses, is_read=is_read)

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


@cache
def described() -> JSON:
    """The whole document, which is the same for everybody; made once in a process, since that takes long."""
    return Document().get_schema(public=True)  # type: ignore[no-untyped-call]


class Described(SchemaGenerator):
    """For the address that serves it."""

    def get_schema(self, request: Any = None, public: bool = False) -> JSON:
        return described()


class Document(SchemaGenerator):
    """The whole document: what the framework finds, the shared components, and what is outside of it."""

    def get_schema(self, request: Any = None, public: bool = False) -> JSON:
        from glossary.api.describing import components  # the framework loads this module before the app registry is up

        document: JSON = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        document["paths"] = {"/api/v1/lookup": _lookup(), "/api/v1/suggest": _suggest()} | document["paths"]
        for path, operations in document["paths"].items():
            for operation in operations.values():
                _show(path, operation)
        known = document.setdefault("components", {})
        known["schemas"] = components() | known.get("schemas", {})
        known["securitySchemes"] = {**known.get("securitySchemes", {}), **_SECURITY}
        return document


def _show(path: str, operation: JSON) -> None:
    """Adds an example of what is asked, sent and answered, and the headers that come with it."""
    example = EXAMPLES[operation["operationId"]]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["description"] = _IN_PATHS[parameter["name"]]
            # Our converters are told by their pattern; what they take is a number.
            if digits := re.fullmatch(r"\^\[0-9\]\{1,([0-9]+)\}\$", parameter["schema"].get("pattern", "")):
                parameter["schema"] = {"type": "integer", "minimum": 0, "maximum": 10 ** int(digits[1]) - 1}
        parameter["example"] = _asked(path, parameter["name"])
    if "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = example["sends"]
    for status, answer in operation["responses"].items():
        if status in ("200", "201"):
            (content,) = answer["content"].values()
            content["example"] = example["answers"]
            answer |= _headers(*_goes_with(operation, status, content["schema"].get("$ref", "")))


def _goes_with(operation: JSON, status: str, ref: str) -> list[str]:
    is_tagged = "304" in operation["responses"] or ref.endswith("/ProposalOut")
    is_made = status == "201" and ref.endswith(("/ProposalOut", "/WordOut"))
    return [*(["ETag"] if is_tagged else []), *(["Location"] if is_made else [])]


_IN_PATHS = {
    "slug": "The slug of the word: the last part of its address.",
    "number": "The number of the version.",
    "key": "The id of the criterion.",
    "proposal_id": "The id of the suggestion.",
    "concern_id": "The id of the concern.",
}
_EXAMPLES_ASKED: JSON = {
    "slug": "marketing-qualified-lead",
    "number": 1,
    "key": "mql",
    "proposal_id": 42,
    "concern_id": 7,
    "name": "MQL",
    "q": "campaign",
    "as_of": "2027-01-01T00:00:00Z",
    "updated_since": "2027-01-01T00:00:00Z",
    "kind": "metric",
    "status": "agreed",
    "state": "agreed",
    "owner_side": "marketing",
    "waiting_for": "sales",
    "from": 1,
    "to": 2,
    "version": 1,
    "dialect": "snowflake",
    "table": "crm.leads",
    "columns": "email:contact_email",
    "until": "2027-04-01",
    "after": 0,
    "limit": 20,
    "cursor": 50,
    "segment": "persona",
    "format": "json",
    "If-None-Match": '"marketing-qualified-lead-1-1b1a19517c8fa08c-1"',
    "Idempotency-Key": "crm-4711",
    "If-Match": '"425"',
}
_ELSEWHERE: dict[tuple[str, str], Any] = {
    ("stage-models", "slug"): "revenue-pipeline",
    ("proposals", "state"): "in_review",
    ("sql", "from"): "2027-01-01",
}


def _asked(path: str, name: str) -> Any:
    parts = path.split("/")
    return next(
        (value for (part, of), value in _ELSEWHERE.items() if of == name and part in parts), _EXAMPLES_ASKED[name]
    )


_SECURITY: JSON = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of a tool. It reads and suggests; it never signs.",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A person, with X-CSRFToken."},
}


def _lookup() -> JSON:
    as_of = _parameter(
        "as_of", "An instant with its zone: what was, or what is signed so far, in force then.", format="date-time"
    )
    name = _parameter("name", "The name as somebody wrote it.", is_required=True)
    known = _parameter("If-None-Match", "The ETag of what you have.", place="header")
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
    typed = _parameter("q", "What was typed so far.", is_required=True)
    limit = _parameter("limit", "How many at most.", type="integer", minimum=1, maximum=20)
    return {
        "get": {
            "tags": ["search"],
            "security": [{"token": []}, {}],
            "operationId": "get_Suggest",
            "summary": "Names that begin so",
            "description": "For a field that completes what is being typed: what is called just so, then names that "
            "begin so, then other names that do, each in their order.",
            "parameters": [typed, limit],
            "responses": {"200": _json("SuggestOut"), **problem_responses(READING)},
        }
    }


def _parameter(name: str, says: str, *, place: str = "query", is_required: bool = False, **schema: Any) -> JSON:
    required = {"required": True} if is_required else {}
    return {"name": name, "in": place, **required, "description": says, "schema": {"type": "string", **schema}}


def _json(component: str) -> JSON:
    schema = {"$ref": f"#/components/schemas/{component}"}
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}
