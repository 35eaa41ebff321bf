"""Words of which it is time to ask again whether they still hold."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import JSONField, OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from glossary.domain.reviews import months_after, review_state
from glossary.models import InForce, Renewal

SOON_DAYS = 30


class Review(NamedTuple):
    """A word in force, the day on which the teams look at it again, whether that day has come or gone by, and the
    version with the round in which it is confirmed."""

    slug: str
    name: str
    owner_side: str
    review_by: date
    state: str
    version_id: int
    round: int

    @property
    def is_due(self) -> bool:
        return self.state != "ok"


def reviews(at: datetime, *, within_days: int = SOON_DAYS) -> list[Review]:
    """The words whose day has come by `at` or comes within so many days, longest due first. One query.

    A retired word is left alone.
    """
    today = at.date()
    months = KeyTextTransform("review_months", Cast("body", JSONField()))
    rows = InForce.objects.at(at).exclude(status="retired").annotate(months=months)
    done = Renewal.objects.filter(version=OuterRef("version")).order_by("-round")
    rows = rows.annotate(renewed_at=Subquery(done.values("at")[:1]), rounds=Subquery(done.values("round")[:1]))
    found = [
        Review(slug, name, owner_side, day, review_state(day, today), version_id, (rounds or 0) + 1)
        for slug, name, owner_side, from_at, months, version_id, renewed_at, rounds in rows.values_list(
            "term__slug", "name", "owner_side", "from_at", "months", "version_id", "renewed_at", "rounds"
        )
        if (day := months_after((renewed_at or from_at).date(), int(months))) <= today + timedelta(days=within_days)
    ]
    return sorted(found, key=lambda review: (review.review_by, review.name))
