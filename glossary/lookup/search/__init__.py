"""Search: words people type, and the agreed texts that hold them. Both engines answer alike.

How near a term is, nearest first: its name is the query; its name begins with it; an alias, abbreviation or former
name is the query; its name holds the words; an alias or abbreviation does; its summary does; its text does, more than
once or at all. Of equally near ones those with short names come first, and stand in order of these. Every word has to
be met, in any form ("negotiating" meets "negotiations"). Where nothing is, each word that no name has is taken for the
beginning of one that some name has; or, if no text has it either, for a slip of the pen of up to two letters.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from glossary.domain.content import KINDS, STATUSES
from glossary.domain.names import distance, loose
from glossary.domain.refusals import Refusal
from glossary.domain.slips import keys_asked
from glossary.domain.words import asked_words, key_of, stem, stems_of, words_like
from glossary.lookup.search.asking import (
    LABELS,
    LONGEST_QUERY,
    NEAR,
    Named,
    Range,
    Wanted,
    bodies_of,
    key_asked,
    lexemes_of,
    names_where,
)
from glossary.lookup.search.completing import SPELLINGS, Suggestion, suggest, suggest_for
from glossary.lookup.search.engines import engine
from glossary.models import SearchWord, Tier
from glossary.rendering.searchable import Part, Passage, lexeme, passages

USUAL, MOST = 20, 50
READINGS = 3  # of one mistyped word
MOST_MISTYPED = 4
MOST_NEAR = 5
BEGINNING = 3  # letters from which on a word may be the beginning of another


class Rank(IntEnum):
    """How near a term is to what was asked, nearest first."""

    NAME = 1
    BEGINNING_OF_NAME = 2
    ALIAS = 3
    WORDS_OF_NAME = 4
    WORDS_OF_ALIAS = 5
    SUMMARY = 6
    OFTEN = 7
    ANYWHERE = 8


_RANK_OF_PART = {
    Part.NAME: Rank.WORDS_OF_NAME,
    Part.ALIAS: Rank.WORDS_OF_ALIAS,
    Part.SUMMARY: Rank.SUMMARY,
    Part.OFTEN: Rank.OFTEN,
    Part.ANYWHERE: Rank.ANYWHERE,
}


class Piece(NamedTuple):
    """A stretch of plain text, and whether it is what was searched for."""

    text: str
    is_match: bool


@dataclass(frozen=True)
class Hit:
    """A term in force that was found. `place` says where: name, former_name, alias, abbreviation, or a field."""

    rank: Rank
    place: str
    pieces: tuple[Piece, ...]
    served: Mapping[str, Any]


@dataclass(frozen=True)
class Results:
    """`read_as` is what a mistyped query was taken for, or empty; `suggestions` (slug, name) if nothing was found."""

    hits: list[Hit]
    read_as: str
    suggestions: list[tuple[str, str]]


def names_near(key: str, *, at: datetime) -> list[Named]:
    """Names in force at `at` around this key in the order of keys, and those that it begins or ends with.

    A few ranges of an index, however many names there are. What is too unlike is for the caller to leave out.
    """
    wanted = Wanted(at=at)
    pieces = sorted({part for cut in range(len(key)) for part in (key[:cut], key[cut:]) if len(part) >= BEGINNING})
    parts = names_where(_any_of(pieces), wanted, NEAR) if pieces else []
    found: list[Named] = engine().names_around(key, wanted, NEAR // 2)
    return parts + found


def _any_of(keys: Sequence[str]) -> Range:
    return Range(f"n.key IN ({', '.join(['%s'] * len(keys))})", keys)


def search(
    query: str, *, at: datetime, kind: str = "", status: str = "", owner_side: str = "", limit: int = USUAL
) -> Results:
    """The terms in force at `at` that the query finds, nearest first, at most `limit` (up to 50).

    Record types are found only with `kind="record_type"`. Raises `Refusal("invalid")` for a query without a letter, of
    more than 200 characters, or with a filter that does not exist.
    """
    _check(query, kind, status)
    wanted = Wanted(at=at, kind=kind, status=status, owner_side=owner_side)
    limit = min(limit, MOST)
    typed = asked_words(query)
    ranked = _by_name(query, wanted, limit)
    _by_words([[stem(word)] for word in typed], ranked, wanted, limit)
    if ranked:
        return Results(_hits(ranked, query, stems_of(typed), limit), "", [])
    readings = _readings_of(typed)
    if any(len(reading) > 1 for reading in readings):
        _by_words([[stem(word) for word in reading] for reading in readings], ranked, wanted, limit)
    if not ranked:
        return Results([], "", _nearest_names(key_asked(query), wanted))
    stems = stems_of(word for reading in readings for word in reading)
    return Results(_hits(ranked, query, stems, limit), " ".join(_likeliest(reading) for reading in readings), [])


def _check(query: str, kind: str, status: str) -> None:
    if len(query) > LONGEST_QUERY:
        raise _invalid("q", "too_long", f"A search has at most {LONGEST_QUERY} characters.")
    if "\x00" in query or not query.strip():
        raise _invalid("q", "required", "Say what to search for, such as ?q=newsletter.")
    for field, given, known in (("kind", kind, KINDS), ("status", status, STATUSES)):
        if given and given not in known:
            raise _invalid(field, "not_a_choice", f"Choose one of {', '.join(known)}.")


def _invalid(path: str, code: str, message: str) -> Refusal:
    return Refusal("invalid", message, errors=[{"path": path, "code": code, "message": message}])


class _Ranked(NamedTuple):
    """How near one row in force is; `named` is the name that was met, if it was a name."""

    rank: Rank
    order: tuple[int, str]
    named: Named | None = None


def _by_name(query: str, wanted: Wanted, limit: int) -> dict[int, _Ranked]:
    """The terms that the query names, or whose names begin with it, by the id of their row in force."""
    folded, looser = key_asked(query), loose(query)
    if not folded:
        return {}
    rows = names_where(engine().beginning(folded), wanted, limit * SPELLINGS)
    if looser != folded:
        rows = [*rows, *names_where(_any_of([looser]), wanted, limit)]
    ranked: dict[int, _Ranked] = {}
    for row in rows:
        _keep(ranked, row.in_force_id, _Ranked(_rank_of(row, folded, looser), (len(row.key), row.name), row))
    return ranked


def _keep(ranked: dict[int, _Ranked], in_force_id: int, found: _Ranked) -> None:
    before = ranked.get(in_force_id)
    if before is None or (found.rank, found.order) < (before.rank, before.order):
        ranked[in_force_id] = found


def _rank_of(row: Named, folded: str, looser: str) -> Rank:
    is_whole = row.key in (folded, looser)
    if row.text == row.name:
        return Rank.NAME if is_whole else Rank.BEGINNING_OF_NAME
    return Rank.ALIAS if is_whole else Rank.WORDS_OF_ALIAS


def _by_words(groups: Sequence[Sequence[str]], ranked: dict[int, _Ranked], wanted: Wanted, limit: int) -> None:
    """Adds the terms that hold a word of every group: all of them, or part by part until there are enough."""
    some = engine().some_holding(groups, wanted, limit + 1) if groups else []
    if len(some) <= limit:
        lexemes = lexemes_of([in_force_id for in_force_id, _ in some])
        for in_force_id, name in some:
            part = _nearest_part(groups, f" {lexemes[in_force_id]} ")
            _keep(ranked, in_force_id, _Ranked(_RANK_OF_PART[part], (len(name), name)))
        return
    for part in Part:
        near_enough = sum(found.rank < _RANK_OF_PART[part] for found in ranked.values())
        if near_enough >= limit:
            return
        for in_force_id, name in engine().holding(groups, part, wanted, limit + len(ranked)):
            _keep(ranked, in_force_id, _Ranked(_RANK_OF_PART[part], (len(name), name)))


def _nearest_part(groups: Sequence[Sequence[str]], lexemes: str) -> Part:
    """The first part that holds a word of every group, in a text of lexemes between spaces."""
    parts = (
        part for part in Part if all(any(f" {lexeme(part, word)} " in lexemes for word in each) for each in groups)
    )
    return next(parts, Part.ANYWHERE)


def _readings_of(typed: Sequence[str]) -> list[list[str]]:
    """Each word as typed, and what the first few that no name has may have been meant to be."""
    keys = {word: key_of(word) for word in typed}
    known = dict(SearchWord.objects.filter(word__in=keys.values()).values_list("word", "in_name"))
    unknown = [word for word in typed if keys[word] and not known.get(keys[word])][:MOST_MISTYPED]
    return [[word, *(_meant_by(keys[word], keys[word] in known) if word in unknown else ())] for word in typed]


def _meant_by(key: str, is_in_texts: bool) -> list[str]:
    """Longer words of names that begin so; else, of what stands in no text as it is, words a slip away."""
    longer = engine().words_beginning(key, READINGS) if len(key) >= BEGINNING else []
    return longer or ([] if is_in_texts else _slips_of(key))


def _slips_in(key: str) -> int:
    """How many slips of the pen a word of this length may hold."""
    return 2 if len(key) >= 6 else 1 if len(key) >= 4 else 0


def _slips_of(key: str) -> list[str]:
    most = _slips_in(key)
    if not most:
        return []
    near = engine().words_with_keys(sorted(keys_asked(key)))
    measured = sorted((distance(key, other, most), other) for other in near)
    return [other for far, other in measured if far <= most][:READINGS]


def _nearest_names(key: str, wanted: Wanted) -> list[tuple[str, str]]:
    """(slug, name) of terms called nearly so, nearest first, of those whose names begin alike."""
    most = _slips_in(key)
    rows = names_where(engine().beginning(key[:BEGINNING]), wanted, NEAR) if most else []
    measured = sorted((distance(key, row.key, most), row.name, row.slug) for row in rows)
    near = dict.fromkeys((slug, name) for far, name, slug in measured if far <= most)
    return list(near)[:MOST_NEAR]


def _likeliest(reading: Sequence[str]) -> str:
    return reading[1] if len(reading) > 1 else reading[0]


def _hits(ranked: Mapping[int, _Ranked], query: str, stems: frozenset[str], limit: int) -> list[Hit]:
    nearest = sorted(ranked, key=lambda pk: (ranked[pk].rank, ranked[pk].order))[:limit]
    bodies = bodies_of(nearest)
    return [_hit(ranked[pk], json.loads(bodies[pk]), query, stems) for pk in nearest]


def _hit(found: _Ranked, served: Mapping[str, Any], query: str, stems: frozenset[str]) -> Hit:
    if found.named:
        text = found.named.text
        return Hit(found.rank, _place_of(found.named, served), _cut(text, _marks_in_name(text, query, stems)), served)
    passage, marks = _best_passage(served, stems)
    return Hit(found.rank, passage.place, _cut(passage.text, marks), served)


_LOOSE = str(Tier.LOOSE.value)


def _place_of(row: Named, served: Mapping[str, Any]) -> str:
    """Where a name stands; a looser key is that of a spelling, which stands somewhere too or did once."""
    if row.tier != _LOOSE:
        return LABELS[row.tier]
    return next((passage.place for passage in passages(served) if passage.text == row.text), "former_name")


Marks = list[tuple[int, int]]


def _marks_in_name(text: str, query: str, stems: frozenset[str]) -> Marks:
    typed = query.strip()
    if text.lower().startswith(typed.lower()):
        return [(0, len(typed))]
    return _marks(text, stems) or [(0, len(text))]


def _marks(text: str, stems: frozenset[str]) -> Marks:
    return [(word.start, word.end) for word in words_like(text, stems)] if stems else []


def _best_passage(served: Mapping[str, Any], stems: frozenset[str]) -> tuple[Passage, Marks]:
    """The first passage that holds most of the words."""
    best, most, marks = Passage("name", served["name"]), 0, []
    for passage in passages(served):
        met = list(words_like(passage.text, stems))
        count = len({word.stem for word in met})
        if count > most:
            best, most, marks = passage, count, [(word.start, word.end) for word in met]
        if most == len(stems):
            break
    return best, marks


SNIPPET = 200
LEAD_IN = 60


def _cut(text: str, marks: Marks) -> tuple[Piece, ...]:
    """A stretch of the text around the first mark, in pieces, with … where text is left out."""
    start = _word_before(text, marks[0][0] - LEAD_IN) if marks and len(text) > SNIPPET else 0
    end = len(text) if len(text) - start <= SNIPPET else max(text.rfind(" ", start, start + SNIPPET), start + LEAD_IN)
    pieces, done = [Piece("… ", False)] if start else [], start
    for first, last in marks:
        if first >= end:
            break
        pieces += [Piece(text[done:first], False), Piece(text[first : min(last, end)], True)]
        done = min(last, end)
    pieces += [Piece(text[done:end], False), Piece(" …" if end < len(text) else "", False)]
    return tuple(piece for piece in pieces if piece.text)


def _word_before(text: str, place: int) -> int:
    return text.rfind(" ", 0, place) + 1 if place > 0 else 0


__all__ = ["Hit", "Piece", "Rank", "Results", "Suggestion", "search", "suggest", "suggest_for"]
