"""Running a condition on records, with SQL's three truth values: True, False, and None for unknown.

A missing value is unknown and so is whatever is compared with it. A false part settles an AND, a true part an OR, NOT
unknown is unknown (ISO/IEC 9075-2, search conditions). Each condition becomes one function, whose time is linear in
its size.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from typing import Literal as OneOf

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
    Or,
)

Verdict: TypeAlias = bool | None
Word: TypeAlias = OneOf["true", "false", "unknown"]
Values: TypeAlias = Mapping[str, Any]
Asks: TypeAlias = Callable[[Values], Any]

WORDS: dict[Verdict, Word] = {True: "true", False: "false", None: "unknown"}

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compiled(node: Node) -> Callable[[Values], Verdict]:
    """The condition as a function of a record whose values fit their fields (see `fitted`)."""
    match node:
        case Field(name):
            return lambda record: record.get(name)
        case Derived(field, condition):
            return _derived(field.name, compiled(condition))
        case And(parts):
            return _settled([compiled(part) for part in parts], by=False)
        case Or(parts):
            return _settled([compiled(part) for part in parts], by=True)
        case Not(part):
            return _not(compiled(part))
        case IsNull(own):
            asked = compiled(own)
            return lambda record: asked(record) is None
        case In(own, values):
            return _in(compiled(own), [item.value for item in values])
        case Between(own, low, high):
            return _between(compiled(own), low.value, high.value)
        case Compare(op, Field(name), Literal(value)):
            return _against(name, OPERATORS[op], value)
        case Compare(op, own, Literal(value)):
            return _compare(compiled(own), OPERATORS[op], lambda record: value)
        case Compare(op, own, Field() | Derived() as other):
            return _compare(compiled(own), OPERATORS[op], compiled(other))
    raise TypeError(node)


def _derived(name: str, condition: Asks) -> Asks:
    def asked(record: Values) -> Verdict:
        given = record.get(name)
        return condition(record) if given is None else given

    return asked


def _settled(parts: list[Asks], *, by: bool) -> Asks:
    """AND is settled by a false part, OR by a true one; else one unknown part makes it unknown."""

    def asked(record: Values) -> Verdict:
        verdict: Verdict = not by
        for part in parts:
            answer = part(record)
            if answer is by:
                return by
            if answer is None:
                verdict = None
        return verdict

    return asked


def _not(part: Asks) -> Asks:
    def asked(record: Values) -> Verdict:
        answer = part(record)
        return None if answer is None else not answer

    return asked


def _in(own: Asks, values: list[Any]) -> Asks:
    listed = frozenset(values)

    def asked(record: Values) -> Verdict:
        value = own(record)
        return None if value is None else value in listed

    return asked


def _between(own: Asks, low: Any, high: Any) -> Asks:
    def asked(record: Values) -> Verdict:
        value = own(record)
        return None if value is None else low <= value <= high

    return asked


def _against(name: str, compare: Callable[[Any, Any], bool], literal: Any) -> Asks:
    def asked(record: Values) -> Verdict:
        value = record.get(name)
        return None if value is None else compare(value, literal)

    return asked


def _compare(own: Asks, compare: Callable[[Any, Any], bool], other: Asks) -> Asks:
    def asked(record: Values) -> Verdict:
        value, held = own(record), other(record)
        return None if value is None or held is None else compare(value, held)

    return asked


def evaluate(node: Node, record: Values) -> Verdict:
    """The verdict on one record; for many records keep the function that `compiled` makes."""
    return compiled(node)(record)
