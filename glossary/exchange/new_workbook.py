"""An Excel workbook of one sheet, written row by row into a file on disk and sent in pieces."""

import re
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import Any

from glossary.exchange.cells import Row, inert

LONGEST = 32_767  # characters that Excel takes in a cell ("Excel specifications and limits")
PIECE = 64 * 1024  # bytes
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2


def sheet_bytes(title: str, heading: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """The workbook's bytes. Every cell is text, so that none is a formula; the heading stays in sight."""
    from openpyxl import Workbook  # slow to import, and few requests want a workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2"
    sheet.append([_text(sheet, name) for name in heading])
    for row in rows:
        sheet.append([_text(sheet, value) for value in row])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _text(sheet: Any, value: object) -> Any:
    """A cell of the type text; what a workbook cannot hold is shown as missing, and a text cut off ends in “…”."""
    from openpyxl.cell import WriteOnlyCell

    text = _NOT_XML.sub("\ufffd", inert(value))
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 1]}…"
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
    return cell
