"""The versions of a term, and what changed from one to another."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from glossary.domain.diff import Change, Kept, difference, in_a_line, kept
from glossary.domain.refusals import Refusal
from glossary.models import InForce, Term, Version
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


def numbers_of(slug: str) -> list[tuple[int, datetime]]:
    """The number of every version and when it was published, newest first; no text is read."""
    return list(Version.objects.of(slug).order_by("-number").values_list("number", "published_at"))


class Milestone(NamedTuple):
    """A version in the history of its word. `state`: in_force, upcoming, past, or never when another came first.

    `changed` names what differs from the version before it; it is empty for the first.
    """

    version: Version
    state: str
    from_at: datetime
    until_at: datetime | None
    changed: str


def timeline(slug: str, *, at: datetime) -> list[Milestone]:
    """Every version of a term, newest first, and when each was or will be in force, seen from `at`. One query."""
    versions = _versions(slug).select_related("proposal__author").order_by("number").defer("in_force__body")
    found: list[Milestone] = []
    for version in versions:
        changed = in_a_line(found[-1].version.content, version.content) if found else ""
        row = getattr(version, "in_force", None)
        from_at, until_at = (row.from_at, row.until_at) if row else (version.in_force_from, None)
        found.append(Milestone(version, _state(row, at), from_at, until_at, changed))
    return found[::-1]


def _state(row: InForce | None, at: datetime) -> str:
    if row is None:
        return "never"
    if row.from_at > at:
        return "upcoming"
    return "past" if row.until_at and row.until_at <= at else "in_force"


class Comparison(NamedTuple):
    """Two versions of a term: what differs from the one to the other, and what both say alike."""

    before: Version
    after: Version
    changes: tuple[Change, ...]
    kept: tuple[Kept, ...]


def comparison(slug: str, from_number: int, to_number: int) -> Comparison:
    """Two versions side by side, by field and by word. Raises `Refusal("not_found")`."""
    before, after = two_versions(slug, from_number, to_number)
    one, other = before.content, after.content
    return Comparison(before, after, difference(one, other), kept(one, other))


def difference_of(slug: str, from_number: int, to_number: int) -> tuple[Change, ...]:
    """What changed from one version to another, by field and by word. Raises `Refusal("not_found")`."""
    before, after = two_versions(slug, from_number, to_number)
    return difference(before.content, after.content)


def two_versions(slug: str, *numbers: int) -> list[Version]:
    """These versions of a term, in the order asked for. Raises `Refusal("not_found")`."""
    found = {version.number: version for version in _versions(slug).filter(number__in=numbers)}
    for number in numbers:
        if number not in found:
            raise Refusal("not_found", f"There is no version {number} of “{slug}”.")
    return [found[number] for number in numbers]


def served_version(version: Version) -> dict[str, Any]:
    """A version as served: the body that is ready, or, for one that never took effect, put together now."""
    row = getattr(version, "in_force", None)
    body: dict[str, Any] = json.loads(row.body) if row else served(version)
    return body
