"""What became of the stages of the version before, so that records in them know where they are."""

from collections.abc import Mapping

from glossary.domain.shapes import Stage, StageModel


def mapped(old: StageModel, new: StageModel) -> Mapping[str, str | None]:
    """For the key of each old stage that of the new one: the same, else that of the stage that says it was it.

    None where no stage does.
    """
    kept = {stage.key for stage in new.stages}
    became = {key: stage.key for stage in new.stages for key in stage.was}
    return {stage.key: stage.key if stage.key in kept else became.get(stage.key) for stage in old.stages}


def left_behind(old: StageModel, new: StageModel) -> list[Stage]:
    """The old stages whose records would be nowhere."""
    known = mapped(old, new)
    return [stage for stage in old.stages if known[stage.key] is None]
