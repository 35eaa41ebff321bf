"""Holidays of working calendars. Their history says what changed; nothing signed rests on them."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import transaction

from glossary.domain.refusals import Refusal
from glossary.models import Holiday, WorkingCalendar


class Added(NamedTuple):
    """How many days were new, got another name, or were there already."""

    new: int
    renamed: int
    known: int


def add_holidays(calendar_key: str, days: Iterable[tuple[date, str]]) -> Added:
    """These days are off in the calendar, besides those that are already; doing it again changes nothing.

    Refusals: `not_found`.
    """
    with transaction.atomic():
        calendar = WorkingCalendar.objects.select_for_update().filter(pk=calendar_key).first()
        if calendar is None:
            raise Refusal("not_found", WorkingCalendar.objects.none_called(calendar_key))
        known = {holiday.day: holiday for holiday in calendar.holidays.all()}
        wanted = dict(days)
        for day in wanted.keys() - known.keys():
            Holiday.objects.create(calendar=calendar, day=day, name=wanted[day])
        renamed = [known[day] for day in wanted.keys() & known.keys() if wanted[day] not in ("", known[day].name)]
        for holiday in renamed:
            holiday.name = wanted[holiday.day]
            holiday.save(update_fields=["name"])
    new = len(wanted.keys() - known.keys())
    return Added(new, len(renamed), len(wanted) - new - len(renamed))
