"""Pages about what a word meant before: all its versions, and any two of them compared."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from glossary import lookup
from glossary.domain.refusals import Refusal
from glossary.portal.pages import NO_SUCH_VERSION, note_look, page, reads_published_only, side_names, whole
from glossary.rendering.pipeline import drawn_change

VIEWS = ("inline", "beside")


@page(is_open=True)
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of a word, newest first: when it was in force, who signed it, why, and what it changed."""
    return history_page(request, slug)


def history_page(request: HttpRequest, slug: str, refusal: Refusal | None = None) -> HttpResponse:
    """The same, with the refusal of a day for which there is no answer."""
    at = timezone.now()
    context = {
        "detail": lookup.term_detail(slug, at=at, published_only=reads_published_only(request)),
        "timeline": lookup.timeline(slug, at=at),
        "sides": side_names(),
        "today": timezone.localdate(),
        "asked": request.GET.get("as_of", ""),
        "refusal": refusal,
    }
    return render(request, "portal/lookup/history.html", context, status=refusal.status if refusal else 200)


@page(is_open=True)
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """What differs between any two versions of a word, by field and by word; `?view=` says how it is laid out."""
    detail = lookup.term_detail(slug, at=timezone.now(), published_only=reads_published_only(request))
    numbers = lookup.numbers_of(slug)
    if not numbers:
        raise Refusal("not_found", "Nothing has been agreed about this word yet, so there is nothing to compare.")
    newest, before = numbers[0][0], numbers[min(1, len(numbers) - 1)][0]
    first = whole(request.GET.get("from", str(before)), sentence=NO_SUCH_VERSION)
    second = whole(request.GET.get("to", str(newest)), sentence=NO_SUCH_VERSION)
    view = request.GET.get("view", "")
    compared, sides = lookup.comparison(slug, first, second), side_names()
    context = {
        "detail": detail,
        "numbers": numbers,
        "newest": newest,
        "compared": compared,
        "partings": lookup.partings_between(compared.before.content, compared.after.content, at=timezone.now()),
        "before_words": f"definition v{compared.before.number}",
        "after_words": f"definition v{compared.after.number}",
        "drawing": drawn_change(compared.before.content, compared.after.content, sides),
        "view": view if view in VIEWS else VIEWS[0],
        "sides": sides,
    }
    if isinstance(request.user, User) and detail.version in (compared.before, compared.after):
        note_look(detail, request.user, lookup.last_look(detail.term, request.user))
    return render(request, "portal/lookup/compare.html", context)
