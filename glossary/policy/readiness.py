"""Whether a text may be put to the sides: gathers what the rules must know about the registry, and asks them."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Side
from glossary.domain.content import Content
from glossary.domain.lint import Facts, Readiness, readiness
from glossary.domain.names import fold, similar
from glossary.domain.refusals import Refusal
from glossary.models import InForce, Name, NameClaim, Namespace, Proposal, Revision, Term, Tier, Version
from glossary.policy.seats import authors_barred, sides_with_a_seat, sides_without_owner


def namespace_of(content: Content) -> Namespace:
    return Namespace.RECORD_TYPE if content.kind == "record_type" else Namespace.WORD


def holder_of_name(content: Content, term: Term) -> Term | None:
    """Another term that this preferred name belongs to, by an agreed claim or as its first name; else None."""
    namespace, folded = namespace_of(content), fold(content.name)
    claim = NameClaim.objects.filter(namespace=namespace, folded=folded).exclude(term=term).select_related("term")
    taken = claim.first()
    if taken is not None:
        return taken.term
    return Term.objects.filter(namespace=namespace, folded=folded).exclude(pk=term.pk).first()


def aliases_claimed_elsewhere(content: Content, term: Term) -> dict[str, str]:
    """Aliases and abbreviations that are another term's agreed name, with that term's slug."""
    if namespace_of(content) is Namespace.RECORD_TYPE:
        return {}
    by_key = {fold(text): text for text in (*content.aliases, *content.abbreviations)}
    claims = NameClaim.objects.filter(namespace=Namespace.WORD, folded__in=by_key).exclude(term=term)
    return {by_key[folded]: slug for folded, slug in claims.values_list("folded", "term__slug")}


def check_names_are_free(content: Content, term: Term) -> None:
    """Asked at submit and again at publication.

    Raises `Refusal("duplicate_name")` with the address of the term that has the name.
    """
    if holder := holder_of_name(content, term):
        raise duplicate_name(content.name, holder)
    for alias, slug in aliases_claimed_elsewhere(content, term).items():
        raise duplicate_name(alias, Term.objects.get(slug=slug))


def duplicate_name(name: str, holder: Term) -> Refusal:
    return Refusal(
        "duplicate_name",
        f"“{name}” already belongs to the word “{holder.name}”. Suggest a change there, or choose another name.",
        term=holder.slug,
        url=holder.get_absolute_url(),
    )


def readiness_of(proposal: Proposal, at: datetime) -> Readiness:
    """What keeps the newest text of a proposal from being signed, and what the signers should know, as of `at`."""
    revision = proposal.text
    return readiness(revision.content, _facts(proposal, revision, at))


def _facts(proposal: Proposal, revision: Revision, at: datetime) -> Facts:
    content, term, seats = revision.content, proposal.term, sides_with_a_seat()
    references = content.references()
    holder = holder_of_name(content, term)
    empty = sides_without_owner(seats)
    return Facts(
        own_slug=term.slug,
        known=frozenset(Term.objects.filter(slug__in=references).values_list("slug", flat=True)),
        in_force=frozenset(
            InForce.objects.at(at).filter(term__slug__in=references).values_list("term__slug", flat=True)
        ),
        name_taken_by=holder.slug if holder else None,
        aliases_taken=aliases_claimed_elsewhere(content, term),
        abbreviations_shared=_abbreviations_shared(content, term, at),
        near=_near(content, term),
        sides_without_owner=tuple(side.name for side in empty),
        sides_of_authors_only=tuple(side.name for side in _sides_of_authors_only(proposal, seats, empty)),
        effective_from_past=_was_past_when_typed(revision),
        replaces_upcoming=_upcoming_replaced(revision, term, at),
        same_as=revision.base.number if revision.base and revision.base.content == content else None,
        record_keys=_record_keys(content),
    )


def _sides_of_authors_only(proposal: Proposal, seats: Sequence[Side], empty: Sequence[Side]) -> list[Side]:
    """Sides all of whose owners wrote the text, where authors may not sign."""
    barred = authors_barred(proposal)
    return [side for side in sides_without_owner(seats, barred) if side not in empty] if barred else []


def _abbreviations_shared(content: Content, term: Term, at: datetime) -> dict[str, tuple[str, ...]]:
    by_key = {fold(text): text for text in content.abbreviations}
    shared: dict[str, list[str]] = {}
    names = Name.objects.at(at).filter(key__in=by_key, tier__in=(Tier.ALIAS, Tier.ABBREVIATION))
    for key, slug in names.exclude(term=term).values_list("key", "term__slug"):
        shared.setdefault(by_key[key], []).append(slug)
    return {text: tuple(slugs) for text, slugs in shared.items()}


def _near(content: Content, term: Term) -> tuple[tuple[str, str], ...]:
    others = Term.objects.filter(namespace=term.namespace).exclude(pk=term.pk).values_list("slug", "name")
    return tuple((slug, name) for slug, name in others if similar(content.name, name))


def _was_past_when_typed(revision: Revision) -> bool:
    """A date is judged when it is first typed; one that passes while people sign means “as soon as agreed”."""
    if revision.effective_from is None:
        return False
    first = revision.proposal.revisions.filter(effective_from=revision.effective_from).order_by("number").first()
    return revision.effective_from <= (first or revision).at


def _upcoming_replaced(revision: Revision, term: Term, at: datetime) -> int | None:
    latest = Version.objects.newest_of(term)
    if latest is None or latest.in_force_from <= at:
        return None
    starts = max(revision.effective_from or at, at)
    return latest.number if starts <= latest.in_force_from else None


def _record_keys(content: Content) -> frozenset[str]:
    """The record types that exist as rows, by the key their criteria use."""
    asked: Sequence[str] = sorted(content.record_keys())
    slugs = {f"record-{key.replace('_', '-')}": key for key in asked}
    known = Term.objects.filter(namespace=Namespace.RECORD_TYPE, slug__in=slugs).values_list("slug", flat=True)
    return frozenset(slugs[slug] for slug in known)
