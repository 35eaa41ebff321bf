"""What tools are sent about stage models: the stages with everything they refer to, and what a move would be."""

from collections.abc import Iterable
from typing import Any, Literal, NotRequired, TypedDict

from glossary import lookup
from glossary.domain.checking import data_of
from glossary.domain.criteria import WORDS, Ground, Stated, Unreadable, Word, parse, phrase
from glossary.domain.shapes import Condition, Stage, StageModel, Transition
from glossary.domain.stages import Owed, Why, in_order, is_final
from glossary.rendering.instants import iso

MoveKind = Literal["advance", "skip", "recycle", "close"]
Outcome = Literal["pass", "fail", "unknown"]
OUTCOMES: dict[bool | None, Outcome] = {True: "pass", False: "fail", None: "unknown"}


class CriterionRefOut(TypedDict):
    """A criterion that a stage refers to, with the version that it stands in, and in words.

    Without `expr` it was not in force at that time.
    """

    id: str
    label: NotRequired[str]
    record: NotRequired[str]
    expr: NotRequired[str]
    words: NotRequired[str]
    term: NotRequired[str]
    version: NotRequired[int]
    digest: NotRequired[str]


class OwnConditionOut(TypedDict):
    """A condition that belongs to a stage alone."""

    expr: str
    words: str


class ConditionOut(TypedDict):
    """When a record gets in or out: all or any of these criteria are met and, where there is one, the stage's own."""

    text: str
    joined: Literal["all", "any"]
    criteria: list[CriterionRefOut]
    also: NotRequired[OwnConditionOut]


class ReasonOut(TypedDict):
    """Why a record may go back or be closed."""

    key: str
    label: str


class WayOut(TypedDict):
    """A way on from a stage."""

    to: str
    name: str
    kind: MoveKind
    criteria: list[CriterionRefOut]
    reasons: list[ReasonOut]
    converts: NotRequired[dict[str, str]]
    note: NotRequired[str]


class StageWordOut(TypedDict):
    """The word that a stage is about, as in force; without name and version where nothing is."""

    slug: str
    name: NotRequired[str]
    version: NotRequired[int]


class StageRecordOut(TypedDict):
    """The record type of a stage; without version where it was not in force."""

    key: str
    term: NotRequired[str]
    version: NotRequired[int]
    digest: NotRequired[str]


class StageOut(TypedDict):
    """A stage. `handoff` and `crm_mappings` are as signed."""

    key: str
    order: int
    name: str
    word: StageWordOut | None
    record: StageRecordOut
    accountable_side: str
    accountable_role: str
    sla_hours: int | None
    sla_side: str | None
    max_days: int | None
    probability: int | None
    forecast_category: str | None
    is_final: bool
    entry: ConditionOut
    exit: ConditionOut | None
    handoff: dict[str, Any] | None
    next: list[WayOut]
    crm_mappings: list[dict[str, Any]]
    was: list[str]


class MappingOut(TypedDict):
    """Where records of the stages of an earlier version are now: the key of the new stage by that of the old one."""

    from_version: int
    stages: dict[str, str | None]


class StageModelOut(TypedDict):
    """A stage model with everything that it refers to."""

    slug: str
    url: str
    name: str
    version: int
    digest: str
    in_force_from: str
    as_of: NotRequired[str]
    provisional: NotRequired[bool]
    sla_clock: str
    note: str | None
    reasons: list[ReasonOut]
    reason_fields: dict[str, dict[str, str]]
    stages: list[StageOut]
    mapping: MappingOut | None


class WhyOut(TypedDict):
    """What keeps a move from being legal, or leaves that unknown.

    `part` is what asked: the way, the reason, the exit, the transition or the entry. `clauses` are the parts of the
    criteria that are not met, `missing` the fields without a value that leave it unknown.
    """

    part: Literal["way", "reason", "exit", "transition", "entry"]
    verdict: Word
    message: str
    criteria: list[str]
    clauses: list["MoveClauseOut"]
    missing: list[str]


class MoveClauseOut(TypedDict):
    """A part of a condition that is not met, in words."""

    text: str
    outcome: Literal["fail", "unknown"]


class OwedOut(TypedDict):
    """Who owes what until when. `case` says for which records, where not for all; hours are those of the calendar."""

    side: str
    role: str | None
    what: Literal["first_action", "first_touch", "decision"]
    case: NotRequired[str]
    within_hours: int
    until: str
    escalate_to: NotRequired[str]


class MoveOut(TypedDict):
    """Whether a record may go from one stage to another, why not, and who owes what from then on.

    `kind` is null where there is no such way. With `converts` a record of one type ends and one of another begins.
    `calendar` is null where the usual week counts: Monday to Friday, nine to five.
    """

    term: str
    version: int
    digest: str
    as_of: NotRequired[str]
    provisional: NotRequired[bool]
    at: str
    kind: MoveKind | None
    legal: bool | Literal["unknown"]
    why: list[WhyOut]
    converts: NotRequired[dict[str, str]]
    owes: list[OwedOut]
    stays_until: str | None
    calendar: str | None


def stage_model(found: lookup.Pipeline) -> dict[str, Any]:
    version, model = found.version, found.model
    return {
        "slug": version.term.slug,
        "url": f"/stage-models/{version.term.slug}/",
        "name": version.content.name,
        "version": version.number,
        "digest": version.digest,
        "in_force_from": iso(version.in_force_from),
        "sla_clock": model.sla_clock,
        "note": model.note,
        "reasons": [{"key": reason.key, "label": reason.label} for reason in model.reasons],
        "reason_fields": {key: data_of(fields) for key, fields in model.reason_fields.items()},
        "stages": [_stage(stage, found) for stage in in_order(model)],
        "mapping": _mapping(found),
    }


def _mapping(found: lookup.Pipeline) -> MappingOut | None:
    if found.mapping is None:
        return None
    return {"from_version": found.version.number - 1, "stages": dict(found.mapping)}


def _stage(stage: Stage, found: lookup.Pipeline) -> StageOut:
    return {
        "key": stage.key,
        "order": stage.order,
        "name": stage.name,
        "word": _word(stage.term, found) if stage.term else None,
        "record": _record(stage.record, found.ground),
        "accountable_side": stage.accountable_side,
        "accountable_role": stage.accountable_role,
        "sla_hours": stage.sla_hours,
        "sla_side": stage.sla_side,
        "max_days": stage.max_days,
        "probability": stage.probability,
        "forecast_category": stage.forecast_category,
        "is_final": is_final(stage),
        "entry": _condition(stage.entry, found.ground),
        "exit": _condition(stage.exit, found.ground) if stage.exit else None,
        "handoff": data_of(stage.handoff),
        "next": [_way(step, found) for step in stage.next],
        "crm_mappings": data_of(stage.crm_mappings),
        "was": list(stage.was),
    }


def _word(slug: str, found: lookup.Pipeline) -> StageWordOut:
    word = found.words.get(slug)
    return {"slug": word.slug, "name": word.name, "version": word.version} if word else {"slug": slug}


def _record(key: str, ground: Ground) -> StageRecordOut:
    view = ground.records.get(key)
    return {"key": key, "term": view.term, "version": view.version, "digest": view.digest} if view else {"key": key}


def _condition(condition: Condition, ground: Ground) -> ConditionOut:
    said: ConditionOut = {
        "text": condition.text,
        "joined": "any" if condition.meets_any else "all",
        "criteria": _criteria(condition.meets_any or condition.meets_all, ground),
    }
    if condition.also:
        said["also"] = {"expr": condition.also, "words": _words(condition.also)}
    return said


def _criteria(ids: Iterable[str], ground: Ground) -> list[CriterionRefOut]:
    return [_criterion(ground.criteria[key]) if key in ground.criteria else {"id": key} for key in ids]


def _criterion(stated: Stated) -> CriterionRefOut:
    return {
        "id": stated.id,
        "label": stated.label,
        "record": stated.record,
        "expr": stated.expr,
        "words": _words(stated.expr),
        "term": stated.term,
        "version": stated.version,
        "digest": stated.digest,
    }


def _words(expr: str) -> str:
    try:
        return phrase(parse(expr))
    except Unreadable:
        return expr


def _way(step: Transition, found: lookup.Pipeline) -> WayOut:
    labels = {reason.key: reason.label for reason in found.model.reasons}
    said: WayOut = {
        "to": step.to,
        "name": _name(step.to, found.model),
        "kind": step.kind,  # type: ignore[typeddict-item]
        "criteria": _criteria(step.meets_all, found.ground),
        "reasons": [{"key": key, "label": labels.get(key, key)} for key in step.reasons],
    }
    if step.converts:
        said["converts"] = data_of(step.converts)
    if step.note:
        said["note"] = step.note
    return said


def _name(key: str, model: StageModel) -> str:
    return next((stage.name for stage in model.stages if stage.key == key), key)


def move(found: lookup.Moved) -> dict[str, Any]:
    legal = found.move.legal
    return {
        "term": found.version.term.slug,
        "version": found.version.number,
        "digest": found.version.digest,
        "at": iso(found.at),
        "kind": found.move.kind,
        "legal": "unknown" if legal is None else legal,
        "why": [_why(item) for item in found.move.why],
        **({"converts": data_of(found.move.converts)} if found.move.converts else {}),
        "owes": [_owed(item.owed) | {"until": iso(item.until)} for item in found.owes],
        "stays_until": iso(found.stays_until) if found.stays_until else None,
        "calendar": found.calendar,
    }


def _why(item: Why) -> WhyOut:
    return {
        "part": item.part,  # type: ignore[typeddict-item]
        "verdict": WORDS[item.verdict],
        "message": item.message,
        "criteria": list(item.criteria),
        "clauses": [{"text": text, "outcome": OUTCOMES[verdict]} for text, verdict in item.clauses],  # type: ignore[typeddict-item]
        "missing": list(item.missing),
    }


def _owed(owed: Owed) -> dict[str, Any]:
    said = {"side": owed.side, "role": owed.role, "what": owed.what, "within_hours": owed.within_hours}
    return said | {key: value for key, value in (("case", owed.case), ("escalate_to", owed.escalate_to)) if value}
