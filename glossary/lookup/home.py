"""The first page: how far the vocabulary is, what is new, what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from glossary.lookup.concerns import open_concerns
from glossary.lookup.proposals import waiting_for_person
from glossary.lookup.rulings import stuck_count
from glossary.lookup.words import Word, counts_by_state, required_words
from glossary.models import InForce, Proposal
from glossary.policy import ReviewDay, reviews

NEWEST = 6


@dataclass(frozen=True)
class Home:
    """`counts` of words by state; what came into force last; how many suggestions wait, and how many for me; the
    words everyone should know; those to look at again; how many concerns wait, and how many suggestions are stuck."""

    counts: dict[str, int]
    newly_agreed: list[InForce]
    in_review_count: int
    for_me_count: int
    required: list[Word]
    reviews: list[ReviewDay]
    concerns_count: int
    stuck_count: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def home(user: Any, *, at: datetime) -> Home:
    """The registry at a glance for this person, or, for a visitor, what is published of it."""
    is_person = isinstance(user, User)
    return Home(
        counts=counts_by_state(at, published_only=not is_person),
        newly_agreed=newly_agreed(at, limit=NEWEST),
        in_review_count=Proposal.objects.in_review().count() if is_person else 0,
        for_me_count=waiting_for_person(Proposal.objects.all(), user, at).count() if is_person else 0,
        required=required_words(at, published_only=not is_person),
        reviews=reviews(at) if is_person else [],
        concerns_count=open_concerns().count() if is_person else 0,
        stuck_count=stuck_count(at=at) if is_person else 0,
    )


def newly_agreed(at: datetime, *, limit: int, since: datetime | None = None) -> list[InForce]:
    """The versions that came into force last, newest first, with their terms."""
    rows = InForce.objects.at(at).select_related("term", "version__revision").order_by("-from_at", "-pk").defer("body")
    return list((rows.filter(from_at__gte=since) if since else rows)[:limit])
