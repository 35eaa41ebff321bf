"""A word as a chat says it: what it means, what to use instead, or which word may have been meant."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Side
from glossary.domain.links import targets
from glossary.lookup.resolve import ready, suggestions
from glossary.models import InForce
from glossary.rendering.served import signed_names


@dataclass(frozen=True)
class Meaning:
    """A word in force: its body as served, what it says to use instead, as (slug, name), and what the words that its
    text links to are called.

    The name to use is that in force; empty where nothing is, of which the slug alone has been signed.
    """

    body: dict[str, Any]
    instead: tuple[str, str] | None
    names: Mapping[str, str]


@dataclass(frozen=True)
class Defined:
    """What a name means; where it means nothing, the words in force that look like it, as (slug, name)."""

    meanings: tuple[Meaning, ...]
    near: tuple[tuple[str, str], ...]
    sides: dict[str, str]


def defined(name: str, *, at: datetime) -> Defined:
    """What is in force under this name at `at`: the same words as a look-up, and nothing that nobody signed."""
    bodies = [json.loads(match.body) for match in ready([name], at=at)[0]]
    meanings = tuple(Meaning(body, _instead(body, at), _names(body, at)) for body in bodies)
    near = () if meanings else tuple(suggestions(name, at=at))
    return Defined(meanings, near, {side.key: side.name for side in Side.objects.all()})


def _names(body: Mapping[str, Any], at: datetime) -> dict[str, str]:
    linked = targets(body.get("definition", "")) | targets(body.get("status_reason", ""))
    return signed_names(linked, at) if linked else {}


def _instead(body: dict[str, Any], at: datetime) -> tuple[str, str] | None:
    slug = body.get("replaced_by")
    if not slug:
        return None
    return slug, InForce.objects.at(at).filter(slug=slug).values_list("name", flat=True).first() or ""
