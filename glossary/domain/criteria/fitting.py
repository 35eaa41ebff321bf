"""Whether a condition fits the record type it is about, and whether values fit their fields.

Engines turn one type into another each in its own way, so nothing is turned here: what does not fit is said.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from glossary.domain.criteria.nodes import (
    And,
    Between,
    Compare,
    Derived,
    Field,
    In,
    IsNull,
    Literal,
    Node,
    Not,
    Operand,
    Or,
    Plain,
)
from glossary.domain.criteria.parsing import Fault
from glossary.domain.shapes import RecordField
from glossary.domain.values import SAFE_INTEGER

Fields = Mapping[str, RecordField]

ORDERED = ("int", "number", "date")
TYPE_NAMES = {
    "string": "text",
    "bool": "yes or no",
    "int": "a whole number",
    "number": "a number",
    "date": "a day, YYYY-MM-DD",
}
LONGEST_VALUE = 500  # characters of a text, as of an entry of a list


def faults(node: Node, fields: Fields, record: str) -> Iterator[Fault]:
    """Everything in a condition that does not fit the fields of the record type named `record`."""
    match node:
        case Field():
            if declared := fields.get(node.name):
                if declared.type != "bool":
                    yield _at(node, f"“{node.name}” is {TYPE_NAMES[declared.type]}, so it needs a comparison.")
            else:
                yield _unknown(node, fields, record)
        case And(parts) | Or(parts):
            for part in parts:
                yield from faults(part, fields, record)
        case Not(part):
            yield from faults(part, fields, record)
        case IsNull(operand):
            yield from _missing(fields, record, operand)
        case In(operand, values):
            yield from _missing(fields, record, operand) or _unfit(_own(operand), values, fields)
        case Between(operand, low, high):
            yield from _missing(fields, record, operand) or _between(_own(operand), low, high, fields)
        case Compare(op, operand, Literal() as value):
            unordered = _missing(fields, record, operand) or _unordered(_own(operand), op, fields)
            yield from unordered or _unfit(_own(operand), (value,), fields)
        case Compare(op, operand, Field() | Derived() as other):
            missing = _missing(fields, record, operand, other)
            yield from missing or _pair(_own(operand), op, _own(other), fields)


def _own(operand: Operand) -> Field:
    return operand.field if isinstance(operand, Derived) else operand


def _at(field: Field, message: str) -> Fault:
    return Fault(message, field.at, field.at + len(field.name))


def _missing(fields: Fields, record: str, *operands: Operand) -> list[Fault]:
    return [_unknown(_own(operand), fields, record) for operand in operands if _own(operand).name not in fields]


def _unknown(field: Field, fields: Fields, record: str) -> Fault:
    close = get_close_matches(field.name, fields, n=1, cutoff=0.7)
    hint = f" Did you mean “{close[0]}”?" if close else ""
    return _at(field, f"There is no field “{field.name[:80]}” in {record} records.{hint}")


def _unordered(field: Field, op: str, fields: Fields) -> list[Fault]:
    kind = fields[field.name].type
    if op in ("=", "<>") or kind in ORDERED:
        return []
    return [_at(field, f"“{field.name}” is {TYPE_NAMES[kind]}, which has no order; use =, <> or IN.")]


def _unfit(field: Field, values: Iterable[Literal], fields: Fields) -> list[Fault]:
    found = (misfit(value.value, fields[field.name]) for value in values)
    return [_at(field, f"“{field.name}” {why}") for why in found if why]


def _between(field: Field, low: Literal, high: Literal, fields: Fields) -> list[Fault]:
    found = _unordered(field, "<=", fields) or _unfit(field, (low, high), fields)
    if not found and low.value > high.value:  # type: ignore[operator]  # both fit the same ordered type
        return [_at(field, "BETWEEN has its bounds the wrong way round: the smaller one stands first.")]
    return found


def _pair(one: Field, op: str, other: Field, fields: Fields) -> list[Fault]:
    kinds = {"number" if fields[name].type == "int" else fields[name].type for name in (one.name, other.name)}
    if len(kinds) > 1:
        return [_at(other, f"“{one.name}” and “{other.name}” are of different types and cannot be compared.")]
    return _unordered(one, op, fields)


def misfit(value: Plain | None, declared: RecordField) -> str | None:
    """Why a value cannot be one of this field, to be said after its name; None where it fits."""
    if not _IS[declared.type](value):
        shown = f"'{value}'" if isinstance(value, str) else str(value).upper() if isinstance(value, bool) else value
        return f"is {TYPE_NAMES[declared.type]}, and {shown} is not."
    if declared.values and value not in declared.values:
        close = get_close_matches(str(value), declared.values, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else f" Its values are {', '.join(declared.values[:12])}."
        return f"never is '{value}'.{hint}"
    return None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_IS: dict[str, Callable[[object], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "int": _is_whole,
    "number": lambda value: _is_whole(value) or isinstance(value, float),
    "string": lambda value: isinstance(value, str) and value != "",
    "date": _is_day,
}


# Values of records

_YES, _NO = frozenset({"true", "yes", "1", "y", "t"}), frozenset({"false", "no", "0", "n", "f"})


class Misfit(ValueError):
    """A value that its field cannot hold; says what the field holds."""


def fitted(value: Any, kind: str) -> Plain | None:
    """A value of a record as its field's type: None for nothing, a day as text, decimals as numbers.

    Only spellings that mean the same are read ("60" for 60, "yes" for true, a day with a time for its day), which is
    what tables hold. Raises `Misfit`.
    """
    if value is None or value == "":
        return None
    found = _FITTED[kind](value)
    if found is None:
        raise Misfit(f"Give {TYPE_NAMES[kind]} here, or leave it empty.")
    return found


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if word in _YES else False if word in _NO else None


def _whole(value: Any) -> int | None:
    number = _finite(value)
    return int(number) if number is not None and number == int(number) else None


def _number(value: Any) -> int | float | None:
    number = _finite(value)
    return float(number) if isinstance(number, Decimal) else number


def _finite(value: Any) -> int | float | Decimal | None:
    """The number that is meant, within what every engine keeps exactly; decimals are still as they were written."""
    if isinstance(value, str):
        value = _written_number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, Decimal | float) and not math.isfinite(value):
        return None
    number: int | float | Decimal = value
    return number if -SAFE_INTEGER <= number <= SAFE_INTEGER else None


def _written_number(text: str) -> int | Decimal | None:
    digits = text.removeprefix("-")
    whole, _, part = digits.partition(".")
    if not (digits.isascii() and whole.isdigit() and len(digits) < 40 and (part.isdigit() or "." not in digits)):
        return None
    return Decimal(text) if part else int(text)


def _text(value: Any) -> str | None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return None if _finite(value) is None else str(value)
    return value if isinstance(value, str) and len(value) <= LONGEST_VALUE and "\x00" not in value else None


def _day(value: Any) -> str | None:
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > 10 and text[10] in "T ":
        text = text[:10] if _is_instant(text) else ""
    return text if _is_day(text) else None


def _is_instant(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_FITTED: dict[str, Callable[[Any], Plain | None]] = {
    "bool": _flag,
    "int": _whole,
    "number": _number,
    "string": _text,
    "date": _day,
}
