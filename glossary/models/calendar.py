"""When people work: calendars per territory with their holidays, by which promises in business hours fall due.

Rows that administrators keep; simple-history audits them. Nothing signed rests on them.
"""

from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from glossary.domain.calendar import DAYS, FEWEST_HOURS, OFFICE, Calendar, NotHours, Week, hours_in, spans_in


def _hours(default: str = "") -> "models.CharField[str, str]":
    return models.CharField(
        max_length=100,
        blank=True,
        default=default,
        validators=[check_hours],
        help_text="Such as 09:00-12:30, 13:30-17:00. Empty when nobody works.",
    )


def check_hours(text: str) -> None:
    """Raises `ValidationError` for what is no list of working hours."""
    try:
        spans_in(text)
    except NotHours as problem:
        raise ValidationError(str(problem), code="hours") from problem


def check_zone(name: str) -> None:
    """Raises `ValidationError` for a time zone that this machine does not know."""
    if name not in available_timezones():
        raise ValidationError("Name a time zone such as Europe/Berlin.", code="zone")


NINE_TO_FIVE = "09:00-17:00"


class CalendarQuerySet(models.QuerySet["WorkingCalendar"]):
    def none_called(self, key: str) -> str:
        """The sentence that no calendar has this key, with those that there are."""
        known = list(self.values_list("key", flat=True))
        hint = f"Name one of {', '.join(known)}." if known else "An administrator makes one in the administration."
        return f"There is no working calendar “{key[:40]}”. {hint}"


class WorkingCalendar(models.Model):
    """When one territory works. The one that is the default is asked where no calendar is named."""

    key = models.SlugField(max_length=40, primary_key=True, help_text="Small letters, for the API: germany")
    name = models.CharField(max_length=60, unique=True, help_text="As people read it: Germany")
    time_zone = models.CharField(max_length=60, default="UTC", validators=[check_zone])
    monday = _hours(NINE_TO_FIVE)
    tuesday = _hours(NINE_TO_FIVE)
    wednesday = _hours(NINE_TO_FIVE)
    thursday = _hours(NINE_TO_FIVE)
    friday = _hours(NINE_TO_FIVE)
    saturday = _hours()
    sunday = _hours()
    is_default = models.BooleanField(default=False, help_text="Asked where a tool names no calendar.")
    history = HistoricalRecords()

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_calendar",
                violation_error_message="Another calendar is the default; take its tick away first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises `ValidationError` for a week in which nobody works: no promise would ever fall due."""
        try:
            hours = hours_in(self.week)
        except NotHours:
            return  # said beside the day
        if hours < FEWEST_HOURS:
            raise ValidationError("Somebody has to work at least one hour a week, or no promise falls due.")

    @property
    def week(self) -> Week:
        return tuple(spans_in(getattr(self, day)) for day in DAYS)

    def calendar(self) -> Calendar:
        """The calendar as the rules know it, with its holidays. One query."""
        return Calendar(ZoneInfo(self.time_zone), self.week, frozenset(self.holidays.values_list("day", flat=True)))


def office_hours() -> Calendar:
    """Monday to Friday, nine to five: what counts while no calendar is the default."""
    return Calendar(ZoneInfo(settings.TIME_ZONE), OFFICE)


def usual_calendar() -> Calendar:
    """The calendar that counts where none is named: the default, or `office_hours`. Two queries."""
    row = WorkingCalendar.objects.filter(is_default=True).first()
    return row.calendar() if row else office_hours()


class Holiday(models.Model):
    """A day on which a territory does not work."""

    calendar = models.ForeignKey(WorkingCalendar, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=120, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="one_holiday_per_calendar_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}" if self.name else str(self.day)
