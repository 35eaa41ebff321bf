"""Rules about stage models: which checks a pipeline has to pass, put into the form of the other rules.

A check is a function of the model and of the record types and criteria that it stands on.
"""

from collections.abc import Callable
from typing import TypeAlias

from glossary.domain.content import Content
from glossary.domain.criteria import Ground
from glossary.domain.lint import stage_order, stage_reasons, stage_references
from glossary.domain.lint.findings import Facts, Found, Rule
from glossary.domain.shapes import StageModel

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
    stage_reasons.reason_field_does_not_fit,
    stage_reasons.reason_is_never_let_through,
    stage_references.criterion_is_not_there,
    stage_references.criterion_is_about_other_records,
    stage_references.also_does_not_run,
    stage_references.condition_is_never_met,
    stage_references.exit_is_let_in_nowhere,
)


def _rule(check: Check) -> Rule:
    def rule(content: Content, facts: Facts) -> Found:
        if content.stage_model:
            yield from check(content.stage_model, facts.ground)

    return rule


RUNNING: tuple[Rule, ...] = tuple(_rule(check) for check in ON_ITS_GROUND)
ERRORS: tuple[Rule, ...] = (*(_rule(check) for check in ALONE), *RUNNING)
WARNINGS: tuple[Rule, ...] = (_rule(stage_references.condition_is_in_words_only),)
