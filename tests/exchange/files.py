"""Files as a CRM or a spreadsheet would write them, in memory."""

import io
import zipfile
from collections.abc import Iterable, Sequence

from openpyxl import Workbook


def csv_file(text: str, *, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def workbook(rows: Iterable[Sequence[object]]) -> io.BytesIO:
    """The first sheet holds the rows; a second one is there to be left alone."""
    book, file = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.create_sheet("Notes").append(["not", "asked", "for"])
    book.save(file)
    file.seek(0)
    return file


def with_sheet(sheet: bytes) -> io.BytesIO:
    """A workbook whose first sheet is the XML given."""
    file = io.BytesIO()
    with zipfile.ZipFile(workbook([["email"]])) as good, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            bad.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else good.read(name))
    file.seek(0)
    return file
