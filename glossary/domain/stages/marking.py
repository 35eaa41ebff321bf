"""The stages of a model beside those of an earlier one: which are new, which changed, which go."""

from dataclasses import dataclass
from typing import Any

from glossary.domain.checking import data_of
from glossary.domain.shapes import Stage, StageModel
from glossary.domain.stages.walking import in_order

NEW, CHANGED, GONE = "new", "changed", "gone"


@dataclass(frozen=True)
class MarkedStage:
    """A stage and how it differs: new, changed, gone or not at all (""). `was` is its earlier name, if another.

    `into` is the name of the stage in which the records of one that goes are then.
    """

    stage: Stage
    mark: str = ""
    was: str = ""
    into: str = ""


def marked(model: StageModel, before: StageModel | None) -> list[MarkedStage]:
    """The stages in their order; those that go stand after the stage that they followed."""
    if before is None:
        return [MarkedStage(stage) for stage in in_order(model)]
    old = {stage.key: stage for stage in before.stages}
    earlier = _earlier(model, old)
    found = [_marked(stage, old.get(earlier.get(stage.key, ""))) for stage in in_order(model)]
    became = {key: stage for stage, key in earlier.items()}
    place = 0
    for stage in in_order(before):
        if stage.key in became:
            place = next(number for number, item in enumerate(found) if item.stage.key == became[stage.key]) + 1
        else:
            found.insert(place, MarkedStage(stage, GONE, into=_taken_on_by(stage, model)))
            place += 1
    return found


def _taken_on_by(gone: Stage, model: StageModel) -> str:
    return next((stage.name for stage in model.stages if gone.key in stage.was), "")


def _earlier(model: StageModel, old: dict[str, Stage]) -> dict[str, str]:
    """For each stage that was there before, its key then: the same or, for a new key, the first one it says it was."""
    same = {stage.key: stage.key for stage in model.stages if stage.key in old}
    renamed: dict[str, str] = {}
    for stage in model.stages:
        taken = {*same, *renamed.values()}
        if stage.key not in same and (was := next((key for key in stage.was if key in old and key not in taken), None)):
            renamed[stage.key] = was
    return same | renamed


def _marked(stage: Stage, earlier: Stage | None) -> MarkedStage:
    if earlier is None:
        return MarkedStage(stage, NEW)
    mark = CHANGED if _signed(stage) != _signed(earlier) else ""
    return MarkedStage(stage, mark, earlier.name if earlier.name != stage.name else "")


def _signed(stage: Stage) -> dict[str, Any]:
    """All that is said of it but its number, which a stage put in before it moves."""
    return {key: value for key, value in data_of(stage).items() if key != "order"}
