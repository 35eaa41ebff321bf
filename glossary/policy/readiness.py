"""Whether a text may be put to the sides: gathers what the rules must know about the registry, and asks them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.models import Side
from glossary.domain.content import Content
from glossary.domain.lint import Facts, Finding, Readiness, readiness, runs_with, still_runs
from glossary.domain.names import fold, similar, slug_for
from glossary.domain.refusals import Refusal
from glossary.models import InForce, Name, NameClaim, Namespace, Proposal, Term, Tier, Version, record_slug
from glossary.policy.running import facts_of_running, instants_of_running
from glossary.policy.seats import authors_barred, sides_with_a_seat, sides_without_owner


def namespace_of(content: Content) -> Namespace:
    return Namespace.RECORD_TYPE if content.kind == "record_type" else Namespace.WORD


def holder_of_name(content: Content, term: Term | None) -> Term | None:
    """Another term that this preferred name belongs to, by an agreed claim or as its first name; else None."""
    namespace, folded, own = namespace_of(content), fold(content.name), _pk(term)
    claim = NameClaim.objects.filter(namespace=namespace, folded=folded).exclude(term_id=own).select_related("term")
    taken = claim.first()
    if taken is not None:
        return taken.term
    return Term.objects.filter(namespace=namespace, folded=folded).exclude(pk=own).first()


def _pk(term: Term | None) -> int:
    """An id to leave out: that of the term, or one that no row has."""
    return term.pk if term else 0


def aliases_claimed_elsewhere(content: Content, term: Term | None) -> dict[str, str]:
    """Aliases and abbreviations that are another term's agreed name, with that term's slug."""
    if namespace_of(content) is Namespace.RECORD_TYPE:
        return {}
    by_key = {fold(text): text for text in (*content.aliases, *content.abbreviations)}
    claims = NameClaim.objects.filter(namespace=Namespace.WORD, folded__in=by_key).exclude(term_id=_pk(term))
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


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A text that is or could be put to the sides, kept or not.

    `term` is None for a word that nobody has written down yet; `base` is the version it starts from; `typed_at` is the
    instant at which somebody first typed `effective_from`; `barred` are the ids of those who may not sign it;
    `token_id` is that of the tool whose text it is.
    """

    content: Content
    term: Term | None = None
    base: Version | None = None
    effective_from: datetime | None = None
    typed_at: datetime | None = None
    barred: Set[int] = frozenset()
    token_id: int | None = None

    @property
    def slug(self) -> str:
        """The address of the word, or the one that its name asks for."""
        if self.term:
            return self.term.slug
        slug = slug_for(self.content.name)
        return record_slug(slug) if namespace_of(self.content) is Namespace.RECORD_TYPE else slug


def draft_of(proposal: Proposal) -> Draft:
    """The newest text of a proposal."""
    revision = proposal.text
    return Draft(
        content=revision.content,
        term=proposal.term,
        base=revision.base,
        effective_from=revision.effective_from,
        typed_at=first_typed_at(proposal, revision.effective_from) or revision.at,
        barred=authors_barred(proposal),
        token_id=proposal.via_token_id,
    )


def first_typed_at(proposal: Proposal, effective_from: datetime | None) -> datetime | None:
    """When a text of the proposal first had this date; None where none has."""
    dated = proposal.revisions.filter(effective_from=effective_from) if effective_from else proposal.revisions.none()
    return dated.order_by("number").values_list("at", flat=True).first()


def readiness_of(draft: Draft, at: datetime) -> Readiness:
    """What keeps a text from being signed, and what its signers should know, as of `at`.

    Definitions that run are asked of every later instant too at which something signed changes beneath them.
    """
    found = readiness(draft.content, _facts(draft, at))
    return found._replace(errors=(*found.errors, *_later(draft, _instants(draft, at)[1:], found.errors)))


def _instants(draft: Draft, at: datetime) -> list[datetime]:
    base = draft.base.content if draft.base else None
    return instants_of_running(draft.content, base, draft.slug, max(at, draft.effective_from or at))


def _running(draft: Draft, at: datetime) -> tuple[Finding, ...]:
    return runs_with(draft.content, Facts(own_slug=draft.slug, **_facts_of_running(draft, at)))


def _later(draft: Draft, days: Sequence[datetime], known: Sequence[Finding]) -> list[Finding]:
    """What is found on those days and not before, each with the first day on which it is."""
    told = set(known)
    found: list[Finding] = []
    for day in days:
        new = [finding for finding in _running(draft, day) if finding not in told]
        told.update(new)
        found += [replace(finding, message=f"From {day:%Y-%m-%d} on: {finding.message}") for finding in new]
    return found


def _facts(draft: Draft, at: datetime) -> Facts:
    content, term, seats = draft.content, draft.term, sides_with_a_seat()
    references = content.references()
    holder = holder_of_name(content, term)
    empty = sides_without_owner(seats)
    known = frozenset(Term.objects.filter(slug__in=references).values_list("slug", flat=True))
    return Facts(
        own_slug=draft.slug,
        known=known if term else known | {draft.slug},
        in_force=frozenset(
            InForce.objects.at(at).filter(term__slug__in=references).values_list("term__slug", flat=True)
        ),
        name_taken_by=holder.slug if holder else None,
        aliases_taken=aliases_claimed_elsewhere(content, term),
        abbreviations_shared=_abbreviations_shared(content, term, at),
        near=_near(content, term),
        sides_without_owner=tuple(side.name for side in empty),
        sides_of_authors_only=tuple(side.name for side in _sides_of_authors_only(draft, seats, empty)),
        effective_from_past=_was_past_when_typed(draft, at),
        replaces_upcoming=_upcoming_replaced(draft, at),
        same_as=draft.base.number if draft.base and draft.base.content == content else None,
        record_keys=_record_keys(content),
        **_facts_of_running(draft, max(at, draft.effective_from or at)),
    )


def _facts_of_running(draft: Draft, at: datetime) -> dict[str, Any]:
    base = draft.base.content if draft.base else None
    return facts_of_running(draft.content, base, draft.slug, at, draft.token_id)


def check_still_runs(proposal: Proposal, at: datetime) -> None:
    """Asked at publication: whether what was agreed meanwhile has broken what the text runs on.

    Raises `Refusal("not_ready")` with everything that is in the way.
    """
    draft = draft_of(proposal)
    first, *later = _instants(draft, at)
    keys = _record_keys(draft.content)
    facts = Facts(own_slug=draft.slug, record_keys=keys, **_facts_of_running(draft, first))
    found = still_runs(draft.content, facts)
    found += tuple(_later(draft, later, found))
    if found:
        raise not_ready(found)


def not_ready(errors: Sequence[Finding], **more: Any) -> Refusal:
    """The refusal that says what keeps a text from being signed, and how to mend it."""
    return Refusal(
        "not_ready",
        "This text is not ready to be signed yet. " + " ".join(error.message for error in errors),
        errors=[{"path": error.path, "code": error.code, "message": error.message} for error in errors],
        **more,
    )


def _sides_of_authors_only(draft: Draft, seats: Sequence[Side], empty: Sequence[Side]) -> list[Side]:
    """Sides all of whose owners wrote the text, where authors may not sign."""
    if not draft.barred:
        return []
    return [side for side in sides_without_owner(seats, draft.barred) if side not in empty]


def _abbreviations_shared(content: Content, term: Term | None, at: datetime) -> dict[str, tuple[str, ...]]:
    by_key = {fold(text): text for text in content.abbreviations}
    shared: dict[str, list[str]] = {}
    names = Name.objects.at(at).filter(key__in=by_key, tier__in=(Tier.ALIAS, Tier.ABBREVIATION))
    for key, slug in names.exclude(term_id=_pk(term)).values_list("key", "term__slug"):
        shared.setdefault(by_key[key], []).append(slug)
    return {text: tuple(slugs) for text, slugs in shared.items()}


def _near(content: Content, term: Term | None) -> tuple[tuple[str, str], ...]:
    others = Term.objects.filter(namespace=namespace_of(content)).exclude(pk=_pk(term)).values_list("slug", "name")
    return tuple((slug, name) for slug, name in others if similar(content.name, name))


def _was_past_when_typed(draft: Draft, at: datetime) -> bool:
    """A date is judged when it is first typed; one that passes while people sign means “as soon as agreed”."""
    return draft.effective_from is not None and draft.effective_from <= (draft.typed_at or at)


def _upcoming_replaced(draft: Draft, at: datetime) -> int | None:
    latest = Version.objects.newest_of(draft.term) if draft.term else None
    if latest is None or latest.in_force_from <= at:
        return None
    starts = max(draft.effective_from or at, at)
    return latest.number if starts <= latest.in_force_from else None


def _record_keys(content: Content) -> frozenset[str]:
    """The record types that exist as rows, by the key their criteria use."""
    asked: Sequence[str] = sorted(content.record_keys())
    slugs = {record_slug(key): key for key in asked}
    known = Term.objects.filter(namespace=Namespace.RECORD_TYPE, slug__in=slugs).values_list("slug", flat=True)
    return frozenset(slugs[slug] for slug in known)
