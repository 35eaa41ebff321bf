"""What the projections of a term must hold, computed from its versions alone.

Publication and `rebuild` write these rows, `verify` compares with them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from glossary.domain.names import fold, likeness_kept, loose
from glossary.domain.picklist import Claim, claims_of
from glossary.domain.reviews import months_after
from glossary.domain.slips import keys_kept
from glossary.domain.timeline import spans
from glossary.models import (
    CriterionInForce,
    InForce,
    MappingInForce,
    Name,
    NameLikeness,
    Namespace,
    SearchEntry,
    SearchWord,
    Term,
    Tier,
    Version,
    WordLikeness,
)
from glossary.rendering.searchable import known_words, lexemes
from glossary.rendering.served import Called, body, etag

Key = tuple[str, bool]  # the key, and whether it is a looser one


def in_force_rows(versions: Sequence[Version], called: Called | None = None) -> list[InForce]:
    """One row for each version of one term that is, was or will be in force; unsaved.

    `called` knows the terms that they refer to, where that was asked for several terms at once.
    """
    called = called or Called({slug for version in versions for slug in version.content.references()})
    return [_in_force(version, from_at, until_at, called) for version, from_at, until_at in _in_turn(versions)]


def _in_turn(versions: Sequence[Version]) -> Iterator[tuple[Version, datetime, datetime | None]]:
    """Each version that is ever in force, from when, and until when."""
    by_number = {version.number: version for version in versions}
    for span in spans([(version.number, version.in_force_from) for version in versions]):
        yield by_number[span.number], span.from_at, span.until_at


def _in_force(version: Version, from_at: datetime, until_at: datetime | None, called: Called) -> InForce:
    content = version.content
    return InForce(
        term=version.term,
        version=version,
        from_at=from_at,
        until_at=until_at,
        slug=version.term.slug,
        etag=etag(version),
        name=content.name,
        status=content.status,
        kind=content.kind,
        owner_side=content.owner_side,
        review_by=None if content.status == "retired" else months_after(from_at.date(), content.review_months),
        body=body(version, called),
    )


def criterion_rows(versions: Sequence[Version]) -> list[CriterionInForce]:
    """One row for each criterion of each version of one term that is, was or will be in force; unsaved."""
    return [
        CriterionInForce(
            key=criterion.id,
            record=criterion.record,
            label=criterion.label,
            expr=criterion.expr,
            term=version.term,
            version=version,
            from_at=from_at,
            until_at=until_at,
        )
        for version, from_at, until_at in _in_turn(versions)
        for criterion in version.content.criteria
    ]


def mapping_rows(versions: Sequence[Version]) -> list[MappingInForce]:
    """One row for each value of a CRM that a version of one term holds while it is in force; unsaved.

    A retired word can still be looked up, but it maps nothing any more.
    """
    return [
        MappingInForce(key=key, term=version.term, version=version, from_at=from_at, until_at=until_at)
        for version, from_at, until_at in _in_turn(versions)
        for key in sorted({claim.key for claim in _claims(version)})
    ]


def _claims(version: Version) -> list[Claim]:
    content = version.content
    if content.status == "retired":
        return []
    return claims_of({"slug": version.term.slug, "name": content.name, **content.as_data()})


def name_rows(versions: Sequence[Version]) -> list[Name]:
    """The match keys of one term, each for as long as it is met in the same way; unsaved.

    A record type has none: names are looked up among words only.
    """
    rows: list[Name] = []
    met: dict[Key, Name] = {}
    for version, from_at, until_at in _in_turn(versions):
        before, met = met, {}
        for key, (tier, text) in _best_of(version, versions).items():
            row = before.get(key)
            if row is None or (row.tier, row.text) != (tier, text):
                row = Name(key=key[0], tier=tier, text=text, term=version.term, from_at=from_at)
                rows.append(row)
            row.until_at = until_at
            met[key] = row
    return rows


def _best_of(version: Version, versions: Iterable[Version]) -> dict[Key, tuple[Tier, str]]:
    """Every key that is met while the version is in force, with its best tier and spelling."""
    best: dict[Key, tuple[Tier, str]] = {}
    for tier, text in () if version.term.namespace == Namespace.RECORD_TYPE else _names(version, versions):
        for key, hit in ((fold(text), False), (tier, text)), ((loose(text), True), (Tier.LOOSE, text)):
            best[key] = min(best.get(key, hit), hit)
    return best


def _names(version: Version, versions: Iterable[Version]) -> Iterator[tuple[Tier, str]]:
    """What the term is called in this version, and what those before it called it."""
    content = version.content
    yield Tier.NAME, content.name
    yield from ((Tier.ALIAS, alias) for alias in content.aliases)
    yield from ((Tier.ABBREVIATION, abbreviation) for abbreviation in content.abbreviations)
    yield from ((Tier.FORMER_NAME, other.content.name) for other in versions if other.number < version.number)


def search_entries(versions: Sequence[Version]) -> list[SearchEntry]:
    """What search keeps of one term: an entry for what is in force and for what is coming; unsaved.

    What was superseded once the newest version was published is asked for no more.
    """
    published = [version.published_at for version in versions]
    return [
        _search_entry(version)
        for version, _, until_at in _in_turn(versions)
        if until_at is None or until_at > max(published)
    ]


def _search_entry(version: Version) -> SearchEntry:
    content = version.content
    place = SearchEntry.place_of(version.pk, content.name)
    kept = lexemes(content.as_data(), content.references())
    return SearchEntry(version=version, term=version.term, lexemes=kept, place=place)


def search_words(versions: Iterable[Version]) -> dict[str, bool]:
    """All words of the versions, and whether a name of some version has each."""
    known: dict[str, bool] = {}
    for version in versions:
        for word, in_name in known_words(version.content.as_data()).items():
            known[word] = known.get(word, False) or in_name
    return known


def name_likenesses(terms: Iterable[Term]) -> list[NameLikeness]:
    """By which keys the first names are found for others like them; unsaved."""
    return [NameLikeness(key=key, term=term) for term in terms for key in sorted(likeness_kept(term.name))]


def word_likenesses(words: Iterable[SearchWord]) -> list[WordLikeness]:
    """By which keys the words are found for mistyped ones; unsaved."""
    return [WordLikeness(key=key, word=word) for word in words for key in sorted(keys_kept(word.word))]
