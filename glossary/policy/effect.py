"""What a suggestion would change about the records that were uploaded for it: gathers both texts and weighs them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from glossary.domain.checking import Map
from glossary.domain.content import Content
from glossary.domain.criteria import Ground, Node, Stated, Unreadable, given_fields_of
from glossary.domain.impact import Comparison, Impact, Kept, Report, effects, impact, may_group
from glossary.domain.shapes import RecordField
from glossary.models import ImpactUpload, Proposal, ground
from glossary.policy.running import stated_in, view_of

Fields = Map[RecordField]
NO_FIELDS: Fields = Map()
NOTHING_TO_TRY = "This suggestion has no criterion over a record type in force, so there is nothing to try."


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One record type on which a suggestion can be tried: its fields under the old and the new text, and the criteria.

    `version` is that of the record type in force, 0 for none.
    """

    record: str
    version: int
    before: Fields
    after: Fields
    dedupe_key: tuple[str, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def fields(self) -> Fields:
        """What records may hold: the fields of either text, those of the new one first."""
        return Map({**self.before, **self.after})

    @property
    def looked_at(self) -> list[str]:
        """The fields that the criteria look at, those that follow from others left out."""
        nodes = [node for item in self.comparisons for node in (item.old, item.new) if node]
        return list(dict.fromkeys(name for node in nodes for name in given_fields_of(node)))

    @property
    def segments(self) -> list[str]:
        """The fields by which records may be grouped."""
        return [name for name, field in self.after.items() if may_group(name, field, self.dedupe_key)]

    def report(self, upload: ImpactUpload, segment: str | None = None) -> Report:
        """What the suggestion does to these records, grouped as they were meant to be or by another field."""
        grouped = upload.segment if segment is None else segment
        grouped = grouped if grouped in self.segments else ""
        kept: Kept = upload.kept
        return Report(
            record=self.record,
            version=self.version,
            records=upload.count,
            upload=upload.digest,
            misfits=kept.misfits,
            segment=grouped,
            effects=effects(self.comparisons, kept, self.before, self.after, grouped),
        )


def trials(proposal: Proposal, at: datetime) -> tuple[Trial, ...]:
    """The record types on which the newest text can be tried: those its criteria are over, or the one it makes.

    What it stands on is what is in force at `at`, or when it takes effect. No query where nothing runs.
    """
    revision = proposal.text
    content, base = revision.content, revision.base.content if revision.base else None
    when = max(at, revision.effective_from or at)
    if content.kind == "record_type":
        return (_of_record_type(content, base, proposal.term.slug, when),) if content.key else ()
    records = sorted({criterion.record for text in (content, base) if text for criterion in text.criteria})
    if not records:
        return ()
    stands_on, slug = ground(records, when), proposal.term.slug
    old = stands_on.with_criteria(slug, stated_in(base, slug) if base else ())
    new = stands_on.with_criteria(slug, stated_in(content, slug))
    return tuple(_of_criteria(key, slug, old, new) for key in records if key in stands_on.records)


def _of_criteria(record: str, slug: str, old: Ground, new: Ground) -> Trial:
    """The criteria that are not the same under both texts: those of the word, and others that rest on them."""
    view = new.records[record]
    return Trial(
        record=record,
        version=view.version,
        before=view.fields,
        after=view.fields,
        dedupe_key=view.dedupe_key,
        comparisons=tuple(item for item in _compared(record, old, new) if item.fault or item.old != item.new),
    )


def _of_record_type(content: Content, base: Content | None, slug: str, when: datetime) -> Trial:
    """Every criterion in force over the record type, seen with its old and its new fields."""
    assert content.key
    key = content.key
    stands_on = ground([key], when)
    in_force = stands_on.records.get(key)
    old = stands_on.with_record(view_of(key, base, slug)) if base else stands_on
    new = stands_on.with_record(view_of(key, content, slug))
    return Trial(
        record=key,
        version=in_force.version if in_force else 0,
        before=base.fields if base else NO_FIELDS,
        after=content.fields,
        dedupe_key=content.dedupe_key,
        comparisons=tuple(_compared(key, old, new)),
    )


def _compared(record: str, old: Ground, new: Ground) -> Iterator[Comparison]:
    before, after = _over(record, old), _over(record, new)
    for key in sorted({*before, *after}):
        said = after.get(key) or before[key]
        try:
            earlier, later = _node(before.get(key), old), _node(after.get(key), new)
        except Unreadable as unreadable:
            yield Comparison(id=key, label=said.label, term=said.term, fault=unreadable.fault.message)
        else:
            yield Comparison(id=key, label=said.label, term=said.term, old=earlier, new=later)


def _over(record: str, stands_on: Ground) -> Mapping[str, Stated]:
    if record not in stands_on.records:
        return {}
    return {key: stated for key, stated in stands_on.criteria.items() if stated.record == record}


def _node(stated: Stated | None, stands_on: Ground) -> Node | None:
    return stands_on.node(stated.expr, stated.record) if stated else None


def impact_of(proposal: Proposal, at: datetime) -> Impact | None:
    """What the newest text changes about the records beside the suggestion, the newest of each type; None without any.

    One query without records, four with.
    """
    uploads = newest_uploads(proposal)
    return weighed(proposal, uploads, trials(proposal, at)) if uploads else None


def weighed(
    proposal: Proposal, uploads: Sequence[ImpactUpload], tried: Sequence[Trial], segment: str | None = None
) -> Impact | None:
    """The same of what was read already; `segment` groups by another field than was chosen with the records."""
    by_record = {trial.record: trial for trial in tried}
    reports = [by_record[upload.record].report(upload, segment) for upload in uploads if upload.record in by_record]
    return impact(proposal.text.digest, reports) if reports else None


def newest_uploads(proposal: Proposal) -> list[ImpactUpload]:
    """Of each record type the records that count."""
    newest = dict(ImpactUpload.objects.filter(proposal=proposal).order_by("pk").values_list("record", "pk"))
    return list(ImpactUpload.objects.filter(pk__in=newest.values()).order_by("record")) if newest else []
