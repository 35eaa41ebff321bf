"""What can come of trying to deliver a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class NotDelivered(Exception):
    """Why a message did not arrive, in our own words; `for_good` when trying again cannot help.

    `stay_away` is how long the other side asked not to be tried again.
    """

    reason: str
    answer: int | None = None
    for_good: bool = False
    stay_away: timedelta | None = None


@dataclass(frozen=True)
class Delivered:
    """It arrived. `answer` is the status that an endpoint answered with."""

    outcome: str
    answer: int | None = None


@dataclass(frozen=True)
class NotNow:
    """Nothing was sent: the recipient wants it at `until`, or not at all when that is None."""

    until: datetime | None
