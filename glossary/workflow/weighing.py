"""Trying a suggestion on records before it is signed: they stay beside it while it is open, and not an instant longer.

No record is in an event: those tell a digest and how many there were.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from glossary import ledger, policy
from glossary.domain.impact import Impact, kept
from glossary.domain.refusals import Refusal
from glossary.ledger import Head
from glossary.models import ImpactReport, ImpactUpload, Proposal, Revision
from glossary.policy import Actor, Trial
from glossary.workflow.finding import find_proposal, find_upload

MOST_UPLOADS = 5  # beside one suggestion; a further one takes the place of the oldest
MOST_RECORDS = 20_000  # in one of them


def weigh(
    proposal_id: int, *, by: Actor, record: str, records: Iterable[object], at: datetime, segment: str = ""
) -> ImpactUpload:
    """Put records of the type with the key `record` beside a suggestion and keep what it changes about them.

    `records` are named fields with their values; whatever the record type does not declare is dropped before anything
    is kept. `segment` names a field to group by; `at` is now. Refusals: `invalid`, `too_large`, `wrong_state` once the
    suggestion has ended, `not_permitted`, `not_found`.
    """
    proposal = find_proposal(proposal_id)
    policy.require(policy.may_weigh(by, proposal))
    trial = _trial(proposal, record, at)
    _check_segment(trial, segment)
    found = kept(_few(records), trial.fields)
    packed = ImpactUpload.packed(found)
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_weigh(by, proposal))
        _make_room(proposal, by, head)
        upload = ImpactUpload.objects.create(
            proposal=proposal,
            record=record,
            segment=segment,
            uploaded_by=by.user,
            via=by.via,
            at=head.at,
            count=len(found.rows),
            digest=found.digest,
            records=packed,
        )
        weighed = policy.impact_of(proposal, head.at)
        if weighed is None:  # its text has changed a moment ago
            raise _invalid("record", policy.NOTHING_TO_TRY)
        _keep(proposal.text, weighed, head)
        facts = _facts(upload) | {"revision": proposal.text.number, "report": weighed.digest}
        head.record("impact.uploaded", by=by, proposal=proposal, **facts)
        return upload


def _facts(upload: ImpactUpload) -> dict[str, Any]:
    return {"upload": upload.pk, "record": upload.record, "count": upload.count, "digest": upload.digest}


def _trial(proposal: Proposal, record: str, at: datetime) -> Trial:
    tried = {trial.record: trial for trial in policy.trials(proposal, at)}
    if record in tried:
        return tried[record]
    there = " or ".join(f"“{key}”" for key in tried)
    sentence = f"This suggestion can be tried on records of the type {there}." if tried else policy.NOTHING_TO_TRY
    raise _invalid("record", sentence)


def _check_segment(trial: Trial, segment: str) -> None:
    if segment and segment not in trial.segments:
        raise _invalid("segment", f"Records can be grouped by {', '.join(trial.segments) or 'no field of this type'}.")


def _invalid(path: str, message: str) -> Refusal:
    return Refusal("invalid", message, errors=[{"path": path, "code": "not_a_choice", "message": message}])


def _few(records: Iterable[object]) -> Iterable[object]:
    for number, record in enumerate(records):
        if number >= MOST_RECORDS:
            raise Refusal("too_large", f"At most {MOST_RECORDS:,} records fit. Take a part of them.")
        yield record


def _make_room(proposal: Proposal, by: Actor, head: Head) -> None:
    there = list(ImpactUpload.objects.filter(proposal=proposal).without_records().order_by("pk"))
    for upload in there[: max(0, len(there) - MOST_UPLOADS + 1)]:
        _forget(upload, proposal, by, head)


def _keep(revision: Revision, weighed: Impact, head: Head) -> None:
    if not ImpactReport.objects.filter(revision=revision, digest=weighed.digest).exists():
        ImpactReport.objects.create(revision=revision, digest=weighed.digest, text=weighed.text, made_at=head.at)


def seen_effect(proposal: Proposal, digest: str, head: Head) -> str:
    """The digest of the report that a signer saw, kept from now on; "" where the newest text does something else."""
    weighed = policy.impact_of(proposal, head.at) if digest else None
    if weighed is None or weighed.digest != digest:
        return ""
    _keep(proposal.text, weighed, head)
    return digest


def forget_records(proposal_id: int, upload_id: int, *, by: Actor) -> None:
    """Delete uploaded records before the suggestion ends. What was counted stays.

    Refusals: `not_permitted` for anybody but whoever uploaded them and administrators, `not_found`.
    """
    with ledger.locked(by) as head:
        upload = find_upload(proposal_id, upload_id)
        policy.require(policy.may_forget_records(by, upload))
        _forget(upload, upload.proposal, by, head)


def forget_all_records(proposal: Proposal, *, by: Actor, head: Head) -> None:
    """Delete the records beside a suggestion that is about to end; part of every act that ends one."""
    for upload in ImpactUpload.objects.filter(proposal=proposal).without_records().order_by("pk"):
        _forget(upload, proposal, by, head)


def _forget(upload: ImpactUpload, proposal: Proposal, by: Actor, head: Head) -> None:
    facts = _facts(upload)
    upload.delete()
    head.record("impact.deleted", by=by, proposal=proposal, **facts)
