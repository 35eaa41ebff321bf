"""Lists of terms: filtered, summed up for a page, or all that is published."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from glossary.domain.content import KINDS, STATUSES
from glossary.domain.names import LONGEST, fold
from glossary.domain.refusals import Refusal
from glossary.models import Event, InForce, Name, Proposal, Term

UNSETTLED = ("wanted", "in_review", "upcoming")  # nothing is in force
STATES = (*UNSETTLED, *STATUSES)
MOST_UNSETTLED = 20
AT_ONCE = 100  # words as served, of which one may be as long as a small book


def list_terms(
    *,
    at: datetime,
    q: str = "",
    kind: str = "",
    status: str = "",
    state: str = "",
    owner_side: str = "",
    updated_since: datetime | None = None,
    published_only: bool = False,
    in_force_only: bool = False,
) -> QuerySet[Term]:
    """Terms by id with their `state` at `at`; each filter given narrows the list, an empty one says nothing.

    `q` is part of a name; `kind`, `status` and `owner_side` are those in force; `updated_since` (aware) keeps terms
    about which something happened since then, with `published_only` a publication, a label, or a version taking effect.
    Raises `Refusal("invalid")` for a kind, a status or a state that does not exist.
    """
    for field, given, known in (("kind", kind, KINDS), ("status", status, STATUSES), ("state", state, STATES)):
        if given and given not in known:
            message = f"A word's {field} is one of: {', '.join(known)}."
            raise Refusal("invalid", message, errors=[{"path": field, "code": "not_a_choice", "message": message}])
    terms: QuerySet[Any] = _with_state(Term.objects.order_by("id"), at)
    if published_only:
        terms = terms.exclude(state__in=("wanted", "in_review"))
    if state:
        terms = terms.filter(state=state)
    if in_force_only or kind or status or owner_side:
        terms = terms.filter(Exists(_in_force(at).filter(**_given(kind=kind, status=status, owner_side=owner_side))))
    if q:
        terms = terms.filter(_named(q, at))
    if updated_since:
        terms = terms.filter(_updated(updated_since, at, published_only))
    return terms


def _given(**wanted: str) -> dict[str, str]:
    return {field: value for field, value in wanted.items() if value}


def _in_force(at: datetime) -> QuerySet[InForce]:
    return InForce.objects.at(at).filter(term=OuterRef("pk"))


def _with_state(terms: QuerySet[Term], at: datetime) -> QuerySet[Term]:
    """Annotates `state`, in the words of `state_of`."""
    coming = InForce.objects.filter(term=OuterRef("pk"), from_at__gt=at)
    reviewed = Proposal.objects.in_review().filter(term=OuterRef("pk"))
    unpublished = Case(
        When(Exists(coming), then=Value("upcoming")),
        When(Exists(reviewed), then=Value("in_review")),
        default=Value("wanted"),
        output_field=CharField(),
    )
    return terms.annotate(state=Coalesce(Subquery(_in_force(at).values("status")[:1]), unpublished))


def _named(q: str, at: datetime) -> Q:
    """Words with a name that holds the text, former ones too; of a word without any in force, its first name."""
    if len(q) > LONGEST:
        return Q(pk__in=[])
    folded = fold(q) or q
    # Asked once and not of every word: the text may stand anywhere in a name, so that no index leads to it.
    keys = Name.objects.at(at).filter(key__contains=folded).values("term")
    shown = InForce.objects.at(at).filter(name__icontains=q).values("term")
    return Q(pk__in=keys) | Q(pk__in=shown) | _first_named(q, at)


def _first_named(q: str, at: datetime) -> Q:
    """Words of which nothing is in force, with a first name that holds the text."""
    folded = fold(q) or q  # a hyphen alone folds to nothing, which every key would hold
    return Q(~Exists(_in_force(at)), folded__contains=folded)


def _updated(since: datetime, at: datetime, published_only: bool) -> Q:
    took_effect = InForce.objects.filter(term=OuterRef("pk"), from_at__gte=since, from_at__lte=at)
    events = Event.objects.filter(term=OuterRef("pk"), at__gte=since)
    if published_only:
        events = events.filter(Q(kind__startswith="version.") | Q(kind__startswith="term."))
    return Q(Exists(took_effect)) | Q(Exists(events))


class TermSummary(NamedTuple):
    """One line of a list: the term, its state, and the rows in force and coming."""

    term: Term
    state: str
    in_force: InForce | None
    upcoming: InForce | None


def term_summaries(terms: Iterable[Term], at: datetime) -> list[TermSummary]:
    """The terms of one page of `list_terms`, in their order, with what is in force and what is coming: one query."""
    terms = list(terms)
    rows = InForce.objects.filter(term__in=terms).exclude(until_at__lte=at).order_by("-from_at")
    now: dict[int, InForce] = {}
    coming: dict[int, InForce] = {}
    for row in rows.select_related("version"):
        (now if row.from_at <= at else coming)[row.term_id] = row
    return [TermSummary(term, term.state, now.get(term.pk), coming.get(term.pk)) for term in terms]  # type: ignore[attr-defined]


def unsettled(q: str, *, at: datetime, state: str = "", published_only: bool = False) -> list[TermSummary]:
    """The first words with such a name of which nothing is in force, perhaps in one state. Two queries."""
    terms: QuerySet[Any] = list_terms(at=at, state=state, published_only=published_only)
    if q:
        terms = terms.filter(_first_named(q, at)) if len(q) <= LONGEST else terms.none()
    return term_summaries(terms.filter(state__in=UNSETTLED)[:MOST_UNSETTLED], at)


def published_bodies(at: datetime) -> Iterator[str]:
    """The served body of every term in force at `at`, by slug, read in pieces so that memory stays small."""
    return InForce.objects.at(at).order_by("term__slug").values_list("body", flat=True).iterator(chunk_size=AT_ONCE)


def names_taken(folded: Iterable[str]) -> set[tuple[str, str]]:
    """Namespace and folded first name of the words that there are of these names, agreed or only wanted."""
    return set(Term.objects.filter(folded__in=list(folded)).values_list("namespace", "folded"))
