"""Three-way merge of two Contents that grew from the same one. Nothing is ever guessed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from glossary.domain.content import BOTH, Content, parse
from glossary.domain.parts import KEYED_LISTS, Parts, is_same, joined, order_of, parts_of
from glossary.domain.refusals import FieldError, Refusal

NO_RESOLUTIONS: Mapping[str, object] = {}


@dataclass(frozen=True)
class Conflict:
    """A part that both changed differently; the values are plain data, None where the part is absent."""

    field: str
    base: Any
    mine: Any
    theirs: Any

    def as_data(self) -> dict[str, Any]:
        return {"field": self.field, "base": self.base, "mine": self.mine, "theirs": self.theirs}


@dataclass(frozen=True)
class Merge:
    """The merged content, or None and the conflicts that nobody has resolved yet."""

    content: Content | None
    conflicts: tuple[Conflict, ...]


def merge(
    base: Content | None,
    mine: Content,
    theirs: Content,
    resolutions: Mapping[str, object] = NO_RESOLUTIONS,
    *,
    sides: Collection[str] | None = None,
) -> Merge:
    """What both wanted, part by part: whoever alone changed a part has it; both alike is no conflict.

    `base` is None when both started from nothing.
    `resolutions` says for a conflicting part "mine", "theirs" or {"value": data}, where null removes the part.
    `sides` are the sides a value may name; by default those that the three texts name. Raises `invalid` for a
    resolution of what is no conflict or of another form, and for a result that is no valid content.
    """
    old, ours, other = (parts_of(content.as_data()) if content else {} for content in (base, mine, theirs))
    conflicts = _conflicts(old, ours, other)
    _refuse_unfit(resolutions, conflicts)
    if unresolved := tuple(conflict for name, conflict in conflicts.items() if name not in resolutions):
        return Merge(None, unresolved)
    merged = {name: _merged(name, old, ours, other, resolutions) for name in _names(old, ours, other)}
    data = joined({name: value for name, value in merged.items() if value is not None})
    named = sides if sides is not None else _sides_named(mine, theirs)
    return Merge(parse(data, sides=named), ())


def _conflicts(old: Parts, ours: Parts, other: Parts) -> dict[str, Conflict]:
    found = (Conflict(name, old.get(name), ours.get(name), other.get(name)) for name in dict.fromkeys((*other, *ours)))
    return {conflict.field: conflict for conflict in found if _is_conflict(conflict)}


def _is_conflict(part: Conflict) -> bool:
    pairs = ((part.base, part.mine), (part.base, part.theirs), (part.mine, part.theirs))
    return not any(is_same(one, two) for one, two in pairs)


def _merged(name: str, old: Parts, ours: Parts, other: Parts, resolutions: Mapping[str, object]) -> Any:
    if name in resolutions:
        return _resolved(resolutions[name], ours.get(name), other.get(name))
    return other.get(name) if is_same(ours.get(name), old.get(name)) else ours.get(name)


def _resolved(resolution: object, mine: Any, theirs: Any) -> Any:
    if isinstance(resolution, Mapping):
        return resolution["value"]
    return mine if resolution == "mine" else theirs


def _refuse_unfit(resolutions: Mapping[str, object], conflicts: Mapping[str, Conflict]) -> None:
    errors = [error for name, value in resolutions.items() if (error := _unfit(name, value, conflicts))]
    if errors:
        raise Refusal("invalid", errors[0]["message"], errors=errors)


def _unfit(name: str, resolution: object, conflicts: Mapping[str, Conflict]) -> FieldError | None:
    path = f"resolutions.{name}"
    if name not in conflicts:
        return {"path": path, "code": "unknown_field", "message": "There is no conflict to resolve here."}
    if resolution in ("mine", "theirs") or (isinstance(resolution, Mapping) and set(resolution) == {"value"}):
        return None
    return {"path": path, "code": "not_a_choice", "message": 'Say "mine", "theirs" or {"value": …}.'}


def _names(old: Parts, ours: Parts, other: Parts) -> list[str]:
    """Every part's name. Keyed lists keep the order of whoever moved entries; new ones keep their neighbour."""
    names = list(dict.fromkeys((*other, *ours)))
    for field in KEYED_LISTS:
        order = _order(*(order_of(parts, field) for parts in (old, ours, other)))
        names = [name for name in names if name not in order] + order
    return names


def _order(old: list[str], ours: list[str], other: list[str]) -> list[str]:
    has_moved = [name for name in old if name in other] != [name for name in other if name in old]
    first, second = (other, ours) if has_moved else (ours, other)
    order = list(first)
    for place, name in enumerate(second):
        if name not in order:
            order.insert(order.index(second[place - 1]) + 1 if place else 0, name)
    return order


def _sides_named(*contents: Content) -> set[str]:
    return {side for content in contents for side in _sides_of(content)} - {BOTH}


def _sides_of(content: Content) -> set[str]:
    stages = content.stage_model.stages if content.stage_model else ()
    named = {content.owner_side, *content.for_sides}
    for stage in stages:
        handoff = stage.handoff
        named |= {stage.accountable_side, stage.sla_side or BOTH}
        named |= {handoff.giver, handoff.receiver} if handoff else set()
    return named
