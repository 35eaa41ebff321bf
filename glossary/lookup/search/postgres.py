"""Search on PostgreSQL: a stored tsvector, and pg_trgm for slips of the pen where the server has it."""

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

_MET = """
SELECT f.id AS id, f.name AS name FROM glossary_searchentry e
JOIN glossary_inforce f ON f.version_id = e.version_id AND {wanted}
WHERE e.vector @@ %s::tsquery LIMIT {most}
"""
_IN_ORDER = f'SELECT id, name FROM ({_MET}) found ORDER BY length(name), name COLLATE "C", id LIMIT {{limit}}'
_NEAR = """
SELECT word FROM (SELECT word FROM glossary_searchword ORDER BY word <-> %s LIMIT %s) near
WHERE length(word) BETWEEN %s AND %s
"""
_HAS_PARTS = "SELECT 1 FROM pg_class WHERE relname = 'glossary_searchword_parts' AND pg_table_is_visible(oid)"


# The operators of the pattern index, whatever the collation.
_UPWARDS = " ORDER BY n.key USING ~<~, n.term_id, n.tier"
_DOWNWARDS = " ORDER BY n.key USING ~>~, n.term_id DESC, n.tier DESC"


def names_beginning(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """Names in force whose keys begin so, in byte order."""
    some = Range("n.key ~>=~ %s AND n.key ~<~ %s", [key, after_all_with(key)], _UPWARDS)
    return names_where(some, wanted, limit)


def names_around(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """So many names in force from this key on, and as many before it, nearest first in byte order."""
    after = names_where(Range("n.key ~>=~ %s", [key], _UPWARDS), wanted, limit)
    return after + names_where(Range("n.key ~<~ %s", [key], _DOWNWARDS), wanted, limit)


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
    return " & ".join("(" + " | ".join(f"'{lexeme(part, known)}'" for known in group) + ")" for group in groups)


def words_beginning(key: str, limit: int) -> list[str]:
    return words_where("word ~>=~ %s AND word ~<~ %s", [key, after_all_with(key)], limit, order=" USING ~<~")


def words_near(key: str, most: int) -> list[str]:
    """Words that may be `most` slips away: those that share parts, and those of that length that begin alike."""
    bounds = [len(key) - most, len(key) + most]
    alike = [word for (word,) in rows(_NEAR, [key, NEAR, *bounds])] if rows(_HAS_PARTS, []) else []
    beginning = key[:most]
    alike_at_first = "word ~>=~ %s AND word ~<~ %s AND length(word) BETWEEN %s AND %s"
    return alike + words_where(alike_at_first, [beginning, after_all_with(beginning), *bounds], NEAR)


__all__ = ["holding", "names_around", "names_beginning", "some_holding", "words_beginning", "words_near"]
