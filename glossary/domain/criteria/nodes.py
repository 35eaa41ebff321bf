"""The few things a condition is made of. Everything that reads, runs or writes one walks over these."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}  # the same with the sides exchanged

Plain: TypeAlias = bool | int | float | str
Record: TypeAlias = "dict[str, Plain | None]"


@dataclass(frozen=True)
class Literal:
    """A value written out; a date is the text YYYY-MM-DD."""

    value: Plain


@dataclass(frozen=True)
class Field:
    """A field of the record; `at` is where in the text it stands, from 0."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Derived:
    """A field that a record may leave out, because it is the verdict of another condition on the same record."""

    field: Field
    condition: "Node"


Operand: TypeAlias = Field | Derived


@dataclass(frozen=True)
class Compare:
    """`op` is one of = <> < <= > >=."""

    op: str
    field: Operand
    other: Operand | Literal


@dataclass(frozen=True)
class In:
    field: Operand
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Between:
    """Both bounds belong to it."""

    field: Operand
    low: Literal
    high: Literal


@dataclass(frozen=True)
class IsNull:
    field: Operand


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Node", ...]


Node: TypeAlias = Field | Derived | Compare | In | Between | IsNull | Not | And | Or


def all_of(*nodes: Node) -> Node:
    """The condition that each of these is met."""
    return nodes[0] if len(nodes) == 1 else And(nodes)


def any_of(*nodes: Node) -> Node:
    """The condition that at least one of these is met."""
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything beneath it, in reading order; of a derived field what it stands for as well."""
    yield node
    for part in _beneath(node):
        yield from walk(part)


def _beneath(node: Node) -> tuple[Node, ...]:
    match node:
        case And(parts) | Or(parts):
            return parts
        case Not(part):
            return (part,)
        case Derived(own, condition):
            return (own, condition)
        case Compare(_, own, other):
            return (own,) if isinstance(other, Literal) else (own, other)
        case In(own) | Between(own) | IsNull(own):
            return (own,)
    return ()


def fields_of(*nodes: Node) -> tuple[str, ...]:
    """The names of all fields that the conditions rest on, each once, in reading order."""
    return tuple(dict.fromkeys(part.name for node in nodes for part in walk(node) if isinstance(part, Field)))


def given_fields_of(node: Node) -> tuple[str, ...]:
    """The same without the fields that follow from others: what somebody would have to find out."""
    derived = {part.field.name for part in walk(node) if isinstance(part, Derived)}
    return tuple(name for name in fields_of(node) if name not in derived)


def parts_of(node: Node) -> tuple[str, tuple[Node, ...]]:
    """How the outermost parts are joined ("all", "any", or "" for a single one), and these parts."""
    if isinstance(node, And):
        return "all", node.parts
    return ("any", node.parts) if isinstance(node, Or) else ("", (node,))


def null_tested(node: Node) -> tuple[str, ...]:
    """The fields whose emptiness the condition asks for, each once."""
    tested = (part.field for part in walk(node) if isinstance(part, IsNull))
    return tuple(dict.fromkeys(own.field.name if isinstance(own, Derived) else own.name for own in tested))
