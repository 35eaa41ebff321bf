"""Everything published, written in one of the formats while it is read."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Side
from glossary.exchange.formats import Format
from glossary.exchange.source import Lasting, Source
from glossary.lookup.terms import AT_ONCE, published_bodies
from glossary.models import InForce


def exported(form: Format, *, at: datetime) -> Iterator[bytes]:
    """The published vocabulary at `at` as the bytes of a file, piece by piece.

    Each format asks a fixed number of questions, whatever the number of words, and holds few words at a time.
    """
    for piece in form.write(_source(at)):
        yield piece.encode() if isinstance(piece, str) else piece


def _source(at: datetime) -> Source:
    return Source(
        at=at,
        site=settings.GLOSSARY_SITE_URL,
        language=settings.GLOSSARY_LANGUAGE,
        sides=lambda: list(Side.objects.order_by("key").values_list("key", flat=True)),
        bodies=lambda: published_bodies(at),
        lasting=_lasting,
        names=lambda: _names(InForce.objects.at(at)),
        concepts=lambda: _names(InForce.objects.at(at).exclude(kind="record_type")),
    )


def _names(rows: QuerySet[InForce]) -> dict[str, str]:
    return dict(rows.values_list("slug", "name").iterator(chunk_size=AT_ONCE))


def _lasting() -> Iterator[Lasting]:
    """By the slug of the word, which has an index: nothing is sorted before the first row comes."""
    rows = InForce.objects.order_by("term__slug", "from_at").values_list("from_at", "until_at", "body")
    return (Lasting(*row) for row in rows.iterator(chunk_size=AT_ONCE))
