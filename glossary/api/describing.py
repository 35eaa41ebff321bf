"""The description of the API, made from what it is built of: the rules of inputs and the types of outputs."""

import inspect
from collections.abc import Callable, Sequence
from datetime import date
from types import NoneType, UnionType
from typing import (
    Any,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from drf_spectacular.utils import OpenApiParameter, extend_schema

from glossary.api import effects, inputs, judgements, outputs, picklists, pipelines
from glossary.domain import values
from glossary.domain.checking import Many, Nested, Rule, Table, slots
from glossary.domain.content import Content
from glossary.exchange.formats import FORMATS

JSONSchema = dict[str, Any]


def ref(name: str) -> JSONSchema:
    return {"$ref": f"#/components/schemas/{name}"}


# Outputs: from types

_PLAIN = {str: "string", int: "integer", bool: "boolean", float: "number", NoneType: "null"}


def schema_of(hint: Any) -> JSONSchema:
    """The JSON Schema of a type hint; typed dictionaries are referred to by name."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (NotRequired, Required):
        return schema_of(parts[0])
    if is_typeddict(hint):
        return ref(hint.__name__)
    if isinstance(hint, ForwardRef):
        return schema_of(getattr(outputs, hint.__forward_arg__))
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (Union, UnionType):
        return {"anyOf": [schema_of(part) for part in parts]}
    if origin is list:
        return {"type": "array", "items": schema_of(parts[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(parts[1])}
    return {}


def schema_of_typed(typed: Any) -> JSONSchema:
    """The JSON Schema of a typed dictionary."""
    hints = get_type_hints(typed)
    return {
        "type": "object",
        "description": inspect.getdoc(typed) or "",
        "properties": {name: schema_of(hint) for name, hint in hints.items()},
        "required": sorted(typed.__required_keys__),
    }


# Inputs and Content: from rules


def schema_of_shape(shape: type, *, is_closed: bool = True) -> JSONSchema:
    """The JSON Schema of a shape; closed when unknown fields are refused."""
    fields = slots(shape)
    schema: JSONSchema = {
        "type": "object",
        "description": inspect.getdoc(shape) or "",
        "properties": {slot.key: schema_of_rule(slot.rule) for slot in fields},
    }
    if required := [slot.key for slot in fields if slot.is_required]:
        schema["required"] = required
    return schema | {"additionalProperties": False} if is_closed else schema


def schema_of_rule(rule: Rule) -> JSONSchema:
    """The JSON Schema of what a rule takes."""
    return next((said(rule) for kind, said in _RULES if isinstance(rule, kind)), {})


def _text(rule: Any) -> JSONSchema:
    return {"type": "string"}


# The first that fits; what is not named here takes several types.
_RULES: tuple[tuple[type, Callable[[Any], JSONSchema]], ...] = (
    (Many, lambda rule: {"type": "array", "items": schema_of_rule(rule.rule)}),
    (Table, lambda rule: {"type": "object", "additionalProperties": schema_of_rule(rule.rule)}),
    (Nested, lambda rule: _bare_or(schema_of_shape(rule.shape), rule.bare)),
    (values.Side, lambda rule: {"type": "string", "description": "The key of a side that signs."}),
    (values.Choice, lambda rule: {"enum": list(rule.values)}),
    (values.Name, lambda rule: {"type": "string", "maxLength": values.NAME_LENGTH}),
    (values.Whole, lambda rule: {"type": "integer", "minimum": rule.least, "maximum": rule.most}),
    (values.Flag, lambda rule: {"type": "boolean"}),
    (values.Day, lambda rule: {"type": "string", "format": "date"}),
    (values.Text, _text),
    (values.Key, _text),
    (inputs.Words, _text),
    (inputs.Instant, lambda rule: {"type": "string", "format": "date-time"}),
    (inputs.Names, lambda rule: {"type": "array", "items": {"type": "string"}}),
    (inputs.PicklistValues, lambda rule: {"type": "array", "items": schema_of_shape(inputs.PicklistValue)}),
    (inputs.Records, lambda rule: {"type": "array", "items": {"type": "object"}}),
    (inputs.Anything, lambda rule: ref(rule.schema) if rule.schema else {"type": "object"}),
)


def _bare_or(schema: JSONSchema, bare: str | None) -> JSONSchema:
    return {"anyOf": [{"type": "string"}, schema]} if bare else schema


# Components


def components() -> dict[str, JSONSchema]:
    """Every schema that the description refers to, by name."""
    known = vars(outputs) | vars(judgements) | vars(picklists) | vars(pipelines) | vars(effects)
    typed = {name: schema_of_typed(kind) for name, kind in known.items() if is_typeddict(kind)}
    typed["ProposalOut"]["properties"]["content"] = ref("Content")
    content = schema_of_shape(Content, is_closed=False)
    return {
        **typed,
        "Content": content,
        "ContentInput": schema_of_shape(Content),
        "VersionOut": _all_of("VersionBound", "Content"),
        "TermOut": {"anyOf": [_all_of("VersionOut", "Live"), _all_of("WordOut", "Live")]},
        "TermThen": {"anyOf": [ref("TermOut"), _all_of("VersionOut", "AnsweredAsOf")]},
        "MatchOut": _all_of("VersionOut", "MatchedOn"),
        "LookupOut": _object(query={"type": "string"}, matches=_list_of("MatchOut"), **_AS_OF),
        "LookupsOut": _object(results=_list_of("LookupOut"), **_AS_OF),
        "ExportOut": _object(exported_at={"type": "string", "format": "date-time"}, terms=_list_of("VersionOut")),
        "Problem": _problem(),
    }


_AS_OF: dict[str, JSONSchema] = {"as_of": {"type": "string"}, "provisional": {"type": "boolean"}}


def _all_of(*names: str) -> JSONSchema:
    return {"allOf": [ref(name) for name in names]}


def _list_of(name: str) -> JSONSchema:
    return {"type": "array", "items": ref(name)}


def _object(**properties: JSONSchema) -> JSONSchema:
    required = [name for name in properties if name not in _AS_OF]
    return {"type": "object", "properties": properties, "required": required}


def _problem() -> JSONSchema:
    error = _object(path={"type": "string"}, code={"type": "string"}, message={"type": "string"})
    said = {name: {"type": "string"} for name in ("type", "title", "code", "detail")}
    problem = _object(**said, status={"type": "integer"})
    problem["properties"]["errors"] = {"type": "array", "items": error}
    return problem | {"description": "Problem details (RFC 9457); `code` is stable, `errors` say which fields and why."}


# Parameters and operations

_PARAMETERS = {
    "as_of": "An instant with its zone: what was, or what is signed so far, in force then.",
    "updated_since": "An instant with its zone: only words about which something happened since.",
    "q": "Part of a name; of a search, any words.",
    "kind": "The kind in force.",
    "status": "The status in force.",
    "state": "The state: of a word, or of a suggestion.",
    "owner_side": "The side that looks after the word.",
    "waiting_for": "The key of a side, or `me`: only what waits for that signature.",
    "from": "A version's number.",
    "to": "A version's number.",
    "version": "A version's number; without it the version in force.",
    "dialect": "`postgres` (without it), `sqlite`, `bigquery`, `snowflake` or `duckdb`.",
    "table": "The table with the records, one to three names with dots between; without it the key of the record type.",
    "columns": "The columns that are not named as their fields: `email:contact_email,amount:amount_eur`.",
    "from_day": "The first day of the period that is counted.",
    "until": "The day after the last one of the period that is counted.",
    "after": "The cursor of the last answer, 0 at first.",
    "limit": "How many at most.",
    "cursor": "Where the next page begins; `next` holds it.",
    "segment": "A field by which the records are grouped for this answer; empty for none.",
    "format": f"{', '.join(f'`{key}`' for key in FORMATS)}; without it `json`, which is described here.",
}
_REQUIRED = ("from", "to")
_NUMBERS = ("from", "to", "version", "after", "limit", "cursor")
_SHOWN = {"from_day": "from"}  # a name that means something else elsewhere
_DAYS = ("from_day", "until")


def _query(name: str) -> OpenApiParameter:
    kind = int if name in _NUMBERS else date if name in _DAYS else str
    return OpenApiParameter(
        _SHOWN.get(name, name),
        kind,
        OpenApiParameter.QUERY,
        description=_PARAMETERS[name],
        required=name in _REQUIRED,
    )


def _header(name: str, description: str, *, is_required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, required=is_required)


def answers(
    output: str,
    *,
    summary: str,
    sends: type | None = None,
    status: int = 200,
    parameters: Sequence[str] = (),
    is_list: bool = False,
    is_conditional: bool = False,
    is_repeatable: bool = False,
    needs_match: bool = False,
) -> Callable[[Any], Any]:
    """Describes a method of a view: what it is sent, and the component that its answer is, or is a list of."""
    named = [*parameters, *(("cursor", "limit") if is_list else ())]
    headers = [
        *([_header("If-None-Match", "The ETag of what you have.")] if is_conditional else []),
        *([_header("Idempotency-Key", "The same key has one effect.")] if is_repeatable else []),
        *([_header("If-Match", "The ETag of what you read.", is_required=True)] if needs_match else []),
    ]
    described: Callable[[Any], Any] = extend_schema(
        summary=summary,  # the description is the docstring
        parameters=[*(_query(name) for name in named), *headers],
        request={"application/json": schema_of_shape(sends)} if sends else None,
        responses={status: _page_of(output) if is_list else ref(output)} | ({304: None} if is_conditional else {}),
    )
    return described


def _page_of(output: str) -> JSONSchema:
    return _object(results=_list_of(output), next={"type": ["string", "null"]})
