"""Projections: written at publication, remade by `rebuild`. They hold nothing that the versions do not say."""

from collections.abc import Callable, Mapping, Sequence

from django.db import connection

from glossary import ledger
from glossary.models import CriterionInForce, InForce, Name, SearchEntry, SearchWord, Term, Version
from glossary.models.search import remake_indexes
from glossary.rendering.projections import criterion_rows, in_force_rows, name_rows, search_entries, search_words


def project(version: Version) -> None:
    """Write what is in force when, the match keys and what search keeps, of a term that has just got this version.

    Of a first one there is nothing to clear away.
    """
    versions = [version] if version.number == 1 else _cleared(version.term)
    _write(versions)
    _add_words(search_words([version]))


def _cleared(term: Term) -> list[Version]:
    """All versions of the term, of which nothing is written any more."""
    for rows in (InForce.objects, Name.objects, CriterionInForce.objects, SearchEntry.objects):
        rows.filter(term=term).delete()
    return list(Version.objects.filter(term=term).select_related("term", "revision").order_by("number"))


def _write(versions: Sequence[Version]) -> None:
    InForce.objects.bulk_create(in_force_rows(versions))
    Name.objects.bulk_create(name_rows(versions))
    CriterionInForce.objects.bulk_create(criterion_rows(versions))
    SearchEntry.objects.bulk_create(search_entries(versions))


def _add_words(known: Mapping[str, bool]) -> None:
    """Words stay, also once no text has them any more; one that a name has is known for that from then on."""
    of_names, others = (
        [SearchWord(word=word, in_name=in_name) for word, in_name in sorted(known.items()) if in_name is wanted]
        for wanted in (True, False)
    )
    SearchWord.objects.bulk_create(others, ignore_conflicts=True)
    SearchWord.objects.bulk_create(of_names, update_conflicts=True, unique_fields=["word"], update_fields=["in_name"])


def rebuild(*, tell: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Remake the projections of every term, one locked transaction each; `tell` hears (done, total). How many."""
    terms = list(Term.objects.filter(versions__isnull=False).distinct().order_by("pk"))
    with ledger.locked():
        remake_indexes(connection)
    for done, term in enumerate(terms, start=1):
        with ledger.locked():
            versions = _cleared(term)
            _write(versions)
            _add_words(search_words(versions))
        tell(done, len(terms))
    return len(terms)
