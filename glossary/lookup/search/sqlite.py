"""Search on SQLite: FTS5 over the words kept."""

import json
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
from glossary.models.search import VERSIONS
from glossary.rendering.searchable import Part, lexeme, reference

# The full-text table is read in the order of its places, no further than there is room for what is in force.
_MET = f"""
SELECT f.id, f.name FROM glossary_searchentry_words s CROSS JOIN glossary_inforce f
WHERE glossary_searchentry_words MATCH %s AND f.version_id = s.rowid - s.rowid / {VERSIONS} * {VERSIONS} AND {{wanted}}
ORDER BY s.rowid LIMIT {{limit}}
"""
_WITH_KEYS = WITH_KEYS.format(are_asked="key IN (SELECT value FROM json_each(%s))")


_UPWARDS, _DOWNWARDS = " ORDER BY n.key, n.term_id, n.tier", " ORDER BY n.key DESC, n.term_id DESC, n.tier DESC"


def beginning(key: str) -> Range:
    """Keys that begin so, in the order of the index."""
    return Range("n.key >= %s AND n.key < %s", [key, after_all_with(key)], _UPWARDS)


# Of the keys of each term the first one, and of a key the nearest tier; no key holds a space.
FIRST_OF_EACH = """
SELECT min(key || ' ' || tier) AS place, tier, text, term_id FROM ({keys}) n GROUP BY term_id ORDER BY 1 LIMIT {limit}
"""


def names_around(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """So many names in force from this key on, and as many before it, nearest first."""
    after = names_where(Range("n.key >= %s", [key], _UPWARDS), wanted, limit)
    return after + names_where(Range("n.key < %s", [key], _DOWNWARDS), wanted, limit)


def holding(groups: Sequence[Sequence[str]], part: Part, wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """(id of the row in force, name) of those whose part holds a word of every group, short names first."""
    return entries_where(_MET, _question(groups, part), wanted, limit)


def some_holding(groups: Sequence[Sequence[str]], wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """The same of any part: all of them if there are fewer than `limit`."""
    return holding(groups, Part.ANYWHERE, wanted, limit)


def referring(slug: str, wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """The same of those that refer to a term."""
    return entries_where(_MET, f'"{reference(slug)}"', wanted, limit)


def _question(groups: Sequence[Sequence[str]], part: Part) -> str:
    """Stems are letters and digits alone, and stand in quotes: nothing of what was typed is read as an operator."""
    return " AND ".join("(" + " OR ".join(f'"{lexeme(part, known)}"' for known in group) + ")" for group in groups)


def words_beginning(key: str, limit: int) -> list[str]:
    return words_where("in_name AND word >= %s AND word < %s", [key, after_all_with(key)], limit)


def words_with_keys(keys: Sequence[int]) -> list[str]:
    """So many words that have kept one of these keys, those with most of them first."""
    return [word for (word,) in rows(_WITH_KEYS, [json.dumps(keys)])]
