"""What the projections of a term must hold, computed from its versions alone.

Publication and `rebuild` write these rows, `verify` compares with them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from glossary.domain.names import fold, loose
from glossary.domain.timeline import spans
from glossary.models import InForce, Name, Namespace, SearchEntry, Tier, Version
from glossary.rendering.searchable import lexemes, name_words
from glossary.rendering.served import body, etag


def in_force_rows(versions: Sequence[Version]) -> list[InForce]:
    """One row for each version of one term that is, was or will be in force; unsaved."""
    by_number = {version.number: version for version in versions}
    return [
        _in_force(by_number[span.number], span.from_at, span.until_at)
        for span in spans([(version.number, version.in_force_from) for version in versions])
    ]


def _in_force(version: Version, from_at: datetime, until_at: datetime | None) -> InForce:
    content = version.content
    return InForce(
        term=version.term,
        version=version,
        from_at=from_at,
        until_at=until_at,
        etag=etag(version),
        name=content.name,
        status=content.status,
        kind=content.kind,
        owner_side=content.owner_side,
        body=body(version),
    )


def name_rows(version: Version) -> list[Name]:
    """The match keys of one version: each name under its folded key and under its looser key.

    A record type has none: names are looked up among words only.
    """
    if version.term.namespace == Namespace.RECORD_TYPE:
        return []
    return [
        Name(key=key, tier=tier, text=text, term=version.term, version=version)
        for key, tier, text in dict.fromkeys(_keys(version))
    ]


def _keys(version: Version) -> Iterator[tuple[str, Tier, str]]:
    content = version.content
    named = [(Tier.NAME, content.name)]
    named += [(Tier.ALIAS, alias) for alias in content.aliases]
    named += [(Tier.ABBREVIATION, abbreviation) for abbreviation in content.abbreviations]
    for tier, text in named:
        yield fold(text), tier, text
        yield loose(text), Tier.LOOSE, text


def search_entry(version: Version) -> SearchEntry:
    """What search keeps of one version; unsaved."""
    return SearchEntry(version=version, term=version.term, lexemes=lexemes(version.content.as_data()))


def search_words(versions: Iterable[Version]) -> set[str]:
    """The words of all names that the versions have."""
    return {word for version in versions for word in name_words(version.content.as_data())}
