"""All words from A to Z, a page at a time, and how far the vocabulary is."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from glossary.lookup.terms import STATES, list_terms
from glossary.models import InForce, Namespace, Proposal, Term

ON_A_PAGE = 100
NO_LETTER = "#"


class Word(NamedTuple):
    """A word in a list. `summary` is empty while nothing is agreed, and where a list goes without."""

    term_id: int
    slug: str
    name: str
    state: str
    kind: str
    is_required: bool
    summary: str = ""

    @property
    def letter(self) -> str:
        return letter_of(self.name)


def letter_of(name: str) -> str:
    """The letter under which a name stands; those that start with none stand under “#”."""
    first = name[:1].upper()[:1]
    return first if first.isalpha() else NO_LETTER


@dataclass(frozen=True)
class Shelf:
    """One page of the words asked for. `letters` are those of all of them, whatever letter was chosen, with counts."""

    words: list[Word]
    letters: dict[str, int]
    total: int
    page: int
    pages: int


def shelf(
    *,
    at: datetime,
    letter: str = "",
    page: int = 1,
    state: str = "",
    kind: str = "",
    owner_side: str = "",
    published_only: bool = False,
) -> Shelf:
    """Words by the names they have at `at`, narrowed as `list_terms` does and to those that begin with a letter.

    Record types are listed only when asked for by kind. Two queries, however many words there are; a page that is not
    there is the nearest one. Raises `Refusal("invalid")` for a state that does not exist.
    """
    terms = list_terms(at=at, state=state, kind=kind, owner_side=owner_side, published_only=published_only)
    found = _sorted(terms if kind else terms.filter(namespace=Namespace.WORD), at)
    chosen = [word for word in found if letter in ("", word.letter)]
    pages = max(-(-len(chosen) // ON_A_PAGE), 1)
    page = min(max(page, 1), pages)
    return Shelf(
        words=_with_summaries(chosen[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], at),
        letters=dict(Counter(word.letter for word in found)),
        total=len(chosen),
        page=page,
        pages=pages,
    )


def _sorted(terms: QuerySet[Term], at: datetime) -> list[Word]:
    rows = InForce.objects.filter(term=OuterRef("pk")).exclude(until_at__lte=at).order_by("from_at")
    named = terms.annotate(
        shown=Coalesce(Subquery(rows.values("name")[:1]), F("name")),
        kind_now=Coalesce(Subquery(rows.values("kind")[:1]), Value(""), output_field=TextField()),
    )
    words = named.values_list("pk", "slug", "shown", "state", "kind_now", "is_required")
    return sorted((Word(*word) for word in words), key=lambda word: (word.name.casefold(), word.slug))


def _with_summaries(words: Sequence[Word], at: datetime) -> list[Word]:
    rows = InForce.objects.filter(term__in=[word.term_id for word in words]).exclude(until_at__lte=at)
    bodies = dict(rows.order_by("-from_at").values_list("term_id", "body"))
    summaries = {term_id: json.loads(body).get("summary", "") for term_id, body in bodies.items()}
    return [word._replace(summary=summaries.get(word.term_id, "")) for word in words]


def required_words(at: datetime, *, published_only: bool = False) -> list[Word]:
    """The words that everyone should know, as an administrator ticked them. One query."""
    terms = list_terms(at=at, published_only=published_only)
    return _sorted(terms.filter(namespace=Namespace.WORD, is_required=True), at)


def counts_by_state(at: datetime, *, published_only: bool = False) -> dict[str, int]:
    """How many words are in each state that any is in, record types apart.

    Four queries, none of which looks at every word: what is in force is counted in its index, and what is wanted is
    what is left.
    """
    rows = InForce.objects.exclude(kind="record_type")
    of_term = rows.filter(term=OuterRef("term"))
    counted = dict(rows.at(at).values_list("status").annotate(count=Count("pk")))
    coming = rows.filter(~Exists(of_term.at(at)), from_at__gt=at)
    counted["upcoming"] = coming.aggregate(count=Count("term", distinct=True))["count"]
    if not published_only:
        words = Term.objects.filter(namespace=Namespace.WORD)
        reviewed = Proposal.objects.in_review().filter(~Exists(of_term), term__in=words)
        counted["in_review"] = reviewed.aggregate(count=Count("term", distinct=True))["count"]
        counted["wanted"] = words.count() - sum(counted.values())
    return {state: counted[state] for state in STATES if counted.get(state)}
