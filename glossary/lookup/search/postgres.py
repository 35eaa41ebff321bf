"""Search on PostgreSQL: a stored tsvector over the words kept."""

from collections.abc import Sequence

from glossary.lookup.driver import rows
from glossary.lookup.search.asking import (
    WITH_KEYS,
    Named,
    Range,
    Wanted,
    after_all_with,
    entries_where,
    names_where,
    words_where,
)
from glossary.rendering.searchable import Part, lexeme, reference

CANDIDATES = 500  # of one part are put in order; so many hold a common word that no reader would go on

# What is in force is asked of the first few only, unless most of those met may be something else.
_MET = f"""
SELECT f.id, f.name FROM (
  SELECT version_id, place FROM (
    SELECT e.version_id, e.place FROM glossary_searchentry e WHERE e.vector @@ %s::tsquery LIMIT {CANDIDATES}) met
  ORDER BY place OFFSET 0) s
JOIN glossary_inforce f ON f.version_id = s.version_id AND {{wanted}}
ORDER BY s.place LIMIT {{limit}}
"""
_SOME = """
SELECT f.id, f.name FROM glossary_searchentry e JOIN glossary_inforce f ON f.version_id = e.version_id
WHERE e.vector @@ %s::tsquery AND {wanted} LIMIT {limit}
"""
_MET_AMONG_FEW = f"""
SELECT id, name FROM (SELECT f.id AS id, f.name AS name, e.place AS place FROM glossary_searchentry e
  JOIN glossary_inforce f ON f.version_id = e.version_id
  WHERE e.vector @@ %s::tsquery AND {{wanted}} LIMIT {CANDIDATES}) s
ORDER BY place LIMIT {{limit}}
"""
_WITH_KEYS = WITH_KEYS.format(are_asked="key = ANY(%s)")


# The operators of the pattern index, whatever the collation.
_UPWARDS = " ORDER BY n.key USING ~<~, n.term_id, n.tier"
_DOWNWARDS = " ORDER BY n.key USING ~>~, n.term_id DESC, n.tier DESC"


def beginning(key: str) -> Range:
    """Keys that begin so, in byte order."""
    return Range("n.key ~>=~ %s AND n.key ~<~ %s", [key, after_all_with(key)], _UPWARDS)


# Of the keys of each term the first one, and of a key the nearest tier; no key holds a space.
FIRST_OF_EACH = """
SELECT * FROM (SELECT DISTINCT ON (term_id) key || ' ' || tier AS place, tier, text, term_id FROM ({keys}) n
  ORDER BY term_id, key USING ~<~, tier) first ORDER BY place COLLATE "C" LIMIT {limit}
"""


def names_around(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """So many names in force from this key on, and as many before it, nearest first in byte order."""
    after = names_where(Range("n.key ~>=~ %s", [key], _UPWARDS), wanted, limit)
    return after + names_where(Range("n.key ~<~ %s", [key], _DOWNWARDS), wanted, limit)


def holding(groups: Sequence[Sequence[str]], part: Part, wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """(id of the row in force, name) of those whose part holds a word of every group, short names first."""
    sql = _MET_AMONG_FEW if wanted.is_narrowed else _MET
    return entries_where(sql, _question(groups, part), wanted, limit)


def some_holding(groups: Sequence[Sequence[str]], wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """The same of any part, in no order: all of them if there are fewer than `limit`."""
    return entries_where(_SOME, _question(groups, Part.ANYWHERE), wanted, limit)


def referring(slug: str, wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """The same of those that refer to a term."""
    return entries_where(_MET_AMONG_FEW, f"'{reference(slug)}'", wanted, limit)


def _question(groups: Sequence[Sequence[str]], part: Part) -> str:
    """Stems are letters and digits alone, and stand in quotes: nothing of what was typed is read as an operator."""
    return " & ".join("(" + " | ".join(f"'{lexeme(part, known)}'" for known in group) + ")" for group in groups)


def words_beginning(key: str, limit: int) -> list[str]:
    return words_where(
        "in_name AND word ~>=~ %s AND word ~<~ %s", [key, after_all_with(key)], limit, order=" USING ~<~"
    )


def words_with_keys(keys: Sequence[int]) -> list[str]:
    """So many words that have kept one of these keys, those with most of them first."""
    return [word for (word,) in rows(_WITH_KEYS, [keys])]
