"""Pages that read: home, search, a word, its history, the difference of two of its versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_exempt

from glossary import lookup
from glossary.domain.content import KINDS, STATUSES, Content
from glossary.domain.names import fold
from glossary.domain.refusals import Refusal
from glossary.models import Version
from glossary.portal.pages import new_form_key, page, side_names, whole, without_nul
from glossary.rendering.pipeline import drawn
from glossary.rendering.served import names_as_signed

LONGEST_QUERY = 200
MOST_UNSETTLED = 20
MOST_FOUND = 50
NO_SUCH_VERSION = "This word has no version with this number."


@dataclass(frozen=True)
class Shown:
    """A version as the page shows it. `as_of` is the instant asked for, if one was."""

    version: Version
    names: Mapping[str, str]
    is_current: bool
    as_of: datetime | None = None
    is_provisional: bool = False

    @property
    def content(self) -> Content:
        return self.version.content


def shown(version: Version, **more: Any) -> Shown:
    return Shown(version, names_as_signed(version.content.references(), version.published_at), **more)


def reads_published_only(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


@page(is_open=True)
def home(request: HttpRequest) -> HttpResponse:
    """The words from A to Z and what is new."""
    at = timezone.now()
    seen = lookup.home(request.user, at=at)
    context = {
        "home": seen,
        "letters": by_letter(seen.words),
        "record_types": lookup.list_terms(at=at, kind="record_type"),
        "sides": side_names(),
        "unseated": None if reads_published_only(request) else lookup.unseated(),
    }
    return render(request, "portal/lookup/home.html", context)


def by_letter(words: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """The words under their first letters, names that start with none under “#”."""
    return [(letter, list(group)) for letter, group in groupby(words, key=lambda word: _letter(word.name))]


def _letter(name: str) -> str:
    first = name[:1].upper()
    return first if first.isalpha() else "#"


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


@page(is_open=True)
def term(request: HttpRequest, slug: str) -> HttpResponse:
    """One word: what is in force, or with `?version=` or `?as_of=` what was."""
    return render(request, "portal/lookup/term.html", term_context(request, slug))


def term_context(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What the page of a word shows."""
    at = timezone.now()
    detail = lookup.term_detail(slug, at=at, published_only=reads_published_only(request))
    return {
        "detail": detail,
        "shown": _shown(request, detail, slug, at),
        "asked": request.GET.get("asked", "")[:LONGEST_QUERY],
        "sides": side_names(),
        "comments": lookup.comments(term=slug) if request.user.is_authenticated else [],
        "form_key": new_form_key(),
    }


@page(is_open=True)
def markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """The text of a version as Markdown, to be pasted elsewhere; which one is said as for the page of the word."""
    context = term_context(request, slug)
    if context["shown"] is None:
        raise Refusal("not_found", "Nobody has agreed yet what this word means, so there is no text to copy.")
    version = context["shown"].version
    context |= {
        "content": version.content,
        "names": context["shown"].names,
        "version": version,
        "address": settings.GLOSSARY_SITE_URL + version.get_absolute_url(),
    }
    return render(request, "portal/lookup/term.md", context, content_type="text/markdown; charset=utf-8")


@page(is_open=True)
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """One word in small, which the sites in `GLOSSARY_FRAME_ORIGINS` may show in a frame."""
    answer = render(request, "portal/lookup/card.html", term_context(request, slug))
    if origins := settings.GLOSSARY_FRAME_ORIGINS:
        xframe_options_exempt(csp_replace({"frame-ancestors": list(origins)})(lambda _: answer))(request)
    return answer


def _shown(request: HttpRequest, detail: Any, slug: str, at: datetime) -> Shown | None:
    if "version" in request.GET:
        number = whole(request.GET["version"], sentence=NO_SUCH_VERSION)
        version = lookup.version_of(slug, number)
        return shown(version, is_current=detail.version is not None and version.pk == detail.version.pk)
    if "as_of" in request.GET:
        asked = _instant(request.GET["as_of"])
        answer = lookup.term_as_of(slug, at=asked, now=at)
        return shown(answer.row.version, is_current=False, as_of=asked, is_provisional=answer.provisional)
    newest = detail.version or (detail.upcoming.version if detail.upcoming else None)
    return shown(newest, is_current=True) if newest else None


def _instant(typed: str) -> datetime:
    """A day, which begins at midnight in the reader's zone, or an instant, in ISO 8601.

    Raises `Refusal("invalid")` for anything else.
    """
    try:
        day = parse_date(typed)
        instant = datetime.combine(day, time.min) if day else parse_datetime(typed)
        if instant is not None:
            aware = timezone.make_aware(instant) if timezone.is_naive(instant) else instant
            return aware.astimezone(timezone.get_default_timezone())
    except (ValueError, OverflowError):
        pass
    message = "Write the day as YYYY-MM-DD, such as 2026-04-01."
    raise Refusal("invalid", message, errors=[{"path": "as_of", "code": "instant", "message": message}])


@page(is_open=True)
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of a word, newest first, and who signed it."""
    detail = lookup.term_detail(slug, at=timezone.now(), published_only=reads_published_only(request))
    versions = lookup.versions_of(slug)
    context = {"detail": detail, "versions": versions, "sides": side_names()}
    return render(request, "portal/lookup/history.html", context)


@page(is_open=True)
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """What differs between two versions of a word, by field and by word."""
    detail = lookup.term_detail(slug, at=timezone.now(), published_only=reads_published_only(request))
    numbers = [version.number for version in lookup.versions_of(slug)]
    newest = str(numbers[0]) if numbers else ""
    before = str(numbers[1]) if len(numbers) > 1 else newest
    first = whole(request.GET.get("from", before), sentence=NO_SUCH_VERSION)
    second = whole(request.GET.get("to", newest), sentence=NO_SUCH_VERSION)
    context = {
        "detail": detail,
        "numbers": numbers,
        "first": first,
        "second": second,
        "changes": lookup.difference_of(slug, first, second),
        "sides": side_names(),
    }
    return render(request, "portal/lookup/compare.html", context)


@page(is_open=True)
def stage_model(request: HttpRequest, slug: str) -> HttpResponse:
    """A stage model drawn in lanes, and as a table."""
    detail = lookup.term_detail(slug, at=timezone.now(), published_only=reads_published_only(request))
    if detail.version is None or detail.version.content.stage_model is None:
        raise Refusal("not_found", "This word has no stages in force.")
    sides = side_names()
    context = {
        "detail": detail,
        "shown": shown(detail.version, is_current=True),
        "drawing": drawn(detail.version.content.stage_model, list(sides)),
        "sides": sides,
    }
    return render(request, "portal/lookup/stage_model.html", context)
