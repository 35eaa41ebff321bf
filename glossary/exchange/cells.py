"""Cells of a sheet that no spreadsheet takes for a formula, and what stood in them before.

A cell that begins with = + - @ tab or carriage return may be run by the program that opens the file (OWASP, "CSV
Injection"); an apostrophe in front makes it text.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

_LIVE = re.compile(r"'*[=+\-@\t\r]")
_MADE_TEXT = re.compile(r"''*[=+\-@\t\r]")

Row = Iterable[object]


def inert(value: object) -> str:
    """The value as text that is no formula; nothing is an empty cell. `as_written` is the way back."""
    text = "" if value is None else str(value)
    return f"'{text}" if _LIVE.match(text) else text


def as_written(cell: str) -> str:
    """What stood in a cell before `inert`."""
    return cell[1:] if _MADE_TEXT.match(cell) else cell


class _Line:
    """Takes one line from the csv module, which would rather write into a file."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def csv_lines(heading: Row, rows: Iterable[Row]) -> Iterator[str]:
    """CSV as RFC 4180 has it, line by line, every cell `inert`."""
    line = _Line()
    writer = csv.writer(line)
    for row in chain([heading], rows):
        writer.writerow([inert(cell) for cell in row])
        yield line.text
