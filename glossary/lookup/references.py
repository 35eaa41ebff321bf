"""Which agreed texts refer to a term, so that whoever changes it knows whom else it touches."""

from dataclasses import dataclass
from datetime import datetime

from glossary.lookup.search.asking import Wanted
from glossary.lookup.search.engines import engine
from glossary.models import InForce, Term

SHOWN = 12
LOOKED_AT = 500


@dataclass(frozen=True)
class Referring:
    """The terms in force that refer to one: the first few as (slug, name), short names first, and how many more."""

    terms: list[tuple[str, str]]
    more: int


def referring_to(term: Term, *, at: datetime) -> Referring:
    """The terms whose text in force at `at` links to this one, names it as related, or as what to use instead.

    Two queries. Of more than five hundred the rest are not counted.
    """
    ids = [in_force_id for in_force_id, _ in engine().referring(term.slug, Wanted(at=at), LOOKED_AT)]
    found = list(InForce.objects.filter(pk__in=ids).exclude(term=term).values_list("slug", "name"))
    found.sort(key=lambda pair: (len(pair[1]), pair[1]))
    return Referring(found[:SHOWN], max(0, len(found) - SHOWN))
