"""The versions of a term, and what changed from one to another."""

import json
from typing import Any

from glossary.domain.diff import Change, difference
from glossary.domain.refusals import Refusal
from glossary.models import Term, Version
from glossary.models.final import FinalQuerySet
from glossary.rendering.served import served


def _versions(slug: str) -> FinalQuerySet:
    versions: FinalQuerySet = Version.objects.of(slug).select_related("term", "revision", "in_force")
    return versions


def versions_of(slug: str, *, published_only: bool = False) -> FinalQuerySet:
    """Every version of a term, newest first.

    Raises `Refusal("not_found")` for a slug that nobody has, with `published_only` also where there is no version.
    """
    there = Version.objects.of(slug) if published_only else Term.objects.filter(slug=slug)
    if not there.exists():
        raise no_such_word(slug)
    versions: FinalQuerySet = _versions(slug).order_by("-number")
    return versions


def no_such_word(slug: str) -> Refusal:
    return Refusal("not_found", f"There is no word with the address “{slug}”.")


def version_of(slug: str, number: int) -> Version:
    """One version. Raises `Refusal("not_found")`."""
    version: Version | None = _versions(slug).filter(number=number).first()
    if version is None:
        raise Refusal("not_found", f"There is no version {number} of “{slug}”.")
    return version


def difference_of(slug: str, from_number: int, to_number: int) -> tuple[Change, ...]:
    """What changed from one version to another, by field and by word. Raises `Refusal("not_found")`."""
    found = {version.number: version for version in _versions(slug).filter(number__in=(from_number, to_number))}
    for number in (from_number, to_number):
        if number not in found:
            raise Refusal("not_found", f"There is no version {number} of “{slug}”.")
    return difference(found[from_number].content, found[to_number].content)


def served_version(version: Version) -> dict[str, Any]:
    """A version as served: the body that is ready, or, for one that never took effect, put together now."""
    row = getattr(version, "in_force", None)
    body: dict[str, Any] = json.loads(row.body) if row else served(version)
    return body
