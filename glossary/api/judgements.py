"""What tools are sent about definitions that run."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from glossary import lookup
from glossary.domain.criteria import WORDS, Flip, Parting, Searched, Stated, Word


class RestsOnOut(TypedDict):
    """A criterion whose verdict another one uses, and where it stands."""

    criterion: str
    term: str
    version: int
    digest: str


class RunnableOut(TypedDict):
    """Which criterion of which version it is, and the record type that it ran on."""

    term: str
    version: int
    digest: str
    criterion: str
    label: str
    record: str
    record_version: int
    record_digest: str
    rests_on: list[RestsOnOut]


class ClauseOut(TypedDict):
    """One part of a condition in words, and what it says of a record."""

    text: str
    outcome: Literal["pass", "fail", "unknown"]


class ResultOut(TypedDict):
    """What a criterion says of one record. `missing` are the fields without a value that leave it unknown."""

    verdict: Word
    clauses: list[ClauseOut]
    missing: list[str]


class EvaluationOut(RunnableOut):
    """What a criterion says of each record, in their order, and how many got which verdict."""

    joined: Literal["all", "any", ""]
    as_of: NotRequired[str]
    provisional: NotRequired[bool]
    counts: dict[str, int]
    results: list[ResultOut]


class SQLOut(RunnableOut):
    """A criterion as SQL: after WHERE, as 'yes', 'no' or 'unknown', as a count, as a model of dbt.

    What is null cannot be had; `notes` say why.
    """

    dialect: str
    where: str
    case: str
    count: str | None
    dbt: str | None
    notes: list[str]
    as_of: NotRequired[str]
    provisional: NotRequired[bool]


class FlipOut(TypedDict):
    """A sample whose verdict is another one with the other text."""

    note: str
    before: Word
    after: Word


class WitnessOut(TypedDict):
    """A record on which two conditions part, and what each says of it."""

    record: dict[str, Any]
    before: Word
    after: Word


class PartingOut(TypedDict):
    """Where two texts of a criterion part. Without a `witness` none was found among `tested`, the values tried.

    `is_complete` is false where the search stopped before all combinations were tried. `was_over` is the record type of
    the earlier text where that is another one: then nothing is tried.
    """

    criterion: str
    label: str
    record: str
    was_over: NotRequired[str]
    witness: WitnessOut | None
    is_complete: bool
    tested: dict[str, list[Any]]
    flips: list[FlipOut]


class WitnessesOut(TypedDict):
    """For each criterion that is written otherwise in the two versions, where the two part."""

    slug: str
    from_version: int
    to_version: int
    criteria: list[PartingOut]


class RivalOut(TypedDict):
    """Another open suggestion for the same word, and where the tests of the two part; `before` is that of the other."""

    proposal: int
    criteria: list[PartingOut]


class DisagreementOut(TypedDict):
    """Where the tests of a suggestion part from the version it would change, and from other open suggestions."""

    criteria: list[PartingOut]
    others: list[RivalOut]


def rival(found: lookup.Rival) -> RivalOut:
    return {"proposal": found.proposal.pk, "criteria": [parting(item) for item in found.partings]}


def runnable(found: lookup.Runnable) -> RunnableOut:
    return {
        "term": found.version.term.slug,
        "version": found.version.number,
        "digest": found.version.digest,
        "criterion": found.criterion.id,
        "label": found.criterion.label,
        "record": found.view.key,
        "record_version": found.view.version,
        "record_digest": found.view.digest,
        "rests_on": [_rests_on(stated) for stated in found.rests_on],
    }


def _rests_on(stated: Stated) -> RestsOnOut:
    return {"criterion": stated.id, "term": stated.term, "version": stated.version, "digest": stated.digest}


def as_sql(found: lookup.Runnable, written: lookup.AsSQL, dialect: str) -> dict[str, Any]:
    return {
        **runnable(found),
        "dialect": dialect,
        "where": written.where,
        "case": written.case,
        "count": written.count,
        "dbt": written.dbt,
        "notes": list(written.notes),
    }


def parting(found: Parting) -> PartingOut:
    said: PartingOut = {
        "criterion": found.id,
        "label": found.label,
        "record": found.record,
        "witness": _witness(found.searched),
        "is_complete": found.searched.is_complete,
        "tested": {name: list(values) for name, values in found.searched.domain.items()},
        "flips": [_flip(flip) for flip in found.flips],
    }
    if found.was_over:
        said["was_over"] = found.was_over
    return said


def _witness(searched: Searched) -> WitnessOut | None:
    if searched.witness is None:
        return None
    before, after = searched.witness.verdicts
    record: Mapping[str, Any] = searched.witness.record
    return {"record": dict(record), "before": WORDS[before], "after": WORDS[after]}


def _flip(flip: Flip) -> FlipOut:
    return {"note": flip.note, "before": WORDS[flip.before], "after": WORDS[flip.after]}
