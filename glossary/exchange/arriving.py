"""Words that somebody brings in as a file: JSON, JSON Lines, YAML or CSV, in the form in which they are exported.

Read within limits, and one word at a fault does not keep the others from being read. What a version says of itself
(its number, fingerprint, signatures, dates) is passed over: nothing in a file is ever a signature.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, NoReturn

from glossary.domain.refusals import Refusal
from glossary.exchange.cells import as_written
from glossary.exchange.plain_yaml import read_yaml
from glossary.exchange.sheet import FOR_SIDE, LISTS, TOLD
from glossary.exchange.source import CONTENT_FIELDS
from glossary.exchange.tables import LONGEST_CELL, TableLimits, read_table

MOST_BYTES = 64 * 1024 * 1024
MOST_WORDS = 20_000
ENDINGS = (".json", ".jsonl", ".yaml", ".yml", ".csv")
_OF_VERSION = frozenset((*TOLD, "definition_html", "signatures", "matched_on", "valid_from", "valid_to"))
_ENTRY = {"related": ("relation", ": ", "term"), "open_questions": ("look_again", " ", "question")}


@dataclass(frozen=True)
class Brought:
    """One word of a file: its place in it, counted from 1, its slug if said, and fields of its Content.

    With `is_part` the file has no room for the fields that are not named, so that they stay as they are; a field of
    None is then emptied. A side's text may be named `for_sides.sales`.
    """

    place: int
    slug: str
    fields: Mapping[str, Any]
    is_part: bool = False

    @property
    def title(self) -> str:
        """How people find it in the file."""
        name = self.fields.get("name") or self.slug
        return f"Word {self.place}, “{str(name)[:60]}”" if name else f"Word {self.place}"

    def over(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The whole content: these fields, laid over those of `base` where the file holds only a part."""
        whole: dict[str, Any] = {**base} if self.is_part else {}
        for field, value in self.fields.items():
            head, _, side = field.partition(".")
            if side:
                others = {key: text for key, text in whole.get(head, {}).items() if key != side}
                whole[head] = others if value is None else others | {side: value}
            else:
                whole[field] = value
        return whole


@dataclass(frozen=True)
class Unreadable:
    """A word of a file that cannot be understood, and why."""

    place: int
    refusal: Refusal

    @property
    def title(self) -> str:
        return f"Word {self.place}"


def words_in(file: BinaryIO, name: str) -> Iterator[Brought | Unreadable]:
    """The words in a seekable binary file called `name`, whose ending says how it is written, in its order.

    Raises `Refusal("invalid")` and `Refusal("too_large")` for a file that cannot be read as a whole.
    """
    ending = os.path.splitext(name.lower())[1]
    if ending not in ENDINGS:
        raise Refusal("invalid", f"Only files that end in {', '.join(ENDINGS)} can be brought in.")
    if file.seek(0, os.SEEK_END) > MOST_BYTES:
        raise Refusal("too_large", f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it.")
    file.seek(0)
    for place, word in enumerate(_read(file, name, ending), start=1):
        if place > MOST_WORDS:
            raise Refusal("too_large", f"The file has more than {MOST_WORDS:,} words. Split it.")
        try:
            yield _from_row(place, word) if ending == ".csv" else _from_data(place, word)
        except Refusal as refusal:
            yield Unreadable(place, refusal)


def _read(file: BinaryIO, name: str, ending: str) -> Iterator[Any]:
    if ending == ".csv":
        table = read_table(file, name, TableLimits(size=None, rows=None, cell=LONGEST_CELL))
        _check_columns(table.columns)
        yield from table.rows
    elif ending == ".jsonl":
        yield from (_json(line, f"Line {number}") for number, line in enumerate(file, start=1) if line.strip())
    else:
        yield from _terms(_json(file.read(), "The file") if ending == ".json" else read_yaml(file.read()))


# Data: JSON and YAML


def _json(text: bytes, what: str) -> Any:
    try:
        return json.loads(
            text.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_each_once
        )
    except UnicodeDecodeError:
        raise Refusal("invalid", f"{what} is not written in UTF-8.") from None
    except RecursionError:
        raise Refusal("invalid", f"{what} is nested too deep to be a vocabulary.") from None
    except ValueError as error:
        raise Refusal("invalid", f"{what} is not JSON: {error}.") from None


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a field stands twice in one object")
    return read


def _terms(document: Any) -> Sequence[Any]:
    terms = document.get("terms") if isinstance(document, dict) else document
    if not isinstance(terms, list):
        raise Refusal("invalid", "The file has no list of words. An export has one under “terms”.")
    return terms


def _from_data(place: int, word: Any) -> Brought:
    if not isinstance(word, dict):
        raise Refusal("invalid", "This is not a word with named fields.")
    fields = {str(field): value for field, value in word.items() if field != "slug" and field not in _OF_VERSION}
    return Brought(place, _slug(word.get("slug")), fields)


def _slug(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 140 or "\x00" in value:
        raise Refusal("invalid", "slug: Give the address of the word as text, or leave it out.")
    return value.strip()


# Rows: CSV


def _check_columns(columns: Iterable[str]) -> None:
    known = {*CONTENT_FIELDS, *_OF_VERSION, "slug"}
    unknown = [column for column in columns if column not in known and not column.startswith(FOR_SIDE)]
    if unknown:
        raise Refusal("invalid", f"There is no field “{unknown[0][:60]}” for a column. An export has those there are.")
    if "name" not in columns:
        raise Refusal("invalid", "No column is called “name”. An export has all columns there are.")


def _from_row(place: int, row: Mapping[str, object]) -> Brought:
    written = {column: as_written(str(value)) if value is not None else None for column, value in row.items()}
    fields: dict[str, Any] = {}
    for column, text in written.items():
        if column.startswith(FOR_SIDE) and column not in CONTENT_FIELDS:
            fields[f"for_sides.{column.removeprefix(FOR_SIDE)}"] = text
        elif column in CONTENT_FIELDS:
            fields[column] = _value(column, text)
    return Brought(place, _slug(written.get("slug")), fields, is_part=True)


def _value(column: str, text: str | None) -> Any:
    if text is None:
        return None
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if column in LISTS:
        return lines
    if column in _ENTRY:
        first, between, second = _ENTRY[column]
        return [dict(zip((first, second), _parted(line, between, column), strict=True)) for line in lines]
    return _number(text) if column == "review_months" else text


def _parted(line: str, between: str, column: str) -> tuple[str, str]:
    first, found, second = line.strip().partition(between)
    if not found:
        example = "see_also: campaign" if column == "related" else "2027-05-17 Is 60 the right threshold?"
        raise Refusal("invalid", f"{column}: “{line[:60]}” is not understood. Write lines such as “{example}”.")
    return first.strip(), second.strip()


def _number(text: str) -> object:
    return int(text) if text.strip().isascii() and text.strip().isdigit() and len(text) < 9 else text
