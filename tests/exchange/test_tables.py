"""A file that Rep exports from the CRM is read as it is, or refused in a sentence that says where it is wrong."""

import datetime
import io
from dataclasses import replace
from decimal import Decimal
from typing import BinaryIO

import pytest

from glossary.domain.refusals import Refusal
from glossary.exchange.tables import TableLimits, read_table
from tests.exchange.files import csv_file, with_sheet, workbook
from tests.patience import within

LIMITS = TableLimits()
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'


def records(file: BinaryIO, name: str, limits: TableLimits = LIMITS) -> list[dict[str, object]]:
    return list(read_table(file, name, limits).rows)


def refusal(file: BinaryIO, name: str, limits: TableLimits = LIMITS) -> tuple[str, str]:
    with pytest.raises(Refusal) as refused:
        records(file, name, limits)
    return refused.value.code, refused.value.sentence


# What is read


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_however_a_spreadsheet_separates_its_cells(sign: str, encoding: str, end: str) -> None:
    text = end.join([sign.join(["email", '"a,b;c"', "größe"]), sign.join(["ann@example.com", '"1,5; ""x"""', "9"])])
    table = read_table(csv_file(text, encoding=encoding), "Leads.CSV", LIMITS)
    assert table.columns == ("email", "a,b;c", "größe")
    assert list(table.rows) == [{"email": "ann@example.com", "a,b;c": '1,5; "x"', "größe": "9"}]


def test_cells_of_a_csv_stay_text_and_empty_or_missing_ones_are_none() -> None:
    file = csv_file(
        'email,score,ok\nann@example.com,007,true\n\nbob@example.com, ,\ncy@example.com\n"two\nlines",1,2\n'
    )
    assert records(file, "leads.csv") == [
        {"email": "ann@example.com", "score": "007", "ok": "true"},
        {"email": "bob@example.com", "score": None, "ok": None},
        {"email": "cy@example.com", "score": None, "ok": None},
        {"email": "two\nlines", "score": "1", "ok": "2"},
    ]


def test_the_file_is_still_open_after_it_was_read() -> None:
    file = csv_file("email\nann@example.com\n")
    assert records(file, "leads.csv") == records(file, "leads.csv")


def test_a_csv_without_records_names_its_columns() -> None:
    table = read_table(csv_file("email,score,,\n"), "leads.csv", LIMITS)
    assert (table.columns, list(table.rows)) == (("email", "score"), [])


def test_json_lines_keep_their_types_and_decimals_stay_exact() -> None:
    file = csv_file(
        '{"email": "ann@example.com", "score": 7, "share": 0.1, "ok": true, "note": null}\n\n{"email": " "}\n'
    )
    table = read_table(file, "leads.jsonl", LIMITS)
    assert table.columns == ("email", "score", "share", "ok", "note")
    assert list(table.rows) == [
        {"email": "ann@example.com", "score": 7, "share": Decimal("0.1"), "ok": True, "note": None},
        {"email": None},
    ]


def test_the_first_sheet_of_a_workbook_is_read_with_its_days_as_text() -> None:
    day = datetime.datetime(2026, 9, 3, 17, 30)  # noqa: DTZ001  (a spreadsheet knows no time zones)
    file = workbook(
        [
            ["email", "score", "share", "ok", "on", "at"],
            ["ann@example.com", 7, 0.5, True, datetime.date(2026, 9, 3), day],
            [],
            ["bob@example.com", None, None, False],
        ]
    )
    table = read_table(file, "leads.xlsx", LIMITS)
    assert table.columns == ("email", "score", "share", "ok", "on", "at")
    assert list(table.rows) == [
        {"email": "ann@example.com", "score": 7, "share": 0.5, "ok": True, "on": "2026-09-03", "at": "2026-09-03"},
        {"email": "bob@example.com", "score": None, "share": None, "ok": False, "on": None, "at": None},
    ]


def test_records_are_read_while_they_are_asked_for() -> None:
    rows = read_table(csv_file('email\nann@example.com\n"broken" here\n'), "leads.csv", LIMITS).rows
    assert next(rows) == {"email": "ann@example.com"}
    with pytest.raises(Refusal):
        next(rows)


# What is refused


@pytest.mark.parametrize("name", ["leads.xls", "leads", "leads.csv.exe", "", "csv"])
def test_another_ending_is_refused_with_those_that_work(name: str) -> None:
    assert refusal(csv_file("email\n"), name) == (
        "invalid",
        "Only files that end in .csv, .jsonl or .xlsx can be read here.",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty. Its first row names the columns."),
        ("\n , \n", "The file is empty. Its first row names the columns."),
        ("email,email\n", "Two columns are called “email”. Give each its own name."),
        (
            "email,,ok\na,b,c\n",
            "Row 2 has a value in column B, but the first row gives that column no name.",
        ),
        ("email\na\nb,c\n", "Row 3 has a value in column B, but the first row gives that column no name."),
        ('email\na\n"b" c\n', 'After row 2 a quote (") is out of place, so the cells cannot be told apart.'),
        ("email\na\n\nb\x00\n", "Row 4, column email holds a character that no text can hold. Remove it."),
    ],
)
def test_a_csv_is_refused_with_the_place(text: str, sentence: str) -> None:
    assert refusal(csv_file(text), "leads.csv") == ("invalid", sentence)


def test_a_csv_in_another_encoding_is_refused_with_what_to_do() -> None:
    sentence = "The file is not written in UTF-8. Save it as “CSV UTF-8” and try again."
    assert refusal(csv_file("email,größe\n", encoding="cp1252"), "leads.csv") == ("invalid", sentence)
    assert refusal(csv_file("email,größe\n", encoding="utf-16"), "leads.csv") == ("invalid", sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n", "The file is empty. Each of its lines holds one JSON object."),
        ("{}\n[1]\n", 'Line 2 is not a JSON object, such as {"email": "ann@example.com"}.'),
        ("{}\n{\n", "Line 2 is not one JSON object with each field once."),
        ('{"a": 1, "a": 2}', "Line 1 is not one JSON object with each field once."),
        ('{"a": NaN}', "Line 1 is not one JSON object with each field once."),
        ('{"a": ' + "9" * 5_000 + "}", "Line 1 is not one JSON object with each field once."),
        ('{"a": ' * 100_000, "Line 1 is not one JSON object with each field once."),
        (
            '{}\n{"a": {"b": 1}}',
            "Line 2, field a: give text, a number, true, false or null, not a list or an object.",
        ),
        ('{"a": "\\ud800"}', "Line 1, field a holds a character that no text can hold. Remove it."),
        ('{"\\ud800": 1}', "Line 1, the name of a field holds a character that no text can hold. Remove it."),
    ],
)
def test_json_lines_are_refused_with_the_place(text: str, sentence: str) -> None:
    assert refusal(csv_file(text), "leads.jsonl") == ("invalid", sentence)


def test_json_lines_in_another_encoding_are_refused() -> None:
    told = refusal(csv_file('{}\n{"größe": 1}', encoding="cp1252"), "leads.jsonl")
    assert told == ("invalid", "Line 2 is not written in UTF-8.")


@pytest.mark.parametrize(
    "file",
    [
        csv_file("email\n"),
        with_sheet(b"not XML"),
        with_sheet(SHEET % b'<row r="1"><c r="A1"><v>twelve</v></c></row>'),
        with_sheet(SHEET % b'<row r="1"><c r="A1"><v>1e999</v></c></row>'),
        with_sheet(SHEET % b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
        with_sheet(b'<!DOCTYPE a [<!ENTITY b "c">]>' + SHEET % b""),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(file: io.BytesIO) -> None:
    told = "This cannot be read as an Excel workbook (.xlsx). Save the sheet as CSV and send that."
    assert refusal(file, "leads.xlsx") == ("invalid", told)


# How much is read


FILES = [
    (csv_file("email,score\nann@example.com,1\nbob@example.com,2\n"), "leads.csv"),
    (csv_file('{"email": "ann@example.com", "score": 1}\n{"email": "bob@example.com"}\n'), "leads.jsonl"),
    (workbook([["email", "score"], ["ann@example.com", 1], ["bob@example.com", 2]]), "leads.xlsx"),
]


@pytest.mark.parametrize(("file", "name"), FILES)
def test_a_file_is_refused_beyond_each_limit_and_read_within(file: io.BytesIO, name: str) -> None:
    size = len(file.getvalue())
    assert len(records(file, name, replace(LIMITS, size=size, rows=2, columns=2, cell=15))) == 2
    assert refusal(file, name, replace(LIMITS, size=size - 1))[0] == "too_large"
    assert refusal(file, name, replace(LIMITS, rows=1)) == (
        "too_large",
        "The file has more than 1 records. Split it into smaller ones.",
    )
    assert refusal(file, name, replace(LIMITS, columns=1))[0] == "too_large"
    code, sentence = refusal(file, name, replace(LIMITS, cell=14))
    assert code == "too_large"
    assert sentence.endswith("email: at most 14 characters fit; these are 15.")


def test_a_command_reads_any_number_of_records_of_any_size() -> None:
    file = csv_file("email\n" + "ann@example.com\n" * 30_000)
    assert len(records(file, "leads.csv", replace(LIMITS, size=None, rows=None))) == 30_000


def test_a_cell_whose_quote_never_ends_is_refused() -> None:
    told = refusal(csv_file('email\n"ann\n' + "bob@example.com\n" * 20_000), "leads.csv")
    assert told == ("too_large", "A cell after row 1 is too long, or its quote is not closed.")


def test_empty_rows_far_down_a_sheet_count_as_nothing() -> None:
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="A1000000"><v>2</v></c></row>'
    with within(200):
        assert records(with_sheet(SHEET % far), "leads.xlsx") == [{"1": 2}]
    beyond = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2000000000"><c r="A2000000000"><v>2</v></c></row>'
    with within(200):
        assert records(with_sheet(SHEET % beyond), "leads.xlsx", replace(LIMITS, rows=None)) == []


@pytest.mark.parametrize(
    "sheet",
    [
        SHEET % (b"<row>" + b"<c/>" * 4_000_000 + b"</row>"),
        SHEET % (b"<row/>" * 4_000_000),
        SHEET % (b'<row><c t="inlineStr"><is><t>' + b"x" * 100_000_000 + b"</t></is></c></row>"),
    ],
    ids=["cells", "rows", "text"],
)
def test_a_small_workbook_that_unpacks_to_very_much_is_refused_early(sheet: bytes) -> None:
    file = with_sheet(sheet)
    assert len(file.getvalue()) < 500_000
    with within(200):
        code, sentence = refusal(file, "leads.xlsx", replace(LIMITS, rows=None))
    assert code == "too_large"
    assert sentence.endswith("Save the sheet as CSV and send that.")
