"""The keys that tools use in a person's name, and how much they are used."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from accounts.models import Token, User
from glossary.lookup.usage import USUAL_DAYS
from glossary.models import LookupCount


@dataclass(frozen=True)
class TokenInUse:
    """A token of a person, with its look-ups of the last `days` days, and whether it still opens anything."""

    token: Token
    lookups: int
    is_live: bool
    days: int = USUAL_DAYS


def tokens_of(user: User, *, at: datetime) -> list[TokenInUse]:
    """All tokens of this person, those that still open something first, newest first. Two queries."""
    tokens = list(Token.objects.filter(user=user).select_related("user").order_by("-created", "-pk"))
    since = at.astimezone(UTC).date() - timedelta(days=USUAL_DAYS)
    counted = LookupCount.objects.filter(token__in=tokens, day__gt=since).values_list("token")
    times = dict(counted.annotate(times=Sum("count")))
    found = [TokenInUse(token, times.get(token.pk, 0), token.is_live(at)) for token in tokens]
    return sorted(found, key=lambda each: not each.is_live)
