"""What both engines are asked, and what they answer. The SQL they share is here; how words are met is theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

CANDIDATES = 500  # of one part are put in order; so many hold a common word that no reader would go on
NEAR = 200  # words may be looked at for one that was mistyped


@dataclass(frozen=True)
class Wanted:
    """The instant, and what the rows in force then must be; an empty filter says nothing."""

    at: datetime
    kind: str = ""
    status: str = ""
    owner_side: str = ""

    @property
    def sql(self) -> str:
        """The condition on `f`, a row of what is in force."""
        given = [column for column in ("kind", "status", "owner_side") if getattr(self, column)]
        only_words = [] if self.kind else ["f.kind <> 'record_type'"]
        in_force = ["f.from_at <= %s", "(f.until_at > %s OR f.until_at IS NULL)"]
        return " AND ".join([*in_force, *(f"f.{column} = %s" for column in given), *only_words])

    @property
    def values(self) -> list[Any]:
        instant = connection.ops.adapt_datetimefield_value(self.at)
        return [instant, instant, *filter(None, (self.kind, self.status, self.owner_side))]


class Named(NamedTuple):
    """A stored name that was met: its key, tier and spelling, and the term as it is called now."""

    in_force_id: int
    key: str
    tier: int
    text: str
    is_former: bool
    name: str
    slug: str


# Names of the version in force, and what the versions before it were called.
_NAMES = """
SELECT f.id, n.key, n.tier, n.text, n.version_id <> f.version_id, f.name, t.slug
FROM glossary_name n
JOIN glossary_inforce f ON f.term_id = n.term_id AND {wanted}
JOIN glossary_term t ON t.id = n.term_id
WHERE {keys} AND (n.version_id = f.version_id OR (n.tier = 1 AND
  (SELECT v.number FROM glossary_version v WHERE v.id = n.version_id)
    < (SELECT w.number FROM glossary_version w WHERE w.id = f.version_id)))
ORDER BY n.key{order} LIMIT %s
"""

_WORDS = "SELECT word FROM glossary_searchword WHERE {keys} ORDER BY word{order} LIMIT %s"


def asked(sql: str, values: Iterable[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall()


def named(key: str, wanted: Wanted, limit: int) -> list[Named]:
    """The names in force with exactly this key."""
    return names_where("n.key = %s", [key], wanted, limit)


def names_where(keys: str, values: list[str], wanted: Wanted, limit: int, order: str = "") -> list[Named]:
    sql = _NAMES.format(wanted=wanted.sql, keys=keys, order=order)
    return [Named(*row) for row in asked(sql, [*wanted.values, *values, limit])]


def words_where(keys: str, values: list[Any], limit: int, order: str = "") -> list[str]:
    return [word for (word,) in asked(_WORDS.format(keys=keys, order=order), [*values, limit])]


def after_all_with(beginning: str) -> str:
    """What stands behind every text with this beginning, letter by letter."""
    return beginning + "\U0010ffff"
