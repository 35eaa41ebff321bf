"""Search on SQLite: FTS5 over the words kept, and over parts of words for slips of the pen."""

from collections.abc import Sequence
from typing import Any

from glossary.lookup.driver import rows
from glossary.lookup.search.asking import (
    CANDIDATES,
    NEAR,
    Named,
    Range,
    Wanted,
    after_all_with,
    names_where,
    words_where,
)
from glossary.rendering.searchable import Part, lexeme

# The full-text table leads, and the first few hundred that are in force are put in order.
_MET = """
SELECT f.id AS id, f.name AS name FROM glossary_searchentry_words s
CROSS JOIN glossary_inforce f ON f.version_id = s.rowid AND {wanted}
WHERE glossary_searchentry_words MATCH %s LIMIT {most}
"""
_IN_ORDER = f"SELECT id, name FROM ({_MET}) ORDER BY length(name), name, id LIMIT {{limit}}"
_NEAR = """
SELECT w.word FROM glossary_searchword_parts s JOIN glossary_searchword w ON w.id = s.rowid
WHERE glossary_searchword_parts MATCH %s AND length(w.word) BETWEEN %s AND %s ORDER BY s.rank LIMIT %s
"""


_UPWARDS, _DOWNWARDS = " ORDER BY n.key, n.term_id, n.tier", " ORDER BY n.key DESC, n.term_id DESC, n.tier DESC"


def names_beginning(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """Names in force whose keys begin so, in the order of the index."""
    return names_where(Range("n.key >= %s AND n.key < %s", [key, after_all_with(key)], _UPWARDS), wanted, limit)


def names_around(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """So many names in force from this key on, and as many before it, nearest first."""
    after = names_where(Range("n.key >= %s", [key], _UPWARDS), wanted, limit)
    return after + names_where(Range("n.key < %s", [key], _DOWNWARDS), wanted, limit)


def holding(groups: Sequence[Sequence[str]], part: Part, wanted: Wanted, limit: int) -> list[tuple[Any, ...]]:
    """(id of the row in force, name) of those whose part holds a word of every group."""
    sql = _IN_ORDER.format(wanted=wanted.sql, most=CANDIDATES, limit=limit)
    return rows(sql, [*wanted.values, _question(groups, part)])


def some_holding(groups: Sequence[Sequence[str]], wanted: Wanted, limit: int) -> list[tuple[Any, ...]]:
    """The same of any part, in no order: all of them if there are fewer than `limit`."""
    sql = _MET.format(wanted=wanted.sql, most=limit)
    return rows(sql, [*wanted.values, _question(groups, Part.ANYWHERE)])


def _question(groups: Sequence[Sequence[str]], part: Part) -> str:
    """Stems are letters and digits alone, and stand in quotes: nothing of what was typed is read as an operator."""
    return " AND ".join("(" + " OR ".join(f'"{lexeme(part, known)}"' for known in group) + ")" for group in groups)


def words_beginning(key: str, limit: int) -> list[str]:
    return words_where("word >= %s AND word < %s", [key, after_all_with(key)], limit)


def words_near(key: str, most: int) -> list[str]:
    """Words that may be `most` slips away: those that share parts, and those of that length that begin alike."""
    bounds = [len(key) - most, len(key) + most]
    parts = " OR ".join(f'"{key[place : place + 3]}"' for place in range(len(key) - 2))
    beginning = key[:most]
    alike_at_first = "word >= %s AND word < %s AND length(word) BETWEEN %s AND %s"
    alike = [word for (word,) in rows(_NEAR, [parts, *bounds, NEAR])]
    return alike + words_where(alike_at_first, [beginning, after_all_with(beginning), *bounds], NEAR)


__all__ = ["holding", "names_around", "names_beginning", "some_holding", "words_beginning", "words_near"]
