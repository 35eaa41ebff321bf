"""A version as served: the same JSON for every reader, ready at publication."""

import json
from datetime import datetime
from typing import Any

from glossary.domain.content import Content
from glossary.models import Term, Version
from glossary.rendering.instants import iso
from glossary.rendering.markdown import RENDERER_VERSION, html


def names_as_signed(slugs: frozenset[str], at: datetime) -> dict[str, str]:
    """What the terms with these slugs were called at `at`: by their newest version then, else by their first name."""
    if not slugs:
        return {}
    names = dict(Term.objects.filter(slug__in=slugs).values_list("slug", "name"))
    published = (
        Version.objects.filter(term__slug__in=slugs, published_at__lte=at)
        .select_related("term", "revision")
        .order_by("number")
    )
    return names | {version.term.slug: version.content.name for version in published}


def definition_html(content: Content, at: datetime) -> str:
    return str(html(content.definition, names_as_signed(content.references(), at))) if content.definition else ""


def signatures(version: Version) -> list[dict[str, Any]]:
    """Who signed for which side, when, and in view of which effect: what every reader and tool is shown."""
    shown = ("side", "name", "at", "acting_for", "reservation", "impact")
    return [{key: seat[key] for key in shown if seat.get(key)} for seat in version.signatures]


def served(version: Version) -> dict[str, Any]:
    """A version as a plain JSON object: identity, Content, rendered definition, dates and signatures."""
    content = version.content
    return {
        "slug": version.term.slug,
        "url": version.term.get_absolute_url(),
        **content.as_data(),
        "version": version.number,
        "digest": version.digest,
        "definition_html": definition_html(content, version.published_at),
        "in_force_from": iso(version.in_force_from),
        "published_at": iso(version.published_at),
        "signatures": signatures(version),
    }


def body(version: Version) -> str:
    """The served JSON as text."""
    return json.dumps(served(version), ensure_ascii=False, separators=(",", ":"))


def etag(version: Version) -> str:
    """A strong validator of the served body: it changes with the version and with the renderer, never otherwise."""
    return f'"{version.term.slug}-{version.number}-{version.digest[:16]}-{RENDERER_VERSION}"'
