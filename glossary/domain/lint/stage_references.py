"""Checks on what stages refer to: criteria by id, conditions of their own, and whether what may leave is let in."""

from collections.abc import Iterator
from difflib import get_close_matches

from glossary.domain.criteria import Ground, Node, Verdict, any_of, is_possible, search
from glossary.domain.lint.findings import Finding, Found
from glossary.domain.shapes import Stage, StageModel
from glossary.domain.stages import FORWARD, node_of, node_of_criterion, path_of, references


def criterion_is_not_there(model: StageModel, ground: Ground) -> Found:
    for reference in references(model):
        if reference.id not in ground.criteria:
            close = get_close_matches(reference.id, ground.criteria, n=1)
            hint = f" Did you mean “{close[0]}”?" if close else ""
            yield Finding(
                "unknown_criterion",
                reference.path,
                f"No definition has a test “{reference.id}” over {reference.record} records.{hint}",
                "Add the test, with samples, to the word that it belongs to, or name one that there is.",
            )


def criterion_is_about_other_records(model: StageModel, ground: Ground) -> Found:
    for reference in references(model):
        stated = ground.criteria.get(reference.id)
        if stated and stated.record != reference.record:
            yield Finding(
                "criterion_of_other_record",
                reference.path,
                f"“{reference.id}” tests {stated.record} records, and the stage holds {reference.record} records.",
                f"Name a test of {reference.record} records, or say that the stage holds {stated.record} records.",
            )


def also_does_not_run(model: StageModel, ground: Ground) -> Found:
    for place, stage in enumerate(model.stages):
        for field, condition in (("entry", stage.entry), ("exit", stage.exit)):
            if condition and condition.also and stage.record in ground.records:
                for fault in ground.faults(condition.also, stage.record):
                    yield Finding(
                        "also_does_not_run",
                        path_of(place, f"{field}.also"),
                        fault.message,
                        f"Correct the condition. It is about the fields of {stage.record} records.",
                    )


def condition_is_in_words_only(model: StageModel, ground: Ground) -> Found:
    """A warning: people can read it, and no tool can ask it."""
    for place, stage in enumerate(model.stages):
        for field, condition in (("entry", stage.entry), ("exit", stage.exit)):
            if condition and not (condition.meets_all or condition.meets_any or condition.also):
                yield Finding(
                    "condition_in_words_only",
                    path_of(place, field),
                    f"The {field} of “{stage.name}” is said in words only, so no tool can check it.",
                    "Name the test of a word that decides it.",
                )


def condition_is_never_met(model: StageModel, ground: Ground) -> Found:
    for place, stage in enumerate(model.stages):
        for field, condition in (("entry", stage.entry), ("exit", stage.exit)):
            node = node_of(condition, stage.record, ground) if condition else None
            if node and not is_possible(node, True, ground.records[stage.record].fields):
                yield Finding(
                    "condition_never_met",
                    path_of(place, field),
                    f"No record can meet the {field} of “{stage.name}”.",
                    "Its parts exclude each other; take one of them out.",
                )


_PASSES_AND_IS_NOT_LET_IN: frozenset[tuple[Verdict, Verdict]] = frozenset({(True, False), (True, None)})


def exit_is_let_in_nowhere(model: StageModel, ground: Ground) -> Found:
    """Says of a smallest record that passes the exit and is let in by no stage that may follow."""
    for place, stage in enumerate(model.stages):
        leaving = node_of(stage.exit, stage.record, ground) if stage.exit else None
        entries = list(_entries_after(stage, model, ground))
        if leaving is None or not entries or None in entries:
            continue
        entering = any_of(*(node for node in entries if node is not None))
        fields = ground.records[stage.record].fields
        found = search(leaving, entering, fields, _PASSES_AND_IS_NOT_LET_IN).witness
        if found is not None:
            record = ", ".join(f"{name} = {value}" for name, value in found.record.items()) or "no field filled"
            yield Finding(
                "exit_refused",
                path_of(place, "exit"),
                f"A record can leave “{stage.name}” and be let in nowhere after it, such as one with {record}.",
                "Make the entry of a next stage ask no more than this exit, or let the exit ask as much.",
            )


def _entries_after(stage: Stage, model: StageModel, ground: Ground) -> Iterator[Node | None]:
    """What each next stage asks of such a record. One that is converted is asked by the tests of the stage's word."""
    stages = {other.key: other for other in model.stages}
    for step in stage.next:
        end = stages.get(step.to)
        if step.kind not in FORWARD or end is None:
            continue
        if end.record == stage.record:
            yield node_of(end.entry, end.record, ground)
        else:
            yield from _conversions(stage, end, ground)


def _conversions(stage: Stage, end: Stage, ground: Ground) -> Iterator[Node | None]:
    """The tests by which the word of the next stage says which of these records convert."""
    own = [key for key, item in ground.criteria.items() if (item.term, item.record) == (end.term, stage.record)]
    yield from (node_of_criterion(key, stage.record, ground) for key in own) if own else (None,)
