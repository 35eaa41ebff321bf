"""The pipeline of the starter vocabulary, and what it stands on as if all of that were signed."""

from copy import deepcopy
from functools import cache
from typing import Any

from glossary.domain.content import Content, parse
from glossary.domain.criteria import Ground, RecordView, Stated
from glossary.domain.names import slug_for
from tests.domain.texts import SIDES
from tests.starter import starter_contents


@cache
def _parsed() -> tuple[Content, ...]:
    return tuple(parse(data, sides=SIDES).resolved(slug_for) for data in starter_contents())


@cache
def ground() -> Ground:
    """All record types and criteria of the starter vocabulary, in force."""
    records = {
        content.key: RecordView(key=content.key, fields=content.fields, dedupe_key=content.dedupe_key)
        for content in _parsed()
        if content.key
    }
    criteria = [
        Stated(item.id, item.expr, item.record, label=item.label, term=slug_for(content.name), version=1)
        for content in _parsed()
        for item in content.criteria
    ]
    return Ground(records, {stated.id: stated for stated in criteria})


def pipeline_data() -> dict[str, Any]:
    """Its stage model as plain data, to be changed."""
    (content,) = (content for content in _parsed() if content.stage_model)
    data: dict[str, Any] = deepcopy(content.as_data()["stage_model"])
    return data


def content_of(data: dict[str, Any]) -> Content:
    """A pipeline with this stage model."""
    return parse({"name": "Pipeline", "kind": "stage_model", "stage_model": data}, sides=SIDES).resolved(slug_for)


def stage_in(data: dict[str, Any], key: str) -> dict[str, Any]:
    """One stage of the data."""
    (stage,) = (stage for stage in data["stages"] if stage["key"] == key)
    return stage  # type: ignore[no-any-return]
