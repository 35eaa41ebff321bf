"""What both engines are asked, and what they answer. The SQL they share is here; how words are met is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from glossary.domain.names import fold
from glossary.lookup.driver import rows
from glossary.models import Tier

AT_ONCE = 20
LONGEST_QUERY = 200
NOBODYS = " "  # no key holds a space
LABELS = {str(tier.value): str(tier.label) for tier in Tier}
NEAR = 200  # words may be looked at for one that was mistyped


@dataclass(frozen=True)
class Wanted:
    """The instant, and what the rows in force then must be; an empty filter says nothing."""

    at: datetime
    kind: str = ""
    status: str = ""
    owner_side: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.status or self.owner_side)

    @property
    def sql(self) -> str:
        """The condition on `f`, a row of what is in force."""
        given = [column for column in ("kind", "status", "owner_side") if getattr(self, column)]
        only_words = [] if self.kind else ["f.kind <> 'record_type'"]
        in_force = ["f.from_at <= %s", "(f.until_at > %s OR f.until_at IS NULL)"]
        return " AND ".join([*in_force, *(f"f.{column} = %s" for column in given), *only_words])

    @property
    def values(self) -> list[Any]:
        return [self.instant, self.instant, *filter(None, (self.kind, self.status, self.owner_side))]

    @cached_property
    def instant(self) -> Any:
        """`at` as the driver takes it."""
        return connection.ops.adapt_datetimefield_value(self.at)


def key_asked(typed: str) -> str:
    """The key of what was typed; empty for what can be no name."""
    return "" if len(typed) > LONGEST_QUERY or "\x00" in typed else fold(typed)


class Named(NamedTuple):
    """A stored name that was met: its key, the tier in which it is met, its spelling, and the term as of now."""

    in_force_id: int
    key: str
    tier: str
    text: str
    name: str
    slug: str


class Range(NamedTuple):
    """Keys in order: the condition on them with its values, and how the keys are sorted, where that matters."""

    keys: str
    values: Sequence[str]
    order: str = ""


# The names first, then of each what is in force. Nothing is read beyond the rows that are wanted: their number stands
# in the statement, since PostgreSQL plans it once, for however many it takes a parameter to be.
_NAMES = """
SELECT f.id, n.key, CAST(n.tier AS text), n.text, f.name, f.slug
FROM glossary_name n CROSS JOIN glossary_inforce f
WHERE {keys} AND n.from_at <= %s AND (n.until_at > %s OR n.until_at IS NULL)
  AND f.id = (SELECT g.id FROM glossary_inforce g
    WHERE g.term_id = n.term_id AND g.from_at <= %s ORDER BY g.from_at DESC LIMIT 1)
  AND {wanted}{order} LIMIT {limit}
"""

_WORDS = "SELECT word FROM glossary_searchword WHERE {keys} ORDER BY word{order} LIMIT {limit}"

# What has many keys in common is near: a word one slip away has four of them, one that is two away perhaps one.
WITH_KEYS = f"""
SELECT w.word FROM (
  SELECT word_id, count(*) AS shared FROM glossary_wordlikeness WHERE {{are_asked}}
  GROUP BY word_id ORDER BY shared DESC, word_id LIMIT {NEAR}) l
JOIN glossary_searchword w ON w.id = l.word_id
"""


def names_where(some: Range, wanted: Wanted, limit: int) -> list[Named]:
    sql = _NAMES.format(wanted=wanted.sql, limit=limit, **some._asdict())
    return [Named(*row) for row in rows(sql, [*some.values, *[wanted.instant] * 3, *wanted.values])]


def entries_where(sql: str, question: str, wanted: Wanted, limit: int) -> list[tuple[int, str]]:
    """(id of the row in force, name) of what the full-text index meets, in the order of their places."""
    return rows(sql.format(wanted=wanted.sql, limit=limit), [question, *wanted.values])


_BODIES = "SELECT id, body FROM glossary_inforce WHERE id IN ({places})"
_LEXEMES = """
SELECT f.id, e.lexemes FROM glossary_inforce f JOIN glossary_searchentry e ON e.version_id = f.version_id
WHERE f.id IN ({places})
"""


def bodies_of(in_force: Sequence[int]) -> dict[int, str]:
    """What is served of these rows in force."""
    return _of_rows(_BODIES, in_force)


def lexemes_of(in_force: Sequence[int]) -> dict[int, str]:
    """What search keeps of these rows in force."""
    return _of_rows(_LEXEMES, in_force)


def _of_rows(sql: str, ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    padded = [*ids, *[ids[0]] * (-len(ids) % AT_ONCE)]  # so that there are few statements to prepare
    return dict(rows(sql.format(places=", ".join(["%s"] * len(padded))), padded))


def words_where(keys: str, values: list[Any], limit: int, order: str = "") -> list[str]:
    return [word for (word,) in rows(_WORDS.format(keys=keys, order=order, limit=limit), values)]


def after_all_with(beginning: str) -> str:
    """What stands behind every text with this beginning, letter by letter."""
    return beginning + "\U0010ffff"
