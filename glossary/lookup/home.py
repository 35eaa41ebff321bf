"""The first page: how far the vocabulary is, what is new, what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from glossary.lookup.concerns import open_concerns
from glossary.lookup.proposals import waiting_for_person
from glossary.lookup.rulings import stuck_count
from glossary.lookup.words import Word, counts_by_state, required_words
from glossary.models import InForce, Proposal
from glossary.policy import ReviewDay, reviews

NEWEST = 6
NAMED = 3  # of what waits for somebody


@dataclass(frozen=True)
class Home:
    """`counts` of words by state; what came into force last; how many suggestions wait, and the id and name of those
    that wait for me; the words everyone should know; those to look at again; how many concerns wait, and how many
    suggestions are stuck.
    """

    counts: dict[str, int]
    newly_agreed: list[InForce]
    in_review_count: int
    for_me: list[tuple[int, str]]
    required: list[Word]
    reviews: list[ReviewDay]
    concerns_count: int
    stuck_count: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def for_me_first(self) -> list[tuple[int, str]]:
        """Those of them that are named; of the others the page says how many there are."""
        return self.for_me[:NAMED]

    @property
    def for_me_more(self) -> int:
        return len(self.for_me[NAMED:])


def home(user: Any, *, at: datetime) -> Home:
    """The registry at a glance for this person, or, for a visitor, what is published of it."""
    is_person = isinstance(user, User)
    return Home(
        counts=counts_by_state(at, published_only=not is_person),
        newly_agreed=newly_agreed(at, limit=NEWEST),
        in_review_count=Proposal.objects.in_review().count() if is_person else 0,
        for_me=_for(user, at) if is_person else [],
        required=required_words(at, published_only=not is_person),
        reviews=reviews(at) if is_person else [],
        concerns_count=open_concerns().count() if is_person else 0,
        stuck_count=stuck_count(at=at) if is_person else 0,
    )


def _for(user: User, at: datetime) -> list[tuple[int, str]]:
    """Each suggestion that this person could sign, and what its word is called now; what waited longest first."""
    name = InForce.objects.at(at).filter(term=OuterRef("term")).values("name")[:1]
    rows = waiting_for_person(Proposal.objects.all(), user, at).order_by("submitted_at", "pk")
    named = rows.annotate(called=Coalesce(Subquery(name), "term__name")).values_list("pk", "called")
    return list(named)


def newly_agreed(at: datetime, *, limit: int, since: datetime | None = None) -> list[InForce]:
    """The versions that came into force last, newest first, with their terms."""
    rows = InForce.objects.at(at).select_related("term", "version__revision").order_by("-from_at", "-pk").defer("body")
    return list((rows.filter(from_at__gte=since) if since else rows)[:limit])
