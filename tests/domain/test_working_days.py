"""Working days are counted on the calendar of the people who work them, also when its clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.calendar import OFFICE, Calendar, workday_after, workdays_between

# Clocks change: Berlin 28 March and 31 October 2027, New York 14 March and 7 November, Lord Howe, by half an hour,
# 4 April and 3 October.
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
GOOD_FRIDAY = date(2027, 3, 26)


def office(zone: str, *holidays: date) -> Calendar:
    return Calendar(ZoneInfo(zone), OFFICE, frozenset(holidays))


def local(calendar: Calendar, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)


@pytest.mark.parametrize(
    ("zone", "asked", "days", "morning"),
    [
        ("Europe/Berlin", "2027-03-01T10:00", 3, "2027-03-04T09:00"),
        ("Europe/Berlin", "2027-03-01T16:59", 3, "2027-03-04T09:00"),
        ("Europe/Berlin", "2027-03-01T17:00", 3, "2027-03-05T09:00"),  # after hours: as of Tuesday
        ("Europe/Berlin", "2027-03-06T12:00", 3, "2027-03-11T09:00"),  # on a Saturday: as of Monday
        ("Europe/Berlin", "2027-03-25T10:00", 3, "2027-03-31T09:00"),  # over Good Friday and the change of clocks
        ("Europe/Berlin", "2027-10-28T10:00", 3, "2027-11-02T09:00"),
        ("America/New_York", "2027-03-11T10:00", 3, "2027-03-16T09:00"),
        ("America/New_York", "2027-11-04T10:00", 3, "2027-11-09T09:00"),
        ("Australia/Lord_Howe", "2027-04-01T10:00", 3, "2027-04-06T09:00"),
        ("Australia/Lord_Howe", "2027-09-30T10:00", 3, "2027-10-05T09:00"),
        ("Europe/Berlin", "2027-03-01T10:00", 0, "2027-03-01T10:00"),
        ("Europe/Berlin", "2027-03-06T12:00", 0, "2027-03-08T09:00"),
    ],
)
def test_a_working_day_begins_when_people_begin(zone: str, asked: str, days: int, morning: str) -> None:
    calendar = office(zone, GOOD_FRIDAY)
    assert workday_after(local(calendar, asked), days, calendar) == local(calendar, morning)


INSTANTS = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOLIDAYS = st.sets(st.dates(date(2027, 1, 1), date(2028, 2, 1)), max_size=8)


@given(st.sampled_from(ZONES), HOLIDAYS, INSTANTS, st.integers(1, 30))
def test_so_many_days_have_passed_from_that_morning_on_and_not_before(
    zone: str, holidays: set[date], asked: datetime, days: int
) -> None:
    calendar = office(zone, *holidays)
    morning = workday_after(asked, days, calendar)
    shown = morning.astimezone(calendar.zone)
    assert (shown.hour, shown.minute) == (9, 0)
    assert shown.weekday() < 5 and shown.date() not in holidays
    assert workdays_between(asked, morning, calendar) == days
    assert workdays_between(asked, morning - timedelta(microseconds=1), calendar) == days - 1
    assert asked < workday_after(asked, days - 1, calendar) + timedelta(microseconds=1) <= morning


@given(st.sampled_from(ZONES), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_whoever_is_asked_later_is_reminded_no_earlier(zone: str, asked: datetime, later: timedelta) -> None:
    calendar = office(zone)
    assert workday_after(asked, 3, calendar) <= workday_after(asked + later, 3, calendar)
    assert workdays_between(asked + later, asked, calendar) == 0
