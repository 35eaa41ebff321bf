"""Whether the reports on what suggestions change are those that their events tell of, and no record outlived them."""

import json
from collections.abc import Iterator, Sequence

from glossary.domain.content import digest_of
from glossary.ledger.gathering import Words
from glossary.ledger.telling import Fault, differs
from glossary.models import Event, ImpactReport, Proposal, Term


def effect_faults(term: Term, proposal: Proposal, words: Words) -> Iterator[Fault]:
    """What is wrong with the reports on one suggestion."""
    told = _told(words.by_proposal[proposal.pk])
    row = f"suggestion {proposal.pk}"
    for report in words.reports[proposal.pk]:
        event = told.pop((report.revision.number, report.digest), None)
        for sentence in _report(report, event):
            yield Fault(term.slug, f"{row}, report {report.pk}", sentence)
    for number, _ in told:
        yield Fault(term.slug, row, f"a report on its text {number} that the events tell of is gone")
    if not proposal.is_open and proposal.pk in words.with_records:
        yield Fault(term.slug, row, "has ended, and records are still beside it")


def _told(events: Sequence[Event]) -> dict[tuple[int, str], Event]:
    """The first event that tells of each report, by the number of its text and its digest."""
    told: dict[tuple[int, str], Event] = {}
    for event in events:
        name = {"impact.uploaded": "report", "sign_off.given": "impact"}.get(event.kind)
        if name and event.facts.get(name):
            told.setdefault((event.facts["revision"], event.facts[name]), event)
    return told


def _report(report: ImpactReport, event: Event | None) -> Iterator[str]:
    if report.digest != digest_of(report.text):
        yield "the report is not the one its digest names"
        return
    yield from differs(
        event,
        [
            ("text", json.loads(report.text)["text"], report.revision.digest),
            ("instant", report.made_at, event and event.at),
        ],
    )
