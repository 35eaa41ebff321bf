"""Projections: written at publication, remade by `rebuild`. They hold nothing that the versions do not say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from glossary import ledger
from glossary.models import (
    CriterionInForce,
    InForce,
    MappingInForce,
    Name,
    NameLikeness,
    SearchEntry,
    SearchWord,
    Term,
    Version,
    WordLikeness,
)
from glossary.models.search import remake_index
from glossary.rendering.projections import (
    criterion_rows,
    in_force_rows,
    mapping_rows,
    name_likenesses,
    name_rows,
    search_entries,
    search_words,
    word_likenesses,
)

AT_ONCE = 2_000  # names or words, while their keys are written anew


def project(version: Version) -> None:
    """Write what is in force when, the match keys and what search keeps, of a term that has just got this version.

    Of a first one there is nothing to clear away.
    """
    versions = [version] if version.number == 1 else _cleared(version.term)
    _write(versions)
    _add_words(search_words([version]))


def _cleared(term: Term) -> list[Version]:
    """All versions of the term, of which nothing is written any more."""
    for projection in (InForce, Name, CriterionInForce, MappingInForce, SearchEntry):
        projection._default_manager.filter(term=term).delete()
    return list(Version.objects.filter(term=term).select_related("term", "revision").order_by("number"))


def _write(versions: Sequence[Version]) -> None:
    InForce.objects.bulk_create(in_force_rows(versions))
    Name.objects.bulk_create(name_rows(versions))
    CriterionInForce.objects.bulk_create(criterion_rows(versions))
    MappingInForce.objects.bulk_create(mapping_rows(versions))
    SearchEntry.objects.bulk_create(search_entries(versions))


def _add_words(known: Mapping[str, bool]) -> None:
    """Words stay, also once no text has them any more; one that a name has is known for that from then on."""
    kept = SearchWord.objects.in_bulk(list(known), field_name="word")
    new = [SearchWord(word=word, in_name=in_name) for word, in_name in sorted(known.items()) if word not in kept]
    WordLikeness.objects.bulk_create(word_likenesses(SearchWord.objects.bulk_create(new)))
    named = [word.pk for word in kept.values() if known[word.word] and not word.in_name]
    if named:
        SearchWord.objects.filter(pk__in=named).update(in_name=True)


def rebuild(*, tell: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Remake the projections of every term, one locked transaction each; `tell` hears (done, total). How many."""
    terms = list(Term.objects.filter(versions__isnull=False).distinct().order_by("pk"))
    with ledger.locked():
        remake_index(connection)
        _remake_likenesses()
    for done, term in enumerate(terms, start=1):
        with ledger.locked():
            versions = _cleared(term)
            _write(versions)
            _add_words(search_words(versions))
        tell(done, len(terms))
    return len(terms)


def _remake_likenesses() -> None:
    NameLikeness.objects.all().delete()
    WordLikeness.objects.all().delete()
    for terms in _some(Term.objects.order_by("pk")):
        NameLikeness.objects.bulk_create(name_likenesses(terms))
    for words in _some(SearchWord.objects.order_by("pk")):
        WordLikeness.objects.bulk_create(word_likenesses(words))


def _some(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """All rows, so many at a time."""
    last = 0
    while some := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield some
        last = some[-1].pk
