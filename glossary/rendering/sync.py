"""The state of the vocabulary as a picture: one bar, a stretch for each state."""

from collections.abc import Mapping
from typing import NamedTuple

WIDTH = 600
NARROWEST = 6  # so that one word in a thousand is still seen
ORDER = ("agreed", "upcoming", "in_review", "wanted", "discouraged", "retired")


class Stretch(NamedTuple):
    """A state, how many words are in it, and where in a bar of `WIDTH` it is drawn."""

    state: str
    words: int
    x: float
    width: float


def stretches(counts: Mapping[str, int]) -> list[Stretch]:
    """The bar for so many words in each state, from agreed to retired; empty without any word."""
    there = [(state, counts[state]) for state in ORDER if counts.get(state)]
    shares = [max(WIDTH * count / sum(counts.values()), NARROWEST) for _, count in there]
    scale, x, found = WIDTH / (sum(shares) or 1), 0.0, []
    for (state, count), share in zip(there, shares, strict=True):
        found.append(Stretch(state, count, round(x, 1), round(share * scale, 1)))
        x += share * scale
    return found
