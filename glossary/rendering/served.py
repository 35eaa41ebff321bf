"""A version as served: the same JSON for every reader, ready at publication."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from glossary.domain.content import Content
from glossary.models import Term, Version
from glossary.rendering.instants import iso
from glossary.rendering.markdown import RENDERER_VERSION, html


class Called:
    """What a text calls the terms with these slugs: by the name that was signed by then.

    Of a term that was not published until then the text itself holds the slug, and that alone was signed: it is shown
    as words. A first name is nobody's word for it but that of whoever wrote it down. Two queries, none without a slug.
    """

    def __init__(self, slugs: Collection[str]) -> None:
        self._words = _slugs_as_words(slugs)
        self.versions = list(_published(slugs))

    def at(self, at: datetime) -> dict[str, str]:
        """In a text published at `at`."""
        return self._words | _newest(self.versions, at)


def names_as_signed_since(slugs: Collection[str], at: datetime) -> dict[str, str]:
    """The same for a page, which need not say for ever what it said first: a later first version names its term."""
    return _slugs_as_words(slugs) | signed_names(slugs, at, or_since=True)


def names_for_people(slugs: Collection[str], at: datetime) -> dict[str, str]:
    """The same for a suggestion, which is read by people who are signed in: what was never signed by its first name."""
    return dict(Term.objects.filter(slug__in=slugs).values_list("slug", "name")) | signed_names(slugs, at)


def signed_names(slugs: Collection[str], at: datetime, *, or_since: bool = False) -> dict[str, str]:
    """What those of the terms that were published by `at` were called then; with `or_since` also those that were
    published later, by their first version.
    """
    published = list(_published(slugs))
    first = {version.term.slug: version.content.name for version in published if version.number == 1}
    return (first if or_since else {}) | _newest(published, at)


def _published(slugs: Collection[str]) -> QuerySet[Version]:
    return Version.objects.filter(term__slug__in=slugs).select_related("term", "revision").order_by("number")


def _newest(published: Iterable[Version], at: datetime) -> dict[str, str]:
    return {version.term.slug: version.content.name for version in published if version.published_at <= at}


def _slugs_as_words(slugs: Collection[str]) -> dict[str, str]:
    known = Term.objects.filter(slug__in=slugs).values_list("slug", flat=True)
    return {slug: slug.replace("-", " ") for slug in known}


def definition_html(content: Content, names: Mapping[str, str]) -> str:
    return str(html(content.definition, names)) if content.definition else ""


def signatures(version: Version) -> list[dict[str, Any]]:
    """Who signed for which side, when, and in view of which effect: what every reader and tool is shown."""
    shown = ("side", "name", "at", "acting_for", "reservation", "impact")
    return [{key: seat[key] for key in shown if seat.get(key)} for seat in version.signatures]


def served(version: Version, called: Called | None = None) -> dict[str, Any]:
    """A version as a plain JSON object: identity, Content, rendered definition, dates and signatures.

    `called` knows the terms that it refers to, where that was asked for several versions at once.
    """
    content = version.content
    called = called or Called(content.references())
    return {
        "slug": version.term.slug,
        "url": version.term.get_absolute_url(),
        **content.as_data(),
        "version": version.number,
        "digest": version.digest,
        "definition_html": definition_html(content, called.at(version.published_at)),
        "in_force_from": iso(version.in_force_from),
        "published_at": iso(version.published_at),
        "signatures": signatures(version),
    }


def body(version: Version, called: Called) -> str:
    """The served JSON as text."""
    return json.dumps(served(version, called), ensure_ascii=False, separators=(",", ":"))


def etag(version: Version) -> str:
    """A strong validator of the served body: it changes with the version and with the renderer, never otherwise."""
    return f'"{version.term.slug}-{version.number}-{version.digest[:16]}-{RENDERER_VERSION}"'
