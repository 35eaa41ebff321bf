"""Words of which it is time to ask again whether they still hold."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import JSONField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from glossary.lookup.detail import months_after
from glossary.models import InForce

SOON_DAYS = 30


class Review(NamedTuple):
    """A word in force, the day on which the teams look at it again, and whether that day has come."""

    slug: str
    name: str
    owner_side: str
    review_by: date
    is_due: bool


def reviews(at: datetime, *, within_days: int = SOON_DAYS) -> list[Review]:
    """The words whose day has come by `at` or comes within so many days, longest due first. One query.

    A retired word is left alone.
    """
    today = at.date()
    months = KeyTextTransform("review_months", Cast("body", JSONField()))
    rows = InForce.objects.at(at).exclude(status="retired").annotate(months=months)
    found = [
        Review(slug, name, owner_side, day, day <= today)
        for slug, name, owner_side, from_at, months in rows.values_list(
            "term__slug", "name", "owner_side", "from_at", "months"
        )
        if (day := months_after(from_at.date(), int(months))) <= today + timedelta(days=within_days)
    ]
    return sorted(found, key=lambda review: (review.review_by, review.name))
