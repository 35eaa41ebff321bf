"""Rules about stage models: which checks a pipeline has to pass, put into the form of the other rules.

A check is a function of the model and of the record types and criteria that it stands on.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeAlias

from glossary.domain.content import Content
from glossary.domain.criteria import Ground
from glossary.domain.lint import stage_order, stage_reasons, stage_references
from glossary.domain.lint.findings import Facts, Finding, Found, Rule
from glossary.domain.shapes import StageModel
from glossary.domain.stages import left_behind, path_of

MOST_FOUND = 50  # by one check; whoever mends those sees the others

Check: TypeAlias = Callable[[StageModel, Ground], Found]

# What holds or does not by the model alone.
ALONE: tuple[Check, ...] = (
    stage_order.stages_are_not_in_sequence,
    stage_order.promise_is_nobodys,
    stage_order.handoff_contradicts_the_stages,
    stage_order.stage_cannot_be_reached,
    stage_order.stage_is_a_dead_end,
    stage_order.stage_leads_to_no_end,
    stage_order.way_leads_nowhere,
    stage_order.way_stands_twice,
    stage_order.way_on_leads_back,
    stage_order.way_leaves_a_final_stage,
    stage_order.way_closes_into_a_stage_that_goes_on,
    stage_order.conversion_does_not_fit,
    stage_order.probability_falls,
    stage_order.crm_value_means_two_stages,
    stage_reasons.reason_is_missing,
    stage_reasons.reason_is_needless,
    stage_reasons.reason_is_not_listed,
    stage_reasons.reason_is_never_used,
    stage_reasons.return_reason_leads_nowhere,
    stage_reasons.return_reasons_are_missing,
)
# What other texts, agreed meanwhile, may break.
ON_ITS_GROUND: tuple[Check, ...] = (
    stage_reasons.reason_is_not_kept,
    stage_reasons.reason_field_is_not_there,
    stage_reasons.reason_is_never_let_through,
    stage_references.criterion_is_not_there,
    stage_references.criterion_is_about_other_records,
    stage_references.also_does_not_run,
    stage_references.condition_is_never_met,
    stage_references.exit_is_let_in_nowhere,
)


def old_stage_goes_nowhere(content: Content, facts: Facts) -> Found:
    """Records are in the stages of the version before; each has to be found again in a stage of this one."""
    before = facts.base.stage_model if facts.base else None
    if before is None or content.stage_model is None:
        return
    for stage in left_behind(before, content.stage_model):
        yield Finding(
            "stage_left_behind",
            "stage_model.stages",
            f"The stage “{stage.name}” ({stage.key}) goes, and nothing says where its records are then.",
            f"Write {stage.key} under “was” of the stage that takes them on.",
        )


def stage_was_one_that_is_still_there(content: Content, facts: Facts) -> Found:
    stages = content.stage_model.stages if content.stage_model else ()
    named = {stage.key: stage.name for stage in stages}
    taken_on: dict[str, str] = {}
    for place, stage in enumerate(stages):
        for number, key in enumerate(stage.was):
            path = path_of(place, f"was[{number}]")
            if key in named:
                message = f"“{stage.name}” says that it was {key}, and “{named[key]}” still has that key."
                yield Finding(
                    "stage_was", path, message, "Take it out here: a stage with its old key keeps its records."
                )
            elif other := taken_on.get(key):
                message = f"Both “{other}” and “{stage.name}” say that they were {key}."
                yield Finding("stage_was", path, message, "Leave it with the stage that takes those records on.")
            taken_on.setdefault(key, stage.name)


def other_stage_model_breaks(content: Content, facts: Facts) -> Found:
    """A record type is the ground of a pipeline too: its reasons, its fields, what may leave and enter a stage."""
    if content.kind == "record_type":
        for slug, finding in _newly_broken(facts):
            yield Finding(
                "breaks_stage_model",
                "",
                f"This would break the stage model {slug}, which is in force: {finding.message}",
                "Keep what it uses, or change the stage model first, so that no pipeline breaks unseen.",
            )


def stage_model_is_touched(content: Content, facts: Facts) -> Found:
    """Of two texts that only fit together one has to be signed first, so this is said and not refused."""
    if content.kind != "record_type":
        for slug, finding in _newly_broken(facts):
            yield Finding(
                "touches_stage_model",
                "criteria",
                f"The stage model {slug} stands on this: {finding.message}",
                "Suggest a change to the stage model as well, and sign the two one after the other.",
            )


def _newly_broken(facts: Facts) -> Iterator[tuple[str, Finding]]:
    """The first fault of each stage model that it has only with this text."""
    for slug, model, before, after in facts.models:
        if _fault(model, before) is None and (fault := _fault(model, after)):
            yield slug, fault


def _fault(model: StageModel, stands_on: Ground) -> Finding | None:
    return next((finding for check in ON_ITS_GROUND for finding in check(model, stands_on)), None)


def _rule(check: Check) -> Rule:
    def rule(content: Content, facts: Facts) -> Found:
        if content.stage_model:
            yield from islice(check(content.stage_model, facts.ground), MOST_FOUND)

    return rule


RUNNING: tuple[Rule, ...] = (*(_rule(check) for check in ON_ITS_GROUND), other_stage_model_breaks)
ERRORS: tuple[Rule, ...] = (
    *(_rule(check) for check in ALONE),
    old_stage_goes_nowhere,
    stage_was_one_that_is_still_there,
    *RUNNING,
)
WARNINGS: tuple[Rule, ...] = (
    _rule(stage_reasons.value_is_not_listed),
    _rule(stage_references.condition_is_in_words_only),
    stage_model_is_touched,
)
