"""Content: what the sides sign. Its fields, its validation, its canonical text and its digest."""

# ruff: noqa: RUF009  (`want` and `may` make a dataclass field each time; nothing mutable is shared)

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple, Self

from glossary.domain.checking import (
    Desk,
    Limits,
    Many,
    Map,
    Nested,
    Rule,
    Table,
    data_of,
    may,
    note_repeats,
    taken,
    trusted,
    want,
)
from glossary.domain.links import rewrite, targets
from glossary.domain.names import fold
from glossary.domain.shapes import (
    RELATIONS,
    Criterion,
    CrmMapping,
    OpenQuestion,
    Persona,
    RecordField,
    Relation,
    Role,
    StageModel,
)
from glossary.domain.values import Choice, Key, Line, Linked, Markdown, MarkdownLine, Name, Share, Side, TermName, Whole

__all__ = [
    "BOTH",
    "KINDS",
    "RELATIONS",
    "STATUSES",
    "Content",
    "Limits",
    "Mention",
    "Signed",
    "canonical_text",
    "digest_of",
    "parse",
    "read",
]

KINDS = ("concept", "metric", "stage", "stage_model", "attribution_model", "role", "persona", "record_type")
STATUSES = ("agreed", "discouraged", "retired")
BOTH = "both"
FORMAT = 1
MOST_CRITERIA = 50  # each is run and compared whenever the text is checked
LIMITS = Limits()

# The details that only one kind has.
KIND_OF_DETAIL = {
    "weights": "attribution_model",
    "stage_model": "stage_model",
    "role": "role",
    "persona": "persona",
    "key": "record_type",
    "dedupe_key": "record_type",
    "fields": "record_type",
}


class Mention(NamedTuple):
    """A term that a content refers to, by name or slug as written, and the path of the field that does."""

    path: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a term means, in full. None, () and an empty Map mean absent; `parse` is the way in for what people send."""

    name: str = want(Name())
    aliases: tuple[str, ...] = may(Many(Name()))
    abbreviations: tuple[str, ...] = may(Many(Name()))
    kind: str = may(Choice(KINDS), default="concept")
    status: str = may(Choice(STATUSES), default="agreed")
    replaced_by: str | None = may(TermName())
    status_reason: str | None = may(Markdown())
    summary: str | None = may(Line("summary"))
    definition: str | None = may(Markdown())
    why: str | None = may(Markdown())
    for_sides: Map[str] = may(Table(Side(), Markdown()))
    includes: tuple[str, ...] = may(Many(MarkdownLine()))
    excludes: tuple[str, ...] = may(Many(MarkdownLine()))
    examples: tuple[str, ...] = may(Many(MarkdownLine()))
    counter_examples: tuple[str, ...] = may(Many(MarkdownLine()))
    owner_side: str = may(Side((BOTH,)), default=BOTH)
    related: tuple[Relation, ...] = may(Many(Nested(Relation, bare="term")))
    open_questions: tuple[OpenQuestion, ...] = may(Many(Nested(OpenQuestion)))
    criteria: tuple[Criterion, ...] = may(Many(Nested(Criterion)))
    measurement: str | None = may(Markdown())
    weights: Map[str] = may(Table(Key(), Share()))
    role: Role | None = may(Nested(Role))
    persona: Persona | None = may(Nested(Persona))
    key: str | None = may(Key())
    dedupe_key: tuple[str, ...] = may(Many(Key()))
    fields: Map[RecordField] = may(Table(Key(), Nested(RecordField)))
    stage_model: StageModel | None = may(Nested(StageModel))
    crm_mappings: tuple[CrmMapping, ...] = may(Many(Nested(CrmMapping)))
    review_months: int = may(Whole(1, 60), default=12)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data, absent fields left out; `parse` makes the same Content of it."""
        data: dict[str, Any] = data_of(self)
        return data

    def mentions(self) -> tuple[Mention, ...]:
        """Every reference to a term in reading order: links in Markdown, related words, successor, stages' terms."""
        return tuple(
            Mention(path, target)
            for path, rule, value in _WHOLE.leaves(self, "")
            if isinstance(rule, Linked)
            for target in (sorted(targets(value)) if isinstance(rule, Markdown) else (value,))
        )

    def references(self) -> frozenset[str]:
        """The terms that this content refers to, as written."""
        return frozenset(mention.target for mention in self.mentions())

    def record_keys(self) -> frozenset[str]:
        """The record types that criteria and stages look at, by key."""
        stages = self.stage_model.stages if self.stage_model else ()
        return frozenset(criterion.record for criterion in self.criteria) | {stage.record for stage in stages}

    def resolved(self, resolve: Callable[[str], str], *, limits: Limits = LIMITS) -> Self:
        """The same content with every reference replaced by `resolve(reference)`, so that names become slugs.

        Two relations that turn out to be one become one. Raises `invalid` when longer slugs make a text too long.
        """
        content: Self = _WHOLE.mapped(self, lambda rule, value: _resolved(rule, value, resolve))
        desk = Desk(limits=limits)
        for path, rule, value in _WHOLE.leaves(content, ""):
            if isinstance(rule, Markdown):
                rule.measure(value, path, desk)
        desk.refuse_if_wrong()
        return replace(content, related=tuple(dict.fromkeys(content.related)))

    def check(self, path: str, desk: Desk) -> None:
        """Notes what no single field can see."""
        _check_names(self, desk)
        _check_details(self, desk)
        _check_weights(self.weights, desk)
        if len(self.criteria) > MOST_CRITERIA:
            desk.wrong(
                "criteria", "too_many", f"At most {MOST_CRITERIA} tests fit here; these are {len(self.criteria)}."
            )
        note_repeats([item.id for item in self.criteria], "criteria", desk, part="id")
        note_repeats([f"{item.relation} {item.term}" for item in self.related], "related", desk)
        note_repeats(self.dedupe_key, "dedupe_key", desk)


_WHOLE = Nested(Content)


def _resolved(rule: Rule, value: Any, resolve: Callable[[str], str]) -> Any:
    if isinstance(rule, Markdown):
        return rewrite(value, resolve)
    return resolve(value) if isinstance(rule, TermName) else value


def _check_names(content: Content, desk: Desk) -> None:
    """Another spelling of the name ("multithreading" for "Multi-Threading") is worth showing, so it may stand."""
    seen: dict[str, str] = {}
    for field in ("aliases", "abbreviations"):
        for place, name in enumerate(getattr(content, field)):
            path = f"{field}[{place}]"
            same = "the name itself" if name.casefold() == content.name.casefold() else seen.get(fold(name))
            if same:
                desk.wrong(path, "duplicate", f"This is the same as {same}.")
            seen.setdefault(fold(name), path)


def _check_details(content: Content, desk: Desk) -> None:
    for field, kind in KIND_OF_DETAIL.items():
        if getattr(content, field) and content.kind != kind:
            desk.wrong(field, "not_for_kind", f"Only a word of the kind {kind} has this; this one is a {content.kind}.")


def _check_weights(weights: Map[str], desk: Desk) -> None:
    total = sum(map(Decimal, weights.values()))
    if weights and total != 1:
        desk.wrong("weights", "not_one", f"The weights must add up to 1; these add up to {total}.")


def parse(data: object, *, sides: Collection[str], limits: Limits = LIMITS) -> Content:
    """The Content in untrusted JSON-like data.

    `sides` are the keys of the sides that exist. Texts are normalised (NFC, LF, ends stripped), numbers become int or
    decimal strings, and what is empty becomes absent. Raises `invalid` with every problem by field path.
    """
    desk = Desk(sides=sides, limits=limits)
    content: Content | None = taken(Content, data, "", desk)
    desk.refuse_if_wrong()
    assert content is not None, "a content that could not be built has noted why"
    return content


class Signed(NamedTuple):
    """What a digest covers: term (slug), digest of the base version, the day it takes effect, and the content."""

    term: str
    base: str | None
    effective_from: datetime | None
    content: Content


def canonical_text(*, term: str, base: str | None, effective_from: datetime | None, content: Content) -> str:
    """The one spelling of what is signed: JSON with sorted keys and no blanks, absent fields left out, no floats.

    `effective_from` is an aware datetime and written in UTC. Equal meaning gives equal text whatever the order of
    keys, the line ends or the Unicode form that somebody typed.
    """
    whole: dict[str, Any] = {"format": FORMAT, "term": term, "content": content.as_data()}
    if base is not None:
        whole["base"] = base
    if effective_from is not None:
        whole["effective_from"] = _instant(effective_from)
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _instant(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("effective_from needs a time zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def digest_of(text: str) -> str:
    """SHA-256 over the UTF-8 of a canonical text, in hex."""
    return sha256(text.encode()).hexdigest()


def read(text: str) -> Signed:
    """What a canonical text says. The text is our own, so nothing is checked again."""
    whole = json.loads(text)
    moment = whole.get("effective_from")
    effective_from = datetime.fromisoformat(moment) if moment else None
    return Signed(whole["term"], whole.get("base"), effective_from, trusted(Content, whole["content"]))
