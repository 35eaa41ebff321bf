"""When the sides are asked again whether a text holds, and what they have said so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from glossary.domain.reviews import months_after, review_state
from glossary.models import InForce, Reaffirmation, Renewal, Term, Version
from glossary.policy.seats import in_their_right


@dataclass(frozen=True)
class Review:
    """The day of the next look at a version in force; `state` is ok, due or overdue, `renewal` the last round."""

    review_by: date
    state: str
    renewal: Renewal | None

    @property
    def is_due(self) -> bool:
        """Whether the sides are asked now."""
        return self.state != "ok"

    @property
    def round(self) -> int:
        """The round that is open, or opens when the day comes."""
        return self.renewal.round + 1 if self.renewal else 1


def review_of(in_force: InForce | None, at: datetime) -> Review | None:
    """When to look again at what is in force; a retired word is left alone. One query, and none before the first day
    comes: nobody is asked earlier, so that nothing can have been confirmed.
    """
    if in_force is None or in_force.status == "retired":
        return None
    months, today = in_force.version.content.review_months, at.date()
    first = months_after(in_force.from_at.date(), months)
    if first > today:
        return Review(first, review_state(first, today), None)
    renewal = Renewal.objects.filter(version=in_force.version).order_by("-round").first()
    review_by = months_after(renewal.at.date(), months) if renewal else first
    return Review(review_by, review_state(review_by, today), renewal)


def reaffirmations(rounds: Iterable[tuple[int, int]], at: datetime) -> dict[int, list[Reaffirmation]]:
    """What counts at `at` in these rounds, given as (id of the version, round), by version. One query."""
    wanted = dict(rounds)
    found: dict[int, list[Reaffirmation]] = {}
    for row in in_their_right(Reaffirmation.objects.live(), at).filter(version__in=wanted):
        if wanted[row.version_id] == row.round:
            found.setdefault(row.version_id, []).append(row)
    return found


def in_force_at(term: Term, at: datetime) -> InForce | None:
    rows = InForce.objects.at(at).filter(term=term)
    return rows.select_related("version__term", "version__revision", "version__proposal__newest").first()


def is_newest(version: Version) -> bool:
    """Whether no newer text of the word is signed, upcoming ones included."""
    return not Version.objects.filter(term=version.term_id, number__gt=version.number).exists()
