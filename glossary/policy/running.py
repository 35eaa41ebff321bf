"""What a definition that runs stands on: record types, criteria of other words, and who uses its own."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

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
from glossary.domain.lint import Touched
from glossary.models import CriterionInForce, InForce, Proposal, ground, record_slug


def runs(content: Content, base: Content | None) -> bool:
    """Whether there is anything in the text, or in the one it would change, that runs."""
    return any(text.criteria or text.stage_model or text.kind == "record_type" for text in (content, base) if text)


def facts_of_running(content: Content, base: Content | None, slug: str, at: datetime) -> dict[str, Any]:
    """What the rules about definitions that run have to know, as of `at`: fields of `Facts`."""
    if not runs(content, base):
        return {}
    stands_on = _ground(content, base, slug, at)
    ids = {criterion.id for text in (content, base) if text for criterion in text.criteria}
    return {
        "base": base,
        "ground": stands_on,
        "criteria_taken": _taken(content, slug, at),
        "touched": _touched(content, ids, stands_on, slug, at),
        "used_by": _users(ids, stands_on, slug, at) if _loses_criteria(content, base) else {},
    }


def _ground(content: Content, base: Content | None, slug: str, at: datetime) -> Ground:
    keys = {key for text in (content, base) if text for key in text.record_keys()}
    own_key = content.key if content.kind == "record_type" else None
    found = ground(keys | ({own_key} if own_key else set()), at)
    for key in sorted(keys - found.records.keys()):
        if view := _suggested(key):
            found = found.with_record(view)
    if own_key:
        found = found.with_record(view_of(own_key, content, slug))
    return found.with_criteria(slug, stated_in(content, slug))


def _suggested(key: str) -> RecordView | None:
    """The record type as the newest open suggestion has it, while none is in force."""
    opened = Proposal.objects.open().of(record_slug(key)).select_related("newest").order_by("-pk").first()
    return view_of(key, opened.text.content, record_slug(key), is_signed=False) if opened else None


def view_of(key: str, content: Content, slug: str, *, is_signed: bool = True) -> RecordView:
    """The record type that a text makes, by the key its criteria use."""
    return RecordView(key=key, fields=content.fields, dedupe_key=content.dedupe_key, term=slug, is_signed=is_signed)


def stated_in(content: Content, slug: str) -> list[Stated]:
    """The criteria of a text of the term with this slug."""
    return [
        Stated(id=criterion.id, expr=criterion.expr, record=criterion.record, label=criterion.label, term=slug)
        for criterion in content.criteria
    ]


def _others(slug: str, at: datetime) -> Any:
    """The criteria of other words that are in force at `at` or are coming."""
    not_over = Q(until_at__isnull=True) | Q(until_at__gt=at)
    return CriterionInForce.objects.filter(not_over).exclude(term__slug=slug)


def _taken(content: Content, slug: str, at: datetime) -> dict[str, str]:
    ids = [criterion.id for criterion in content.criteria]
    return dict(_others(slug, at).filter(key__in=ids).values_list("key", "term__slug")) if ids else {}


def _touched(content: Content, ids: Iterable[str], stands_on: Ground, slug: str, at: datetime) -> tuple[Touched, ...]:
    """The criteria of other words that look at this record type, or whose verdict rests on one of these criteria."""
    rows = _others(slug, at).over([content.key] if content.kind == "record_type" else stands_on.records)
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
    for view in stands_on.records.values():
        for name, declared in view.fields.items():
            if (key := verdict_of(declared) or first_day_of(declared)) in users:
                users[key].append(f"the field {name} of {view.term}")
    models = InForce.objects.at(at).filter(kind="stage_model").exclude(slug=slug)
    for model, body in models.values_list("slug", "body"):
        for key in _named_in(json.loads(body).get("stage_model", {})) & users.keys():
            users[key].append(f"the stage model {model}")
    return {key: tuple(found) for key, found in users.items() if found}


def _named_in(model: Mapping[str, Any]) -> set[str]:
    """The criteria that a stage model names, from its plain data."""
    stages = model.get("stages", [])
    conditions = [stage.get(part) or {} for stage in stages for part in ("entry", "exit")]
    conditions += [step for stage in stages for step in stage.get("next", [])]
    return {key for item in conditions for part in ("meets_all", "meets_any") for key in item.get(part, [])}
