"""Whether a record may go from one stage to another, and why not.

An advance asks for the exit of the stage that is left and the entry of the one that is entered, a skip for the entry,
a recycle or close for a reason from the list, for what the transition itself names and for the entry. Where the record
type changes, the new record is not there yet, so the entry is asked by those tests of the stage's word that are about
the old one. Only true counts as met; what is unknown leaves the answer unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from glossary.domain.criteria import Ground, Judge, Node, Verdict, all_of, any_of, read_records
from glossary.domain.criteria.nodes import Field, IsNull
from glossary.domain.refusals import FieldError
from glossary.domain.shapes import Condition, Conversion, Stage, StageModel, Transition
from glossary.domain.stages.conditions import node_of_criterion, node_of_text
from glossary.domain.stages.walking import BACK, FORWARD, reason_field

PARTS = ("way", "reason", "exit", "transition", "entry")


class Why(NamedTuple):
    """Something that keeps a move from being legal, or unknown whether it does.

    `part` is one of `PARTS`; `criteria` are the ids of the tests asked, `clauses` their parts that are not met with
    the verdict on each, and `missing` the fields without a value that leave it unknown.
    """

    part: str
    verdict: Verdict
    message: str
    criteria: tuple[str, ...] = ()
    clauses: tuple[tuple[str, Verdict], ...] = ()
    missing: tuple[str, ...] = ()


class Move(NamedTuple):
    """A move that somebody asked about: its kind (None where there is no such way), the verdict, and why not."""

    kind: str | None
    legal: Verdict
    why: tuple[Why, ...]
    converts: Conversion | None = None


class Question(NamedTuple):
    """Something that is asked of the record: any of these criteria, or a condition in words. `node` runs, if it can."""

    part: str
    where: str
    what: str
    criteria: tuple[str, ...]
    node: Node | None


def asked_about(
    model: StageModel,
    ground: Ground,
    start: Stage,
    end: Stage,
    record: Mapping[str, object],
    reason: str | None,
    errors: list[FieldError],
) -> Move:
    """The move of a record, as other tools keep it, from one stage to another.

    Values that their fields cannot hold are noted in `errors`, and the answer is then worth nothing.
    """
    step = next((step for step in start.next if step.to == end.key), None)
    if step is None:
        return Move(None, False, (_no_such_way(model, start, end),))
    questions = list(_questions(start, step, end, ground))
    name = reason_field(model, start.record, step.kind)
    values = _read(record, start, ground, [item.node for item in questions if item.node], name or "", errors)
    reason = reason or (values.get(name) if name else None)
    why = list(_why_reason(model, step, reason, values.get(name) if name else None))
    if name and reason:
        values[name] = reason
    why += [found for item in questions if (found := _why(item, values, start, ground))]
    return Move(step.kind, _joined([item.verdict for item in why]), tuple(why), step.converts)


def _joined(verdicts: Sequence[Verdict]) -> Verdict:
    """All of what is not met: false where anything is, unknown where something is, else true."""
    return False if False in verdicts else None if verdicts else True


def _no_such_way(model: StageModel, start: Stage, end: Stage) -> Why:
    names = {stage.key: stage.name for stage in model.stages}
    ways = ", ".join(f"“{names.get(step.to, step.to)}”" for step in start.next)
    leads = f"It leads to {ways}." if ways else "No way leads on from there."
    return Why("way", False, f"No way leads from “{start.name}” to “{end.name}”. {leads}")


# What is asked of the record


def _questions(start: Stage, step: Transition, end: Stage, ground: Ground) -> Iterator[Question]:
    asked: list[Question] = []
    if step.kind == "advance" and start.exit:
        asked += _of_condition("exit", f"Leaving “{start.name}”", start.exit, start.record, ground)
    for key in step.meets_all:
        asked.append(_of_criteria("transition", f"Going to “{end.name}”", (key,), start.record, ground))
    entering = f"Entering “{end.name}”"
    if start.record == end.record:
        asked += _of_condition("entry", entering, end.entry, end.record, ground)
    elif step.kind in FORWARD:
        own = [key for key, item in ground.criteria.items() if (item.term, item.record) == (end.term, start.record)]
        asked += [_of_criteria("entry", entering, tuple(own), start.record, ground)] if own else []
    seen: set[tuple[str, ...]] = set()
    for question in asked:
        if not question.criteria or question.criteria not in seen:  # asked on leaving, so not again on entering
            yield question
        seen.add(question.criteria)


def _of_condition(part: str, where: str, condition: Condition, record: str, ground: Ground) -> list[Question]:
    asked = [_of_criteria(part, where, (key,), record, ground) for key in condition.meets_all]
    if condition.meets_any:
        asked.append(_of_criteria(part, where, condition.meets_any, record, ground))
    if condition.also:
        asked.append(Question(part, where, condition.text, (), node_of_text(condition.also, record, ground)))
    return asked or [Question(part, where, condition.text, (), None)]


def _of_criteria(part: str, where: str, ids: tuple[str, ...], record: str, ground: Ground) -> Question:
    nodes = [node_of_criterion(key, record, ground) for key in ids]
    known = [node for node in nodes if node is not None]
    labels = " or ".join(f"“{ground.criteria[key].label or key}”" if key in ground.criteria else key for key in ids)
    return Question(part, where, labels, ids, any_of(*known) if len(known) == len(nodes) else None)


def _read(
    record: Mapping[str, object],
    start: Stage,
    ground: Ground,
    nodes: Sequence[Node],
    reason_name: str,
    errors: list[FieldError],
) -> dict[str, Any]:
    """The values that decide, and the reason that the record keeps."""
    view = ground.records.get(start.record)
    if view is None:
        return {}
    kept = [IsNull(Field(reason_name))] if reason_name in view.fields else []
    wanted: list[Node] = [*nodes, *kept]
    noted: list[FieldError] = []
    values = next(iter(read_records([record], Judge(all_of(*wanted), view), noted))) if wanted else {}
    errors += [{**error, "path": error["path"].replace("records[0]", "record", 1)} for error in noted]
    return values


# Why not


def _why_reason(model: StageModel, step: Transition, reason: str | None, kept: str | None) -> Iterator[Why]:
    """What is wrong with the reason given or, where none is, with the one that the record keeps."""
    if step.kind not in BACK:
        return
    labels = {item.key: item.label for item in model.reasons}
    choices = "; ".join(f"{key} ({labels[key]})" if key in labels else key for key in step.reasons) or "none"
    if reason is None:
        yield Why("reason", False, f"Going this way needs a reason. Give one of: {choices}.")
    elif reason not in step.reasons:
        yield Why("reason", False, f"“{reason}” is no reason to go this way. Give one of: {choices}.")
    elif kept is not None and kept != reason:
        yield Why("reason", False, f"The record says “{kept}”, and the move “{reason}”. Let both say the same.")


def _why(question: Question, values: Mapping[str, Any], start: Stage, ground: Ground) -> Why | None:
    part, where, what, criteria, node = question
    if node is None:
        return Why(part, None, f"{where} asks for this, and it cannot be checked here: {what}.", criteria)
    judge = Judge(node, ground.records[start.record])
    found = judge.judge(values)
    if found.verdict:
        return None
    clauses = tuple(
        (text, verdict) for text, verdict in zip(judge.clauses, found.clauses, strict=True) if verdict is not True
    )
    says = "which the record does not meet" if found.verdict is False else "and it is not known whether that is met"
    return Why(part, found.verdict, f"{where} asks for {what}, {says}.", criteria, clauses, found.missing)
