"""What tools may send: bodies within their bounds, their fields by rule, parameters as what they mean."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from glossary.api.problems import TOO_LARGE, Problem, invalid
from glossary.domain.checking import Desk, Limits, Many, Nested, Rule, may, taken, want
from glossary.domain.picklist import COLUMNS
from glossary.domain.refusals import Refusal
from glossary.domain.values import Day, Whole

# ruff: noqa: RUF009  (`want` and `may` make a dataclass field each time; nothing mutable is shared)

DEEPEST = 40
LARGEST_ID = 2**53 - 1
SIGNATURES_AT_ONCE = 200

Shape = TypeVar("Shape")

# Bodies


class Sent(NamedTuple):
    """A body as it came, and what it says."""

    raw: bytes
    data: object


class JSONBody(BaseParser):
    """JSON and nothing else; decimals stay exact."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Raises `Refusal("too_large")` before reading, and `Refusal("invalid")` for what is no plain JSON."""
        return read_body(parser_context["request"]._request, self.most())

    def most(self) -> int:
        """How many bytes may come."""
        return settings.GLOSSARY_MAX_BODY


class RecordsBody(JSONBody):
    """The same for a view that is sent records."""

    def most(self) -> int:
        return settings.GLOSSARY_MAX_UPLOAD


def read_body(request: HttpRequest, most: int) -> Sent:
    """The body of a request as JSON, as large as `raw_body` takes; an empty one has no fields."""
    raw = raw_body(request, most)
    return Sent(raw, read_json(raw) if raw else {})


def raw_body(request: HttpRequest, most: int) -> bytes:
    """The body as it came, read once its announced size is known to be within `most` bytes."""
    _check_announced(request)
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced.isdecimal() and int(announced) > most:
        raise TOO_LARGE
    return request.body


def _check_announced(request: HttpRequest) -> None:
    """A body that comes in pieces without its size would pass for an empty one. Raises a problem of HTTP."""
    if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
        raise Problem(411, "length_required", "Send the body in one piece, with the header Content-Length.")


def read_json(raw: bytes) -> object:
    """What the bytes say as JSON: no NaN, no field twice, no endless nesting, no half characters."""
    try:
        data = json.loads(
            raw.decode(), parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats
        )
    except RecursionError:
        raise _too_deep("") from None
    except ValueError as error:  # the text is not UTF-8, is not JSON, or holds a number without end
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Refusal("invalid", f"The body is not valid JSON{place}.") from None
    _check(data, "", DEEPEST)
    return data


def _refuse_constant(name: str) -> Any:
    raise Refusal("invalid", f"{name} is not JSON.")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refusal("invalid", "A field stands twice in the same object.")
    return found


def _check(value: object, path: str, levels: int) -> None:
    if levels == 0:
        raise _too_deep(path)
    if isinstance(value, str):
        _check_whole(value, path)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if type(item) is str and item.isascii():  # a long list of names
                continue
            _check(item, f"{path}[{place}]", levels - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_whole(key, path)
            _check(item, f"{path}.{key}" if path else key, levels - 1)


def _check_whole(text: str, path: str) -> None:
    """Half of a surrogate pair can be escaped in JSON but is no character, and nothing can keep it."""
    if not text.isascii() and re.search("[\ud800-\udfff]", text):
        raise invalid(_printable(path), "bad_character", "The text holds half of a character.")


def _printable(path: str) -> str:
    return path.encode("ascii", "backslashreplace").decode()[:200]


def _too_deep(path: str) -> Refusal:
    return invalid(_printable(path[:60]) or "body", "too_deep", f"JSON goes at most {DEEPEST} levels deep here.")


# Fields


@dataclass(frozen=True)
class Words(Rule):
    """Text that the action itself measures."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if value is None or isinstance(value, str):
            return value
        return desk.wrong(path, "wrong_type", "Give text here.")


@dataclass(frozen=True)
class Anything(Rule):
    """Named fields that the action itself checks; `schema` names their description."""

    schema: str = ""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        return value if value is None or isinstance(value, Mapping) else desk.wrong(path, "wrong_type", _FIELDS)


_FIELDS, _LIST = "Give named fields here.", "Give a list here."


class Instant(Rule):
    """A moment in ISO 8601 that says its zone."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if value is None:
            return None
        instant = instant_in(value)
        return instant or desk.wrong(path, "not_an_instant", NOT_AN_INSTANT)


NOT_AN_INSTANT = "Write the moment with its zone, such as 2027-01-01T00:00:00Z."


def instant_in(value: object) -> datetime | None:
    """The instant (UTC) that an ISO 8601 text with a zone names, else None."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        return instant.astimezone(UTC) if instant and instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Listed(Many):
    """A list that has to be one, be it empty."""

    absent = None  # type: ignore[assignment]

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if value is None:
            return None
        return super().take(value, path, desk) if isinstance(value, list) else desk.wrong(path, "wrong_type", _LIST)


class Names(Rule):
    """The names of a lookup in bulk, kept as they were sent."""

    absent = ()

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if not isinstance(value, list):
            return None if value is None else desk.wrong(path, "wrong_type", "Give a list of names.")
        most = settings.GLOSSARY_MAX_LOOKUP_NAMES
        if len(value) > most:
            return desk.wrong(path, "too_many", f"At most {most} names fit into one request; these are {len(value)}.")
        for place, name in enumerate(value):
            if not isinstance(name, str):
                desk.wrong(f"{path}[{place}]", "wrong_type", "A name is text.")
        return value


class Records(Rule):
    """Records to evaluate: named fields with their values, as they were sent."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if not isinstance(value, list):
            return None if value is None else desk.wrong(path, "wrong_type", "Give a list of records.")
        most = settings.GLOSSARY_MAX_RECORDS
        if len(value) > most:
            return desk.wrong(path, "too_many", f"At most {most} records fit into one request; these are {len(value)}.")
        return value


class PicklistValues(Rule):
    """What a CRM offers: for each value its system, object and field."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if not isinstance(value, list):
            return None if value is None else desk.wrong(path, "wrong_type", "Give a list of values.")
        most = settings.GLOSSARY_UPLOAD_LIMITS.rows
        if most is not None and len(value) > most:
            return desk.wrong(path, "too_many", f"At most {most} values fit into one request; these are {len(value)}.")
        for place, item in enumerate(value):
            if not (isinstance(item, dict) and item.keys() == set(COLUMNS) and _are_texts(item.values())):
                desk.wrong(f"{path}[{place}]", "wrong_type", "Give system, object, field and value, each as text.")
        return value


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """An action that needs no words."""


@dataclass(frozen=True, kw_only=True)
class NewProposal:
    """A suggestion: of a new word, or of another text for `term`, seen at `base_version`."""

    content: Mapping[str, object] = want(Anything("ContentInput"))
    term: str | None = may(Words())
    base_version: int | None = may(Whole(1, LARGEST_ID))
    reason: str | None = may(Words())
    effective_from: datetime | None = may(Instant())


@dataclass(frozen=True, kw_only=True)
class NewText:
    """The whole text anew: what `content` leaves out is gone. Reason and date stay unless they are given."""

    content: Mapping[str, object] = want(Anything("ContentInput"))
    reason: str | None = may(Words())
    effective_from: datetime | None = may(Instant())


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A yes to the text with this digest, perhaps in view of the effect with the digest `impact`."""

    digest: str = want(Words())
    reservation: str | None = may(Words())
    impact: str | None = may(Words())


@dataclass(frozen=True, kw_only=True)
class RecordsWeighed:
    """Records of one type on which a suggestion is tried; only declared fields are kept."""

    record: str = want(Words())
    records: list[object] = want(Records())
    segment: str | None = may(Words())


@dataclass(frozen=True, kw_only=True)
class RecordsForgotten:
    """The id of the records to be deleted."""

    upload: int = want(Whole(1, LARGEST_ID))


@dataclass(frozen=True, kw_only=True)
class Reaffirming:
    """The text with this digest still holds."""

    digest: str = want(Words())


@dataclass(frozen=True, kw_only=True)
class NewConcern:
    """What hurts, perhaps with an example: a record, the test (`criterion`) it is for, and what that should say."""

    text: str = want(Words())
    criterion: str | None = may(Words())
    record: Mapping[str, object] | None = may(Anything())
    expected: str | None = may(Words())


@dataclass(frozen=True, kw_only=True)
class OneOfSeveral:
    """A yes to the text with this digest of this proposal."""

    proposal: int = want(Whole(1, LARGEST_ID))
    digest: str = want(Words())
    reservation: str | None = may(Words())


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """Several in one act."""

    items: tuple[OneOfSeveral, ...] = want(Listed(Nested(OneOfSeveral)))


@dataclass(frozen=True, kw_only=True)
class No:
    """A no to the text with this digest, and why."""

    digest: str = want(Words())
    reason: str = want(Words())


@dataclass(frozen=True, kw_only=True)
class Closing:
    """Why a proposal is closed without change."""

    reason: str = want(Words())


@dataclass(frozen=True, kw_only=True)
class Resolutions:
    """For each conflicting field "mine", "theirs" or {"value": …}."""

    resolutions: Mapping[str, object] | None = may(Anything())


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something said in a thread."""

    text: str = want(Words())


@dataclass(frozen=True, kw_only=True)
class NewWord:
    """A word that is missing."""

    name: str = want(Words())
    note: str | None = may(Words())


@dataclass(frozen=True, kw_only=True)
class NamesAsked:
    """Names to look up at once."""

    names: list[str] = want(Names())


@dataclass(frozen=True, kw_only=True)
class EvaluationAsked:
    """Records for a criterion: of the version in force now or at `as_of`, or of the version with this number."""

    criterion: str = want(Words())
    records: list[object] = want(Records())
    as_of: datetime | None = may(Instant())
    version: int | None = may(Whole(1, 10**9))


@dataclass(frozen=True, kw_only=True)
class PicklistValue:
    """One value that a CRM offers, and where."""

    system: str = want(Words())
    object: str = want(Words())
    field: str = want(Words())
    value: str = want(Words())


@dataclass(frozen=True, kw_only=True)
class PicklistSent:
    """The values that a CRM offers."""

    values: list[dict[str, str]] = want(PicklistValues())


@dataclass(frozen=True, kw_only=True)
class MoveAsked:
    """A record that goes from one stage to another at `at`, now if left out, by what is in force now or at `as_of`."""

    start: str = want(Words(), key="from")
    end: str = want(Words(), key="to")
    record: Mapping[str, object] = want(Anything())
    at: datetime | None = may(Instant())
    reason: str | None = may(Words())
    calendar: str | None = may(Words())
    as_of: datetime | None = may(Instant())


def fields_of(data: object, shape: type[Shape]) -> Shape:
    """The body as this shape. Raises `Refusal("invalid")` with every field at fault, unknown ones included."""
    desk = Desk(limits=Limits(entries=SIGNATURES_AT_ONCE))
    read: Shape | None = taken(shape, data, "", desk)
    desk.refuse_if_wrong()
    assert read is not None, "a body that could not be read has noted why"
    return read


def body(request: Request, shape: type[Shape]) -> Shape:
    """The body of a request as this shape; an empty one has no fields."""
    return fields_of(sent(request).data, shape)


def says(request: Request, field: str) -> bool:
    """Whether the body names the field, be it with null."""
    data = sent(request).data
    return isinstance(data, dict) and field in data


def sent(request: Request) -> Sent:
    """The body as it came and what it says; an empty one says {}."""
    if isinstance(request.data, Sent):
        return request.data
    _check_announced(request._request)
    return Sent(b"", {})


# Parameters


def alone(request: HttpRequest, name: str) -> str | None:
    """The text of this parameter where nothing else is asked, as is nearly always so; else None.

    For what is asked most: the dictionary that Django makes of a query costs as much as finding the answer.
    """
    query = request.META.get("QUERY_STRING", "")
    if query.startswith(f"{name}=") and "&" not in query and query.isascii():
        return unquote_plus(query[len(name) + 1 :], errors="replace")
    return None


class Parameters:
    """The query of an address, of which only the named parameters may be given."""

    def __init__(self, request: HttpRequest | Request, allowed: Iterable[str]) -> None:
        self._given = {key: str(value) for key, value in request.GET.items()}
        allowed = frozenset(allowed)
        for key, values in request.GET.lists():
            if len(values) > 1:
                raise invalid(_printable(key), "repeated", "This parameter stands here more than once. Give it once.")
            if key not in allowed:
                known = ", ".join(sorted(allowed)) or "none"
                raise invalid(
                    _printable(key), "unknown_parameter", f"There is no such parameter here; there is {known}."
                )

    def raw(self, name: str) -> str:
        """The text as it came; empty when left out."""
        return self._given.get(name, "")

    def text(self, name: str) -> str:
        """A text without NUL, ends stripped; empty when left out."""
        value = self.raw(name).strip()
        if "\x00" in value:
            raise invalid(name, "bad_character", "The text holds a character that cannot be kept.")
        return value

    def number(self, name: str, default: int, *, least: int = 0, most: int = LARGEST_ID) -> int:
        """A whole number from `least` to `most`."""
        typed = self._given.get(name)
        if typed is None:
            return default
        if not re.fullmatch("[0-9]{1,16}", typed) or not least <= int(typed) <= most:
            raise invalid(name, "out_of_range", f"Give a whole number from {least} to {most}.")
        return int(typed)

    def version(self, name: str) -> int:
        """The number of a version, which has to be given."""
        if name not in self._given:
            raise invalid(name, "required", "Say which versions: ?from=1&to=2.")
        return self.number(name, 0, most=10**9)

    def instant(self, name: str) -> datetime | None:
        """An instant, or None when left out. A plus sign that nobody escaped arrives as a space."""
        typed = self._given.get(name)
        if typed is None:
            return None
        instant = instant_in(re.sub(r" (?=[0-9]{2}:?[0-9]{2}$)", "+", typed))
        if instant is None:
            raise invalid(name, "not_an_instant", NOT_AN_INSTANT)
        return instant

    def day(self, name: str) -> date | None:
        """A day, or None when left out."""
        desk = Desk(limits=Limits())
        day = Day().take(self.text(name), name, desk)
        for error in desk.errors:
            raise invalid(**error)
        return date.fromisoformat(day) if day else None

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the choices; the first when left out."""
        value = self._given.get(name, choices[0])
        if value not in choices:
            raise invalid(name, "not_a_choice", f"Choose one of {', '.join(choices)}.")
        return value
