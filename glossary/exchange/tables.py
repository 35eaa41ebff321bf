"""Records out of a file that somebody uploads or names: CSV, JSON Lines or the first sheet of an Excel workbook.

Values stay as they are written: a cell of a CSV is text, and whoever knows the declared type of a field casts it.
"""

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO, NoReturn

from glossary.domain.refusals import Refusal
from glossary.exchange.workbook import sheet_rows

ENDINGS = (".csv", ".jsonl", ".xlsx")
LONGEST_CELL = 131_072  # characters that Python's CSV reader takes
_MB = 1024 * 1024


@dataclass(frozen=True)
class TableLimits:
    """What a file may hold at most. `size` and `rows` may be None, without limit, for a file on this machine."""

    size: int | None = 20 * _MB  # bytes
    unpacked: int = 64 * _MB  # bytes of a workbook once it is unpacked
    rows: int | None = 20_000  # without the heading and without empty ones
    columns: int = 500
    cell: int = 32_767  # characters, as many as Excel takes


@dataclass(frozen=True)
class Table:
    """The columns a file names, in its order, and its records, read while they are asked for.

    In a record every column has a value: text, a number, True or False, or None where the cell is empty or missing.
    JSON Lines names its columns on the first line; a later line may bring others.
    """

    columns: tuple[str, ...]
    rows: Iterator[dict[str, object]]


def read_table(file: BinaryIO, name: str, limits: TableLimits) -> Table:
    """The table in a seekable binary file called `name`, whose ending says how it is written.

    Raises `Refusal("invalid")` and `Refusal("too_large")`, here or at the row where it is found, in a sentence that
    names row and column. Rows are numbered as a spreadsheet shows them, the heading being row 1.
    """
    ending = os.path.splitext(name.strip().lower())[1]
    if ending not in ENDINGS:
        raise Refusal("invalid", "Only files that end in .csv, .jsonl or .xlsx can be read here.")
    if limits.size is not None and file.seek(0, os.SEEK_END) > limits.size:
        raise Refusal("too_large", f"The file is larger than {_megabytes(limits.size)}. Split it into smaller ones.")
    file.seek(0)
    if ending == ".jsonl":
        return _of_objects(file, limits)
    if ending == ".csv":
        return _of_cells(_csv_rows(file, limits), limits)
    return _of_cells(sheet_rows(file, columns=limits.columns, unpacked=limits.unpacked), limits)


def _megabytes(size: int) -> str:
    return f"{size / _MB:.3g} MB"


# A heading and cells: CSV and Excel

Cells = Iterable[tuple[int, Sequence[object]]]


def _of_cells(numbered: Cells, limits: TableLimits) -> Table:
    rows = ((number, [_tidy(cell) for cell in cells]) for number, cells in numbered)
    filled = ((number, cells) for number, cells in rows if any(cell is not None for cell in cells))
    number, heading = next(filled, (1, []))
    if not heading:
        raise Refusal("invalid", "The file is empty. Its first row names the columns.")
    names = _names(heading, number, limits)
    return Table(tuple(filter(None, names)), _records(names, filled, limits))


def _names(heading: Sequence[object], number: int, limits: TableLimits) -> list[str]:
    """The names of the columns, "" for one without."""
    names = ["" if cell is None else str(cell).strip() for cell in heading]
    while not names[-1]:
        names.pop()
    if len(names) > limits.columns:
        raise Refusal("too_large", f"The file has more than {limits.columns} columns.")
    for column, name in enumerate(names):
        _require_fit(name, f"Row {number}, column {_letters(column)}", limits)
    if twice := [name for name, count in Counter(names).items() if name and count > 1]:
        raise Refusal("invalid", f"Two columns are called “{_short(twice[0])}”. Give each its own name.")
    return names


def _records(names: list[str], filled: Cells, limits: TableLimits) -> Iterator[dict[str, object]]:
    for count, (number, cells) in enumerate(filled, start=1):
        _require_few(count, limits)
        _require_named(names, number, cells)
        record: dict[str, object] = {}
        for column, name in enumerate(names):
            if name:
                value = cells[column] if column < len(cells) else None
                _require_fit(value, f"Row {number}, column {_short(name)}", limits)
                record[name] = value
        yield record


def _require_named(names: list[str], number: int, cells: Sequence[object]) -> None:
    for column, cell in enumerate(cells):
        if cell is not None and not (column < len(names) and names[column]):
            where = f"Row {number} has a value in column {_letters(column)}"
            raise Refusal("invalid", f"{where}, but the first row gives that column no name.")


def _letters(column: int) -> str:
    """The name a spreadsheet shows above a column: A for 0, AB for 27."""
    return (_letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


# CSV (RFC 4180), with the other signs that spreadsheets put between cells

_QUOTED = re.compile(r'"[^"]*"')


def _csv_rows(file: BinaryIO, limits: TableLimits) -> Iterator[tuple[int, list[str]]]:
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    number = 1
    try:
        heading = text.readline(LONGEST_CELL)
        text.seek(0)
        for number, cells in enumerate(csv.reader(text, delimiter=_delimiter(heading), strict=True), start=1):
            yield number, cells
    except UnicodeDecodeError:
        raise Refusal("invalid", "The file is not written in UTF-8. Save it as “CSV UTF-8” and try again.") from None
    except csv.Error as error:
        if "field limit" in str(error):
            raise Refusal("too_large", f"A cell after row {number} is too long, or its quote is not closed.") from None
        raise Refusal(
            "invalid", f'After row {number} a quote (") is out of place, so the cells cannot be told apart.'
        ) from None
    finally:
        if not file.closed:
            text.detach()  # else the file would be closed together with the text


def _delimiter(heading: str) -> str:
    """Whatever of , ; and tab stands most often between the names of the columns."""
    plain = _QUOTED.sub("", heading)
    return max(",;\t", key=plain.count)


# JSON Lines (jsonlines.org): one object a line


def _of_objects(file: BinaryIO, limits: TableLimits) -> Table:
    records = _objects(file, limits)
    first = next(records, None)
    if first is None:
        raise Refusal("invalid", "The file is empty. Each of its lines holds one JSON object.")
    return Table(tuple(first), _with(first, records))


def _with(first: dict[str, object], others: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
    yield first
    yield from others


def _objects(file: BinaryIO, limits: TableLimits) -> Iterator[dict[str, object]]:
    count = 0
    for number, line in enumerate(file, start=1):
        if line.strip(b" \t\r\n\xef\xbb\xbf"):
            _require_few(count := count + 1, limits)
            yield _object(line, number, limits)


def _object(line: bytes, number: int, limits: TableLimits) -> dict[str, object]:
    try:
        read = json.loads(
            line.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_not_json, object_pairs_hook=_each_once
        )
    except UnicodeDecodeError:
        raise Refusal("invalid", f"Line {number} is not written in UTF-8.") from None
    except (ValueError, RecursionError):
        raise Refusal("invalid", f"Line {number} is not one JSON object with each field once.") from None
    if not isinstance(read, dict):
        raise Refusal("invalid", f'Line {number} is not a JSON object, such as {{"email": "ann@example.com"}}.')
    if len(read) > limits.columns:
        raise Refusal("too_large", f"Line {number} has more than {limits.columns} fields.")
    for name in read:
        _require_fit(name, f"Line {number}, the name of a field", limits)
    return {name: _value(value, f"Line {number}, field {_short(name)}", limits) for name, value in read.items()}


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(read := dict(pairs)) < len(pairs):
        raise ValueError("a field stands twice")
    return read


def _value(value: object, where: str, limits: TableLimits) -> object:
    if isinstance(value, dict | list):
        raise Refusal("invalid", f"{where}: give text, a number, true, false or null, not a list or an object.")
    _require_fit(value := _tidy(value), where, limits)
    return value


# Cells

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _tidy(cell: object) -> object:
    return None if isinstance(cell, str) and not cell.strip() else cell


def _require_fit(value: object, where: str, limits: TableLimits) -> None:
    if not isinstance(value, str):
        return
    if len(value) > limits.cell:
        raise Refusal("too_large", f"{where}: at most {limits.cell:,} characters fit; these are {len(value):,}.")
    if _UNSTORABLE.search(value):
        raise Refusal("invalid", f"{where} holds a character that no text can hold. Remove it.")


def _require_few(count: int, limits: TableLimits) -> None:
    if limits.rows is not None and count > limits.rows:
        raise Refusal("too_large", f"The file has more than {limits.rows:,} records. Split it into smaller ones.")


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"
