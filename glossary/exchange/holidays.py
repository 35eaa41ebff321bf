"""Holidays as a table: a day and a name on each line, as most countries publish them."""

import csv
from datetime import date
from io import StringIO

from glossary.domain.refusals import FieldError, Refusal

MOST_LINES = 5_000
LONGEST_NAME = 120
LARGEST_FILE = 1_000_000  # bytes

Day = tuple[date, str]


def holidays_in(raw: bytes) -> list[Day]:
    """The days in a CSV file with the columns day (YYYY-MM-DD) and name, with or without a line that says so.

    Raises `Refusal("invalid")` with every line that cannot be read, and `too_large` for a file that is no such list.
    """
    if len(raw) > LARGEST_FILE:
        raise Refusal("too_large", "A list of holidays has at most a million bytes.")
    found: dict[date, tuple[int, str]] = {}
    wrong: list[str] = []
    for number, cells in _lines(raw):
        if number == 1 and cells[0].lower() == "day":
            continue
        day = _day(cells[0])
        name = cells[1] if len(cells) > 1 else ""
        if day is None:
            wrong.append(f"Line {number}: “{cells[0][:40]}” is no day. Write it as 2026-12-25.")
        elif len(cells) > 2 or len(name) > LONGEST_NAME:
            wrong.append(
                f"Line {number}: a line has a day and a name of at most {LONGEST_NAME} characters, as day,name."
            )
        elif day in found:
            wrong.append(f"Line {number}: {day} stands already in line {found[day][0]}.")
        else:
            found[day] = number, name
    if wrong:
        raise _refusal(wrong)
    return [(day, name) for day, (_, name) in found.items()]


def _lines(raw: bytes) -> list[tuple[int, list[str]]]:
    """The lines with anything in them, numbered as in the file, their cells stripped."""
    try:
        text = raw.decode("utf-8-sig")
        reader = csv.reader(StringIO(text, newline=""), strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except (UnicodeDecodeError, csv.Error):
        raise _refusal(["This cannot be read as a CSV file in UTF-8."]) from None
    kept = [(number, cells) for number, cells in lines if any(cells)]
    if len(kept) > MOST_LINES or "\x00" in text:
        raise _refusal([f"A list of holidays has at most {MOST_LINES} lines of text; this file has {len(kept)}."])
    return kept


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-12-25") else None
    except ValueError:
        return None


def _refusal(sentences: list[str]) -> Refusal:
    errors: list[FieldError] = [{"path": "file", "code": "not_a_holiday", "message": text} for text in sentences]
    more = f" There are {len(sentences) - 1} more like it." if len(sentences) > 1 else ""
    return Refusal("invalid", sentences[0] + more, errors=errors)
