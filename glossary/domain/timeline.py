"""When which version is in force: plain arithmetic over the instants from which versions apply."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    """A version number in force from an instant until, not including, another; None means without an end."""

    number: int
    from_at: datetime
    until_at: datetime | None


def spans(starts: Sequence[tuple[int, datetime]]) -> list[Span]:
    """The spans of versions given as (number, in force from), in order of number.

    A version is in force until the earliest start of a higher number; one that a higher number precedes never takes
    effect and has no span. So at any instant at most one version is in force.
    """
    found: list[Span] = []
    until: datetime | None = None
    for number, from_at in sorted(starts, reverse=True):
        if until is None or from_at < until:
            found.append(Span(number, from_at, until))
            until = from_at
    return found[::-1]
