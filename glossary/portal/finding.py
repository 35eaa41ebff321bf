"""Pages that find a word: by what is typed, by what a text says, by its place between A and Z."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode

from glossary import lookup
from glossary.domain.content import KINDS, STATUSES
from glossary.domain.names import fold
from glossary.domain.refusals import Refusal
from glossary.portal.pages import page, reads_published_only, side_names, without_nul

LONGEST_QUERY = 200
MOST_FOUND = 50
ON_A_PAGE = 20
FILTERS = ("state", "kind", "owner_side")


@page(is_open=True)
def search(request: HttpRequest) -> HttpResponse:
    """The one word that is called so opens at once; otherwise, or with `?all=1`, the words whose texts say it."""
    query = without_nul(request.GET.get("q", "")).strip()[:LONGEST_QUERY].strip()
    matches = lookup.resolve(query, at=timezone.now())
    if len(matches) == 1 and "all" not in request.GET:
        return redirect(f"{matches[0].row.term.get_absolute_url()}?{urlencode({'asked': query})}")
    return found(request, query)


def found(request: HttpRequest, typed: str, refusal: Refusal | None = None) -> HttpResponse:
    """The words that a search finds, and the way to raise one that is missing; `refusal` says why it was not raised."""
    at, query = timezone.now(), without_nul(typed).strip()[:LONGEST_QUERY].strip()
    filters = _filters(request)
    results = _in_force(query, filters, at)
    unsettled = _unsettled(query, filters, at, published_only=reads_published_only(request))
    hits = Paginator(results.hits if results else [], ON_A_PAGE)
    context = {
        "query": query,
        "results": results,
        "hits": hits.get_page(request.GET.get("page")),
        "is_cut": hits.count == MOST_FOUND,
        "unsettled": unsettled,
        "is_missing": bool(query) and not lookup.resolve(query, at=at),
        "refusal": refusal,
        "note": request.POST.get("note", ""),
        **_choices(filters),
    }
    is_empty = bool(query) and not hits.count and not unsettled
    status = refusal.status if refusal else 404 if is_empty else 200
    return render(request, "portal/lookup/search.html", context, status=status)


def _filters(request: HttpRequest) -> dict[str, str]:
    return {name: without_nul(request.GET.get(name, "")) for name in FILTERS}


def _choices(filters: dict[str, str]) -> dict[str, Any]:
    """What the fields that narrow a list offer, and what is chosen."""
    choices = {"states": lookup.STATES, "kinds": KINDS}
    return {"filters": filters, "is_narrowed": any(filters.values()), "choices": choices, "sides": side_names()}


def _in_force(query: str, filters: dict[str, str], at: datetime) -> lookup.Results | None:
    """What agreed texts say; nothing is asked of them when only words are wanted that are not in force."""
    if not query or filters["state"] in lookup.UNSETTLED:
        return None
    kind, owner_side = filters["kind"], filters["owner_side"]
    return lookup.search(query, at=at, status=filters["state"], kind=kind, owner_side=owner_side, limit=MOST_FOUND)


def _unsettled(query: str, filters: dict[str, str], at: datetime, *, published_only: bool) -> list[lookup.TermSummary]:
    """Words with such a name that somebody wrote down and that are not in force, so that they have no kind yet."""
    state = filters["state"]
    if not fold(query) or filters["kind"] or filters["owner_side"] or state in STATUSES:
        return []
    return lookup.unsettled(query, at=at, state=state, published_only=published_only)


@page(is_open=True)
def words(request: HttpRequest) -> HttpResponse:
    """All words from A to Z, narrowed by letter, state, kind and who looks after them."""
    at, filters, letter = timezone.now(), _filters(request), without_nul(request.GET.get("letter", ""))
    number = request.GET.get("page", "1")
    shelf = lookup.shelf(
        at=at,
        letter=letter,
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
        published_only=reads_published_only(request),
        **filters,
    )
    by_letter = [(first, list(some)) for first, some in groupby(shelf.words, key=lambda word: word.letter)]
    context = {"shelf": shelf, "by_letter": by_letter, "letter": letter, **_choices(filters)}
    return render(request, "portal/lookup/words.html", context)


@page(is_open=True)
def names(request: HttpRequest) -> HttpResponse:
    """The words with a name that begins with what is typed so far: what the search field offers, without a page."""
    query = without_nul(request.GET.get("q", "")).strip()[:LONGEST_QUERY].strip()
    context = {"query": query, "found": lookup.suggest(query, at=timezone.now())}
    return render(request, "portal/parts/names.html", context)
