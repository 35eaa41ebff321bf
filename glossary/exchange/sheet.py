"""The vocabulary as a sheet: one row per word in force, lists with one entry a line; as CSV and as Excel workbook.

What has no column (criteria, stages, roles, personas, mappings) is in JSON and YAML. `arriving.py` reads the CSV back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from glossary.exchange.cells import csv_lines
from glossary.exchange.new_workbook import sheet_bytes
from glossary.exchange.source import Source, Word

LISTS = ("aliases", "abbreviations", "includes", "excludes", "examples", "counter_examples")
FOR_SIDE = "for_"
_FIRST = ("slug", "name", "aliases", "abbreviations", "kind", "status", "replaced_by", "status_reason")
_TEXTS = ("summary", "definition", "why")
_LAST = (
    *("includes", "excludes", "examples", "counter_examples", "owner_side", "related", "open_questions"),
    *("measurement", "review_months"),
)
TOLD = ("version", "digest", "in_force_from", "published_at", "signed_by", "url")  # of the version, not of its text


def columns(sides: Iterable[str]) -> list[str]:
    """The heading; each side has a column for what a word means for it."""
    return [*_FIRST, *_TEXTS, *(f"{FOR_SIDE}{side}" for side in sides), *_LAST, *TOLD]


def as_csv(source: Source) -> Iterator[str]:
    heading = columns(source.sides())
    return csv_lines(heading, _rows(source, heading))


def as_xlsx(source: Source) -> Iterator[bytes]:
    heading = columns(source.sides())
    return sheet_bytes("Vocabulary", heading, _rows(source, heading))


def _rows(source: Source, heading: list[str]) -> Iterator[list[object]]:
    return ([cell(word, column, source.site) for column in heading] for word in source.words())


def cell(word: Word, column: str, site: str) -> object:
    """What stands in this column for a word; None where it has nothing."""
    if written := _WRITTEN.get(column):
        return written(word)
    if column == "url":
        return f"{site}{word['url']}"
    if column in LISTS:
        return _lines(word.get(column, ()))
    if column.startswith(FOR_SIDE):
        return word.get("for_sides", {}).get(column.removeprefix(FOR_SIDE))
    return word.get(column)


def _lines(entries: Iterable[str]) -> str:
    return "\n".join(entries)


def _related(word: Mapping[str, Any]) -> str:
    return _lines(f"{item['relation']}: {item['term']}" for item in word.get("related", ()))


def _open_questions(word: Mapping[str, Any]) -> str:
    return _lines(f"{item['look_again']} {item['question']}" for item in word.get("open_questions", ()))


def _signed_by(word: Mapping[str, Any]) -> str:
    return _lines(f"{seat['side']}: {seat['name']}" for seat in word["signatures"])


_WRITTEN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "related": _related,
    "open_questions": _open_questions,
    "signed_by": _signed_by,
}
