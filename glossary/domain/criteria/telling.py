"""A condition in plain words: as a list of its parts, and each part as a phrase."""

from dataclasses import dataclass
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
    Operand,
    Or,
)
from glossary.domain.criteria.parsing import Unreadable, parse

Joined = OneOf["", "all", "any"]

_SIGNS = {"=": "is", "<>": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}


@dataclass(frozen=True)
class Clause:
    """A condition as people read it: `parts` joined by all or any of them, or, without parts, one phrase.

    `words` is empty where only the condition as written can be shown.
    """

    written: str
    words: str = ""
    joined: Joined = ""
    parts: tuple["Clause", ...] = ()


def told(expression: str) -> Clause:
    """The condition as a list of its parts; one that cannot be read is shown as it was written."""
    try:
        return _clause(parse(expression), expression)
    except Unreadable:
        return Clause(expression)


def _clause(node: Node, written: str = "") -> Clause:
    match node:
        case And(parts):
            return Clause(written, "", "all", tuple(_clause(part) for part in parts))
        case Or(parts):
            return Clause(written, "", "any", tuple(_clause(part) for part in parts))
    return Clause(written, phrase(node))


def phrase(node: Node) -> str:
    """The condition as a phrase on one line, such as "hand raised: yes, or interest score is at least 60"."""
    match node:
        case And(parts):
            return ", and ".join(_inner(part) for part in parts)
        case Or(parts):
            return ", or ".join(_inner(part) for part in parts)
        case Not(part):
            return _negated(part)
        case Field() | Derived():
            return f"{_name(node)}: yes"
        case IsNull(own):
            return f"{_name(own)} is empty"
        case In(own, values):
            return f"{_name(own)} is {_one_of(values)}"
        case Between(own, low, high):
            return f"{_name(own)} is from {_value(low)} to {_value(high)}"
        case Compare("=", own, Literal(bool() as flag)) | Compare("<>", own, Literal(bool() as flag)):
            return f"{_name(own)}: {'yes' if flag is (node.op == '=') else 'no'}"
        case Compare(op, own, Literal() as value):
            return f"{_name(own)} {_SIGNS[op]} {_value(value)}"
        case Compare(op, own, other):
            return f"{_name(own)} {_SIGNS[op]} {_name(other)}"
    raise TypeError(node)


def _inner(node: Node) -> str:
    return f"({phrase(node)})" if isinstance(node, And | Or) else phrase(node)


def _negated(node: Node) -> str:
    match node:
        case Field() | Derived():
            return f"{_name(node)}: no"
        case IsNull(own):
            return f"{_name(own)} is filled in"
        case In(own, values):
            return f"{_name(own)} is none of {_one_of(values)}"
        case Between(own, low, high):
            return f"{_name(own)} is not from {_value(low)} to {_value(high)}"
        case Not(part):
            return phrase(part)
    return f"not ({phrase(node)})"


def _name(operand: Operand | Literal) -> str:
    if isinstance(operand, Literal):
        return _value(operand)
    field = operand.field if isinstance(operand, Derived) else operand
    return field.name.replace("_", " ")


def _value(literal: Literal) -> str:
    """A number as it is, a text in quotes: what looks like something else is still told apart."""
    value = literal.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”" if isinstance(value, str) else str(value)


def _one_of(values: tuple[Literal, ...]) -> str:
    *first, last = [_value(value) for value in values]
    return f"{', '.join(first)} or {last}" if first else last
