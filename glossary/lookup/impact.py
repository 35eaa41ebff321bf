"""What a suggestion would change about records: counted anew while they are there, and afterwards as it was kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from glossary import policy
from glossary.domain.impact import Impact, Misplaced, Report
from glossary.models import ImpactReport, ImpactUpload, Proposal, SignOff, Version
from glossary.policy import Actor, Answer, Trial


@dataclass(frozen=True)
class Weighing:
    """What is known of a suggestion's effect at one instant.

    `impact` is what signers are asked to look at, and `shown` the same, perhaps grouped otherwise for this reader; both
    are None without records. `tried` are the record types on which it can be tried, `uploads` the records beside it,
    not read, those that count last. `may_delete` are the ids of those that the reader may delete.
    """

    impact: Impact | None
    shown: Impact | None
    tried: tuple[Trial, ...]
    uploads: tuple[ImpactUpload, ...]
    misfits: Mapping[str, tuple[Misplaced, ...]]
    may_delete: frozenset[int]
    answer: Answer

    @property
    def is_kept(self) -> bool:
        """Whether the records are gone and the counts are those that were kept."""
        return self.impact is not None and not self.uploads

    @property
    def reports(self) -> tuple[Report, ...]:
        return self.shown.reports if self.shown else ()

    @property
    def can_be_tried(self) -> bool:
        return bool(self.tried) and self.answer is None


def weighing(proposal: Proposal, *, by: Actor, at: datetime, segment: str | None = None) -> Weighing:
    """The effect of the newest text on the records beside it, as of `at`; of an ended suggestion what was kept.

    `segment` groups by another field than was chosen with the records, "" by none. A constant number of queries, none
    where nothing runs. Raises `Refusal("not_found")` for a suggestion that the actor may not read.
    """
    policy.require(policy.may_read_proposal(by, proposal))
    tried = policy.trials(proposal, at)
    answer = policy.may_weigh(by, proposal)
    if not tried or not proposal.is_open:
        kept = _kept(proposal) if not proposal.is_open else None
        return Weighing(kept, kept, tried, (), {}, frozenset(), answer)
    counting = policy.newest_uploads(proposal)
    impact = policy.weighed(proposal, counting, tried)
    uploads = _beside(proposal) if counting else ()
    return Weighing(
        impact=impact,
        shown=impact if segment is None else policy.weighed(proposal, counting, tried, segment),
        tried=tried,
        uploads=uploads,
        misfits={upload.record: upload.kept.told for upload in counting},
        may_delete=frozenset(item.pk for item in uploads if policy.may_forget_records(by, item) is None),
        answer=answer,
    )


def _beside(proposal: Proposal) -> tuple[ImpactUpload, ...]:
    rows = ImpactUpload.objects.filter(proposal=proposal).without_records()
    return tuple(rows.select_related("uploaded_by", "proposal").order_by("pk"))


def _kept(proposal: Proposal) -> Impact | None:
    """Of the text with which the suggestion ended the report that its signers saw, or else the last one."""
    seen = SignOff.objects.live().filter(revision=proposal.text).values("impact")
    reports = ImpactReport.objects.filter(revision=proposal.text).order_by("pk")
    report = reports.filter(digest__in=seen).last() or reports.last()
    return report.impact if report else None


def effects_seen(version: Version) -> dict[str, Impact]:
    """The effects in whose view a version was signed, by the digest that its seats name. No query where none was."""
    digests = {seat["impact"] for seat in version.signatures if "impact" in seat}
    if not digests:
        return {}
    reports = ImpactReport.objects.filter(revision=version.revision_id, digest__in=digests)
    return {report.digest: report.impact for report in reports}
