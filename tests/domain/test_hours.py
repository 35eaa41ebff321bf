"""When somebody is told, on the clock of their own wall, also on the days on which that clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")  # forward on 28 March 2027 at 2:00, back on 31 October 2027 at 3:00
NIGHT = {"quiet_from": time(19), "quiet_until": time(7)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("hours", "wanted", "comes"),
    [
        (Hours(BERLIN), "2027-06-05T23:00", "2027-06-05T23:00"),
        (Hours(BERLIN, **NIGHT), "2027-06-01T16:59", "2027-06-01T16:59"),
        (Hours(BERLIN, **NIGHT), "2027-06-01T17:00", "2027-06-02T05:00"),
        (Hours(BERLIN, **NIGHT), "2027-06-02T04:59", "2027-06-02T05:00"),
        (Hours(BERLIN, quiet_from=time(12), quiet_until=time(13)), "2027-06-01T10:30", "2027-06-01T11:00"),
        (Hours(BERLIN, weekdays_only=True), "2027-06-04T21:59", "2027-06-04T21:59"),
        (Hours(BERLIN, weekdays_only=True), "2027-06-04T22:00", "2027-06-06T22:00"),
        (Hours(BERLIN, weekdays_only=True, **NIGHT), "2027-06-04T18:00", "2027-06-07T05:00"),
        # The night in which the clock goes forward, and the one in which it goes back.
        (Hours(BERLIN, **NIGHT), "2027-03-27T22:00", "2027-03-28T05:00"),
        (Hours(BERLIN, **NIGHT), "2027-10-30T22:00", "2027-10-31T06:00"),
        (Hours(BERLIN, quiet_from=time(0), quiet_until=time(2, 30)), "2027-03-28T00:00", "2027-03-28T01:30"),
        (Hours(BERLIN, quiet_from=time(0), quiet_until=time(2, 30)), "2027-10-31T00:10", "2027-10-31T01:30"),
        (Hours(BERLIN, quiet_from=time(0), quiet_until=time(2, 30)), "2027-10-31T01:10", "2027-10-31T01:30"),
    ],
)
def test_nobody_is_told_at_night_or_on_a_weekend_who_does_not_want_to(hours: Hours, wanted: str, comes: str) -> None:
    assert hours.next_moment(at(wanted)) == at(comes)


@pytest.mark.parametrize(
    ("hours", "written", "comes"),
    [
        (Hours(BERLIN), "2027-06-01T05:59", "2027-06-01T06:00"),
        (Hours(BERLIN), "2027-06-01T06:00", "2027-06-02T06:00"),
        (Hours(BERLIN, weekdays_only=True), "2027-06-04T08:00", "2027-06-07T06:00"),
        (Hours(BERLIN), "2027-03-27T12:00", "2027-03-28T06:00"),
        (Hours(BERLIN), "2027-10-30T12:00", "2027-10-31T07:00"),
        (Hours(BERLIN, digest_at=time(2, 30)), "2027-03-27T12:00", "2027-03-28T01:30"),
        (Hours(BERLIN, digest_at=time(2, 30)), "2027-10-30T12:00", "2027-10-31T00:30"),
        (Hours(BERLIN, digest_at=time(6), **NIGHT), "2027-06-01T12:00", "2027-06-02T05:00"),
    ],
)
def test_the_digest_comes_once_a_day_by_the_clock_on_the_wall(hours: Hours, written: str, comes: str) -> None:
    assert hours.next_digest(at(written)) == at(comes)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Berlin", "2027-03-29", "2027-03-28T22:00"),
        ("Europe/Berlin", "2027-11-01", "2027-10-31T23:00"),
        ("America/New_York", "2027-03-15", "2027-03-15T04:00"),
        ("America/New_York", "2027-11-08", "2027-11-08T05:00"),
        ("Australia/Lord_Howe", "2027-04-05", "2027-04-04T13:30"),
        ("Australia/Lord_Howe", "2027-10-04", "2027-10-03T13:00"),
        ("Africa/Cairo", "2027-04-30", "2027-04-29T22:00"),  # a day without midnight: it begins at one
    ],
)
def test_a_day_begins_on_the_clock_of_its_zone(zone: str, day: str, begins: str) -> None:
    assert Hours(ZoneInfo(zone)).beginning_of(date.fromisoformat(day)) == at(begins)


CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
INSTANTS = st.datetimes(datetime(2027, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]),
    st.booleans(),
    st.none() | CLOCKS,
    CLOCKS,
    CLOCKS,
    INSTANTS,
)
def test_whatever_is_chosen_the_moment_comes_within_days_and_is_not_quiet(
    zone: str, weekdays_only: bool, start: time | None, end: time, digest_at: time, moment: datetime
) -> None:
    hours = Hours(ZoneInfo(zone), weekdays_only, start, end if start else None, digest_at)
    told = hours.next_moment(moment)
    assert moment <= told <= moment + timedelta(days=4)
    assert hours.next_moment(told) == told
    if weekdays_only:
        assert told.astimezone(hours.zone).weekday() < 5
    digest = hours.next_digest(moment)
    assert moment <= digest <= moment + timedelta(days=6)
    assert hours.next_digest(digest) > digest
