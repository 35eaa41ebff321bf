"""A signed criterion with everything it runs on: the record type and the criteria it rests on, at the same instant."""

from dataclasses import dataclass
from datetime import datetime

from glossary.domain.criteria import Ground, Judge, Node, RecordView, Stated, Unreadable, parse, rests_on
from glossary.domain.refusals import Refusal
from glossary.domain.shapes import Criterion
from glossary.lookup.as_of import term_as_of
from glossary.lookup.versions import version_of
from glossary.models import InForce, Version, ground, record_views


def record_types(*, at: datetime) -> list[RecordView]:
    """Every record type in force at `at`, by key. One query."""
    return record_views(InForce.objects.at(at).filter(kind="record_type").order_by("slug"))


@dataclass(frozen=True)
class Runnable:
    """A criterion of a version, ready to run: `node` with every verdict field followed, `view` the record type."""

    version: Version
    criterion: Criterion
    view: RecordView
    node: Node
    rests_on: tuple[Stated, ...]

    @property
    def judge(self) -> Judge:
        return Judge(self.node, self.view)


def criterion_of(slug: str, key: str, *, at: datetime, now: datetime, number: int | None = None) -> Runnable:
    """The criterion of a term as in force at `at`, or of its version with this number.

    The record type and the criteria it rests on are those in force at `at`. Refusals: `not_found` where there is no
    such term, version or criterion, `wrong_state` where its record type was not in force or no longer fits.
    """
    version = version_of(slug, number) if number else term_as_of(slug, at=at, now=now).row.version
    criterion = next((item for item in version.content.criteria if item.id == key), None)
    if criterion is None:
        raise _no_such_criterion(version, key)
    return runnable(version, criterion, ground([criterion.record], at))


def _no_such_criterion(version: Version, key: str) -> Refusal:
    ids = [item.id for item in version.content.criteria]
    there = ", ".join(f"“{item.label}” ({item.id})" for item in version.content.criteria)
    has = f"It has {there}." if there else "It has none."
    return Refusal("not_found", f"“{version.content.name}” has no test “{key[:80]}”. {has}", criteria=ids)


def runnable(version: Version, criterion: Criterion, stands_on: Ground) -> Runnable:
    """A criterion of a version on this ground.

    Raises `Refusal("wrong_state")` where its record type was not in force, or no longer has what it asks for.
    """
    view = stands_on.records.get(criterion.record)
    if view is None:
        sentence = f"The record type “{criterion.record}”, on which “{criterion.label}” runs, was not in force then."
        raise Refusal("wrong_state", sentence)
    try:
        node = stands_on.node(criterion.expr, criterion.record)
    except Unreadable as unreadable:
        message = f"“{criterion.label}” does not run on the record type in force then: {unreadable.fault.message}"
        raise Refusal("wrong_state", message) from None
    keys = rests_on(parse(criterion.expr), view.fields, stands_on.over(view.key))
    return Runnable(version, criterion, view, node, tuple(stands_on.criteria[item] for item in keys))
