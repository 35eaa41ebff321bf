"""When somebody wants to be told: quiet hours, working days and the daily digest, on the clock of their own wall.

Days on which the clock is changed have no gap and no second chance here: an hour that does not exist ends when the
clock has jumped, one that exists twice begins the first time and ends the last.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

SATURDAY = 5
NEVER_LONGER = 14  # days to look ahead; a weekend and a night are shorter


@dataclass(frozen=True)
class Hours:
    """What a person chose. Quiet from one time of day until another, over midnight when the first is later."""

    zone: tzinfo = UTC
    weekdays_only: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time = time(8)

    def next_moment(self, at: datetime) -> datetime:
        """The first instant from `at` on that is neither in quiet hours nor, if so wished, on a weekend."""
        for _ in range(2 * NEVER_LONGER):
            later = self._after_weekend(self._after_quiet(at))
            if later == at:
                break
            at = later
        return at

    def next_digest(self, written_at: datetime) -> datetime:
        """When the digest goes out that tells of what was written at this instant."""
        day = written_at.astimezone(self.zone).date()
        for ahead in range(NEVER_LONGER):
            moment = self._wall(day + timedelta(days=ahead), self.digest_at)
            if moment > written_at and not (self.weekdays_only and self._is_weekend(moment)):
                return self.next_moment(moment)
        return written_at

    def beginning_of(self, day: date) -> datetime:
        """The first instant of a day; where the clock leaves midnight out, the one to which it jumps."""
        return self._wall(day, time(0))

    def _is_weekend(self, at: datetime) -> bool:
        return at.astimezone(self.zone).weekday() >= SATURDAY

    def _after_weekend(self, at: datetime) -> datetime:
        local = at.astimezone(self.zone)
        if not self.weekdays_only or local.weekday() < SATURDAY:
            return at
        return self._wall(local.date() + timedelta(days=7 - local.weekday()), time(0))

    def _after_quiet(self, at: datetime) -> datetime:
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None or start == end:
            return at
        local = at.astimezone(self.zone)
        clock = local.time().replace(fold=0)
        if not (start <= clock < end if start < end else clock >= start or clock < end):
            return at
        day = local.date() if clock < end else local.date() + timedelta(days=1)
        return max(self._wall(day, end, last=True), at)

    def _wall(self, day: date, clock: time, *, last: bool = False) -> datetime:
        """The instant at which the wall shows this time; of an hour that comes twice the first, or the last."""
        local = datetime.combine(day, clock.replace(fold=int(last)), tzinfo=self.zone)
        shown = local.astimezone(UTC)
        exists = shown.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None)
        return shown if exists else local.replace(fold=0).astimezone(UTC)
