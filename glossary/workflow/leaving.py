"""Being away for a while, and being back. It changes who is asked and when, never who may sign."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.preferences import away_until, keep_away, zone_of
from glossary import outbox
from glossary.domain.refusals import Refusal
from glossary.policy import SignedIn

LONGEST_ABSENCE = timedelta(days=366)


def go_away(*, by: SignedIn, last_day: date) -> None:
    """Until the end of this day nobody is asked to sign by mail who is away; what was to be asked waits for them.

    Another day takes the place of an earlier one. Refusals: `invalid`.
    """
    today = timezone.now().astimezone(zone_of(by.user)).date()
    if not today <= last_day <= today + LONGEST_ABSENCE:
        message = "The last day of your absence is today or later, and at most a year from now."
        raise Refusal("invalid", message, errors=[{"path": "away_until", "code": "away", "message": message}])
    with transaction.atomic():
        keep_away(by.user, last_day)


def come_back(*, by: SignedIn) -> None:
    """The person is here again, and what waited for that goes out now. Nothing happens to somebody who was here."""
    with transaction.atomic():
        end_absence(by.user)


def end_absence(user: User) -> None:
    """Within another action: whoever signs is here."""
    at = timezone.now()
    if away_until(user, at) is not None:
        keep_away(user, None)
        outbox.is_back(user, at)
