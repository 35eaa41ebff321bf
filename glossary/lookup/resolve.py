"""From a name to the terms it means. The SQL is written out, because this question is asked most and waited for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from glossary.domain.names import distance, fold, loose
from glossary.models import InForce, Name, Tier

LONGEST_QUERY = 200
KEYS_AT_ONCE = 500


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


class _Key(NamedTuple):
    """One stored key of a term in force; `is_former` when a version before the one in force was called so."""

    key: str
    tier: int
    is_former: bool
    ready: Ready

    @property
    def rank(self) -> Tier:
        if self.tier == Tier.NAME and self.is_former:
            return Tier.FORMER_NAME
        return Tier(self.tier)


# A key of the version in force matches, and of the versions before it what was the preferred name then.
_SQL = """
SELECT n.key, n.tier, n.version_id <> f.version_id, n.text, t.slug, f.etag, f.body, f.id
FROM glossary_name n
JOIN glossary_inforce f ON f.term_id = n.term_id AND f.from_at <= %s AND (f.until_at > %s OR f.until_at IS NULL)
JOIN glossary_term t ON t.id = n.term_id
WHERE n.key IN ({keys}) AND (n.version_id = f.version_id OR (
  (SELECT v.number FROM glossary_version v WHERE v.id = n.version_id)
    < (SELECT w.number FROM glossary_version w WHERE w.id = f.version_id)
  AND (n.tier = 1 OR (n.tier = 5 AND EXISTS (
    SELECT 1 FROM glossary_name p WHERE p.version_id = n.version_id AND p.tier = 1 AND p.text = n.text)))
))
"""


def ready(names: Sequence[str], *, at: datetime) -> list[list[Ready]]:
    """For each name, in order, the terms it means at `at` (aware): those of the best tier only, by slug.

    One query per five hundred keys. A name that means nothing has an empty list.
    """
    keys = [_keys_of(name) for name in names]
    found = _found({key for pair in keys for key in pair}, at)
    return [_best(pair, found) for pair in keys]


@lru_cache(maxsize=10_000)
def _keys_of(name: str) -> tuple[str, str]:
    """The folded and the loose key; empty for what can be no name."""
    if len(name) > LONGEST_QUERY or "\x00" in name:
        return ("", "")
    return fold(name), loose(name)


def _found(keys: set[str], at: datetime) -> dict[str, list[_Key]]:
    found: dict[str, list[_Key]] = {}
    wanted = sorted(keys - {""})
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        for row in _rows(wanted[start : start + KEYS_AT_ONCE], at):
            found.setdefault(row.key, []).append(row)
    return found


def _rows(keys: Sequence[str], at: datetime) -> Iterator[_Key]:
    instant = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(keys=", ".join(["%s"] * len(keys))), [instant, instant, *keys])
        for key, tier, is_former, text, slug, etag, body, pk in cursor.fetchall():
            matched_on = Tier.FORMER_NAME.label if tier == Tier.NAME and is_former else Tier(tier).label
            yield _Key(key, tier, bool(is_former), Ready(str(matched_on), text, slug, etag, body, pk))


def _best(pair: tuple[str, str], found: dict[str, list[_Key]]) -> list[Ready]:
    folded, looser = pair
    exact = [row for row in found.get(folded, ()) if row.tier != Tier.LOOSE]
    hits = exact or [row for row in found.get(looser, ()) if row.tier == Tier.LOOSE]
    best = min((row.rank for row in hits), default=None)
    by_term = {row.ready.slug: row.ready for row in reversed(hits) if row.rank == best}
    return [by_term[slug] for slug in sorted(by_term)]


def resolve(query: str, *, at: datetime) -> list[Match]:
    """The terms that a name means at `at`: best tier only, several when it is shared, none when nobody uses it."""
    return resolve_many([query], at=at)[0]


def resolve_many(names: Sequence[str], *, at: datetime) -> list[list[Match]]:
    """`resolve` for each name, in order, in a bounded number of queries."""
    answers = ready(names, at=at)
    ids = {hit.in_force_id for hits in answers for hit in hits}
    rows = InForce.objects.select_related("term", "version").in_bulk(ids)
    return [[Match(hit.text, hit.matched_on, rows[hit.in_force_id]) for hit in hits] for hits in answers]


MOST_CANDIDATES = 500


def suggestions(query: str, *, at: datetime, limit: int = 5) -> list[tuple[str, str]]:
    """Terms in force whose names look like the query, nearest first, as (slug, current name)."""
    folded = _keys_of(query)[0]
    if not folded:
        return []
    nearest: dict[str, tuple[int, str]] = {}
    for key, slug, name in _candidates(folded, at):
        score = _farness(folded, key)
        if score is not None:
            nearest[slug] = min(nearest.get(slug, (score, name)), (score, name))
    ranked = sorted(nearest.items(), key=lambda item: (item[1][0], item[1][1], item[0]))
    return [(slug, name) for slug, (_, name) in ranked[:limit]]


def _candidates(folded: str, at: datetime) -> Iterable[tuple[Any, ...]]:
    """Keys that share their beginning or end with the query, or hold it: a slip of the pen seldom spoils all three."""
    alike = Q(key__contains=folded) | Q(key__startswith=folded[:2]) | Q(key__endswith=folded[-3:])
    return (
        Name.objects.filter(alike, version__in_force__in=InForce.objects.at(at))
        .exclude(tier=Tier.LOOSE)
        .values_list("key", "term__slug", "version__in_force__name")
        .order_by("pk")[:MOST_CANDIDATES]
    )


def _farness(folded: str, key: str) -> int | None:
    """How unlike the two are, None when too much.

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
    return 4 if says_more else None
