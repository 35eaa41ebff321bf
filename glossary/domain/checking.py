"""Rules for untrusted JSON-like data: each takes a value at a path and gives its clean form, or notes what is wrong.

A shape is a frozen dataclass whose fields carry a rule (`want`, `may`). From the rules follow parsing, the plain
data of a shape, reading stored data back, and walking over every value. Nothing here knows what a definition is.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple, TypeVar

from glossary.domain.refusals import FieldError, Refusal

Value = TypeVar("Value")

UNKNOWN_FIELDS_SHOWN = 20
ERRORS_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one text may hold: `text` in bytes of UTF-8, the other texts in characters, lists in entries.

    `brackets` and `nesting` keep the Markdown renderer quick: it is quadratic in `[`, and recurses into lists and
    quotes.
    """

    summary: int = 300
    item: int = 500
    expression: int = 4_000
    text: int = 20 * 1024
    entries: int = 500
    brackets: int = 300
    nesting: int = 20


class Map(Mapping[str, Value]):
    """A mapping that never changes, sorted by key; 1 and true are different values in it."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Value] | Iterable[tuple[str, Value]] = ()) -> None:
        self._values = dict(sorted(dict(values).items()))

    def __getitem__(self, key: str) -> Value:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Map) and self._typed() == other._typed()

    def __hash__(self) -> int:
        return hash(self._typed())

    def __repr__(self) -> str:
        return f"Map({self._values!r})"

    def _typed(self) -> tuple[tuple[str, type, Value], ...]:
        return tuple((key, type(value), value) for key, value in self._values.items())


class Desk:
    """Where one check takes place: the sides and limits that hold, and everything found wrong so far."""

    def __init__(self, *, sides: Collection[str] = (), limits: Limits) -> None:
        self.sides = sides
        self.limits = limits
        self.errors: list[FieldError] = []

    def wrong(self, path: str, code: str, message: str) -> Any:
        """Notes one error and returns None, which is what a rule then makes of the value."""
        if len(self.errors) < ERRORS_SHOWN:
            self.errors.append({"path": path, "code": code, "message": message})

    def refuse_if_wrong(self) -> None:
        """Raises `invalid` with every error noted so far."""
        if self.errors:
            raise Refusal("invalid", _sentence(self.errors), errors=self.errors)


def _sentence(errors: Sequence[FieldError]) -> str:
    first = f"{errors[0]['path']}: {errors[0]['message']}" if errors[0]["path"] else errors[0]["message"]
    return first if len(errors) == 1 else f"{len(errors)} things need mending. The first is {first}"


def shown(value: object) -> str:
    """A hostile value made fit for a sentence: short, printable, no lone surrogates."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(value)[:60])


def is_blank(value: object) -> bool:
    """Whether people would call it empty: nothing, only blanks, no entries. 0 and false are values."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], (), {})


def inside(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class Rule:
    """One kind of value. `take` cleans an untrusted value; None or empty means absent or refused."""

    absent: Any = None

    def take(self, value: object, path: str, desk: Desk) -> Any:
        raise NotImplementedError

    def trust(self, value: Any) -> Any:
        """The value as stored by us, without checks."""
        return value

    def leaves(self, value: Any, path: str) -> Iterator[tuple[str, "Rule", Any]]:
        """Every single value in it with its path and rule."""
        yield path, self, value

    def mapped(self, value: Any, change: Callable[["Rule", Any], Any]) -> Any:
        """The same structure with every single value changed."""
        return change(self, value)


# Structures


@dataclass(frozen=True)
class Many(Rule):
    """A list; empty entries are left out."""

    rule: Rule
    absent = ()

    def take(self, value: object, path: str, desk: Desk) -> tuple[Any, ...]:
        if is_blank(value):
            return ()
        if not isinstance(value, list | tuple):
            return desk.wrong(path, "wrong_type", "Give a list here.") or ()
        if _is_too_large(value, path, desk):
            return ()
        taken = (self.rule.take(item, f"{path}[{place}]", desk) for place, item in enumerate(value))
        return tuple(item for item in taken if item is not None)

    def trust(self, value: Any) -> tuple[Any, ...]:
        return tuple(self.rule.trust(item) for item in value)

    def leaves(self, value: Any, path: str) -> Iterator[tuple[str, Rule, Any]]:
        for place, item in enumerate(value):
            yield from self.rule.leaves(item, f"{path}[{place}]")

    def mapped(self, value: Any, change: Callable[[Rule, Any], Any]) -> tuple[Any, ...]:
        return tuple(self.rule.mapped(item, change) for item in value)


@dataclass(frozen=True)
class Table(Rule):
    """A mapping from keys to values of one rule; keys with nothing under them are left out unless `keeps_null`."""

    key: Rule
    rule: Rule
    keeps_null: bool = False
    absent = Map[Any]()

    def take(self, value: object, path: str, desk: Desk) -> Map[Any]:
        if is_blank(value):
            return Map()
        if not isinstance(value, Mapping):
            return desk.wrong(path, "wrong_type", "Give names with their values here.") or Map()
        if _is_too_large(value, path, desk):
            return Map()
        return Map(self._pairs(value, path, desk))

    def _pairs(self, value: Mapping[Any, object], path: str, desk: Desk) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for name, under in value.items():
            here = inside(path, shown(name))
            key = self.key.take(name, here, desk)
            if key in seen:
                desk.wrong(here, "duplicate", "This stands twice.")
            taken = self.rule.take(under, here, desk)
            if key is not None and (taken is not None or self.keeps_null):
                seen.add(key)
                yield key, taken

    def trust(self, value: Any) -> Map[Any]:
        return Map({key: self.rule.trust(under) for key, under in value.items()})

    def leaves(self, value: Any, path: str) -> Iterator[tuple[str, Rule, Any]]:
        for key, under in value.items():
            yield from self.rule.leaves(under, inside(path, key))

    def mapped(self, value: Any, change: Callable[[Rule, Any], Any]) -> Map[Any]:
        return Map({key: self.rule.mapped(under, change) for key, under in value.items()})


def _is_too_large(value: Collection[Any], path: str, desk: Desk) -> bool:
    note_more(value, desk.limits.entries, path, desk)
    return len(value) > desk.limits.entries


@dataclass(frozen=True)
class Nested(Rule):
    """A shape of its own. With `bare`, a plain text stands for the shape with only that field."""

    shape: type
    bare: str | None = None

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        if self.bare and isinstance(value, str):
            value = {self.bare: value}
        if isinstance(value, Mapping) and path and all(is_blank(under) for under in value.values()):
            return self._empty(value, path, desk)
        return taken(self.shape, value, path, desk)

    def _empty(self, value: Mapping[Any, object], path: str, desk: Desk) -> None:
        """An unused row of a form is no entry, but a misspelt field is still said."""
        _note_unknown(self.shape, value, path, desk)

    def trust(self, value: Any) -> Any:
        return trusted(self.shape, value)

    def leaves(self, value: Any, path: str) -> Iterator[tuple[str, Rule, Any]]:
        for slot in slots(self.shape):
            under = getattr(value, slot.attribute)
            if under is not None:
                yield from slot.rule.leaves(under, inside(path, slot.key))

    def mapped(self, value: Any, change: Callable[[Rule, Any], Any]) -> Any:
        return self.shape(**{slot.attribute: _mapped(slot, value, change) for slot in slots(self.shape)})


class Slot(NamedTuple):
    """One field of a shape: its attribute, its name in data, its rule, and whether it has to be given."""

    attribute: str
    key: str
    rule: Rule
    is_required: bool
    default: Any


def want(rule: Rule, *, key: str | None = None) -> Any:
    """A field that has to be given; `key` is its name in data when Python could not use that."""
    return field(metadata={"rule": rule, "key": key})


def may(rule: Rule, *, default: Any = None) -> Any:
    """A field that may be left out."""
    return field(default=rule.absent if default is None else default, metadata={"rule": rule, "key": None})


@cache
def slots(shape: type) -> tuple[Slot, ...]:
    """The fields of a shape in their order."""
    return tuple(
        Slot(item.name, item.metadata["key"] or item.name, item.metadata["rule"], item.default is MISSING, item.default)
        for item in fields(shape)
    )


def taken(shape: type, value: object, path: str, desk: Desk) -> Any:
    """The shape built from untrusted data, or None after noting what is wrong with it."""
    if not isinstance(value, Mapping):
        return desk.wrong(path, "wrong_type", "Give named fields here.")
    _note_unknown(shape, value, path, desk)
    values = {slot.attribute: _taken(slot, value.get(slot.key), inside(path, slot.key), desk) for slot in slots(shape)}
    if any(slot.is_required and values[slot.attribute] is None for slot in slots(shape)):
        return None
    built = shape(**values)
    if check := getattr(built, "check", None):
        check(path, desk)
    return built


def _taken(slot: Slot, value: object, path: str, desk: Desk) -> Any:
    noted = len(desk.errors)
    result = slot.rule.take(value, path, desk)
    if slot.is_required and result is None and len(desk.errors) == noted:
        desk.wrong(path, "required", "This has to be given.")
    return slot.default if result is None and not slot.is_required else result


def _note_unknown(shape: type, value: Mapping[Any, object], path: str, desk: Desk) -> None:
    known = [slot.key for slot in slots(shape)]
    for key in [key for key in value if key not in known][:UNKNOWN_FIELDS_SHOWN]:
        close = get_close_matches(shown(key), known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        desk.wrong(inside(path, shown(key)), "unknown_field", f"There is no field {shown(key)} here.{hint}")


def _mapped(slot: Slot, value: Any, change: Callable[[Rule, Any], Any]) -> Any:
    under = getattr(value, slot.attribute)
    return None if under is None else slot.rule.mapped(under, change)


def trusted(shape: type, data: Mapping[str, Any]) -> Any:
    """The shape from data that we stored ourselves."""
    given = (slot for slot in slots(shape) if slot.key in data)
    return shape(**{slot.attribute: slot.rule.trust(data[slot.key]) for slot in given})


def data_of(value: Any) -> Any:
    """The plain JSON data of a shape; absent fields are left out."""
    if is_dataclass(value):
        pairs = ((slot.key, getattr(value, slot.attribute)) for slot in slots(type(value)))  # type: ignore[arg-type]
        return {key: data_of(under) for key, under in pairs if under is not None and under != () and under != Map()}
    if isinstance(value, Map):
        return {key: data_of(under) for key, under in value.items()}
    return [data_of(item) for item in value] if isinstance(value, tuple) else value


def note_repeats(keys: Sequence[str], path: str, desk: Desk, *, part: str = "") -> None:
    """Notes every key that stands a second time; `part` is where in an entry the key is."""
    seen: set[str] = set()
    for place, key in enumerate(keys):
        if key in seen:
            desk.wrong(
                inside(f"{path}[{place}]", part) if part else f"{path}[{place}]", "duplicate", "This stands twice."
            )
        seen.add(key)


def note_more(values: Collection[Any], most: int, path: str, desk: Desk) -> None:
    """Notes a list with more entries than it may have."""
    if len(values) > most:
        desk.wrong(path, "too_many", f"At most {most} entries fit here; these are {len(values)}.")
