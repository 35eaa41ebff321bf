"""Fields that are verdicts: the condition behind each is put in its place, so that one tree tells everything.

A field of a record type whose source is the registry and which is worked out as "verdict of <criterion> on the same
record" need not be sent: it is the answer of that criterion. A value that a record does give stands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from glossary.domain.criteria.fitting import Fields
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
    fields_of,
)
from glossary.domain.criteria.parsing import Fault, Unreadable, parse
from glossary.domain.shapes import RecordField

REGISTRY = "registry"
MOST_NODES = 4_000  # of a condition with everything that it rests on
DEEPEST = 80  # levels of the same

_VERDICT = re.compile(r"verdict of ([a-z][a-z0-9_]*) on the same record\.?")
_FIRST_DAY = re.compile(r"first day on which ([a-z][a-z0-9_]*) was met\.?")


def verdict_of(declared: RecordField) -> str | None:
    """The criterion whose verdict the field is."""
    return _named(_VERDICT, declared)


def first_day_of(declared: RecordField) -> str | None:
    """The criterion on whose first day of being met the field tells."""
    return _named(_FIRST_DAY, declared)


def _named(pattern: re.Pattern[str], declared: RecordField) -> str | None:
    if declared.source.strip().lower() != REGISTRY:
        return None
    found = pattern.fullmatch((declared.computed or "").strip())
    return found[1] if found else None


@dataclass(frozen=True)
class Stated:
    """A criterion as it stands somewhere: its condition as text, the record type it is about, and where it stands."""

    id: str
    expr: str
    record: str
    label: str = ""
    term: str = ""
    version: int = 0
    digest: str = ""


def linked(node: Node, fields: Fields, criteria: Mapping[str, Stated]) -> Node:
    """The condition with every verdict field followed by the condition behind it, those of the conditions included.

    A field whose criterion is not among `criteria` stays a plain field. Raises `Unreadable` when a criterion rests on
    its own verdict, or when all of it together is too large.
    """
    whole: Node = _Linker(fields, criteria).link(node, ()).node
    return whole


def rests_on(node: Node, fields: Fields, criteria: Mapping[str, Stated]) -> tuple[str, ...]:
    """The ids of the criteria whose verdicts the condition uses, directly or through others, each once."""
    found: dict[str, None] = {}
    todo = list(fields_of(node))
    while todo:
        stated = _behind(todo.pop(0), fields, criteria)
        if stated and stated.id not in found:
            found[stated.id] = None
            todo.extend(fields_of(parse(stated.expr)))
    return tuple(found)


def _behind(name: str, fields: Fields, criteria: Mapping[str, Stated]) -> Stated | None:
    declared = fields.get(name)
    key = verdict_of(declared) if declared else None
    return criteria.get(key) if key else None


class _Linked(NamedTuple):
    """A condition with everything it rests on: how many nodes it has, and how deep they nest."""

    node: Any
    size: int
    depth: int


class _Linker:
    def __init__(self, fields: Fields, criteria: Mapping[str, Stated]) -> None:
        self.fields = fields
        self.criteria = criteria
        self.known: dict[str, _Linked] = {}

    def link(self, node: Node, trail: tuple[str, ...], level: int = 0) -> _Linked:
        """The condition behind a node. It is measured while it is put together, so that it cannot grow without end."""
        if level > DEEPEST:
            raise _too_large()
        below = level + 1
        match node:
            case Field() | Derived():
                return self.operand(node, trail, level)
            case And(parts) | Or(parts):
                found = [self.link(part, trail, below) for part in parts]
                return _measured(type(node)(tuple(part.node for part in found)), found)
            case Not(part):
                inner = self.link(part, trail, below)
                return _measured(Not(inner.node), [inner])
            case IsNull(own):
                inner = self.operand(own, trail, below)
                return _measured(IsNull(inner.node), [inner])
            case In(own, values):
                inner = self.operand(own, trail, below)
                return _measured(In(inner.node, values), [inner])
            case Between(own, low, high):
                inner = self.operand(own, trail, below)
                return _measured(Between(inner.node, low, high), [inner])
            case Compare(op, own, Literal() as value):
                inner = self.operand(own, trail, below)
                return _measured(Compare(op, inner.node, value), [inner])
            case Compare(op, own, Field() | Derived() as other):
                sides = [self.operand(side, trail, below) for side in (own, other)]
                return _measured(Compare(op, sides[0].node, sides[1].node), sides)
        raise TypeError(node)

    def operand(self, operand: Operand, trail: tuple[str, ...], level: int) -> _Linked:
        field = operand.field if isinstance(operand, Derived) else operand
        stated = _behind(field.name, self.fields, self.criteria)
        if stated is None:
            return _Linked(field, 1, 1)
        if stated.id in trail:
            way = " → ".join([*trail[trail.index(stated.id) :], stated.id])
            raise Unreadable(Fault(f"This rests on its own verdict: {way}.", field.at, field.at + len(field.name)))
        if stated.id not in self.known:
            self.known[stated.id] = self.link(parse(stated.expr), (*trail, stated.id), level + 1)
        behind = self.known[stated.id]
        return _measured(Derived(field, behind.node), [behind])


def _measured(node: Node, parts: Sequence[_Linked]) -> _Linked:
    size = 1 + sum(part.size for part in parts)
    depth = 1 + max(part.depth for part in parts)
    if size > MOST_NODES or depth > DEEPEST:
        raise _too_large()
    return _Linked(node, size, depth)


def _too_large() -> Unreadable:
    bounds = f"{MOST_NODES} parts or {DEEPEST} levels"
    return Unreadable(Fault(f"With all the criteria it rests on, this has more than {bounds}."))
