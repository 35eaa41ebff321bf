"""Checks on the stages and the ways between them: whether records get through, and who answers for them on the way."""

from glossary.domain.criteria import Ground
from glossary.domain.lint.findings import Finding, Found
from glossary.domain.shapes import Stage, StageModel
from glossary.domain.stages import (
    FORWARD,
    Way,
    arrows,
    in_order,
    is_final,
    path_of,
    reachable,
    ways,
)


def stages_are_not_in_sequence(model: StageModel, ground: Ground) -> Found:
    for place, stage in enumerate(model.stages):
        if stage.order != place + 1:
            yield Finding(
                "stage_order",
                path_of(place, "order"),
                f"“{stage.name}” is number {stage.order}, where number {place + 1} stands.",
                "Number the stages 1, 2, 3 … in the order in which they stand.",
            )
            return


def promise_is_nobodys(model: StageModel, ground: Ground) -> Found:
    for place, stage in enumerate(model.stages):
        if stage.sla_hours and not stage.sla_side:
            yield Finding(
                "promise_without_team",
                path_of(place, "sla_side"),
                f"“{stage.name}” promises something within {stage.sla_hours} hours, and nobody keeps it.",
                "Say which team owes the first action, or take the hours out.",
            )


def handoff_contradicts_the_stages(model: StageModel, ground: Ground) -> Found:
    """Whoever is accountable gives; whoever receives owes the first action, and is accountable for what is next."""
    for place, stage in enumerate(model.stages):
        if stage.handoff is None:
            continue
        giver, receiver = stage.handoff.giver, stage.handoff.receiver
        if giver != stage.accountable_side:
            yield _contradiction(
                path_of(place, "handoff.from"),
                f"{giver} hands {_named(stage)} over, and {stage.accountable_side} is accountable for it.",
                "Whoever is accountable for a stage hands it over; name the same team in both places.",
            )
        if stage.sla_side and stage.sla_side != receiver:
            yield _contradiction(
                path_of(place, "sla_side"),
                f"{receiver} receives {_named(stage)}, and {stage.sla_side} owes the first action.",
                "At a hand-off the receiving team owes the first action; name the same team in both places.",
            )
        if after := next((end for end in _next_of(stage, model) if end.accountable_side != receiver), None):
            yield _contradiction(
                path_of(place, "handoff.to"),
                f"{receiver} receives {_named(stage)}, and {after.accountable_side} is accountable for "
                f"{_named(after)}, which is next.",
                "Whoever receives is accountable for the next stage; name the same team in both places.",
            )


def _next_of(stage: Stage, model: StageModel) -> list[Stage]:
    """The stages that it advances to."""
    keys = {step.to for step in stage.next if step.kind == "advance"}
    return [other for other in model.stages if other.key in keys]


def _contradiction(path: str, message: str, mend: str) -> Finding:
    return Finding("handoff_contradicts", path, message, mend)


def stage_cannot_be_reached(model: StageModel, ground: Ground) -> Found:
    stages = in_order(model)
    found = reachable([stage.key for stage in stages[:1]], arrows(model))
    for place, stage in enumerate(model.stages):
        if stage.key not in found:
            yield Finding(
                "stage_unreachable",
                path_of(place),
                f"No way leads from {_named(stages[0])} to {_named(stage)}.",
                "Add a transition to it in the stage before, or take the stage out.",
            )


def stage_is_a_dead_end(model: StageModel, ground: Ground) -> Found:
    for place, stage in enumerate(model.stages):
        if _is_dead_end(stage):
            yield Finding(
                "stage_dead_end",
                path_of(place, "next"),
                f"No way leads on from {_named(stage)}, and it is not final.",
                "Add a transition that advances or skips, or make it final: take out when a record leaves.",
            )


def _is_dead_end(stage: Stage) -> bool:
    return not is_final(stage) and not any(step.kind in FORWARD for step in stage.next)


def stage_leads_to_no_end(model: StageModel, ground: Ground) -> Found:
    ends = {stage.key for stage in model.stages if is_final(stage)}
    if model.stages and not ends:
        yield Finding(
            "no_final_stage",
            "stage_model.stages",
            "No stage is final, so no record ever arrives.",
            "A stage is final when nothing says when a record leaves it; end with one, such as “Closed Won”.",
        )
        return
    led = arrows(model)
    for place, stage in enumerate(model.stages):
        if not _is_dead_end(stage) and not reachable([stage.key], led) & ends:
            yield Finding(
                "no_final_stage",
                path_of(place, "next"),
                f"From {_named(stage)} a record never comes to a final stage.",
                "Add a transition towards one of the final stages.",
            )


def way_leads_nowhere(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.end is None:
            yield Finding(
                "unknown_stage",
                f"{way.path}.to",
                f"{_named(way.start)} leads to “{way.step.to}”, and there is no such stage.",
                f"Name one of {', '.join(stage.key for stage in model.stages)}.",
            )
        elif way.end is way.start:
            yield Finding(
                "stage_to_itself",
                f"{way.path}.to",
                f"{_named(way.start)} leads to itself.",
                "A record that stays needs no transition; name another stage, or take this one out.",
            )


def way_stands_twice(model: StageModel, ground: Ground) -> Found:
    seen: set[tuple[str, str]] = set()
    for way in ways(model):
        ends = (way.start.key, way.step.to)
        if ends in seen:
            yield Finding(
                "way_twice",
                f"{way.path}.to",
                f"{_named(way.start)} leads to “{way.step.to}” in two ways.",
                "Keep one of them, so that it is plain what the move asks for.",
            )
        seen.add(ends)


def way_on_leads_back(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.step.kind in FORWARD and way.end and way.end.order < way.start.order:
            yield Finding(
                "cycle_without_reason",
                f"{way.path}.kind",
                f"{_named(way.start)} leads back to {_named(way.end)}, and asks for no reason.",
                "Whoever sends a record back says why: make it a recycle with reasons from the list.",
            )


def way_leaves_a_final_stage(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.step.kind in FORWARD and is_final(way.start):
            yield Finding(
                "forward_from_final",
                f"{way.path}.kind",
                f"{_named(way.start)} is final, and a way leads on from it.",
                "Say when a record leaves the stage, or make the way a recycle.",
            )


def way_closes_into_a_stage_that_goes_on(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.step.kind == "close" and way.end and not is_final(way.end):
            yield Finding(
                "close_not_final",
                f"{way.path}.to",
                f"{_named(way.start)} closes into {_named(way.end)}, which is not final.",
                "Close into a final stage, or make the way a recycle.",
            )


def conversion_does_not_fit(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.end is None:
            continue
        said = way.step.converts
        wanted = (way.start.record, way.end.record)
        if way.start.record == way.end.record and said:
            yield _conversion(way, f"both hold {way.start.record} records", "Take the conversion out.")
        elif way.start.record != way.end.record and (said is None or (said.from_record, said.to_record) != wanted):
            yield _conversion(
                way,
                f"a {wanted[0]} record ends there and a {wanted[1]} record begins",
                f"Say that it converts from {wanted[0]} to {wanted[1]}.",
            )


def _conversion(way: Way, why: str, mend: str) -> Finding:
    assert way.end is not None
    return Finding(
        "conversion",
        f"{way.path}.converts",
        f"From {_named(way.start)} to {_named(way.end)}: {why}.",
        mend,
    )


def probability_falls(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.step.kind != "advance" or way.end is None:
            continue
        before, after = way.start.probability, way.end.probability
        if before is not None and after is not None and after < before:
            yield Finding(
                "probability_falls",
                way.path,
                f"The probability falls from {before} in {_named(way.start)} to {after} in {_named(way.end)}.",
                "Whoever advances is nearer to the end: correct one of the two.",
            )


def crm_value_means_two_stages(model: StageModel, ground: Ground) -> Found:
    meaning: dict[tuple[str, ...], Stage] = {}
    for place, stage in enumerate(model.stages):
        for number, mapping in enumerate(stage.crm_mappings):
            if mapping.value is None:
                continue
            value = (mapping.system, mapping.object, mapping.field, mapping.value)
            other = meaning.setdefault(value, stage)
            if other is not stage:
                yield Finding(
                    "crm_value_twice",
                    path_of(place, f"crm_mappings[{number}]"),
                    f"“{mapping.value}” in {mapping.system} means both {_named(other)} and {_named(stage)}.",
                    "Keep it for one of them, and give the other a value of its own in the CRM.",
                )


def _named(stage: Stage) -> str:
    return f"“{stage.name}”"
