"""Every version with the time in which it is in force, for joins as of a day: valid_from <= day < valid_to."""

import json
from collections.abc import Iterator
from typing import Any

from glossary.exchange.cells import csv_lines
from glossary.exchange.source import Lasting, Source
from glossary.rendering.instants import iso

_OF_WORD = ("name", "kind", "status", "replaced_by", "owner_side", "summary", "definition", "digest", "published_at")
COLUMNS = ("slug", "version", "valid_from", "valid_to", *_OF_WORD)


def as_csv(source: Source) -> Iterator[str]:
    return csv_lines(COLUMNS, (_row(version) for version in source.lasting()))


def as_lines(source: Source) -> Iterator[str]:
    """A version a line: the two instants, and all that is served of it."""
    for version in source.lasting():
        yield f"{json.dumps(_time(version))[:-1]},{version.body[1:]}\n"


def _time(version: Lasting) -> dict[str, Any]:
    """The last version has no end: null, or an empty cell."""
    return {
        "valid_from": iso(version.valid_from),
        "valid_to": iso(version.valid_to) if version.valid_to else None,
    }


def _row(version: Lasting) -> list[object]:
    word = json.loads(version.body) | _time(version)
    return [word.get(column) for column in COLUMNS]
