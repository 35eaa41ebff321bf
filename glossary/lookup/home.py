"""The first page: how far the vocabulary is, what is new, what waits."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from glossary.lookup.proposals import waiting_for_person
from glossary.lookup.terms import Word, vocabulary
from glossary.models import InForce, Proposal

NEWEST = 6


@dataclass(frozen=True)
class Home:
    """All words; `counts` by state; the versions last in force; the words everyone should know; what waits for me."""

    words: list[Word]
    counts: dict[str, int]
    newly_agreed: list[InForce]
    for_me_count: int
    required: list[Word]


def home(user: Any, *, at: datetime) -> Home:
    """The registry at a glance for this person, or, for a visitor, what is published of it."""
    is_person = isinstance(user, User)
    words = vocabulary(at, published_only=not is_person)
    newest = InForce.objects.at(at).select_related("term", "version").order_by("-from_at", "-pk")
    return Home(
        words=words,
        counts=dict(Counter(word.state for word in words)),
        newly_agreed=list(newest[:NEWEST]),
        for_me_count=waiting_for_person(Proposal.objects.all(), user, at).count() if is_person else 0,
        required=[word for word in words if word.is_required],
    )
