"""When a text in force is looked at again: plain arithmetic over days."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def review_state(review_by: date, today: date) -> str:
    """`ok` before the day, `due` on it, `overdue` from the day after."""
    if today < review_by:
        return "ok"
    return "due" if today == review_by else "overdue"
