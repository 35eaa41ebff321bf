"""Pages that show the whole: home, the agenda of the next meeting, all words on paper or as a file."""

from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from glossary import lookup
from glossary.domain.links import targets
from glossary.exchange.formats import FORMATS
from glossary.models import InForce
from glossary.portal.pages import page, reads_published_only, side_names
from glossary.rendering.served import names_for_people
from glossary.rendering.sync import stretches

MOST_REVIEWS = 5
FORMATS_FOR = {
    "To read, edit and compare": ("xlsx", "csv", "yaml"),
    "For reports and the warehouse": ("versions-csv", "versions-jsonl", "dbt-docs", "dbt-meta"),
    "For the CRM": ("salesforce", "hubspot"),
    "For a data catalogue or a program": ("skos", "json", "jsonl"),
}


@page(is_open=True)
def home(request: HttpRequest) -> HttpResponse:
    """How far the vocabulary is, what is new, and what waits for the reader."""
    seen = lookup.home(request.user, at=timezone.now())
    context = {
        "home": seen,
        "bar": stretches(seen.counts),
        "reviews": seen.reviews[:MOST_REVIEWS],
        "sides": side_names(),
        "unseated": None if reads_published_only(request) else lookup.unseated(),
    }
    return render(request, "portal/lookup/home.html", context)


@page()
def agenda(request: HttpRequest) -> HttpResponse:
    """What to talk about when the teams meet, to be printed."""
    at = timezone.now()
    points = lookup.agenda(at=at)
    linked = frozenset().union(*(targets(item.question) for item in points.questions))
    context = {
        "agenda": points,
        "agreements": [(list(names), list(rows)) for names, rows in groupby(points.newly_agreed, key=_signers)],
        "who_can": {team.side.key: _who_can_sign(team) for team in points.teams},
        "names": names_for_people(linked, at),
        "today": timezone.localdate(at),
        "sides": side_names(),
    }
    return render(request, "portal/lookup/agenda.html", context)


def _signers(row: InForce) -> tuple[str, ...]:
    return tuple(seat["name"] for seat in row.version.signatures)


def _who_can_sign(team: lookup.Team) -> list[str]:
    people = [*team.owners, *(loan.delegate for loan in team.loans)]
    return list(dict.fromkeys(person.display_name for person in people))


@page(is_open=True)
def on_paper(request: HttpRequest) -> HttpResponse:
    """Every agreed word in short, from A to Z, to be printed."""
    at = timezone.now()
    words = lookup.whole_vocabulary(at=at)
    context = {
        "letters": [(letter, list(some)) for letter, some in groupby(words, key=lambda word: word.letter)],
        "names": {word.slug: word.name for word in words},
        "total": len(words),
        "today": timezone.localdate(at),
    }
    return render(request, "portal/lookup/print.html", context)


@page(is_open=True)
def export(request: HttpRequest) -> HttpResponse:
    """Every format in which the vocabulary can be taken along, and what each is for."""
    groups = [(purpose, [FORMATS[key] for key in keys]) for purpose, keys in FORMATS_FOR.items()]
    return render(request, "portal/lookup/export.html", {"groups": groups, "site": settings.GLOSSARY_SITE_URL})
