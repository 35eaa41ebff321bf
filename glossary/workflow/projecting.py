"""Projections: written at publication, remade by `rebuild`. They hold nothing that the versions do not say."""

from collections.abc import Callable

from glossary import ledger
from glossary.models import InForce, Name, Term, Version
from glossary.rendering.projections import in_force_rows, name_rows


def project(term: Term) -> None:
    """Write anew what is in force when, and the match keys, of one term."""
    versions = list(Version.objects.filter(term=term).select_related("term", "revision").order_by("number"))
    InForce.objects.filter(term=term).delete()
    Name.objects.filter(term=term).delete()
    InForce.objects.bulk_create(in_force_rows(versions))
    Name.objects.bulk_create(name for version in versions for name in name_rows(version))


def rebuild(*, tell: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Remake the projections of every term, one locked transaction each; `tell` hears (done, total). How many."""
    terms = list(Term.objects.filter(versions__isnull=False).distinct().order_by("pk"))
    for done, term in enumerate(terms, start=1):
        with ledger.locked():
            project(term)
        tell(done, len(terms))
    return len(terms)
