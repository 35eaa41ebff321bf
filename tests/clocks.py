"""Places whose clocks are changed over a weekend in which a text waits, at both ends of summer."""

from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Change(NamedTuple):
    """In this zone a text is put up at `asked`; on `third_day` it has waited for three working days."""

    zone: str
    asked: str
    third_day: str

    def asked_at(self) -> datetime:
        return datetime.fromisoformat(self.asked).replace(tzinfo=ZoneInfo(self.zone))

    def at(self, clock: time) -> datetime:
        """An instant of the third day, by the clock of the place."""
        return datetime.combine(datetime.fromisoformat(self.third_day), clock, ZoneInfo(self.zone))


CHANGES = [
    Change("Europe/Berlin", "2027-03-25T10:00", "2027-03-30"),
    Change("Europe/Berlin", "2027-10-28T10:00", "2027-11-02"),
    Change("America/New_York", "2027-03-11T10:00", "2027-03-16"),
    Change("America/New_York", "2027-11-04T10:00", "2027-11-09"),
    Change("Australia/Lord_Howe", "2027-04-01T10:00", "2027-04-06"),
    Change("Australia/Lord_Howe", "2027-09-30T10:00", "2027-10-05"),
]
