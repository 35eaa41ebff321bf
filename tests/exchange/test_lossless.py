"""What was signed comes back from a file: JSON and YAML whole, the sheet as far as it has columns."""

import csv
import io
import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from openpyxl import load_workbook

from glossary.domain.content import Content, canonical_text, parse
from glossary.exchange.cells import as_written, inert
from glossary.exchange.new_workbook import sheet_bytes
from glossary.exchange.sheet import cell, columns
from glossary.exchange.source import content_of
from glossary.exchange.starter import contents
from tests.domain import texts
from tests.exchange.formats import HOSTILE, SITE, word, written

SIDES = texts.SIDES
STARTER = [parse(data, sides=SIDES) for data in contents()]
KINDS = [parse(data, sides=SIDES) for data in texts.EVERY_KIND]
NASTY = [
    parse(
        {
            "name": f"Word {number}",
            "summary": text,
            "definition": f"{text}\n\n  {text}\n{text}",
            "includes": [text, f"x {text}"],
            "crm_mappings": [{"system": "salesforce", "object": text, "field": text, "value": text}],
            "weights": None,
        },
        sides=SIDES,
    )
    for number, text in enumerate(HOSTILE)
]


def canonical(content: Content) -> str:
    return canonical_text(term="word", base=None, effective_from=None, content=content)


def read_back(form: str, data: bytes) -> list[dict[str, Any]]:
    if form == "json":
        return json.loads(data)["terms"]
    if form == "jsonl":
        return [json.loads(line) for line in data.decode().split("\n") if line]
    return yaml.safe_load(data)["terms"]


@pytest.mark.parametrize("form", ["json", "jsonl", "yaml"])
def test_the_starter_vocabulary_and_every_kind_and_hostile_texts_come_back_whole(form: str) -> None:
    kept = [*STARTER, *KINDS, *NASTY]
    back = read_back(form, written(form, [word(content, slug=f"w-{n}") for n, content in enumerate(kept)]))
    assert [canonical(parse(content_of(item), sides=SIDES)) for item in back] == [*map(canonical, kept)]


@given(texts.random_data)
def test_any_content_comes_back_from_yaml(data: dict[str, Any]) -> None:
    content = parse(data, sides=SIDES)
    [back] = read_back("yaml", written("yaml", [word(content)]))
    assert canonical(parse(content_of(back), sides=SIDES)) == canonical(content)


def test_yaml_means_the_same_to_a_reader_of_yaml_1_2() -> None:
    """What 1.1 and 1.2 read differently begins with no letter, or is a word that PyYAML quotes."""
    text = written("yaml", [word(parse({"name": f"n{n}", "summary": s}, sides=SIDES)) for n, s in enumerate(HOSTILE)])
    for ambiguous in ("no", "null", "~", "0o17", "1e3", "12:30:45", "2027-05-17"):
        assert f"summary: '{ambiguous}'\n".encode() in text


def test_an_empty_vocabulary_is_an_empty_list() -> None:
    assert read_back("json", written("json", [])) == read_back("yaml", written("yaml", [])) == []


# Sheets


def rows_of(form: str, data: bytes) -> list[list[str]]:
    if form == "csv":
        return [*csv.reader(io.StringIO(data.decode(), newline=""))]
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cells = [list(row) for row in sheet.iter_rows()]
    assert {cell.data_type for row in cells for cell in row if cell.value is not None} <= {"s", "inlineStr"}
    return [["" if cell.value is None else _as_excel_reads(str(cell.value)) for cell in row] for row in cells]


def _as_excel_reads(text: str) -> str:
    """Excel takes _x0041_ for A (ECMA-376, ST_Xstring), which openpyxl leaves as it stands."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_says_what_was_signed_and_nothing_in_it_is_a_formula(form: str) -> None:
    words = [word(content, slug=f"w-{n}") for n, content in enumerate([*STARTER, *NASTY])]
    heading, *rows = rows_of(form, written(form, words))
    assert heading == columns(["marketing", "sales"])
    assert len(rows) == len(words)
    for item, row in zip(words, rows, strict=True):
        assert not any(text[:1] in ("=", "+", "-", "@", "\t", "\r") for text in row if text)
        said = [str(value) if (value := cell(item, column, SITE)) is not None else "" for column in heading]
        assert [as_written(text) for text in row] == [_in_xml(text) if form == "xlsx" else text for text in said]


def _in_xml(text: str) -> str:
    return text.replace("\uffff", "\ufffd")


@given(texts.st.text(texts.st.sampled_from("'=+-@\t\ra")))
def test_a_neutralised_cell_says_again_what_was_written(text: str) -> None:
    assert as_written(inert(text)) == text
    assert inert(text)[:1] not in ("=", "+", "-", "@", "\t", "\r") or not text


def test_a_workbook_shows_where_a_text_was_too_long_for_a_cell() -> None:
    content = parse({"name": "Long", "includes": ["x" * 500] * 100}, sides=SIDES)
    heading, row = rows_of("xlsx", written("xlsx", [word(content)]))
    assert len(row[heading.index("includes")]) == 32_767
    assert row[heading.index("includes")].endswith("…")


@pytest.mark.parametrize("before", ["", "x"])
def test_a_workbook_counts_as_excel_does_and_splits_no_sign(before: str) -> None:
    """Excel counts units of UTF-16, of which an emoji has two."""
    content = parse({"name": "Long", "includes": [f"{before}y", *["😀" * 500] * 40]}, sides=SIDES)
    heading, row = rows_of("xlsx", written("xlsx", [word(content)]))
    cut = row[heading.index("includes")]
    assert len(cut.encode("utf-16-le")) // 2 in (32_766, 32_767)
    assert cut.endswith("😀…") and set(cut) <= set("xy\n😀…")


def test_a_workbook_begins_before_its_rows_are_read() -> None:
    read: list[int] = []
    pieces = sheet_bytes("Words", ["a"], ([read.append(number)] for number in range(1_000)))
    assert next(pieces).startswith(b"PK") and not read
    assert b"".join(pieces) and len(read) == 1_000


def test_every_version_has_the_time_in_which_it_is_in_force() -> None:
    words = [word(content, slug=f"w-{n}") for n, content in enumerate(NASTY)]
    [*rows] = csv.DictReader(io.StringIO(written("versions-csv", words).decode(), newline=""))
    lines = [json.loads(line) for line in written("versions-jsonl", words).decode().split("\n") if line]
    assert [line.pop("valid_from") for line in lines] == [row["valid_from"] for row in rows]
    assert [line.pop("valid_to") for line in lines] == [row["valid_to"] for row in rows]
    assert lines == words
    assert [as_written(row["definition"]) for row in rows] == [item["definition"] for item in words]
