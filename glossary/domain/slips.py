"""Keys by which an index finds the texts that are a slip of the pen or two away, however many there are.

A text is cut into five pieces, and its keys leave out two of them each. Two slips harm two pieces at most, so a text
that is two slips of `names.distance` away has the other three in their order, and thus one of these keys, once they are
read where the slips have moved them to. Two letters swapped across a cut harm one piece and the first letter of the
next one, which is then put back. What has a key in common may still be too unlike: that is for the caller to compare.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise, product
from typing import NamedTuple
from zlib import crc32

SLIPS = 2
_PIECES = 5
_PAIRS = list(combinations(range(_PIECES), SLIPS))


def keys_kept(text: str) -> set[int]:
    """The keys of a text that is to be found: ten at most, of 32 bits with a sign."""
    cuts = _cuts(len(text))
    pieces = [text[start:end] for start, end in pairwise(cuts)]
    return {_key(len(text), pair, "".join(pieces[at] for at in range(_PIECES) if at not in pair)) for pair in _PAIRS}


def keys_asked(text: str) -> set[int]:
    """The keys of which each text up to two slips away has kept one: some hundred and fifty, however long it is."""
    lengths = range(max(1, len(text) - SLIPS), len(text) + SLIPS + 1)
    return {_key(length, pair, rest) for length in lengths for pair in _PAIRS for rest in _rests_of(text, length, pair)}


def key_of_whole(text: str) -> int:
    """One more key, which only the same text has."""
    return crc32(f"= {text}".encode()) - 2**31


def _cuts(length: int) -> list[int]:
    """Where the pieces of a text begin, and its end; in a short text each letter is a piece, and the last are empty."""
    return [min(length, place * max(length, _PIECES) // _PIECES) for place in range(_PIECES + 1)]


def _key(length: int, pair: tuple[int, ...], rest: str) -> int:
    return crc32(f"{length} {pair} {rest}".encode()) - 2**31


class _Slip(NamedTuple):
    """By how many letters it moves what follows, and whether it swaps the last letter of a piece with the next one."""

    moves: int
    swaps: bool = False


_ONE = (_Slip(0), _Slip(1), _Slip(-1), _Slip(0, swaps=True))
_TWO = {
    moved: [(one, other) for one, other in product(_ONE, repeat=SLIPS) if one.moves + other.moves == moved]
    for moved in range(-SLIPS, SLIPS + 1)
}


def _rests_of(text: str, length: int, pair: tuple[int, ...]) -> Iterator[str]:
    """What a text of this length may have beside the two pieces, if slips in these made `text` of it."""
    (first, second), cuts = pair, _cuts(length)
    for one, other in _TWO[len(text) - length]:
        rest = ""
        for place in range(_PIECES):
            if place not in pair:
                moved = 0 if place < first else one.moves if place < second else one.moves + other.moves
                start, end = cuts[place] + moved, cuts[place + 1] + moved
                is_swapped = (place == first + 1 and one.swaps) or (place == second + 1 and other.swaps)
                rest += text[start - 1 : start] + text[start + 1 : end] if is_swapped else text[start:end]
        yield rest
