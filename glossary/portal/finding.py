"""Pages that find a word: by what is typed, by what a text says."""

from datetime import datetime
from typing import Any

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
MOST_UNSETTLED = 20
MOST_FOUND = 50
FILTERS = ("kind", "status", "owner_side")


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
    filters = {name: without_nul(request.GET.get(name, "")) for name in FILTERS}
    results = lookup.search(query, at=at, limit=MOST_FOUND, **filters) if query else None
    is_missing = bool(query) and not lookup.resolve(query, at=at)
    context = {
        "query": query,
        "results": results,
        "filters": filters,
        "choices": {"kinds": KINDS, "statuses": STATUSES},
        "sides": side_names(),
        "is_missing": is_missing,
        "unsettled": [] if not is_missing or reads_published_only(request) else _unsettled(query, at),
        "refusal": refusal,
        "note": request.POST.get("note", ""),
    }
    is_empty = results is not None and not results.hits
    status = refusal.status if refusal else 404 if is_empty else 200
    return render(request, "portal/lookup/search.html", context, status=status)


@page(is_open=True)
def names(request: HttpRequest) -> HttpResponse:
    """The words with a name that begins with what is typed so far: what the search field offers, without a page."""
    query = without_nul(request.GET.get("q", "")).strip()[:LONGEST_QUERY].strip()
    context = {"query": query, "found": lookup.suggest(query, at=timezone.now())}
    return render(request, "portal/parts/names.html", context)


def _unsettled(query: str, at: datetime) -> list[Any]:
    """Words with such a name that somebody wrote down and that are not in force yet."""
    if not fold(query):
        return []
    summaries = lookup.term_summaries(lookup.list_terms(at=at, q=query)[:MOST_UNSETTLED], at)
    return [summary for summary in summaries if summary.in_force is None]
