"""From what somebody typed to a revision: parsed, references stored as slugs, canonical, with its digest."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q

from accounts.models import Side
from glossary.domain.content import Content, canonical_text, digest_of, parse
from glossary.domain.names import fold, slug_for
from glossary.domain.refusals import Refusal
from glossary.models import NameClaim, Namespace, Proposal, Revision, Term, Version
from glossary.policy import Actor, namespace_of


def side_keys() -> list[str]:
    """The sides that a text may speak of."""
    return list(Side.objects.values_list("key", flat=True))


def read_content(typed: object) -> Content:
    """Validated Content with every name it refers to replaced by the slug of its term, existing or to come.

    Raises `Refusal("invalid")` with the path of each field at fault and its rule.
    """
    content = parse(typed, sides=side_keys(), limits=settings.GLOSSARY_LIMITS)
    slugs = _slugs_for(content.references())
    return content.resolved(lambda reference: slugs[reference], limits=settings.GLOSSARY_LIMITS)


def _slugs_for(references: frozenset[str]) -> dict[str, str]:
    """The slug each reference, typed as a slug or a name, is stored as."""
    keys, words = [fold(reference) for reference in references], Namespace.WORD
    rows = Term.objects.filter(Q(namespace=words, folded__in=keys) | Q(slug__in=references))
    terms = list(rows.values_list("namespace", "folded", "slug"))
    known = {slug for _, _, slug in terms}
    by_key = {folded: slug for namespace, folded, slug in terms if namespace == words}
    claims = NameClaim.objects.filter(namespace=words, folded__in=keys)
    by_key |= dict(claims.values_list("folded", "term__slug"))
    return {
        reference: reference if reference in known else by_key.get(fold(reference)) or slug_for(reference) or reference
        for reference in references
    }


def check_namespace(content: Content, term: Term) -> None:
    """A record type stays one, and a word never becomes one: they have different rooms for names."""
    if namespace_of(content) != term.namespace:
        message = "A record type cannot become another kind of word, nor a word a record type."
        raise Refusal("invalid", message, errors=[{"path": "kind", "code": "namespace", "message": message}])


def add_revision(
    proposal: Proposal,
    content: Content,
    *,
    base: Version | None,
    effective_from: datetime | None,
    by: Actor,
    at: datetime,
) -> Revision | None:
    """Append the text as the proposal's newest revision; None when it is the text already there."""
    text = canonical_text(
        term=proposal.term.slug, base=base.digest if base else None, effective_from=effective_from, content=content
    )
    if proposal.newest is not None and proposal.newest.text == text:
        return None
    revision = Revision(
        proposal=proposal,
        number=1 + (proposal.newest.number if proposal.newest else 0),
        text=text,
        digest=digest_of(text),
        base=base,
        effective_from=effective_from,
        author=by.user,
        via=by.via,
        at=at,
    )
    revision.save(force_insert=True)
    proposal.newest = revision
    proposal.save(update_fields=["newest"])
    return revision
