"""What a term meant at an instant."""

from datetime import datetime
from typing import NamedTuple

from glossary.domain.refusals import Refusal
from glossary.models import InForce


class AsOf(NamedTuple):
    """The row in force at the instant asked for; `provisional` when the instant lies ahead and may still change."""

    row: InForce
    provisional: bool


_THEN = "At that time nothing had been agreed about this word."


def term_as_of(slug: str, *, at: datetime, now: datetime) -> AsOf:
    """What the term with this slug means at the aware instant `at`, seen from `now`.

    An answer for the past never changes. Raises `Refusal("not_found")` where nothing is in force at `at`.
    """
    rows = InForce.objects.at(at).filter(term__slug=slug)
    row = rows.select_related("term", "version__term", "version__revision").first()
    if row is None:
        raise Refusal("not_found", _THEN if at < now else f"No agreed word has the address “{slug}”.")
    return AsOf(row, provisional=at > now)
