"""What a definition that runs stands on: record types, criteria of other words, and who uses its own."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

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
from glossary.models import CriterionInForce, InForce, Proposal, ground, record_slug, record_views


def runs(content: Content, base: Content | None) -> bool:
    """Whether there is anything in the text, or in the one it would change, that runs."""
    return any(text.criteria or text.stage_model or text.kind == "record_type" for text in (content, base) if text)


def instants_of_running(content: Content, base: Content | None, slug: str, start: datetime) -> list[datetime]:
    """From `start` on, every instant at which something that the text runs on, or that runs on it, changes."""
    if not runs(content, base):
        return [start]
    keys = _keys(content, base)
    slugs = [record_slug(key) for key in keys]
    types = InForce.objects.filter(kind="record_type", term__slug__in=slugs, from_at__gt=start).exclude(slug=slug)
    criteria = CriterionInForce.objects.over(keys).filter(from_at__gt=start).exclude(term__slug=slug)
    coming = {*types.values_list("from_at", flat=True), *criteria.values_list("from_at", flat=True)}
    return [start, *sorted(coming)]


def _keys(content: Content, base: Content | None) -> set[str]:
    """The record types that the texts look at, or are."""
    texts = [text for text in (content, base) if text]
    own = {text.key for text in texts if text.kind == "record_type" and text.key}
    return own.union(*(text.record_keys() for text in texts))


def facts_of_running(
    content: Content, base: Content | None, slug: str, at: datetime, token_id: int | None = None
) -> dict[str, Any]:
    """What the rules about definitions that run have to know, as of `at`: fields of `Facts`.

    A tool, by its token, sees of what is only suggested no more than it suggested itself.
    """
    if not runs(content, base):
        return {}
    stands_on = _ground(content, base, slug, at, token_id)
    ids = {criterion.id for text in (content, base) if text for criterion in text.criteria}
    return {
        "base": base,
        "ground": stands_on,
        "without_text": frozenset(_keys(content, base) - stands_on.records.keys()),
        "criteria_taken": _taken(content, slug, at),
        "touched": _touched(content, ids, stands_on, slug, at),
        "used_by": _users(ids, stands_on, slug, at) if _loses_criteria(content, base) else {},
        "models": tuple(_models(content, ids, slug, at)),
    }


def _ground(content: Content, base: Content | None, slug: str, at: datetime, token_id: int | None) -> Ground:
    keys = _keys(content, base)
    own_key = content.key if content.kind == "record_type" else None
    found = ground(keys, at)
    for key in sorted(keys - found.records.keys()):
        if view := _coming(key, at) or _suggested(key, token_id):
            found = found.with_record(view)
    if own_key:
        found = found.with_record(view_of(own_key, content, slug))
    return found.with_criteria(slug, stated_in(content, slug))


def _coming(key: str, at: datetime) -> RecordView | None:
    """The record type as it is signed and will be, while none is in force."""
    rows = InForce.objects.filter(kind="record_type", term__slug=record_slug(key), from_at__gt=at).order_by("from_at")
    views = record_views(rows[:1])
    return replace(views[0], is_signed=False) if views else None


def _suggested(key: str, token_id: int | None) -> RecordView | None:
    """The record type as the newest open suggestion has it, while none is in force."""
    opened = Proposal.objects.open().of(record_slug(key)).select_related("newest").order_by("-pk")
    if token_id is not None:
        opened = opened.filter(via_token_id=token_id)
    newest = opened.first()
    return view_of(key, newest.text.content, record_slug(key), is_signed=False) if newest else None


def view_of(key: str, content: Content, slug: str, *, is_signed: bool = True) -> RecordView:
    """The record type that a text makes, by the key its criteria use."""
    return RecordView(key=key, fields=content.fields, dedupe_key=content.dedupe_key, term=slug, is_signed=is_signed)


def stated_in(content: Content, slug: str) -> list[Stated]:
    """The criteria of a text of the term with this slug."""
    return [
        Stated(id=criterion.id, expr=criterion.expr, record=criterion.record, label=criterion.label, term=slug)
        for criterion in content.criteria
    ]


def _taken(content: Content, slug: str, at: datetime) -> dict[str, str]:
    """The ids that criteria of other words have, in force at `at` or coming."""
    ids = [criterion.id for criterion in content.criteria]
    not_over = Q(until_at__isnull=True) | Q(until_at__gt=at)
    taken = CriterionInForce.objects.filter(not_over, key__in=ids).exclude(term__slug=slug)
    return dict(taken.values_list("key", "term__slug")) if ids else {}


def _touched(content: Content, ids: Iterable[str], stands_on: Ground, slug: str, at: datetime) -> tuple[Touched, ...]:
    """The criteria of other words that look at this record type, or whose verdict rests on one of these criteria."""
    rows = CriterionInForce.objects.at(at).exclude(term__slug=slug)
    rows = rows.over([content.key or ""] if content.kind == "record_type" else stands_on.records)
    rows = rows.select_related("term", "version__revision").order_by("key", "pk")
    if content.kind == "record_type":
        return tuple(_with_samples(row) for row in rows)
    wanted = set(ids)
    return tuple(_with_samples(row) for row in rows if wanted & set(_rests_on(row, stands_on))) if wanted else ()


def _rests_on(row: CriterionInForce, stands_on: Ground) -> tuple[str, ...]:
    try:
        return rests_on(parse(row.expr), stands_on.records[row.record].fields, stands_on.over(row.record))
    except Unreadable:
        return ()


def _with_samples(row: CriterionInForce) -> Touched:
    criteria = row.version.revision.content.criteria
    return Touched(row.stated, next(item.samples for item in criteria if item.id == row.key))


def _loses_criteria(content: Content, base: Content | None) -> bool:
    return base is not None and bool({item.id for item in base.criteria} - {item.id for item in content.criteria})


def _users(ids: Iterable[str], stands_on: Ground, slug: str, at: datetime) -> Mapping[str, tuple[str, ...]]:
    """For each id the record types and stage models in force that refer to it."""
    users: dict[str, list[str]] = {key: [] for key in ids}
    types = InForce.objects.at(at).filter(kind="record_type").exclude(slug=slug)
    for view in {**{view.key: view for view in record_views(types)}, **stands_on.records}.values():
        for name, declared in view.fields.items():
            if (key := verdict_of(declared) or first_day_of(declared)) in users:
                users[key].append(f"the field {name} of {view.term}")
    models = InForce.objects.at(at).filter(kind="stage_model").exclude(slug=slug)
    for model, body in models.values_list("slug", "body"):
        for key in _named_in(json.loads(body).get("stage_model", {})) & users.keys():
            users[key].append(f"the stage model {model}")
    return {key: tuple(found) for key, found in users.items() if found}


def _models(content: Content, ids: Iterable[str], slug: str, at: datetime) -> Iterator[StandingModel]:
    """The stage models in force over this record type, or that name one of these criteria; two queries for each."""
    own_key, wanted = content.key if content.kind == "record_type" else None, set(ids)
    if not own_key and not wanted:
        return
    rows = InForce.objects.at(at).filter(kind="stage_model").exclude(slug=slug).values_list("slug", "body")
    for model_slug, body in rows:
        data = json.loads(body).get("stage_model", {})
        keys = {stage["record"] for stage in data.get("stages", [])}
        if own_key in keys or wanted & _named_in(data):
            before = ground(keys, at)
            after = before.with_criteria(slug, stated_in(content, slug))
            after = after.with_record(view_of(own_key, content, slug)) if own_key else after
            yield StandingModel(model_slug, trusted(StageModel, data), before, after)


def _named_in(model: Mapping[str, Any]) -> set[str]:
    """The criteria that a stage model names, from its plain data."""
    stages = model.get("stages", [])
    conditions = [stage.get(part) or {} for stage in stages for part in ("entry", "exit")]
    conditions += [step for stage in stages for step in stage.get("next", [])]
    return {key for item in conditions for part in ("meets_all", "meets_any") for key in item.get(part, [])}
