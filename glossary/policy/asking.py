"""Words of which it is time to ask again whether they still hold."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import Side, User
from glossary.domain.content import Content
from glossary.domain.reviews import months_after, review_state
from glossary.models import InForce, Reaffirmation, Renewal, Version
from glossary.policy.renewing import reaffirmations
from glossary.policy.seats import seat_of, sides_with_a_seat

SOON_DAYS = 30


class ReviewDay(NamedTuple):
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


def reviews(at: datetime, *, within_days: int = SOON_DAYS) -> list[ReviewDay]:
    """The words whose day has come by `at` or comes within so many days, longest due first. One query.

    A retired word is left alone.
    """
    today, last = at.date(), at.date() + timedelta(days=within_days)
    done = Renewal.objects.filter(version=OuterRef("version")).order_by("-round")
    rows = (
        InForce.objects.at(at)
        .annotate(renewed_at=Subquery(done.values("at")[:1]), rounds=Subquery(done.values("round")[:1]))
        .filter(review_by__lte=last)
    )
    fields = ("slug", "name", "owner_side", "from_at", "review_by", "version_id", "renewed_at", "rounds")
    found = [
        ReviewDay(slug, name, owner_side, day, review_state(day, today), version_id, (rounds or 0) + 1)
        for slug, name, owner_side, from_at, first, version_id, renewed_at, rounds in rows.values_list(*fields)
        if (day := _after_renewal(from_at, first, renewed_at)) <= last
    ]
    return sorted(found, key=lambda review: (review.review_by, review.name))


def _after_renewal(from_at: datetime, first: date, renewed_at: datetime | None) -> date:
    """The next look, as many months after the last renewal as the first one came after the start."""
    if renewed_at is None:
        return first
    months = 12 * (first.year - from_at.year) + first.month - from_at.month
    return months_after(renewed_at.date(), months)


@dataclass(frozen=True)
class Asked:
    """A word of which the sides are asked whether its text still holds: who has confirmed it, and who has not."""

    review: ReviewDay
    version: Version
    given: list[Reaffirmation]
    missing: list[Side]

    @property
    def content(self) -> Content:
        return self.version.content


def asked(at: datetime) -> list[Asked]:
    """The words whose review is due or overdue, longest first, without those of which a newer text is signed already.

    A fixed number of queries.
    """
    due = [review for review in reviews(at, within_days=0) if review.is_due]
    newer = Version.objects.filter(term=OuterRef("term"), number__gt=OuterRef("number"))
    rows = Version.objects.filter(~Exists(newer), pk__in=[review.version_id for review in due])
    versions = {version.pk: version for version in rows.select_related("term", "revision")}
    given = reaffirmations([(review.version_id, review.round) for review in due], at)
    seats = sides_with_a_seat()
    return [
        _asked(review, versions[review.version_id], given.get(review.version_id, []), seats)
        for review in due
        if review.version_id in versions
    ]


def _asked(review: ReviewDay, version: Version, given: list[Reaffirmation], seats: list[Side]) -> Asked:
    sides = {row.side_id for row in given}
    return Asked(review, version, given, [side for side in seats if side.key not in sides])


def asked_of(user: User, at: datetime) -> list[Asked]:
    """Those that wait for this person's word."""
    seat = seat_of(user, at)
    return [item for item in asked(at) if seat and seat.side in item.missing]
