"""What tools are sent about the effect of a suggestion on records."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from glossary.api import outputs
from glossary.domain.criteria import WORDS, Word
from glossary.domain.impact import KINDS, Counts, Effect, Report, Segment
from glossary.lookup import Weighing
from glossary.models import ImpactUpload, Proposal
from glossary.policy import Trial
from glossary.rendering.instants import iso


class CountsOut(TypedDict):
    """How many records meet the criterion anew (`enter`) or no longer (`leave`), and how many cannot be told any more.

    `leave_unknown` are those of `leave` that cannot be told; `before` and `after` count the verdicts of either text.
    """

    records: int
    enter: int
    leave: int
    leave_unknown: int
    become_unknown: int
    become_known: int
    stay: int
    before: dict[str, int]
    after: dict[str, int]


class SegmentOut(TypedDict):
    """The records that share a value of the field they are grouped by; `is_rest` are those of all other values."""

    value: str | bool | None
    is_rest: bool
    counts: CountsOut


class ExampleOut(TypedDict):
    """A record that changes: which one, from 1, and its values that the criterion looks at."""

    row: int
    change: Literal["enter", "leave", "become_unknown", "become_known"]
    before: Word
    after: Word
    values: dict[str, Any]


class EffectOut(TypedDict):
    """What a suggestion does to one criterion; `fault` says why it cannot be counted."""

    criterion: str
    label: str
    term: str
    is_new: bool
    is_gone: bool
    counts: NotRequired[CountsOut]
    segments: NotRequired[list[SegmentOut]]
    examples: NotRequired[list[ExampleOut]]
    fault: NotRequired[str]


class MisplacedOut(TypedDict):
    """A value that its field cannot hold, in which record, from 1."""

    row: int
    field: str
    message: str


class ReportOut(TypedDict):
    """What a suggestion does to the records of one type. `records_digest` names the records, which it does not show."""

    record: str
    record_version: int
    records: int
    records_digest: str
    misfits: int
    first_misfits: list[MisplacedOut]
    segment: str
    criteria: list[EffectOut]


class UploadOut(TypedDict):
    """Records beside a suggestion; of each type the last ones count."""

    id: int
    record: str
    records: int
    uploaded_by: str
    via: str
    at: str
    may_delete: bool


class TriedOut(TypedDict):
    """A record type on which the suggestion can be tried: its fields, and those by which records can be grouped."""

    record: str
    fields: list[str]
    segments: list[str]


class ImpactOut(TypedDict):
    """What a suggestion would change about records.

    `digest` is null without records; sent along with a signature, it says that the signer has seen this. `is_kept` says
    that the records are gone and the counts are those that were kept.
    """

    proposal: int
    revision: int
    digest: str | None
    is_kept: bool
    reports: list[ReportOut]
    uploads: list[UploadOut]
    tried_on: list[TriedOut]
    may_upload: outputs.AnswerOut


def impact(proposal: Proposal, weighing: Weighing) -> ImpactOut:
    """The effect of the newest text."""
    return {
        "proposal": proposal.pk,
        "revision": proposal.text.number,
        "digest": weighing.impact.digest if weighing.impact else None,
        "is_kept": weighing.is_kept,
        "reports": [_report(report, weighing) for report in weighing.reports],
        "uploads": [_upload(upload, upload.pk in weighing.may_delete) for upload in weighing.uploads],
        "tried_on": [_tried(trial) for trial in weighing.tried],
        "may_upload": outputs.answer(weighing.answer),
    }


def _report(report: Report, weighing: Weighing) -> ReportOut:
    first = weighing.misfits.get(report.record, ())
    return {
        "record": report.record,
        "record_version": report.version,
        "records": report.records,
        "records_digest": report.upload,
        "misfits": report.misfits,
        "first_misfits": [{"row": item.row, "field": item.column, "message": item.why} for item in first],
        "segment": report.segment,
        "criteria": [_effect(effect) for effect in report.effects],
    }


def _effect(effect: Effect) -> EffectOut:
    said: EffectOut = {
        "criterion": effect.id,
        "label": effect.label,
        "term": effect.term,
        "is_new": effect.is_new,
        "is_gone": effect.is_gone,
    }
    if effect.fault:
        return said | {"fault": effect.fault}
    return said | {
        "counts": _counts(effect.counts),
        "segments": [_segment(segment) for segment in effect.segments],
        "examples": _examples(effect),
    }


def _counts(counts: Counts) -> CountsOut:
    return {
        "records": counts.records,
        "enter": counts.enter,
        "leave": counts.leave,
        "leave_unknown": counts.leave_unknown,
        "become_unknown": counts.become_unknown,
        "become_known": counts.become_known,
        "stay": counts.stay,
        "before": counts.before,
        "after": counts.after,
    }


def _segment(segment: Segment) -> SegmentOut:
    return {
        "value": segment.value,  # type: ignore[typeddict-item]  # only such fields group
        "is_rest": segment.is_rest,
        "counts": _counts(segment.counts),
    }


def _examples(effect: Effect) -> list[ExampleOut]:
    return [
        {
            "row": example.row,
            "change": kind,
            "before": WORDS[example.before],
            "after": WORDS[example.after],
            "values": _plain(example.values),
        }
        for kind in KINDS
        for example in effect.examples.get(kind, ())
    ]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(values)


def _upload(upload: ImpactUpload, may_delete: bool) -> UploadOut:
    return {
        "id": upload.pk,
        "record": upload.record,
        "records": upload.count,
        "uploaded_by": upload.uploaded_by.display_name,
        "via": upload.via,
        "at": iso(upload.at),
        "may_delete": may_delete,
    }


def _tried(trial: Trial) -> TriedOut:
    return {"record": trial.record, "fields": list(trial.fields), "segments": trial.segments}
