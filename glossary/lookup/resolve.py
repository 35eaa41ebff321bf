"""From a name to the terms it means. The SQL is written out, because this question is asked most and waited for."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from glossary.domain.names import distance, fold, loose
from glossary.lookup.askers import LIVE_TOKEN, Asker
from glossary.lookup.driver import rows
from glossary.lookup.search import Rank, names_near, search
from glossary.lookup.search.asking import LABELS, LONGEST_QUERY, NOBODYS
from glossary.models import InForce, Tier

KEYS_AT_ONCE = 500
KEYS_IN_STEP = 50  # so that there are few statements to prepare and to keep


class Ready(NamedTuple):
    """A term that a name means, with its body as served: nothing is left to be put together."""

    matched_on: str
    text: str
    slug: str
    etag: str
    body: str
    in_force_id: int


class Match(NamedTuple):
    """A term that a name means: the spelling that matched, how, and the row in force."""

    text: str
    matched_on: str
    row: InForce


_HITS = """
SELECT n.key, CAST(n.tier AS text), n.text, f.slug, f.etag, f.body, f.id
FROM glossary_name n
{joined}
WHERE n.key {keys} AND {tiers} AND n.from_at <= %s AND (n.until_at > %s OR n.until_at IS NULL)
"""

# Of each word what is in force then. PostgreSQL takes it where it finds it, and SQLite, which cannot, by its id.
_LAST = "FROM glossary_inforce g WHERE g.term_id = n.term_id AND g.from_at <= %s ORDER BY g.from_at DESC LIMIT 1"
_JOINED = {
    "postgresql": f"CROSS JOIN LATERAL (SELECT g.slug, g.etag, g.body, g.id {_LAST}) f",
    "sqlite": f"JOIN glossary_inforce f ON f.id = (SELECT g.id {_LAST})",
}

_TIERS = {"exact": "n.tier < 5", "loose": "n.tier = 5"}

# Whose token this is, as one more row of the same answer, which no key has.
_ASKER = f"SELECT '', '', '', CAST(t.scopes AS text), '', '', t.id {LIVE_TOKEN} UNION ALL"

_ORDER = [str(tier.label) for tier in Tier]  # best first


def ready(names: Sequence[str], *, at: datetime) -> list[list[Ready]]:
    """For each name, in order, the terms it means at `at` (aware): those of the best tier only, by slug.

    One query per five hundred names, and as many for those that only a looser key may find. A name that means nothing
    has an empty list.
    """
    return ready_for("", names, at=at, now=at)[1]


def ready_for(
    digest: str, names: Sequence[str], *, at: datetime, now: datetime
) -> tuple[Asker | None, list[list[Ready]]]:
    """The same, and in the same query who asks: the token with this digest when it is live at `now`, else None.

    Nothing is kept from one request to the next, so that there is nothing to be superseded.
    """
    keys = [_keys_of(name) for name in names]
    asker, exact = _found({folded for folded, _ in keys}, at, "exact", digest, now)
    looser = {loosely for folded, loosely in keys if folded not in exact}
    loosely_met = _found(looser, at, "loose")[1] if looser else {}
    return asker, [exact.get(folded) or loosely_met.get(loosely, []) for folded, loosely in keys]


@lru_cache(maxsize=4_000)
def _keys_of(name: str) -> tuple[str, str]:
    """The folded and the loose key; empty for what can be no name."""
    if len(name) > LONGEST_QUERY or "\x00" in name:
        return ("", "")
    return fold(name), loose(name)


def _found(
    keys: set[str], at: datetime, how: str, digest: str = "", now: datetime | None = None
) -> tuple[Asker | None, dict[str, list[Ready]]]:
    """Who asks, and by key the terms of its best tier."""
    found: dict[str, list[Ready]] = {}
    wanted = list(keys - {""}) or [NOBODYS]
    asker = None
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        some, whose = wanted[start : start + KEYS_AT_ONCE], "" if start else digest
        for key, tier, text, slug, etag, body, pk in rows(*_question(some, at, how, whose, now or at)):
            if key:
                ready = Ready(LABELS[tier], text, slug, etag, body, pk)
                found[key] = [*found[key], ready] if key in found else [ready]
            else:
                asker = Asker(pk, slug)
    return asker, {key: _best(hits) if len(hits) > 1 else hits for key, hits in found.items()}


def _question(keys: list[str], at: datetime, how: str, digest: str, now: datetime) -> tuple[str, list[Any]]:
    """The statement and its parameters."""
    django = connections[DEFAULT_DB_ALIAS]
    operations = django.ops
    instant = operations.adapt_datetimefield_value(at)
    whose = [digest, instant if now is at else operations.adapt_datetimefield_value(now)] if digest else []
    if len(keys) > 1 and django.vendor == "postgresql":
        return _sql(how, bool(digest), 0, django.vendor), [*whose, instant, keys, instant, instant]
    padded = [*keys, *[NOBODYS] * (-len(keys) % KEYS_IN_STEP)] if len(keys) > 1 else keys
    return _sql(how, bool(digest), len(padded), django.vendor), [*whose, instant, *padded, instant, instant]


@lru_cache(maxsize=100)
def _sql(how: str, with_asker: bool, keys: int, vendor: str) -> str:
    """The statement for so many keys; for 0 they are one parameter, so that the statement is always the same."""
    marks = {0: "= ANY(%s)", 1: "= %s"}.get(keys) or f"IN ({', '.join(['%s'] * keys)})"
    return (_ASKER if with_asker else "") + _HITS.format(joined=_JOINED[vendor], keys=marks, tiers=_TIERS[how])


def _best(hits: Sequence[Ready]) -> list[Ready]:
    best = min((hit.matched_on for hit in hits), key=_ORDER.index)
    return sorted((hit for hit in hits if hit.matched_on == best), key=lambda hit: hit.slug)


def resolve(query: str, *, at: datetime) -> list[Match]:
    """The terms that a name means at `at`: best tier only, several when it is shared, none when nobody uses it."""
    return resolve_many([query], at=at)[0]


def resolve_many(names: Sequence[str], *, at: datetime) -> list[list[Match]]:
    """`resolve` for each name, in order, in a bounded number of queries."""
    answers = ready(names, at=at)
    ids = {hit.in_force_id for hits in answers for hit in hits}
    in_force = InForce.objects.select_related("term", "version").in_bulk(ids)
    return [[Match(hit.text, hit.matched_on, in_force[hit.in_force_id]) for hit in hits] for hits in answers]


SAID_OTHERWISE = 3  # as far as a name of which only single words were met or mistyped


def suggestions(query: str, *, at: datetime, limit: int = 5) -> list[tuple[str, str]]:
    """Terms in force whose names look like the query, nearest first, as (slug, current name).

    Looks around the query in the order of names, for names that it begins or ends with, and for its words in names.
    """
    folded = _keys_of(query)[0]
    if not folded:
        return []
    near = [(_farness(folded, row.key), row.name, row.slug) for row in names_near(folded, at=at)]
    near += [(_farness(folded, fold(name), SAID_OTHERWISE), name, slug) for slug, name in _said(query, at, limit)]
    ranked = sorted((score, name, slug) for score, name, slug in near if score is not None)
    return list(dict.fromkeys((slug, name) for _, name, slug in ranked))[:limit]


def _said(query: str, at: datetime, limit: int) -> list[tuple[str, str]]:
    """(slug, name) of terms that have the words of the query, or words like them, in one of their names."""
    hits = search(query, at=at, limit=limit).hits
    return [(hit.served["slug"], hit.served["name"]) for hit in hits if hit.rank <= Rank.WORDS_OF_ALIAS]


def _farness(folded: str, key: str, otherwise: int | None = None) -> int | None:
    """How unlike the two are, `otherwise` when too much.

    0 when the key begins with the query, 1 when it holds it, 1 + edits for a slip of the pen, 4 when the query says
    more than the key, as in “MQL definition”.
    """
    if key.startswith(folded):
        return 0
    if folded in key and len(folded) > 2:
        return 1
    most = 2 if len(folded) >= 6 else 1
    edits = distance(folded, key, most)
    if edits <= most:
        return 1 + edits
    says_more = len(key) > 2 and (folded.startswith(key) or folded.endswith(key))
    return 4 if says_more else otherwise
