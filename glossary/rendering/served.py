"""A version as served: the same JSON for every reader, ready at publication."""

import json
from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from glossary.domain.content import Content
from glossary.models import Term, Version
from glossary.rendering.instants import iso
from glossary.rendering.markdown import RENDERER_VERSION, html


class Called:
    """What the terms with these slugs were called, and when. Two queries, none without a slug."""

    def __init__(self, slugs: Set[str]) -> None:
        self._first = dict(Term.objects.filter(slug__in=slugs).values_list("slug", "name"))
        published = Version.objects.filter(term__slug__in=slugs).select_related("term", "revision").order_by("number")
        self._published = list(published)

    def at(self, at: datetime) -> dict[str, str]:
        """Each by its newest version at `at`, else by its first name."""
        newest = {version.term.slug: version for version in self._published if version.published_at <= at}
        return self._first | {slug: version.content.name for slug, version in newest.items()}


def names_as_signed(slugs: Set[str], at: datetime) -> dict[str, str]:
    """What the terms with these slugs were called at `at`: by their newest version then, else by their first name."""
    return Called(slugs).at(at)


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
