"""The seal: a ring for each team, dashed until it has signed, closed afterwards, linked once all have.

Geometry and words only; the style sheet says how it looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import acos, cos, degrees, radians, sin


@dataclass(frozen=True)
class Ring:
    """One team's place. `signer` is empty where only the fact is known."""

    key: str
    team: str
    is_given: bool
    signer: str = ""
    acting_for: str = ""
    at: datetime | str | None = None
    has_reservation: bool = False

    @property
    def initials(self) -> str:
        """Who signed; for a missing signature, or where nobody is named, the team: colour is never all."""
        return _initials(self.signer) or _initials(self.team)

    @property
    def in_place_of(self) -> str:
        return _initials(self.acting_for)

    @property
    def words(self) -> str:
        """“Rosa Petrov for Sales, in the place of Sam Rivera, with a reservation”."""
        who = f"{self.signer} for {self.team}" if self.signer else self.team
        instead = f", in the place of {self.acting_for}" if self.acting_for else ""
        return who + instead + (", with a reservation" if self.has_reservation else "")


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


@dataclass(frozen=True)
class Size:
    """Of one ring: radius of the middle of its band, width of the band, distance to the next ring (of two, and of
    more, where one in the middle needs room for its letters), air around all."""

    radius: float
    band: float
    step: float
    step_of_more: float
    air: float


SMALL = Size(radius=13, band=2.25, step=20.5, step_of_more=22.5, air=1.5)
LARGE = Size(radius=52, band=15, step=80, step_of_more=86, air=3)


@dataclass(frozen=True)
class Placed:
    """A ring in the drawing: its middle, where its letters stand, and the lines that words on its band follow."""

    ring: Ring
    x: float
    y: float
    letters_at: float
    upper: str
    lower: str


@dataclass(frozen=True)
class Link:
    """Where two closed rings hold each other: the piece of the left one that lies above, the gap that it leaves in the
    right one, and what both enclose."""

    key: str
    above: str
    gap: str
    lens: str


@dataclass(frozen=True)
class Drawing:
    placed: list[Placed]
    links: list[Link]
    size: Size
    width: float
    height: float
    is_whole: bool
    words: str


def drawn(rings: Sequence[Ring], size: Size = SMALL) -> Drawing:
    """The rings side by side, each holding the next."""
    middle = size.radius + size.band / 2 + size.air
    step = size.step if len(rings) < 3 else size.step_of_more
    xs = [round(middle + step * place, 1) for place in range(len(rings))]
    placed = [_placed(ring, xs, place, middle, size) for place, ring in enumerate(rings)]
    closed = [(one, other) for one, other in pairwise(placed) if one.ring.is_given and other.ring.is_given]
    return Drawing(
        placed=placed,
        links=[_link(one, other, size) for one, other in closed],
        size=size,
        width=round(2 * middle + step * max(len(rings) - 1, 0), 1),
        height=round(2 * middle, 1),
        is_whole=all(ring.is_given for ring in rings),
        words=in_words(rings),
    )


def _placed(ring: Ring, xs: list[float], place: int, y: float, size: Size) -> Placed:
    neighbours = (place + 1 < len(xs)) - (place > 0)  # one on the right: the letters stand to the left
    letters_at = round(xs[place] - neighbours * size.radius * 0.19, 1)
    inwards = size.band * (0.2 if ring.is_given else 0.95)  # on the band, or below the dashes
    upper = _arc(xs[place], y, size.radius - inwards, 180, 360, clockwise=True)
    lower = _arc(xs[place], y, size.radius + size.band * 0.22, 180, 0, clockwise=False)
    return Placed(ring, xs[place], y, letters_at, upper, lower)


def _link(one: Placed, other: Placed, size: Size) -> Link:
    """Below, the left ring lies above the right one; at the top it is the other way round, as they are drawn."""
    half = (other.x - one.x) / 2
    inner, outer = size.radius - size.band / 2, size.radius + size.band / 2
    first, last = degrees(acos(half / inner)), degrees(acos(half / outer))
    rise = inner * sin(acos(half / inner))
    curve = f"A{inner:g} {inner:g} 0 0 1 {one.x + half:g}"
    top, bottom = f"{one.y - rise:.1f}", f"{one.y + rise:.1f}"
    return Link(
        key=one.ring.key,
        above=_arc(one.x, one.y, size.radius, first - 12, last + 12, clockwise=True),
        gap=_arc(one.x, one.y, size.radius, first - 6, last + 6, clockwise=True),
        lens=f"M{one.x + half:g} {top}{curve} {bottom}{curve} {top}Z",
    )


def _arc(x: float, y: float, radius: float, start: float, end: float, *, clockwise: bool) -> str:
    """A piece of a circle as an SVG path; angles in degrees, 0 is on the right and 90 at the bottom."""
    (x1, y1), (x2, y2) = (
        (x + radius * cos(radians(angle)), y + radius * sin(radians(angle))) for angle in (start, end)
    )
    return f"M{x1:.1f} {y1:.1f}A{radius:g} {radius:g} 0 0 {int(clockwise)} {x2:.1f} {y2:.1f}"


def in_words(rings: Sequence[Ring]) -> str:
    """“Signed by Sam Rivera for Sales and Mia Tanaka for Marketing”, or whose signature is missing."""
    given = [ring.words for ring in rings if ring.is_given]
    missing = [ring.team for ring in rings if not ring.is_given]
    by = "by" if any(ring.signer for ring in rings) else "for"
    signed = f"Signed {by} {_listed(given)}" if given else "Not signed yet"
    return f"{signed}. Missing: {_listed(missing)}" if missing else signed


def _listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))
