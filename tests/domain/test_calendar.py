"""Promises are kept in working hours: evenings, weekends, holidays and clock changes are as people live them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.calendar import OFFICE, Calendar, NotHours, due_at, hours_between, hours_in, spans_in

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
OFFICE_IN_BERLIN = Calendar(BERLIN, OFFICE)
ROUND_THE_CLOCK = Calendar(BERLIN, (spans_in("00:00-24:00"),) * 7)
NIGHT_SHIFT = Calendar(NEW_YORK, ((), (), (), (), (), (), spans_in("00:00-06:00")))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-25T10:00", 4, "2026-11-25T14:00"),
        ("2026-11-25T10:00", 0, "2026-11-25T10:00"),
        ("2026-11-25T13:00", 4, "2026-11-25T17:00"),  # to the very end of the day
        ("2026-11-25T16:00", 4, "2026-11-26T12:00"),
        ("2026-11-25T16:59:30", 1, "2026-11-26T09:59:30"),
        ("2026-11-25T20:00", 1, "2026-11-26T10:00"),
        ("2026-11-25T05:00", 1, "2026-11-25T10:00"),
        ("2026-11-27T16:00", 4, "2026-11-30T12:00"),  # over a weekend
        ("2026-11-28T12:00", 8, "2026-11-30T17:00"),  # from a Saturday
        ("2026-11-23T09:00", 40, "2026-11-27T17:00"),
    ],
)
def test_an_office_keeps_its_promises_in_its_own_hours(start: str, hours: int, due: str) -> None:
    assert due_at(berlin(start), hours, OFFICE_IN_BERLIN) == berlin(due)


def test_a_lunch_break_is_no_working_time() -> None:
    week = (spans_in("09:00-12:00, 13:00-17:00"),) * 5 + ((), ())
    assert due_at(berlin("2026-11-25T11:00"), 2, Calendar(BERLIN, week)) == berlin("2026-11-25T14:00")


def test_holidays_are_left_out() -> None:
    off = Calendar(BERLIN, OFFICE, frozenset({date(2026, 12, 24), date(2026, 12, 25)}))
    assert due_at(berlin("2026-12-23T16:00"), 2, off) == berlin("2026-12-28T10:00")
    assert hours_between(berlin("2026-12-24T09:00"), berlin("2026-12-25T17:00"), off) == 0


@pytest.mark.parametrize(("change", "due"), [("2026-03-27", "2026-03-30T12:00"), ("2026-10-23", "2026-10-26T12:00")])
def test_an_office_does_not_notice_the_clocks_changing_on_a_weekend(change: str, due: str) -> None:
    assert due_at(berlin(f"{change}T16:00"), 4, OFFICE_IN_BERLIN) == berlin(due)


def test_a_day_on_which_the_clocks_change_has_as_many_hours_as_it_lasts() -> None:
    spring, autumn = berlin("2026-03-29T00:00"), berlin("2026-10-25T00:00")
    assert hours_between(spring, berlin("2026-03-30T00:00"), ROUND_THE_CLOCK) == 23
    assert hours_between(autumn, berlin("2026-10-26T00:00"), ROUND_THE_CLOCK) == 25
    assert due_at(spring, 23, ROUND_THE_CLOCK) == berlin("2026-03-30T00:00")
    assert due_at(spring, 3, ROUND_THE_CLOCK) == berlin("2026-03-29T04:00")
    assert due_at(autumn, 4, ROUND_THE_CLOCK) == berlin("2026-10-25T03:00")


def test_a_night_shift_is_shorter_in_spring_and_longer_in_autumn() -> None:
    for day, worked in (("2026-03-08", 5), ("2026-11-01", 7), ("2026-11-08", 6)):
        midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=NEW_YORK)
        assert hours_between(midnight, midnight.replace(hour=23), NIGHT_SHIFT) == worked


def test_who_asks_from_another_zone_is_told_the_same_instant() -> None:
    start = berlin("2026-11-25T16:00")
    assert due_at(start.astimezone(NEW_YORK), 4, OFFICE_IN_BERLIN) == due_at(start.astimezone(UTC), 4, OFFICE_IN_BERLIN)


def test_nothing_lies_between_an_instant_and_an_earlier_one() -> None:
    assert hours_between(berlin("2026-11-26T12:00"), berlin("2026-11-25T12:00"), OFFICE_IN_BERLIN) == 0


instants = st.integers(900_000_000, 3_700_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])
weeks = st.sampled_from([OFFICE, ROUND_THE_CLOCK.week, NIGHT_SHIFT.week, (spans_in("22:30-24:00"),) * 7])


@given(start=instants, hours=st.integers(0, 200), zone=zones, week=weeks)
def test_the_hours_until_it_is_due_are_the_hours_promised(start: datetime, hours: int, zone: str, week: object) -> None:
    calendar = Calendar(ZoneInfo(zone), week, frozenset({date(2026, 12, 25)}))  # type: ignore[arg-type]
    due = due_at(start, hours, calendar)
    assert due >= start
    assert hours_between(start, due, calendar) == pytest.approx(hours)


def test_the_longest_promise_is_found_even_where_little_is_worked() -> None:
    one_hour_a_week = Calendar(BERLIN, (spans_in("09:00-10:00"), (), (), (), (), (), ()))
    due = due_at(berlin("2026-11-25T10:00"), 10_000, one_hour_a_week)
    assert due.year == 2218


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("  ", ()),
        ("9:00-17:00", ((540, 1020),)),
        ("09:00 – 12:30,13:30-17:00", ((540, 750), (810, 1020))),
        ("00:00-24:00", ((0, 1440),)),
    ],
)
def test_hours_are_written_as_people_write_them(text: str, spans: object) -> None:
    assert spans_in(text) == spans


@pytest.mark.parametrize(
    "text",
    ["nine to five", "09:00", "17:00-09:00", "09:00-09:00", "09:00-25:00", "09:00-13:00, 12:00-17:00"],
)
def test_what_is_no_list_of_hours_is_said(text: str) -> None:
    with pytest.raises(NotHours):
        spans_in(text)


def test_an_office_week_has_forty_hours() -> None:
    assert hours_in(OFFICE) == 40
