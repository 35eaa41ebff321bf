"""Names that begin with what was typed so far, in one statement, which also finds the tool that asks."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from glossary.lookup.askers import LIVE_TOKEN, Asker
from glossary.lookup.driver import rows
from glossary.lookup.search.asking import LABELS, NOBODYS, Wanted, key_asked
from glossary.lookup.search.engines import engine
from glossary.models import Tier

SPELLINGS = 4  # of a term that commonly begin alike, two names each exactly and loosely
AHEAD = 2  # times as many keys are read, so that names come first that stand behind a crowd of aliases
USUAL = 8


class Suggestion(NamedTuple):
    """A term with a name that begins with what was typed so far: `text` is that name."""

    slug: str
    name: str
    text: str
    matched_on: str


# The keys first, each term once, in an index that holds all that is asked of them; then what is in force of these.
_NAMES = """
SELECT n.place, CAST(n.tier AS text), n.text, f.name, f.slug
FROM ({first_of_each}) n CROSS JOIN glossary_inforce f
WHERE f.id = (SELECT g.id FROM glossary_inforce g
    WHERE g.term_id = n.term_id AND g.from_at <= %s ORDER BY g.from_at DESC LIMIT 1)
"""
_KEYS = f"""
SELECT CASE WHEN n.key = %s THEN 'a ' WHEN n.tier = {Tier.NAME} THEN 'b ' ELSE 'c ' END || n.key AS key,
    n.tier AS tier, n.text AS text, n.term_id AS term_id FROM glossary_name n
WHERE {{keys}} AND n.from_at <= %s AND (n.until_at > %s OR n.until_at IS NULL){{order}} LIMIT {{most}}
"""
_ASKER = (
    f"SELECT '', '', CAST(t.scopes AS text), '', CAST(t.id AS text) {LIVE_TOKEN} UNION ALL SELECT * FROM ({{names}}) n"
)


def suggest(beginning: str, *, at: datetime, limit: int = USUAL) -> list[Suggestion]:
    """Terms in force at `at` that are called something that begins so: what is called just so, then those whose name
    begins so, then by their other names, each in order of these. One query over a range of keys.
    """
    return suggest_for("", beginning, at=at, limit=limit)[1]


def suggest_for(
    digest: str, beginning: str, *, at: datetime, limit: int = USUAL
) -> tuple[Asker | None, list[Suggestion]]:
    """The same, and in the same query who asks: the token with this digest when it is live at `at`, else None."""
    key, instant = key_asked(beginning) or NOBODYS, Wanted(at=at).instant
    some = engine().beginning(key)
    whose = [digest, instant] if digest else []
    asker, found = None, []
    for row in rows(_sql(some.keys, some.order, limit, bool(digest)), [*whose, key, *some.values, *[instant] * 3]):
        if row[0]:
            found.append(row)
        else:
            asker = Asker(int(row[4]), row[2])
    return asker, [Suggestion(slug, name, text, LABELS[tier]) for _, tier, text, name, slug in sorted(found)]


@lru_cache(maxsize=100)
def _sql(keys: str, order: str, limit: int, with_asker: bool) -> str:
    names = _KEYS.format(keys=keys, order=order, most=limit * SPELLINGS * AHEAD)
    found = _NAMES.format(first_of_each=engine().FIRST_OF_EACH.format(keys=names, limit=limit))
    return _ASKER.format(names=found) if with_asker else found


__all__ = ["Suggestion", "suggest", "suggest_for"]
