"""The page of a word, and the same in small, as Markdown, or as the stages it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.clickjacking import xframe_options_exempt

from accounts.models import User
from glossary import lookup
from glossary.domain.content import Content
from glossary.domain.impact import Impact
from glossary.domain.refusals import Refusal
from glossary.models import Concern, Version
from glossary.portal.history import history_page
from glossary.portal.pages import (
    NO_SUCH_VERSION,
    new_form_key,
    note_look,
    page,
    reads_published_only,
    side_names,
    whole,
)
from glossary.rendering.pipeline import drawn
from glossary.rendering.served import names_as_signed_since, signed_names

LONGEST_QUERY = 200
MOST_CONCERNS = 3  # named on the page of a word


@dataclass(frozen=True)
class Shown:
    """A version as the page shows it, to people as to visitors: nothing in it is called by a name that nobody signed.

    `instead` is the signed name of the word that replaces this one, empty where there is none. `as_of` is the day or
    the instant asked for, if one was.
    """

    version: Version
    names: Mapping[str, str]
    instead: str
    is_current: bool
    as_of: date | datetime | None = None
    is_provisional: bool = False

    @property
    def content(self) -> Content:
        return self.version.content

    @property
    def is_day(self) -> bool:
        return not isinstance(self.as_of, datetime)


def shown(version: Version, **more: Any) -> Shown:
    content, at = version.content, version.published_at
    use = content.replaced_by
    instead = signed_names([use], at, or_since=True).get(use, "") if use else ""
    return Shown(version, names_as_signed_since(content.references(), at), instead, **more)


@page(is_open=True)
def term(request: HttpRequest, slug: str) -> HttpResponse:
    """One word: what is in force, or with `?version=` or `?as_of=` what was, or the history where that is no answer."""
    try:
        context = word_context(request, slug)
    except Refusal as refusal:
        if "as_of" not in request.GET:
            raise
        return history_page(request, slug, refusal)
    if isinstance(request.user, User) and context["shown"] and context["shown"].is_current:
        note_look(context["detail"], request.user, context["reader"].look)
    return render(request, "portal/lookup/term.html", context)


def word_context(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What the page of a word shows, with what it says to this reader alone."""
    context = term_context(request, slug)
    if isinstance(request.user, User):
        context["reader"] = lookup.reader_of(context["detail"], request.user)
    return context


def term_context(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What is shown of a word, on its page and elsewhere."""
    at = timezone.now()
    detail = lookup.term_detail(slug, at=at, published_only=reads_published_only(request))
    seen_now = _shown(request, detail, slug, at)
    return {
        "detail": detail,
        "shown": seen_now,
        "effects": _effects(request, seen_now),
        "asked": request.GET.get("asked", "")[:LONGEST_QUERY],
        "sides": side_names(),
        "comments": lookup.comments(term=slug) if request.user.is_authenticated else [],
        "concerns": _concerns(request, detail),
        "form_key": new_form_key(),
        "may_confirm": isinstance(request.user, User) and detail.waits_for(request.user, at),
    }


def _concerns(request: HttpRequest, detail: lookup.TermDetail) -> list[Concern]:
    """The newest that wait for an answer, for people; a visitor is told how many there are."""
    if not detail.concerns or reads_published_only(request):
        return []
    return list(lookup.open_concerns(term=detail.term).order_by("-pk")[:MOST_CONCERNS])


def _effects(request: HttpRequest, seen_now: Shown | None) -> Mapping[str, Impact]:
    """In view of which effects the version was signed, for people: a visitor is not told how many records there are."""
    if seen_now is None or reads_published_only(request):
        return {}
    return lookup.effects_seen(seen_now.version)


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
        asked = _day_or_instant(request.GET["as_of"])
        answer = lookup.term_as_of(slug, at=_instant_of(asked, at), now=at)
        return shown(answer.row.version, is_current=False, as_of=asked, is_provisional=answer.provisional)
    newest = detail.version or (detail.upcoming.version if detail.upcoming else None)
    return shown(newest, is_current=True) if newest else None


def _day_or_instant(typed: str) -> date | datetime:
    """A day, or an instant in ISO 8601, in the reader's zone where it says none.

    Raises `Refusal("invalid")` for anything else.
    """
    try:
        if day := parse_date(typed):
            return day
        if instant := parse_datetime(typed):
            aware = timezone.make_aware(instant) if timezone.is_naive(instant) else instant
            return aware.astimezone(timezone.get_default_timezone())
    except (ValueError, OverflowError):
        pass
    message = "Write the day as YYYY-MM-DD, such as 2026-04-01."
    raise Refusal("invalid", message, errors=[{"path": "as_of", "code": "instant", "message": message}])


def _instant_of(asked: date | datetime, now: datetime) -> datetime:
    """The instant that is meant: of today this very moment, of another day its first one in the reader's zone."""
    if isinstance(asked, datetime):
        return asked
    if asked == timezone.localdate(now):
        return now
    try:
        midnight = timezone.make_aware(datetime.combine(asked, time.min))
        return midnight.astimezone(timezone.get_default_timezone())
    except OverflowError as error:
        raise Refusal("invalid", "This day is too far away.") from error


@page(is_open=True)
def stage_model(request: HttpRequest, slug: str) -> HttpResponse:
    """A stage model drawn in lanes, and as a table."""
    detail = lookup.term_detail(slug, at=timezone.now(), published_only=reads_published_only(request))
    if detail.version is None or detail.version.content.stage_model is None:
        raise Refusal("not_found", "This word has no stages in force.")
    sides, seen_now = side_names(), shown(detail.version, is_current=True)
    context = {
        "detail": detail,
        "shown": seen_now,
        "effects": _effects(request, seen_now),
        "drawing": drawn(detail.version.content.stage_model, list(sides)),
        "sides": sides,
    }
    return render(request, "portal/lookup/stage_model.html", context)
