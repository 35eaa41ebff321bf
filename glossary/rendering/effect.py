"""How many records meet a criterion before and after, as two bars; and the same in a sentence.

Widths and words only; the style sheet says how it looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from glossary.domain.impact import Counts, Effect, Impact

WIDTH = 1_000  # of a bar, in units of the drawing
SMALLEST = 4  # what is there is seen
CRITERIA_NAMED = 3


@dataclass(frozen=True)
class Piece:
    """A part of a bar: which records it stands for, from where, and how wide."""

    what: str
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """The verdicts under one text. `name` is how the text is called, `met` how many records meet the criterion."""

    name: str
    met: int
    unknown: int
    records: int
    pieces: tuple[Piece, ...]


def bars(effect: Effect) -> tuple[Bar, ...]:
    """One bar for each text that has the criterion; those that meet it under both stand first in either."""
    counts = effect.counts
    stays = counts.moves.get("true-true", 0)
    found = []
    if not effect.is_new:
        found.append(_bar("Before", counts, counts.before, [("stays", stays), ("leaves", counts.leave)]))
    if not effect.is_gone:
        found.append(_bar("With this text", counts, counts.after, [("stays", stays), ("enters", counts.enter)]))
    return tuple(found)


def _bar(name: str, counts: Counts, side: dict[str, int], met: list[tuple[str, int]]) -> Bar:
    parts = [*met, ("unknown", side["unknown"]), ("out", side["false"])]
    pieces = tuple(_pieces(parts, counts.records))
    return Bar(name, side["true"], side["unknown"], counts.records, pieces)


def _pieces(parts: list[tuple[str, int]], records: int) -> Iterator[Piece]:
    """Small parts are widened at the cost of the rest, so that the whole stays as wide as it is."""
    there = [(what, count) for what, count in parts if count]
    widths = [max(SMALLEST, round(count * WIDTH / records)) for _, count in there]
    if widths:
        largest = widths.index(max(widths))
        widths[largest] += WIDTH - sum(widths)
    x = 0
    for (what, _), width in zip(there, widths, strict=True):
        yield Piece(what, x, width)
        x += width


def in_a_line(impact: Impact) -> str:
    """“4,210 lead records: +312 −40”; where several criteria change, each by its name."""
    return "; ".join(
        f"{report.records:,} {report.record.replace('_', ' ')} records: {_changes(report.effects)}"
        for report in impact.reports
    )


def _changes(effects: tuple[Effect, ...]) -> str:
    counted = [effect for effect in effects if not effect.fault]
    if not counted:
        return "no change"
    if len(counted) == 1:
        return _change(counted[0].counts)
    named = [f"{effect.label} {_change(effect.counts)}" for effect in counted[:CRITERIA_NAMED]]
    more = len(counted) - CRITERIA_NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _change(counts: Counts) -> str:
    return f"+{counts.enter:,} −{counts.leave:,}"
