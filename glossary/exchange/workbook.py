"""The first sheet of an Excel workbook as rows of plain values, and the refusal of one that unpacks to far too much."""

import datetime
import math
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, BinaryIO
from xml.parsers import expat
from zipfile import ZipFile

from glossary.domain.refusals import Refusal

ROWS = 1_048_576  # of a sheet; Excel has no more, and a hostile file would count on into the void
PARTS = 1_000  # of the zip
ELEMENTS = 3_000_000  # of all XML in it; each may take 80 bytes of memory, all at once

_SAVE_AS_CSV = "Save the sheet as CSV and send that."
UNREADABLE = Refusal("invalid", f"This cannot be read as an Excel workbook (.xlsx). {_SAVE_AS_CSV}")


def sheet_rows(file: BinaryIO, *, columns: int, unpacked: int) -> Iterator[tuple[int, list[object]]]:
    """The rows of the first sheet that hold something, each with its number as Excel shows it.

    A row ends one cell after `columns`, so that whoever counts them notices that there are too many.
    Cells hold text, numbers, True, False or None; days come as YYYY-MM-DD and formulas as the value they had when the
    workbook was saved. Raises `Refusal("too_large")` before reading when it unpacks to more than `unpacked` bytes, and
    `Refusal("invalid")` for what is no workbook.
    """
    try:
        _require_harmless(file, unpacked)
        from openpyxl import load_workbook  # slow to import, and few requests bring a workbook

        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_row=ROWS, max_col=columns + 1, values_only=True)
        blank = (None,) * (columns + 1)  # openpyxl makes up a million such rows before a cell far down
        for number, cells in enumerate(rows, start=1):
            if cells != blank:
                yield number, [_plain(cell) for cell in cells]
    except Refusal:
        raise
    except Exception:  # zip, XML and openpyxl each have their own for a file that Excel did not write
        raise UNREADABLE from None


def _plain(cell: object) -> object:
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and not math.isfinite(cell):
        raise UNREADABLE
    return cell if cell is None or isinstance(cell, str | int | float) else str(cell)


def _require_harmless(file: BinaryIO, unpacked: int) -> None:
    """Looks through every part once and keeps nothing of it; a part never unpacks to more than the zip announces."""
    counted = 0
    with ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS or sum(part.file_size for part in parts) > unpacked:
            most = f"{unpacked // 1024 // 1024} MB"
            raise Refusal("too_large", f"The workbook unpacks to more than {most}. {_SAVE_AS_CSV}")
        for part in parts:
            with archive.open(part) as stream:
                counted = _elements(stream, counted)


def _elements(part: IO[bytes], counted: int) -> int:
    """How many XML elements there are so far: `counted` before this part, and those in it up to where it is no XML."""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal counted
        counted += 1
        if counted > ELEMENTS:
            raise Refusal("too_large", f"The workbook holds far more cells than can be read here. {_SAVE_AS_CSV}")

    def declared(*_: object) -> None:
        raise UNREADABLE  # Excel declares no document type; it would bring entities that unpack once more

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = declared
    with suppress(expat.ExpatError):  # a picture, or what openpyxl will not understand either
        parser.ParseFile(part)
    return counted
