"""Administrators keep working calendars; what they change is kept in the history of each row."""

from datetime import date
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from glossary.domain.calendar import DAYS
from glossary.models import Holiday, WorkingCalendar
from glossary.workflow import Added, add_holidays

pytestmark = pytest.mark.django_db

NO_HOLIDAYS = {"holidays-TOTAL_FORMS": "0", "holidays-INITIAL_FORMS": "0"}
BAVARIA = {
    "key": "bavaria",
    "name": "Bavaria",
    "time_zone": "Europe/Berlin",
    **dict.fromkeys(DAYS, ""),
    "monday": "08:00-12:00, 13:00-17:00",
    "friday": "08:00-12:00",
}
ADDRESS = "/admin/glossary/workingcalendar/"


@pytest.fixture
def ada(people: SimpleNamespace, client: Client) -> Client:
    client.force_login(people.ada)
    return client


def test_a_calendar_is_made_and_its_history_says_by_whom(ada: Client, people: SimpleNamespace) -> None:
    one_day = {
        "holidays-TOTAL_FORMS": "1",
        "holidays-INITIAL_FORMS": "0",
        "holidays-0-day": "2026-12-25",
        "holidays-0-name": "Christmas",
    }
    assert ada.post(f"{ADDRESS}add/", {**BAVARIA, **one_day}).status_code == 302
    calendar = WorkingCalendar.objects.get()
    assert calendar.calendar().spans_of(date(2026, 11, 23)) == ((480, 720), (780, 1020))
    assert calendar.calendar().spans_of(date(2026, 12, 25)) == ()
    assert calendar.history.get().history_user == people.ada
    assert Holiday.objects.get().history.get().history_user == people.ada


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"time_zone": "Middle Earth"}, "Name a time zone such as Europe/Berlin."),
        ({"monday": "nine to five"}, "is no span of hours"),
        ({"monday": "17:00-09:00"}, "has to end after it begins"),
        ({"monday": "", "friday": ""}, "at least one hour a week"),
        ({"key": "not a key"}, "valid"),
    ],
)
def test_what_is_no_calendar_is_said_and_not_kept(ada: Client, changed: dict[str, str], said: str) -> None:
    answer = ada.post(f"{ADDRESS}add/", {**BAVARIA, **NO_HOLIDAYS, **changed})
    assert answer.status_code == 200 and said in answer.content.decode()
    assert not WorkingCalendar.objects.exists()


def test_only_one_calendar_is_the_default(ada: Client) -> None:
    WorkingCalendar.objects.create(key="texas", name="Texas", is_default=True)
    answer = ada.post(f"{ADDRESS}add/", {**BAVARIA, **NO_HOLIDAYS, "is_default": "on"})
    assert "take its tick away first" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkingCalendar.objects.create(key="ohio", name="Ohio", is_default=True)


def test_the_key_stays_when_a_calendar_is_changed(ada: Client) -> None:
    WorkingCalendar.objects.create(key="bavaria", name="Bavaria", time_zone="Europe/Berlin")
    form = {**BAVARIA, **NO_HOLIDAYS, "key": "franconia", "name": "Franconia"}
    assert ada.post(f"{ADDRESS}bavaria/change/", form).status_code == 302
    assert list(WorkingCalendar.objects.values_list("key", "name")) == [("bavaria", "Franconia")]
    assert ada.get(f"{ADDRESS}bavaria/change/").status_code == 200
    assert ada.get(f"{ADDRESS}bavaria/history/").status_code == 200


def test_who_administers_nothing_keeps_no_calendar(people: SimpleNamespace, client: Client) -> None:
    client.force_login(people.rep)
    assert client.get(f"{ADDRESS}add/").status_code == 302
    assert client.post(f"{ADDRESS}add/", {**BAVARIA, **NO_HOLIDAYS}).status_code == 302
    assert not WorkingCalendar.objects.exists()


def imported(path: Path, calendar: str = "bavaria") -> str:
    out = StringIO()
    call_command("import_holidays", calendar, str(path), stdout=out)
    return out.getvalue()


def test_the_same_list_of_holidays_may_be_read_again(tmp_path: Path) -> None:
    WorkingCalendar.objects.create(key="bavaria", name="Bavaria")
    path = tmp_path / "holidays.csv"
    path.write_text('\ufeffday,name\n2026-12-25,Christmas\n\n2026-12-26,"St. Stephen\'s, the second day"\n2027-01-01\n')
    assert imported(path) == "3 new, 0 renamed, 0 there already.\n"
    assert imported(path) == "0 new, 0 renamed, 3 there already.\n"
    path.write_text("2026-12-25,Christmas Day\n2026-12-26,\n")
    assert imported(path) == "0 new, 1 renamed, 1 there already.\n"
    names = dict(Holiday.objects.values_list("day", "name"))
    assert names[date(2026, 12, 25)] == "Christmas Day"
    assert names[date(2026, 12, 26)] == "St. Stephen's, the second day"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-12-25,Christmas\n25.12.2026,Christmas\n", "Line 2: “25.12.2026” is no day. Write it as 2026-12-25."),
        ("2026-12-25,Christmas\n2026-12-25,Again\n", "Line 2: 2026-12-25 stands already in line 1."),
        ("2026-02-30,Never\n", "Line 1: “2026-02-30” is no day."),
        ("2026-12-25,Christmas,more\n", "Line 1: a line has a day and a name"),
        (f"2026-12-25,{'x' * 121}\n", "Line 1: a line has a day and a name"),
        ('2026-12-25,"Christmas\n', "This cannot be read as a CSV file in UTF-8."),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_kept(tmp_path: Path, text: str, said: str) -> None:
    WorkingCalendar.objects.create(key="bavaria", name="Bavaria")
    path = tmp_path / "holidays.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=said.replace("(", r"\(")):
        imported(path)
    assert not Holiday.objects.exists()


def test_a_calendar_or_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "holidays.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="cannot be read as a CSV file in UTF-8"):
        imported(path)
    path.write_text("2026-12-25,Christmas\n")
    with pytest.raises(CommandError, match="An administrator makes one"):
        imported(path)
    WorkingCalendar.objects.create(key="bavaria", name="Bavaria")
    with pytest.raises(CommandError, match="Name one of bavaria"):
        imported(path, "texas")
    with pytest.raises(CommandError, match="No such file"):
        imported(tmp_path / "none.csv")


def test_days_off_are_added_to_those_there_are() -> None:
    calendar = WorkingCalendar.objects.create(key="bavaria", name="Bavaria")
    Holiday.objects.create(calendar=calendar, day=date(2026, 1, 6), name="Epiphany")
    assert add_holidays("bavaria", [(date(2026, 12, 25), "Christmas")]) == Added(new=1, renamed=0, known=0)
    assert Holiday.objects.count() == 2
