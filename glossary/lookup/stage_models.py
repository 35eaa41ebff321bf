"""Stage models with everything they refer to, and whether a record may move in one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from glossary.domain.calendar import EARLIEST, LATEST, due_at
from glossary.domain.criteria import Ground
from glossary.domain.refusals import FieldError, Refusal
from glossary.domain.shapes import Stage, StageModel
from glossary.domain.stages import Move, Owed, asked_about, mapped, owed_in
from glossary.lookup.as_of import term_as_of
from glossary.lookup.calendars import calendar_called
from glossary.models import InForce, Version, ground


class Named(NamedTuple):
    """A word that a stage is about, as in force."""

    slug: str
    name: str
    version: int


@dataclass(frozen=True)
class Pipeline:
    """A stage model in force at an instant, with the record types and criteria in force then, and its words by slug.

    `mapping` says where records of the stages of the version before are; None for a first version.
    """

    version: Version
    model: StageModel
    ground: Ground
    provisional: bool
    words: Mapping[str, Named]
    mapping: Mapping[str, str | None] | None


def stage_model_as_of(slug: str, *, at: datetime, now: datetime) -> Pipeline:
    """The stage model with this slug at `at`, with what it refers to then. Five queries.

    Raises `Refusal("not_found")` where nothing is in force then, or what is has no stages.
    """
    version, model, provisional = _model(slug, at, now)
    terms = {stage.term for stage in model.stages if stage.term}
    rows = InForce.objects.at(at).filter(slug__in=terms).values_list("slug", "name", "version__number")
    return Pipeline(
        version=version,
        model=model,
        ground=ground(_records(model), at),
        provisional=provisional,
        words={row[0]: Named(*row) for row in rows},
        mapping=_mapping(version, model),
    )


def _model(slug: str, at: datetime, now: datetime) -> tuple[Version, StageModel, bool]:
    found = term_as_of(slug, at=at, now=now)
    content = found.row.version.content
    if content.stage_model is None:
        raise Refusal("not_found", f"“{content.name}” is no stage model.")
    return found.row.version, content.stage_model, found.provisional


def _records(model: StageModel) -> set[str]:
    return {stage.record for stage in model.stages}


def _mapping(version: Version, model: StageModel) -> Mapping[str, str | None] | None:
    before = Version.objects.of(version.term.slug).filter(number=version.number - 1).select_related("revision").first()
    old = before.content.stage_model if before else None
    return mapped(old, model) if old else None


class Due(NamedTuple):
    """A promise and the instant until which it is to be kept."""

    owed: Owed
    until: datetime


@dataclass(frozen=True)
class Moved:
    """What a move would be, and what is owed after it: nothing where it is not legal.

    `stays_until` is when the longest stay in the new stage ends; None without a limit. `calendar` is the key of the
    working calendar, None for the usual week.
    """

    version: Version
    start: Stage
    end: Stage
    at: datetime
    move: Move
    owes: tuple[Due, ...]
    stays_until: datetime | None
    calendar: str | None
    provisional: bool


def move_of(
    slug: str,
    *,
    start: str,
    end: str,
    record: Mapping[str, object],
    reason: str | None,
    moved_at: datetime,
    calendar: str | None,
    at: datetime,
    now: datetime,
) -> Moved:
    """Whether the record may go from one stage to another at `moved_at`, by the definitions in force at `at`.

    Refusals: `not_found` where there is no such stage model then; `invalid` by field for a stage or calendar that does
    not exist, an instant out of bounds, and values that their fields cannot hold.
    """
    version, model, provisional = _model(slug, at, now)
    stages = {stage.key: stage for stage in model.stages}
    errors = [error for path, key in (("from", start), ("to", end)) if (error := _unknown(path, key, stages))]
    if not EARLIEST <= moved_at <= LATEST:
        errors.append({"path": "at", "code": "out_of_range", "message": "Give a moment between 1970 and 2200."})
    _refuse(errors)
    working = calendar_called(calendar)
    found = asked_about(model, ground(_records(model), at), stages[start], stages[end], record, reason, errors)
    _refuse(errors)
    promises = owed_in(stages[end], model) if found.legal is not False else ()
    days = stages[end].max_days
    return Moved(
        version=version,
        start=stages[start],
        end=stages[end],
        at=moved_at,
        move=found,
        owes=tuple(Due(owed, due_at(moved_at, owed.within_hours, working.calendar)) for owed in promises),
        stays_until=moved_at + timedelta(days=days) if days is not None and found.legal is not False else None,
        calendar=working.key,
        provisional=provisional,
    )


def _unknown(path: str, key: str, stages: Mapping[str, Stage]) -> FieldError | None:
    if key in stages:
        return None
    return {
        "path": path,
        "code": "unknown_stage",
        "message": f"There is no stage “{key[:63]}”. There is {', '.join(stages)}.",
    }


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        first = f"{errors[0]['path']}: {errors[0]['message']}"
        sentence = first if len(errors) == 1 else f"{len(errors)} things do not fit. The first is {first}"
        raise Refusal("invalid", sentence, errors=errors)
