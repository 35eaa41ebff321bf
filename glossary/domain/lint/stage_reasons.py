"""Checks on why records go back or are closed: one closed list, kept in a field of the record."""

from collections.abc import Iterator, Sequence
from itertools import islice

from glossary.domain.criteria import Ground, Node, all_of, fields_of, is_possible
from glossary.domain.criteria.nodes import Compare, Field, Literal
from glossary.domain.lint.findings import Finding, Found
from glossary.domain.shapes import RecordField, Stage, StageModel, Transition
from glossary.domain.stages import BACK, FORWARD, Way, node_of, node_of_criterion, path_of, reason_field, ways

MOST_SEARCHED = 200  # reasons of which it is asked whether a record with them gets through


def reason_is_missing(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.step.kind in BACK and not way.step.reasons:
            yield Finding(
                "reason_missing",
                f"{way.path}.reasons",
                f"Going from “{way.start.name}” {_to(way)} asks for no reason.",
                "Name the reasons from the list for which a record may go this way.",
            )


def reason_is_needless(model: StageModel, ground: Ground) -> Found:
    for way in ways(model):
        if way.step.kind in FORWARD and way.step.reasons:
            yield Finding(
                "reason_needless",
                f"{way.path}.reasons",
                f"Going on from “{way.start.name}” {_to(way)} asks for a reason.",
                "Only going back and closing need one; take the reasons out.",
            )


def reason_is_not_listed(model: StageModel, ground: Ground) -> Found:
    listed = {item.key for item in model.reasons}
    for way in ways(model):
        for place, reason in enumerate(way.step.reasons):
            if reason not in listed:
                yield Finding(
                    "unknown_reason",
                    f"{way.path}.reasons[{place}]",
                    f"“{reason}” is not in the list of reasons.",
                    "Add it to the list with a label that people read, or name one that is there.",
                )


def reason_is_never_used(model: StageModel, ground: Ground) -> Found:
    used = {reason for way in ways(model) for reason in way.step.reasons}
    for place, item in enumerate(model.reasons):
        if item.key not in used:
            yield Finding(
                "reason_unused",
                f"stage_model.reasons[{place}]",
                f"The reason “{item.label}” leads nowhere: no transition names it.",
                "Name it where a record goes back or is closed for it, or take it out of the list.",
            )


def reason_is_not_kept(model: StageModel, ground: Ground) -> Found:
    """The field that keeps the reason has to be there, and to have every reason among its values."""
    for way in ways(model):
        if way.step.kind not in BACK or not way.step.reasons or way.start.record not in ground.records:
            continue
        name = reason_field(model, way.start.record, way.step.kind)
        if name is None:
            yield Finding(
                "reason_field_missing",
                f"stage_model.reason_fields.{way.start.record}",
                f"Nothing says in which field a {way.start.record} record keeps why it goes from “{way.start.name}” "
                f"{_to(way)}.",
                f"Name the field for “{way.step.kind}”.",
            )
        elif name in ground.records[way.start.record].fields:
            yield from _without_value(way, name, ground.records[way.start.record].fields[name])


def _without_value(way: Way, name: str, declared: RecordField) -> Found:
    for place, reason in enumerate(way.step.reasons):
        if reason not in declared.values:
            yield Finding(
                "reason_not_kept",
                f"{way.path}.reasons[{place}]",
                f"“{reason}” is no value of {way.start.record}.{name}, where the reason is kept.",
                "Add it to the values of the field, in the record type, or name another reason.",
            )


def reason_field_is_not_there(model: StageModel, ground: Ground) -> Found:
    for record, path, name in _kept_in(model, ground):
        if name not in ground.records[record].fields:
            message = f"There is no field “{name}” in {record} records."
            yield Finding("reason_field", path, message, "Name a field of the record type.")


def value_is_not_listed(model: StageModel, ground: Ground) -> Found:
    """The values of the field and the list are one thing seen from two sides, of which one has to be signed first."""
    listed = {item.key for item in model.reasons}
    for record, path, name in _kept_in(model, ground):
        declared = ground.records[record].fields.get(name)
        if extra := [value for value in declared.values if value not in listed] if declared else []:
            yield Finding(
                "reason_unlisted",
                path,
                f"{record}.{name} can be {_among(extra)}, which the list of reasons does not have.",
                "Add to the list what people may choose, or take it out of the field's values afterwards.",
            )


def _kept_in(model: StageModel, ground: Ground) -> Iterator[tuple[str, str, str]]:
    """Record type, path and name of each field that keeps a reason, once where both kinds share one."""
    for record, fields in model.reason_fields.items():
        for kind, name in (("recycle", fields.recycle), ("close", fields.close)):
            if record in ground.records and name is not None and not (kind == "close" and name == fields.recycle):
                yield record, f"stage_model.reason_fields.{record}.{kind}", name


def return_reason_leads_nowhere(model: StageModel, ground: Ground) -> Found:
    for place, stage in enumerate(model.stages):
        back = {reason for step in stage.next for reason in step.reasons}
        for number, reason in enumerate(stage.handoff.return_reasons if stage.handoff else ()):
            if reason not in back:
                yield Finding(
                    "return_reason_leads_nowhere",
                    path_of(place, f"handoff.return_reasons[{number}]"),
                    f"“{stage.name}” may be returned for “{reason}”, and no way back or out names that reason.",
                    "Name it in a transition that recycles or closes, or take it out here.",
                )


def return_reasons_are_missing(model: StageModel, ground: Ground) -> Found:
    for place, stage in enumerate(model.stages):
        back = [reason for step in stage.next for reason in step.reasons]
        if stage.handoff and back and not stage.handoff.return_reasons:
            yield Finding(
                "return_reasons_missing",
                path_of(place, "handoff.return_reasons"),
                f"“{stage.name}” can be sent back, and the hand-off does not say for which reasons.",
                "Name the reasons for which the receiver may return a record.",
            )


def reason_is_never_let_through(model: StageModel, ground: Ground) -> Found:
    """A record that keeps this reason must be able to meet what the way asks and get in where it leads."""
    for way, place, node in islice(_kept(model, ground), MOST_SEARCHED):
        if not is_possible(node, True, ground.records[way.start.record].fields):
            yield Finding(
                "reason_never_passes",
                f"{way.path}.reasons[{place}]",
                f"No record with the reason “{way.step.reasons[place]}” can go from “{way.start.name}” {_to(way)}.",
                "Take the reason out here, or change the test that keeps such records out.",
            )


def _kept(model: StageModel, ground: Ground) -> Iterator[tuple[Way, int, Node]]:
    """For each reason, by its place, all that is asked of a record that keeps it, where that looks at the reason."""
    for way in ways(model):
        name = reason_field(model, way.start.record, way.step.kind)
        view = ground.records.get(way.start.record)
        if not name or view is None or name not in view.fields or way.end is None:
            continue
        asked = _asked(way.start, way.step, way.end, ground)
        if name in fields_of(*asked):
            for place, reason in enumerate(way.step.reasons):
                if reason in view.fields[name].values:
                    yield way, place, all_of(*asked, Compare("=", Field(name), Literal(reason)))


def _asked(start: Stage, step: Transition, end: Stage, ground: Ground) -> Sequence[Node]:
    nodes = [node_of_criterion(key, start.record, ground) for key in step.meets_all]
    if end.record == start.record:
        nodes.append(node_of(end.entry, end.record, ground))
    return [node for node in nodes if node is not None]


def _to(way: Way) -> str:
    return f"to “{way.end.name if way.end else way.step.to}”"


def _among(values: Sequence[str]) -> str:
    return ", ".join(f"“{value}”" for value in values[:6])
