"""An Excel workbook of one sheet (ECMA-376, "SpreadsheetML"), sent while its rows are read.

Written here and not by a library, which packs a workbook once it has all rows: with many words the first byte would
come after most of a minute. The tests read it with openpyxl.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from xml.sax.saxutils import escape

from glossary.exchange.cells import Row, inert

LONGEST = 32_767  # characters that Excel takes in a cell, units of UTF-16 ("Excel specifications and limits")
PIECE = 64 * 1024  # bytes
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2
_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # ECMA-376, ST_Xstring: _x0041_ would be read as A
_RETURN = "_x000D_"  # XML takes a bare carriage return for a line feed

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_BEFORE_ROWS = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane xSplit="2" ySplit="1" topLeftCell="C2" activePane="bottomRight" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_AFTER_ROWS = "</sheetData></worksheet>"


class _Sent:
    """Takes what a zip file writes, which then is read off in pieces; nothing can be written over again."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits: what is written is there to be read off."""

    def close(self) -> None:
        """Asked for by nobody; a zip file leaves open what it was given."""

    def pieces(self, least: int = 1) -> Iterator[bytes]:
        """What has been written since, if it is as much as `least`."""
        if len(self._held) >= least:
            piece, self._held = bytes(self._held), bytearray()
            yield piece


def sheet_bytes(title: str, heading: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """The workbook's bytes. Every cell is text, so that none is a formula; the heading stays in sight."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in (*_PARTS.items(), ("xl/workbook.xml", _WORKBOOK.format(title=escape(title)))):
            book.writestr(name, _HEAD + text)
        yield from sent.pieces()
        with book.open(_SHEET, "w") as sheet:
            sheet.write((_HEAD + _BEFORE_ROWS).encode())
            for number, row in enumerate(chain([heading], rows), start=1):
                sheet.write(_row(number, row).encode())
                yield from sent.pieces(PIECE)
            sheet.write(_AFTER_ROWS.encode())
    yield from sent.pieces()


def _row(number: int, row: Row) -> str:
    cells = (_cell(f"{_letters(column)}{number}", value) for column, value in enumerate(row, start=1))
    return f'<row r="{number}">{"".join(cells)}</row>'


@cache
def _letters(column: int) -> str:
    """What a sheet calls its columns: A to Z, then AA."""
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)


def _cell(place: str, value: object) -> str:
    """A cell of the type text; what a workbook cannot hold is shown as missing, and a text cut off ends in “…”."""
    text = _NOT_XML.sub("\ufffd", inert(value))
    if not text:
        return f'<c r="{place}"/>'
    written = escape(_LIKE_AN_ESCAPE.sub("_x005F_", _fitting(text))).replace("\r", _RETURN)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'


def _fitting(text: str) -> str:
    """As much of the text as a cell takes; no sign that is a pair of units is split."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST else f"{units[: 2 * (LONGEST - 1)].decode('utf-16-le', 'ignore')}…"
