"""Working hours: when something is due that is promised in business hours, and how many lie between two instants.

Hours are elapsed hours inside the working spans of a calendar. The spans are local times, so a night shift over a
change of the clocks is an hour shorter or longer, as it is for the people who work it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FEWEST_HOURS = 1  # in a week, so that every promise falls due
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LONGEST_SEARCH = 400 * 366  # days after which nothing that was promised can still be open

Span = tuple[int, int]  # from and to, in minutes after local midnight; 1440 is the end of the day
Week = tuple[tuple[Span, ...], ...]  # the spans of each day, Monday first

_SPAN = re.compile(r"([0-2]?[0-9]):([0-5][0-9])\s*[-–]\s*([0-2]?[0-9]):([0-5][0-9])")


class NotHours(ValueError):
    """A text that is no list of working hours; says why in a sentence."""


@dataclass(frozen=True)
class Calendar:
    """When a territory works: its time zone, the working spans of each day of the week, and the days off."""

    zone: ZoneInfo
    week: Week
    holidays: frozenset[date] = frozenset()

    def spans_of(self, day: date) -> tuple[Span, ...]:
        """The working spans of a day, none on a holiday."""
        return () if day in self.holidays else self.week[day.weekday()]


OFFICE: Week = (*(((9 * 60, 17 * 60),),) * 5, (), ())  # Monday to Friday, nine to five


def spans_in(text: str) -> tuple[Span, ...]:
    """The working spans that a text such as "09:00-12:30, 13:30-17:00" names; none for an empty one.

    Raises `NotHours` for what cannot be read, ends before it begins, or overlaps.
    """
    spans = [_span(part) for part in text.split(",")] if text.strip() else []
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            raise NotHours("These hours overlap, or stand in the wrong order.")
    return tuple(spans)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise NotHours(f"“{text.strip()[:40]}” is no span of hours. Write 09:00-17:00, several with commas between.")
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not start < end <= 24 * 60:
        raise NotHours(f"“{text.strip()}” has to end after it begins, at 24:00 at the latest.")
    return start, end


def hours_in(week: Week) -> float:
    """How many hours a usual week has."""
    return sum(end - start for spans in week for start, end in spans) / 60


def due_at(start: datetime, hours: int, calendar: Calendar) -> datetime:
    """When so many working hours after an aware `start` have passed, in UTC. Nothing to wait for is due at once.

    The calendar works at least `FEWEST_HOURS` in a week.
    """
    left = timedelta(hours=hours)
    if not left:
        return start.astimezone(UTC)
    for begins, ends in _spans_from(start, calendar):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise ValueError("a calendar without working hours")


def hours_between(start: datetime, end: datetime, calendar: Calendar) -> float:
    """The working hours from one aware instant to a later one; 0 where it is not later."""
    passed = timedelta()
    for begins, ends in _spans_from(start, calendar):
        if begins >= end:
            break
        passed += min(ends, end) - begins
    return passed / timedelta(hours=1)


def workday_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The hour at which work begins on the day so many working days after an aware `start`, in UTC.

    What comes after the last working hour of its day, or on a day off, counts as of the next working day. With no
    days it is the first instant from `start` on at which people work.
    """
    for ahead, (opens, _) in enumerate(_workdays_from(start, calendar)):
        if ahead == days:
            return opens
    raise ValueError("a calendar without working hours")


def workdays_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """How many working days have begun by `end` since the one as of which an aware `start` counts; 0 at first."""
    begun = -1
    for opens, _ in _workdays_from(start, calendar):
        if opens > end:
            break
        begun += 1
    return max(begun, 0)


def _workdays_from(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The first working span of each working day from an instant on, the one under way cut off at it, in UTC."""
    seen: date | None = None
    for begins, ends in _spans_from(start, calendar):
        day = begins.astimezone(calendar.zone).date()
        if day != seen:
            seen = day
            yield begins, ends


def _spans_from(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The working spans after an instant, the one under way cut off at it, as instants in UTC."""
    start = start.astimezone(UTC)
    first = start.astimezone(calendar.zone).date()
    for number in range(LONGEST_SEARCH):
        day = first + timedelta(days=number)
        for opens, closes in calendar.spans_of(day):
            begins, ends = max(_instant(day, opens, calendar), start), _instant(day, closes, calendar)
            if begins < ends:
                yield begins, ends


def _instant(day: date, minutes: int, calendar: Calendar) -> datetime:
    """A local time as an instant; one that the clocks leave out is that much later, as clocks show it (PEP 495)."""
    day += timedelta(days=minutes // (24 * 60))
    local = datetime.combine(day, time(minutes // 60 % 24, minutes % 60), calendar.zone)
    return local.astimezone(UTC)
