"""What an entry, an exit or a transition asks for, put together from the criteria that it names."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from glossary.domain.criteria import Ground, Node, Unreadable, all_of, any_of
from glossary.domain.shapes import Condition, StageModel
from glossary.domain.stages.walking import path_of


class Reference(NamedTuple):
    """A criterion named by a condition of a stage whose records are of the type `record`."""

    path: str
    id: str
    record: str


def references(model: StageModel) -> Iterator[Reference]:
    """All criteria that the stages and their transitions name."""
    for place, stage in enumerate(model.stages):
        for field, condition in (("entry", stage.entry), ("exit", stage.exit)):
            if condition:
                for part in ("meets_all", "meets_any"):
                    path = path_of(place, f"{field}.{part}")
                    yield from _listed(path, getattr(condition, part), stage.record)
        for number, step in enumerate(stage.next):
            yield from _listed(path_of(place, f"next[{number}].meets_all"), step.meets_all, stage.record)


def _listed(path: str, ids: Sequence[str], record: str) -> Iterator[Reference]:
    return (Reference(f"{path}[{place}]", key, record) for place, key in enumerate(ids))


def node_of(condition: Condition, record: str, ground: Ground) -> Node | None:
    """All that the condition asks of a record; None where that is not known: said in words only, or not readable."""
    nodes = [node_of_criterion(key, record, ground) for key in (*condition.meets_all, *condition.meets_any)]
    named = [node for node in nodes if node is not None]
    if len(named) < len(nodes):
        return None
    joined = [any_of(*named) if condition.meets_any else all_of(*named)] if named else []
    if condition.also is not None:
        also = node_of_text(condition.also, record, ground)
        if also is None:
            return None
        joined.append(also)
    return all_of(*joined) if joined else None


def node_of_criterion(key: str, record: str, ground: Ground) -> Node | None:
    """The criterion with this id, if it is known and about such records."""
    stated = ground.criteria.get(key)
    return node_of_text(stated.expr, record, ground) if stated and stated.record == record else None


def node_of_text(expr: str, record: str, ground: Ground) -> Node | None:
    """The condition as it stands, if such records are known and it fits them."""
    if record not in ground.records:
        return None
    try:
        return ground.node(expr, record)
    except Unreadable:
        return None
