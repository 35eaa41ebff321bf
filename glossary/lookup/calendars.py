"""When people work: the calendar that a tool names, or the one that counts where it names none."""

from typing import NamedTuple

from glossary.domain.calendar import Calendar
from glossary.domain.refusals import Refusal
from glossary.models import WorkingCalendar, office_hours


class Working(NamedTuple):
    """A calendar and its key; None for the usual week that counts while there is no default."""

    key: str | None
    calendar: Calendar


def calendar_called(key: str | None) -> Working:
    """The working calendar with this key; without one the default, else Monday to Friday, nine to five. Two queries.

    Raises `Refusal("invalid")` for a key that no calendar has.
    """
    asked = WorkingCalendar.objects.filter(pk=key) if key else WorkingCalendar.objects.filter(is_default=True)
    row = asked.first() if "\x00" not in (key or "") else None
    if row is not None:
        return Working(row.key, row.calendar())
    if key:
        message = WorkingCalendar.objects.none_called(key)
        raise Refusal("invalid", message, errors=[{"path": "calendar", "code": "unknown_calendar", "message": message}])
    return Working(None, office_hours())
