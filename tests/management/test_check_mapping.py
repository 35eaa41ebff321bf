"""A nightly job learns from the exit code whether the CRM still offers what was signed."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from tests.exchange.files import workbook
from tests.world import Desk

ROOT = Path(__file__).resolve().parents[2]
PLACE = {"system": "salesforce", "object": "Lead", "field": "Status"}
HEADING = "system,object,field,value\n"


@pytest.fixture(autouse=True)
def mapped(people: SimpleNamespace, desk: Desk) -> None:
    desk.publish("Lead", crm_mappings=[PLACE | {"value": "Open"}, PLACE | {"field": "Stage", "value": "lead"}])
    desk.publish("Sales Accepted Lead", crm_mappings=[PLACE | {"value": "Working"}, PLACE | {"value": "Closed"}])


def written(folder: Path, text: str, name: str = "picklist.csv") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def failed(path: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as ended:
        call_command("check_mapping", path)
    return ended.value.returncode, str(ended.value)


def test_a_crm_that_agrees_ends_with_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [[*PLACE.values(), value] for value in ("Open", "Working", "Closed")]
    (tmp_path / "crm.xlsx").write_bytes(workbook([["System", "Object", "Field", "Value"], *rows]).getvalue())
    call_command("check_mapping", str(tmp_path / "crm.xlsx"))
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "salesforce Lead.Status: 3 the same",
        "salesforce Lead.Stage: mapped, but not in the file",
        "The CRM offers just what words and stages hold.",
    ]


def test_what_does_not_fit_is_printed_and_ends_with_one(
    tmp_path: Path, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.publish("Prospect", crm_mappings=[PLACE | {"value": "Open"}])
    text = HEADING + "salesforce,Lead,Status,WORKING\nsalesforce,Lead,Status,Open\nsalesforce,Lead,Status,\x1b[2Jx\n"
    assert failed(written(tmp_path, text)) == (1, "1 missing, 1 renamed, 1 extra, 1 mapped twice.")
    assert capsys.readouterr().out.splitlines() == [
        "salesforce Lead.Status: 1 the same",
        "  missing       “Closed”, held by Sales Accepted Lead",
        "  renamed       “Working” is “WORKING” in the CRM, held by Sales Accepted Lead",
        "  extra         “?[2Jx”",
        "  mapped twice  “Open”, held by Lead and Prospect",
        "salesforce Lead.Stage: mapped, but not in the file",
    ]


def test_more_values_than_a_page_takes_are_compared(tmp_path: Path) -> None:
    text = HEADING + "".join(f"salesforce,Lead,Industry,Value {number}\n" for number in range(20_001))
    assert failed(written(tmp_path, text)) == (1, "20001 extra.")


def test_a_file_that_cannot_be_read_ends_with_two(tmp_path: Path) -> None:
    assert failed(str(tmp_path / "nowhere.csv"))[0] == 2
    assert failed(str(tmp_path))[0] == 2
    assert failed(written(tmp_path, HEADING, "picklist.txt"))[0] == 2
    assert failed(written(tmp_path, "system,object,field\na,b,c\n")) == (
        2,
        "The file has no column “value”. It needs the columns system, object, field and value.",
    )


def test_a_shell_sees_the_exit_code(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "check_mapping", str(tmp_path / "nowhere.csv")],
        cwd=ROOT,
        env={"DEBUG": "true", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "cannot be opened" in ended.stderr
