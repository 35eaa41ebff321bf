"""A stage model as stages in a row and ways between them: what every check and every move asks of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from glossary.domain.shapes import Stage, StageModel, Transition

FORWARD = ("advance", "skip")
BACK = ("recycle", "close")


class Way(NamedTuple):
    """A transition with the stage that it leaves, the one it leads to (None where there is none), and its path."""

    start: Stage
    step: Transition
    end: Stage | None
    path: str


def in_order(model: StageModel) -> list[Stage]:
    """The stages as they follow each other."""
    return sorted(model.stages, key=lambda stage: stage.order)


def is_final(stage: Stage) -> bool:
    """Whether a record that is here has arrived: nothing says when it leaves."""
    return stage.exit is None


def path_of(place: int, field: str = "") -> str:
    """The path of the stage in this place of the list, or of a field of it."""
    return f"stage_model.stages[{place}]" + (f".{field}" if field else "")


def ways(model: StageModel) -> Iterator[Way]:
    """All transitions in the order in which they stand."""
    stages = {stage.key: stage for stage in model.stages}
    for place, stage in enumerate(model.stages):
        for number, step in enumerate(stage.next):
            yield Way(stage, step, stages.get(step.to), path_of(place, f"next[{number}]"))


def reason_field(model: StageModel, record: str, kind: str) -> str | None:
    """The field of such records that keeps the reason for this kind of transition."""
    fields = model.reason_fields.get(record)
    return getattr(fields, kind) if fields and kind in BACK else None


def arrows(model: StageModel) -> dict[str, list[str]]:
    """Where each stage leads to, by key; ways to stages that do not exist left out."""
    led: dict[str, list[str]] = {stage.key: [] for stage in model.stages}
    for way in ways(model):
        if way.end is not None:
            led[way.start.key].append(way.end.key)
    return led


def reachable(starts: Iterable[str], led: Mapping[str, Iterable[str]]) -> set[str]:
    """Everything that can be come to from the starts, they themselves included."""
    found, todo = set(starts), list(starts)
    while todo:
        for key in led.get(todo.pop(), ()):
            if key not in found:
                found.add(key)
                todo.append(key)
    return found
