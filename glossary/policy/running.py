"""What a definition that runs stands on: record types, criteria of other words, and who uses its own."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from django.db.models import Q

from glossary.domain.checking import trusted
from glossary.domain.content import Content
from glossary.domain.criteria import (
    Ground,
    RecordView,
    Stated,
    Unreadable,
    first_day_of,
    parse,
    rests_on,
    verdict_of,
)
from glossary.domain.lint import StandingModel, Touched
from glossary.domain.shapes import StageModel
from glossary.models import CriterionInForce, InForce, Proposal, holds_at, record_slug, record_view


class Text(NamedTuple):
    """A text that may run, the one it would change, the address of its word, and the token of the tool it is from.

    A tool sees of what is only suggested no more than it suggested itself.
    """

    content: Content
    base: Content | None
    slug: str
    token_id: int | None = None

    @property
    def runs(self) -> bool:
        """Whether there is anything in the text, or in the one it would change, that runs."""
        return any(text.criteria or text.stage_model or text.kind == "record_type" for text in self._both)

    @property
    def _both(self) -> list[Content]:
        return [text for text in (self.content, self.base) if text]

    @property
    def own_key(self) -> str | None:
        """The key of the record type that the text makes, if it makes one."""
        return self.content.key if self.content.kind == "record_type" else None

    @property
    def keys(self) -> set[str]:
        """The record types that the texts look at, or are."""
        own = {text.key for text in self._both if text.kind == "record_type" and text.key}
        return own.union(*(text.record_keys() for text in self._both))

    @property
    def ids(self) -> set[str]:
        """The criteria that the texts state."""
        return {criterion.id for text in self._both for criterion in text.criteria}

    @property
    def loses_criteria(self) -> bool:
        return not self.ids <= {criterion.id for criterion in self.content.criteria}


class SignedSoFar:
    """What texts run on, as it is signed for `at` and for every later instant: read once for all of them.

    Three queries at most, none where nothing runs.
    """

    def __init__(self, texts: Iterable[Text], at: datetime) -> None:
        asked = [text for text in texts if text.runs]
        self._types: list[tuple[InForce, RecordView]] = []
        self._models: list[tuple[InForce, dict[str, Any]]] = []
        self._criteria: list[CriterionInForce] = []
        self._suggested: list[Proposal] = []
        if asked:
            self._read(asked, at)

    def _read(self, asked: Sequence[Text], at: datetime) -> None:
        rows = InForce.objects.not_over(at).filter(kind__in=("record_type", "stage_model")).order_by("pk")
        for row in rows.select_related("version"):
            body = json.loads(row.body)
            if row.kind == "record_type":
                self._types.append((row, record_view(row, body)))
            else:
                self._models.append((row, body.get("stage_model", {})))
        keys = set[str]().union(*(text.keys for text in asked))
        beside = (_looked_at(data) for _, data in self._models if any(_stands_on(data, text) for text in asked))
        over = Q(record__in=keys.union(*beside)) | Q(key__in=set[str]().union(*(text.ids for text in asked)))
        criteria = CriterionInForce.objects.not_over(at).filter(over).order_by("pk")
        self._criteria = list(criteria.select_related("term", "version__revision"))
        if unsigned := {record_slug(key) for key in keys} - {row.slug for row, _ in self._types}:
            suggested = Proposal.objects.open().filter(term__slug__in=unsigned)
            self._suggested = list(suggested.select_related("term", "newest").order_by("-pk"))

    def instants(self, text: Text, start: datetime) -> list[datetime]:
        """From `start` on, every instant at which something that the text runs on, or that runs on it, changes."""
        slugs = {record_slug(key) for key in text.keys}
        types = [row for row, _ in self._types if row.slug in slugs and row.slug != text.slug]
        criteria = [row for row in self._criteria if row.record in text.keys and row.term.slug != text.slug]
        rows: list[InForce | CriterionInForce] = [*types, *criteria]
        return [start, *sorted({row.from_at for row in rows if row.from_at > start})] if text.runs else [start]

    def facts(self, text: Text, at: datetime) -> dict[str, Any]:
        """What the rules about definitions that run have to know, as of `at`: fields of `Facts`."""
        if not text.runs:
            return {}
        stands_on = self._ground_of(text, at)
        return {
            "base": text.base,
            "ground": stands_on,
            "without_text": frozenset(text.keys - stands_on.records.keys()),
            "criteria_taken": self._taken(text, at),
            "touched": self._touched(text, stands_on, at),
            "used_by": self._users(text, stands_on, at) if text.loses_criteria else {},
            "models": tuple(self._standing_models(text, at)),
        }

    def _ground(self, keys: Collection[str], at: datetime) -> Ground:
        """The record types with these keys that are in force at `at`, and all criteria over them."""
        slugs = {record_slug(key) for key in keys}
        records = {view.key: view for row, view in self._types if row.slug in slugs and holds_at(row, at)}
        criteria = [row for row in self._criteria if row.record in keys and holds_at(row, at)]
        return Ground(records, {row.key: row.stated for row in criteria})

    def _ground_of(self, text: Text, at: datetime) -> Ground:
        found = self._ground(text.keys, at)
        for key in sorted(text.keys - found.records.keys()):
            if view := self._coming(key, at) or self._only_suggested(key, text.token_id):
                found = found.with_record(view)
        if text.own_key:
            found = found.with_record(view_of(text.own_key, text.content, text.slug))
        return found.with_criteria(text.slug, stated_in(text.content, text.slug))

    def _coming(self, key: str, at: datetime) -> RecordView | None:
        """The record type as it is signed and will be, while none is in force."""
        slug = record_slug(key)
        coming = [(row.from_at, view) for row, view in self._types if row.slug == slug and row.from_at > at]
        return replace(min(coming, key=itemgetter(0))[1], is_signed=False) if coming else None

    def _only_suggested(self, key: str, token_id: int | None) -> RecordView | None:
        """The record type as the newest open suggestion has it, while none is signed."""
        for each in self._suggested:
            if each.term.slug == record_slug(key) and token_id in (None, each.via_token_id):
                return view_of(key, each.text.content, each.term.slug, is_signed=False)
        return None

    def _taken(self, text: Text, at: datetime) -> dict[str, str]:
        """The ids that criteria of other words have, in force at `at` or coming."""
        ids = {criterion.id for criterion in text.content.criteria}
        others = [row for row in self._criteria if row.until_at is None or row.until_at > at]
        return {row.key: row.term.slug for row in others if row.key in ids and row.term.slug != text.slug}

    def _touched(self, text: Text, stands_on: Ground, at: datetime) -> tuple[Touched, ...]:
        """The criteria of other words that look at this record type, or whose verdict rests on one of these."""
        over = [text.own_key] if text.content.kind == "record_type" else stands_on.records
        others = [row for row in self._criteria if row.term.slug != text.slug and holds_at(row, at)]
        rows = sorted((row for row in others if row.record in over), key=attrgetter("key", "pk"))
        if text.content.kind == "record_type":
            return tuple(_with_samples(row) for row in rows)
        wanted = text.ids
        return tuple(_with_samples(row) for row in rows if wanted and wanted & set(_rests_on(row, stands_on)))

    def _users(self, text: Text, stands_on: Ground, at: datetime) -> Mapping[str, tuple[str, ...]]:
        """For each id the record types and stage models in force that refer to it."""
        users: dict[str, list[str]] = {key: [] for key in text.ids}
        types = [view for row, view in self._types if row.slug != text.slug and holds_at(row, at)]
        for view in {**{view.key: view for view in types}, **stands_on.records}.values():
            for name, declared in view.fields.items():
                if (key := verdict_of(declared) or first_day_of(declared)) in users:
                    users[key].append(f"the field {name} of {view.term}")
        for row, data in self._others(text, at):
            for key in _named_in(data) & users.keys():
                users[key].append(f"the stage model {row.slug}")
        return {key: tuple(found) for key, found in users.items() if found}

    def _others(self, text: Text, at: datetime) -> list[tuple[InForce, dict[str, Any]]]:
        """The stage models of other words in force."""
        return [(row, data) for row, data in self._models if row.slug != text.slug and holds_at(row, at)]

    def _standing_models(self, text: Text, at: datetime) -> Iterator[StandingModel]:
        """The stage models in force over this record type, or that name one of these criteria."""
        for row, data in self._others(text, at):
            if _stands_on(data, text):
                before = self._ground(_looked_at(data), at)
                after = before.with_criteria(text.slug, stated_in(text.content, text.slug))
                if text.own_key:
                    after = after.with_record(view_of(text.own_key, text.content, text.slug))
                yield StandingModel(row.slug, trusted(StageModel, data), before, after)


def view_of(key: str, content: Content, slug: str, *, is_signed: bool = True) -> RecordView:
    """The record type that a text makes, by the key its criteria use."""
    return RecordView(key=key, fields=content.fields, dedupe_key=content.dedupe_key, term=slug, is_signed=is_signed)


def stated_in(content: Content, slug: str) -> list[Stated]:
    """The criteria of a text of the term with this slug."""
    return [
        Stated(id=criterion.id, expr=criterion.expr, record=criterion.record, label=criterion.label, term=slug)
        for criterion in content.criteria
    ]


def _rests_on(row: CriterionInForce, stands_on: Ground) -> tuple[str, ...]:
    try:
        return rests_on(parse(row.expr), stands_on.records[row.record].fields, stands_on.over(row.record))
    except Unreadable:
        return ()


def _with_samples(row: CriterionInForce) -> Touched:
    criteria = row.version.revision.content.criteria
    return Touched(row.stated, next(item.samples for item in criteria if item.id == row.key))


def _stands_on(model: Mapping[str, Any], text: Text) -> bool:
    """Whether a stage model is over the record type that the text makes, or names one of its criteria."""
    return text.own_key in _looked_at(model) or bool(text.ids & _named_in(model))


def _looked_at(model: Mapping[str, Any]) -> set[str]:
    """The record types that the stages of a model are over, from its plain data."""
    return {stage["record"] for stage in model.get("stages", [])}


def _named_in(model: Mapping[str, Any]) -> set[str]:
    """The criteria that a stage model names, from its plain data."""
    stages = model.get("stages", [])
    conditions = [stage.get(part) or {} for stage in stages for part in ("entry", "exit")]
    conditions += [step for stage in stages for step in stage.get("next", [])]
    return {key for item in conditions for part in ("meets_all", "meets_any") for key in item.get(part, [])}
