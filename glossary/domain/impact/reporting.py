"""The report on a suggestion as one canonical text with its digest: what signers are shown, and what is kept of it.

The text holds counts and no record. Examples are shown beside it while the records are there, and never kept.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from glossary.domain.checking import Map
from glossary.domain.content import digest_of
from glossary.domain.impact.counting import Counts, Effect, Segment

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a suggestion does to the uploaded records of one type.

    `version` is that of the record type in force, 0 for none; `upload` is the digest of the records; `misfits` counts
    the values that did not fit their fields; `segment` names the field by which the effects are grouped, if any.
    """

    record: str
    version: int
    records: int
    upload: str
    misfits: int = 0
    segment: str = ""
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Impact:
    """All reports on one text of a suggestion. `revision` is the digest of that text."""

    revision: str
    reports: tuple[Report, ...]

    @cached_property
    def text(self) -> str:
        """Sorted keys, no blanks, what is absent left out, no example."""
        whole = {"format": FORMAT, "text": self.revision, "reports": [_report(report) for report in self.reports]}
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the text: the same records and the same texts give the same."""
        return digest_of(self.text)


def impact(revision: str, reports: Iterable[Report]) -> Impact:
    """The reports on the text with the digest `revision`, in the order of their record types."""
    return Impact(revision, tuple(sorted(reports, key=lambda report: report.record)))


def _report(report: Report) -> dict[str, Any]:
    return {
        "record": report.record,
        "version": report.version,
        "records": report.records,
        "upload": report.upload,
        "misfits": report.misfits,
        "criteria": [_effect(effect) for effect in report.effects],
    } | ({"segment": report.segment} if report.segment else {})


def _effect(effect: Effect) -> dict[str, Any]:
    said: dict[str, Any] = {"id": effect.id, "label": effect.label, "term": effect.term}
    if effect.fault:
        return said | {"fault": effect.fault}
    said |= {"moves": dict(effect.counts.moves)}
    if effect.is_new or effect.is_gone:
        said |= {"only": "new" if effect.is_new else "old"}
    if effect.segments:
        said |= {"segments": [_segment(segment) for segment in effect.segments]}
    return said


def _segment(segment: Segment) -> dict[str, Any]:
    named = {"rest": True} if segment.is_rest else {"value": segment.value}
    return named | {"moves": dict(segment.counts.moves)}


def read_impact(text: str) -> Impact:
    """What a kept report says; the text is our own, so nothing is checked again."""
    whole = json.loads(text)
    return Impact(whole["text"], tuple(_read_report(report) for report in whole["reports"]))


def _read_report(said: dict[str, Any]) -> Report:
    plain = {name: said[name] for name in ("record", "version", "records", "upload", "misfits")}
    effects = tuple(_read_effect(effect) for effect in said["criteria"])
    return Report(**plain, segment=said.get("segment", ""), effects=effects)


def _read_effect(said: dict[str, Any]) -> Effect:
    return Effect(
        id=said["id"],
        label=said["label"],
        term=said["term"],
        counts=Counts(Map(said.get("moves", {}))),
        segments=tuple(
            Segment(item.get("value"), Counts(Map(item["moves"])), item.get("rest", False))
            for item in said.get("segments", ())
        ),
        is_new=said.get("only") == "new",
        is_gone=said.get("only") == "old",
        fault=said.get("fault", ""),
    )
