"""Who owes what from the moment at which a record enters a stage."""

from collections.abc import Iterator
from typing import NamedTuple

from glossary.domain.shapes import Handoff, Stage, StageModel

FIRST_ACTION, FIRST_TOUCH, DECISION = "first_action", "first_touch", "decision"


class Owed(NamedTuple):
    """A promise: which side and, where the model says so, role keeps it, what it is and within how many hours.

    `case` says for which records it is meant, where not for all; `escalate_to` whom to turn to when it is not kept.
    """

    side: str
    role: str | None
    what: str
    within_hours: int
    case: str | None = None
    escalate_to: str | None = None


def owed_in(stage: Stage, model: StageModel) -> Iterator[Owed]:
    """The promises that begin when a record enters the stage, in the order in which they are made."""
    receiver = _receiver_of(stage, model)
    if stage.sla_hours is not None and stage.sla_side:
        role = stage.accountable_role if stage.sla_side == stage.accountable_side else None
        yield Owed(stage.sla_side, role or _role_of(receiver, stage.sla_side), FIRST_ACTION, stage.sla_hours)
    if stage.handoff:
        yield from _owed_at(stage.handoff, _role_of(receiver, stage.handoff.receiver))


def _owed_at(handoff: Handoff, role: str | None) -> Iterator[Owed]:
    for case, hours in handoff.first_touch_hours.items():
        yield Owed(handoff.receiver, role, FIRST_TOUCH, hours, case, handoff.escalate_to)
    yield Owed(handoff.receiver, role, DECISION, handoff.decision_hours, None, handoff.escalate_to)


def _receiver_of(stage: Stage, model: StageModel) -> Stage | None:
    """The stage that a record advances to from here."""
    keys = {step.to for step in stage.next if step.kind == "advance"}
    return next((other for other in model.stages if other.key in keys), None)


def _role_of(stage: Stage | None, side: str) -> str | None:
    return stage.accountable_role if stage and stage.accountable_side == side else None
