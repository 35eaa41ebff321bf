"""A record on which two conditions give different answers: what a disagreement comes down to.

What a condition says of a field changes only at the values it is held against. So it is enough to try one value in each
stretch between them, those values themselves, and no value. The search sets one field after another, reduces both
conditions by it, and turns back where they have become the same; it is deterministic and stops after a set number of
steps.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeAlias

from glossary.domain.criteria.evaluating import OPERATORS, Verdict, compiled, evaluate
from glossary.domain.criteria.fitting import Fields
from glossary.domain.criteria.nodes import (
    MIRRORED,
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
    any_of,
    fields_of,
    walk,
)
from glossary.domain.shapes import RecordField

Pair: TypeAlias = tuple[Verdict, Verdict]
Domain: TypeAlias = Mapping[str, tuple[Plain | None, ...]]

MOST_STEPS = 3_000
OTHER = "something else"
OPPOSED: frozenset[Pair] = frozenset({(True, False), (False, True)})
DIFFERENT: frozenset[Pair] = OPPOSED | {(True, None), (None, True), (False, None), (None, False)}


@dataclass(frozen=True)
class Witness:
    """A record on which two conditions part, and what each says of it. None of its fields can be left out."""

    record: dict[str, Plain]
    verdicts: Pair


@dataclass(frozen=True)
class Searched:
    """What a search found; `is_complete` says that all of `domain`, the values of each field, was looked at."""

    witness: Witness | None
    is_complete: bool
    domain: Domain = field(default_factory=dict)

    @property
    def combinations(self) -> int:
        """How many records the domain holds."""
        return math.prod(map(len, self.domain.values()))


def tell_apart(one: Node, other: Node, fields: Fields) -> Searched:
    """A record that one condition accepts and the other refuses; else one on which they differ at all, else none."""
    opposed = search(one, other, fields, OPPOSED)
    return opposed if opposed.witness or not opposed.is_complete else search(one, other, fields, DIFFERENT)


def is_possible(node: Node, verdict: Verdict, fields: Fields) -> bool:
    """Whether some record gets this verdict; True also where the search was given up."""
    wanted: frozenset[Pair] = frozenset({(verdict, not verdict)})
    found = _Search(_formed(node), not verdict, domain_of(fields, node), wanted).run()
    return found.record is not None or not found.is_complete


def search(one: Node, other: Node, fields: Fields, wanted: frozenset[Pair]) -> Searched:
    """A record on which the verdicts of the two are one of the wanted pairs, none of which is a pair of equals."""
    domain = domain_of(fields, one, other)
    found = _Search(_formed(one), _formed(other), domain, wanted).run()
    if found.record is None:
        return Searched(None, found.is_complete, domain)
    record = _smallest(found.record, one, other, wanted)
    return Searched(Witness(record, (evaluate(one, record), evaluate(other, record))), True, domain)


def _smallest(record: Mapping[str, Any], one: Node, other: Node, wanted: frozenset[Pair]) -> dict[str, Plain]:
    """The record without the fields that do not matter."""
    kept = {name: value for name, value in record.items() if value is not None}
    for name in list(kept):
        fewer = {key: value for key, value in kept.items() if key != name}
        if (evaluate(one, fewer), evaluate(other, fewer)) in wanted:
            kept = fewer
    return kept


# The values worth trying


def domain_of(fields: Fields, *nodes: Node) -> Domain:
    """For each field that the conditions rest on: a value of each stretch, those it is held against, and none."""
    parts = [part for node in nodes for part in walk(node)]
    tied = _tied(parts)
    held = _held_against(parts, tied)
    return {
        name: (*_of_field(name, fields, held[name], tied.get(name, frozenset()), parts), None)
        for name in fields_of(*nodes)
    }


def _of_field(
    name: str, fields: Fields, held: set[Any], tied: frozenset[str], parts: Sequence[Node]
) -> Sequence[Plain]:
    """Fields that are compared with each other need as many values in each stretch as there are of them."""
    if tied:
        listed = {value for other in tied for value in fields[other].values}
        return _values(fields[name], held | listed, len(tied))
    return _told_apart(name, _values(fields[name], held, 1), held, parts)


def _held_against(parts: Sequence[Node], tied: Mapping[str, frozenset[str]]) -> dict[str, set[Any]]:
    """The values that each field is held against; fields that are compared with each other share theirs."""
    held: dict[str, set[Any]] = defaultdict(set)
    for part in parts:
        match part:
            case In(own, values):
                held[_name(own)].update(value.value for value in values)
            case Between(own, low, high):
                held[_name(own)].update((low.value, high.value))
            case Compare(_, own, Literal(value)):
                held[_name(own)].add(value)
    shared = {name: {value for other in others for value in held[other]} for name, others in tied.items()}
    held.update(shared)
    return held


def _tied(parts: Sequence[Node]) -> dict[str, frozenset[str]]:
    """For each field that is compared with another one: all that it is tied to so, directly or through others."""
    tied: dict[str, frozenset[str]] = {}
    for part in parts:
        if isinstance(part, Compare) and (sides := _sides(part)):
            names = [_name(side) for side in sides]
            together = frozenset(names).union(*(tied.get(name, frozenset()) for name in names))
            tied |= dict.fromkeys(together, together)
    return tied


def _sides(part: Compare) -> tuple[Operand, ...]:
    """The two fields that are compared with each other, if two are."""
    return () if isinstance(part.other, Literal) else (part.field, part.other)


def _name(operand: Operand) -> str:
    return operand.field.name if isinstance(operand, Derived) else operand.name


def _told_apart(name: str, values: Sequence[Plain], held: set[Any], parts: Sequence[Node]) -> list[Plain]:
    """One value of each set that no part of the conditions tells apart, if possible one it is held against."""
    tests = [compiled(part) for part in parts if isinstance(part, In | Between | Compare) and _name(part.field) == name]
    first: dict[tuple[Verdict, ...], Plain] = {}
    for value in sorted(values, key=lambda value: value not in held):
        first.setdefault(tuple(test({name: value}) for test in tests), value)
    is_merged = tests and not isinstance(values[0], bool)  # a bool field may also stand alone
    return [value for value in values if value in first.values()] if is_merged else list(values)


def _values(declared: RecordField, held: set[Any], each: int) -> Sequence[Plain]:
    """The values that a field is held against and, of each stretch between and around them, so many."""
    if declared.type == "bool":
        return (True, False)
    if declared.type == "string":
        return _texts(declared, held, each)
    return _days(held, each) if declared.type == "date" else _numbers(held or {0}, each, declared.type == "int")


def _texts(declared: RecordField, held: set[Any], each: int) -> list[str]:
    """Of a closed list all, where it matters which; else those held against and so many others."""
    if declared.values:
        known = sorted(value for value in held if value in declared.values)
        others = [value for value in declared.values if value not in held]
        return [*known, *(others if each > 1 else others[:1])]
    return [*sorted(held), *(f"{OTHER} {number}" for number in range(1, each + 1))]


def _days(held: set[Any], each: int) -> list[str]:
    days = [date.fromisoformat(value) for value in held or {"2026-01-01"}]
    steps = [timedelta(days=step) for step in range(-each, each + 1)]
    near = {day + step for day in days for step in steps if date.min - day <= step <= date.max - day}
    return sorted(day.isoformat() for day in near)


def _numbers(held: set[Any], each: int, is_whole: bool) -> list[int | float]:
    if is_whole:
        return sorted({int(value) + step for value in held for step in range(-each, each + 1)})
    edges, parts = sorted(held), range(1, each + 1)
    between = [low + (high - low) * part / (each + 1) for low, high in pairwise(edges) for part in parts]
    around = [value for part in parts for value in (edges[0] - part, edges[-1] + part)]
    return sorted({*edges, *between, *around})


# Conditions in one form, so that those that say the same look the same

# True, False, None for a verdict that is settled; else ("and" | "or", parts), ("not", atom) or an atom:
# ("is", field), ("null", field), ("in", field, values), (sign, field, value), ("pair", sign, field, field),
# ("derived", field, form) and ("derived null", field, form).
Form: TypeAlias = Any

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _formed(node: Node, *, no: bool = False) -> Form:
    """The condition, or with `no` its negation, with every NOT moved inwards as far as it goes (De Morgan)."""
    match node:
        case Not(part):
            return _formed(part, no=not no)
        case And(parts) | Or(parts):
            joined = "and" if isinstance(node, And) is not no else "or"
            return _join(joined, [_formed(part, no=no) for part in parts])
        case Between(own, low, high):
            return _formed(And((Compare(">=", own, low), Compare("<=", own, high))), no=no)
        case Compare("=" | "<>" as sign, own, Literal(bool() as flag)):
            return _formed(own, no=no is ((sign == "=") is flag))
        case Compare("=" | "<>" as sign, Field(name), Literal(value)):
            return _negated(("in", name, frozenset([value])), no=no is (sign == "="))
        case Compare(sign, Field(name), Literal(value)):
            return (_OPPOSITE[sign] if no else sign, name, value)
        case Compare(sign, own, Field() | Derived() as other):
            return _pair(_OPPOSITE[sign] if no else sign, own, other)
        case In(Derived() as own, values):
            return _formed(any_of(*(Compare("=", own, value) for value in values)), no=no)
        case In(Field(name), values):
            return _negated(("in", name, frozenset(value.value for value in values)), no=no)
        case IsNull(Field(name)):
            return _negated(("null", name), no=no)
        case IsNull(Derived(own, condition)):
            return _negated(("derived null", own.name, _formed(condition)), no=no)
        case Field(name):
            return _negated(("is", name), no=no)
        case Derived(own, condition):
            return _negated(("derived", own.name, _formed(condition)), no=no)
    raise TypeError(node)


def _negated(atom: Form, *, no: bool) -> Form:
    return ("not", atom) if no else atom


def _pair(sign: str, own: Operand, other: Operand) -> Form:
    one, two = _side(own), _side(other)
    return ("pair", sign, one, two) if one[0] <= two[0] else ("pair", MIRRORED[sign], two, one)


def _side(operand: Operand) -> Form:
    if isinstance(operand, Derived):
        return (operand.field.name, _formed(operand.condition))
    return (operand.name, None)


def _join(joined: str, parts: Sequence[Form]) -> Form:
    """AND or OR of forms, settled as far as it can be."""
    settles = joined == "or"
    kept: set[Form] = set()
    for part in parts:
        if part is settles:
            return settles
        if part is not (not settles):
            kept.update(part[1] if isinstance(part, tuple) and part[0] == joined else [part])
    if not kept:
        return not settles
    return next(iter(kept)) if len(kept) == 1 else (joined, frozenset(kept))


def _reduced(form: Form, record: Mapping[str, Any]) -> Form:
    """The form with everything put in that the record settles."""
    if form is None or isinstance(form, bool):
        return form
    kind = form[0]
    if kind in ("and", "or"):
        return _join(kind, [_reduced(part, record) for part in form[1]])
    if kind == "not":
        part = _reduced(form[1], record)
        if isinstance(part, bool):
            return not part
        return None if part is None else _inverse(part)
    if kind == "pair":
        return _reduced_pair(form, record)
    if form[1] not in record:
        return form
    return _settled(form, record[form[1]], record)


def _inverse(form: Form) -> Form:
    """The negation of what a derived field was reduced to."""
    if form is None:
        return None
    if isinstance(form, bool):
        return not form
    if form[0] == "not":
        return form[1]
    if form[0] in ("and", "or"):
        return _join("or" if form[0] == "and" else "and", [_inverse(part) for part in form[1]])
    if form[0] in _OPPOSITE:
        return (_OPPOSITE[form[0]], *form[1:])
    if form[0] == "pair":
        return ("pair", _OPPOSITE[form[1]], *form[2:])
    return ("not", form)


def _settled(form: Form, value: Any, record: Mapping[str, Any]) -> Form:
    kind = form[0]
    if kind == "null":
        return value is None
    if kind == "derived":
        return value if value is not None else _reduced(form[2], record)
    if kind == "derived null":
        return False if value is not None else _is_unknown(form, record)
    if value is None:
        return None
    if kind == "is":
        return value
    return value in form[2] if kind == "in" else OPERATORS[kind](value, form[2])


def _is_unknown(form: Form, record: Mapping[str, Any]) -> Form:
    """Whether the condition behind a field that was left out is unknown, once it is settled."""
    behind = _reduced(form[2], record)
    return behind is None if behind is None or isinstance(behind, bool) else ("derived null", form[1], behind)


def _reduced_pair(form: Form, record: Mapping[str, Any]) -> Form:
    sides = [_side_value(side, record) for side in form[2:]]
    if any(not is_settled for is_settled, _ in sides):
        return form
    one, other = (value for _, value in sides)
    return None if one is None or other is None else OPERATORS[form[1]](one, other)


def _side_value(side: Form, record: Mapping[str, Any]) -> tuple[bool, Any]:
    name, condition = side
    if name not in record:
        return False, None
    if record[name] is not None or condition is None:
        return True, record[name]
    behind = _reduced(condition, record)
    return behind is None or isinstance(behind, bool), behind


def _names(form: Form) -> Iterator[str]:
    """The fields that a form still rests on."""
    if form is None or isinstance(form, bool):
        return
    if form[0] in ("and", "or"):
        for part in form[1]:
            yield from _names(part)
    elif form[0] == "not":
        yield from _names(form[1])
    elif form[0] == "pair":
        for name, condition in form[2:]:
            yield name
            yield from _names(condition)
    else:
        yield form[1]
        if form[0].startswith("derived"):
            yield from _names(form[2])


# The search


@dataclass
class _Search:
    one: Form
    other: Form
    domain: Domain
    wanted: frozenset[Pair]
    steps: int = 0
    record: dict[str, Any] | None = None
    is_complete: bool = True

    def run(self) -> "_Search":
        self.places = {name: place for place, name in enumerate(self.domain)}
        self._look(self.one, self.other, {})
        return self

    def _look(self, one: Form, other: Form, record: dict[str, Any]) -> None:
        if one == other and type(one) is type(other):
            return
        if not any(_may_be(one, pair[0]) and _may_be(other, pair[1]) for pair in self.wanted):
            return
        name = self._next(one, other, record)
        if name is None:
            self.record = dict(record)
            return
        for value in self.domain[name]:
            if self.steps >= MOST_STEPS:
                self.is_complete = False
                return
            self.steps += 1
            record[name] = value
            self._look(_reduced(one, record), _reduced(other, record), record)
            if self.record is not None:
                return
        del record[name]

    def _next(self, one: Form, other: Form, record: Mapping[str, Any]) -> str | None:
        """The field to set next: first one of the parts that only one of the two has."""
        apart = [*_apart(one, other), *_apart(other, one)]
        for forms in (apart, (one, other)):
            if names := {name for form in forms for name in _names(form)} - record.keys():
                return min(names, key=self.places.__getitem__)
        return None


def _may_be(form: Form, verdict: Verdict) -> bool:
    return form is verdict if form is None or isinstance(form, bool) else True


def _apart(form: Form, against: Form) -> frozenset[Form]:
    if not isinstance(form, tuple) or form[0] not in ("and", "or"):
        return frozenset()
    other = against[1] if isinstance(against, tuple) and against[0] == form[0] else frozenset([against])
    return frozenset(form[1] - other)
