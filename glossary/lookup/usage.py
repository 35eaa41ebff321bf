"""Who depends on a word: owners sign with that in view."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from glossary.models import LookupCount, Term

USUAL_DAYS = 30
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Usage:
    """How often tools looked a term up in the last days; their names, whoever asks most first."""

    tools: tuple[str, ...]
    times: int
    days: int

    @property
    def sentence(self) -> str:
        """“Used by CRM sync and two others, 1,240 times in 30 days”; empty when no tool asked."""
        if not self.tools:
            return ""
        first, *others = self.tools
        times = "once" if self.times == 1 else f"{self.times:,} times"
        return f"Used by {first}{_and_others(len(others))}, {times} in {self.days} days"


def _and_others(count: int) -> str:
    if not count:
        return ""
    number = SMALL[count] if count < len(SMALL) else str(count)
    return f" and {number} other{'s' if count > 1 else ''}"


def usage_of(term: Term, at: datetime, days: int = USUAL_DAYS) -> Usage:
    """How tools looked the term up on the day of `at` (UTC) and the days before it. One query.

    Tokens with the same name are one tool, such as one before and one after a key was renewed.
    """
    today = at.astimezone(UTC).date()
    counts = LookupCount.objects.filter(term=term, day__gt=today - timedelta(days=days), day__lte=today)
    rows = list(counts.values_list("token__name").annotate(times=Sum("count")).order_by("-times", "token__name"))
    return Usage(tuple(name for name, _ in rows), sum(times for _, times in rows), days)
