"""Pages that show the whole: home."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from glossary import lookup
from glossary.portal.pages import page, side_names


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
    }
    return render(request, "portal/lookup/home.html", context)


def by_letter(words: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """The words under their first letters, names that start with none under “#”."""
    return [(letter, list(group)) for letter, group in groupby(words, key=lambda word: _letter(word.name))]


def _letter(name: str) -> str:
    first = name[:1].upper()
    return first if first.isalpha() else "#"
