"""The starter vocabulary as the rules know it: record types, criteria, samples."""

from functools import cache
from pathlib import Path
from typing import Any

from glossary.domain.checking import Map, trusted
from glossary.domain.content import Content, Limits
from glossary.domain.content import parse as parse_content
from glossary.domain.criteria import Ground, RecordView, Stated
from glossary.domain.shapes import Criterion, RecordField
from glossary.exchange.starter import contents

SHELF = Path(__file__).parents[3] / "fixtures" / "seed_vocabulary.yaml"


@cache
def texts() -> tuple[Content, ...]:
    return tuple(parse_content(text, sides=["sales", "marketing"], limits=Limits()) for text in contents())


@cache
def ground() -> Ground:
    views = [text for text in texts() if text.kind == "record_type"]
    return Ground(
        {
            str(text.key): RecordView(key=str(text.key), fields=text.fields, dedupe_key=text.dedupe_key)
            for text in views
        },
        {item.id: Stated(item.id, item.expr, item.record, item.label) for item in criteria()},
    )


@cache
def criteria() -> tuple[Criterion, ...]:
    return tuple(item for text in texts() for item in text.criteria)


def criterion(key: str) -> Criterion:
    return next(item for item in criteria() if item.id == key)


def fields(**types: str) -> Map[RecordField]:
    """Fields of a record type, by type; `list_a_b` is a text with the values a and b."""
    return Map({name: trusted(RecordField, _declared(kind)) for name, kind in types.items()})


def _declared(kind: str) -> dict[str, Any]:
    values = kind.split("_")[1:] if kind.startswith("list_") else []
    return {"type": "string" if values else kind, "source": "CRM", **({"values": values} if values else {})}
