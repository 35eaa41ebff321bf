"""Search on PostgreSQL: a stored tsvector, and pg_trgm for slips of the pen where the server has it."""

from collections.abc import Sequence

from glossary.lookup.search.asking import (
    CANDIDATES,
    NEAR,
    Named,
    Wanted,
    after_all_with,
    asked,
    named,
    names_where,
    words_where,
)
from glossary.rendering.searchable import Part, lexeme

_HOLDING = """
SELECT id, name FROM (
  SELECT f.id AS id, f.name AS name FROM glossary_searchentry e
  JOIN glossary_inforce f ON f.version_id = e.version_id AND {wanted}
  WHERE e.vector @@ %s::tsquery LIMIT %s
) found ORDER BY length(name), name COLLATE "C", id LIMIT %s
"""
_NEAR = """
SELECT word FROM (SELECT word FROM glossary_searchword ORDER BY word <-> %s LIMIT %s) near
WHERE length(word) BETWEEN %s AND %s
"""
_HAS_PARTS = "SELECT 1 FROM pg_class WHERE relname = 'glossary_searchword_parts' AND pg_table_is_visible(oid)"


def names_beginning(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """Names in force whose keys begin so, in byte order: the operators of the pattern index, whatever the collation."""
    bounds = [key, after_all_with(key)]
    return names_where("n.key ~>=~ %s AND n.key ~<~ %s", bounds, wanted, limit, order=" USING ~<~")


def names_around(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """So many names in force from this key on, and as many before it, nearest first in byte order."""
    after = names_where("n.key ~>=~ %s", [key], wanted, limit, order=" USING ~<~")
    return after + names_where("n.key ~<~ %s", [key], wanted, limit, order=" USING ~>~")


def holding(groups: Sequence[Sequence[str]], part: Part, wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """(id of the row in force, name) of those whose part holds a word of every group."""
    return asked(_HOLDING.format(wanted=wanted.sql), [*wanted.values, _question(groups, part), CANDIDATES, limit])


def _question(groups: Sequence[Sequence[str]], part: Part) -> str:
    """Stems are letters and digits alone, and stand in quotes: nothing of what was typed is read as an operator."""
    return " & ".join("(" + " | ".join(f"'{lexeme(part, known)}'" for known in group) + ")" for group in groups)


def words_beginning(key: str, limit: int) -> list[str]:
    return words_where("word ~>=~ %s AND word ~<~ %s", [key, after_all_with(key)], limit, order=" USING ~<~")


def words_near(key: str, most: int) -> list[str]:
    """Words that may be `most` slips away: those that share parts, and those of that length that begin alike."""
    bounds = [len(key) - most, len(key) + most]
    alike = [word for (word,) in asked(_NEAR, [key, NEAR, *bounds])] if asked(_HAS_PARTS, []) else []
    beginning = key[:most]
    alike_at_first = "word ~>=~ %s AND word ~<~ %s AND length(word) BETWEEN %s AND %s"
    return alike + words_where(alike_at_first, [beginning, after_all_with(beginning), *bounds], NEAR)


__all__ = ["holding", "named", "names_beginning", "words_beginning", "words_near"]
