"""Whether a text may be put to the sides: gathers what the rules must know about the registry, and asks them."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Side
from glossary.domain.content import Content
from glossary.domain.lint import Facts, Finding, Readiness, readiness, runs_with, still_runs
from glossary.domain.names import fold, likeness_asked, similar, slug_for
from glossary.domain.picklist import Claim, claims_of
from glossary.domain.refusals import Refusal
from glossary.models import (
    InForce,
    MappingInForce,
    Name,
    NameClaim,
    NameLikeness,
    Namespace,
    Proposal,
    Revision,
    Term,
    Tier,
    Version,
    holds_at,
    record_slug,
)
from glossary.policy.running import SignedSoFar, Text
from glossary.policy.seats import authors_barred, owners_by_side


def namespace_of(content: Content) -> Namespace:
    return Namespace.RECORD_TYPE if content.kind == "record_type" else Namespace.WORD


class Held(NamedTuple):
    """Other words that have names of a text: the one with its preferred name, by an agreed claim or as its first name,
    and by alias or abbreviation those of which it is the agreed name."""

    name: Term | None
    aliases: Mapping[str, Term]


class Names:
    """Whose the names of these texts are: read once for all of them. Two queries."""

    def __init__(self, contents: Iterable[Content]) -> None:
        asked = {(namespace_of(content), fold(content.name)) for content in contents}
        aliases = {key for content in contents for key in _aliases(content)}
        namespaces, names = {namespace for namespace, _ in asked}, {name for _, name in asked}
        claims = NameClaim.objects.filter(namespace__in=namespaces, folded__in=names | aliases)
        self._claims = list(claims.select_related("term"))
        self._first_named = list(Term.objects.filter(namespace__in=namespaces, folded__in=names))

    def held(self, content: Content, term: Term | None) -> Held:
        """Of one of the texts, which is of this term."""
        namespace, name = namespace_of(content), fold(content.name)
        others = [claim for claim in self._claims if claim.namespace == namespace and claim.term != term]
        claimed = {claim.folded: claim.term for claim in others}
        first_named = [each for each in self._first_named if each.namespace == namespace and each != term]
        holders = {each.folded: each for each in first_named} | claimed
        aliases = _aliases(content).items()
        return Held(holders.get(name), {text: claimed[key] for key, text in aliases if key in claimed})


def _aliases(content: Content) -> dict[str, str]:
    """By key the names that are no other word's agreed name; a record type's are met by nobody."""
    if namespace_of(content) is Namespace.RECORD_TYPE:
        return {}
    return {fold(text): text for text in (*content.aliases, *content.abbreviations)}


def _pk(term: Term | None) -> int:
    """An id to leave out: that of the term, or one that no row has."""
    return term.pk if term else 0


def check_names_are_free(proposal: Proposal) -> None:
    """Asked when a text is put up for signing, as a part of `check_ready`, and again at publication. Two queries.

    Raises `Refusal("duplicate_name")` with the address of the term that has the name.
    """
    content = proposal.text.content
    _check_free(Names([content]).held(content, proposal.term), content)


def _check_free(held: Held, content: Content) -> None:
    if held.name:
        raise duplicate_name(content.name, held.name)
    for alias, holder in held.aliases.items():
        raise duplicate_name(alias, holder)


def duplicate_name(name: str, holder: Term) -> Refusal:
    """The refusal that says whose name it is: as signed last, else as it was typed, since tools read it too."""
    newest = Version.objects.newest_of(holder)
    called = newest.content.name if newest else name
    return Refusal(
        "duplicate_name",
        f"“{name}” already belongs to the word “{called}”. Suggest a change there, or choose another name.",
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
    return drafts_of([proposal])[0]


def drafts_of(proposals: Iterable[Proposal]) -> list[Draft]:
    """The newest text of each proposal. One query where one has a date, else none."""
    rows = list(proposals)
    dated = Revision.objects.filter(proposal__in=[row.pk for row in rows if row.text.effective_from])
    texts = dated.order_by("-number").values_list("proposal_id", "effective_from", "at")
    first = {(pk, effective_from): at for pk, effective_from, at in texts}  # the first one comes last
    return [_draft_of(row, first.get((row.pk, row.text.effective_from), row.text.at)) for row in rows]


def _draft_of(proposal: Proposal, typed_at: datetime) -> Draft:
    revision = proposal.text
    return Draft(
        content=revision.content,
        term=proposal.term,
        base=revision.base,
        effective_from=revision.effective_from,
        typed_at=typed_at,
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
    return Registry([draft], at).readiness_of(draft)


def check_ready(proposal: Proposal, at: datetime) -> None:
    """What the newest text of a proposal must be to be signed.

    Raises `Refusal("duplicate_name")`, and `Refusal("not_ready")` with everything that is in the way.
    """
    draft = draft_of(proposal)
    registry = Registry([draft], at)
    _check_free(registry.names.held(draft.content, draft.term), draft.content)
    found = registry.readiness_of(draft)
    if found.errors:
        raise not_ready(found.errors, readiness=found.as_data())


class Registry:
    """What the rules must know about the registry at `at`: read once for all the drafts they are asked about.

    A fixed number of queries, however many drafts there are.
    """

    def __init__(self, drafts: Sequence[Draft], at: datetime) -> None:
        contents = [draft.content for draft in drafts]
        self._at = at
        self.names = Names(contents)
        self._known = _known(contents)
        self._alike = _alike(contents)
        self._agreed = _agreed(self._alike) if any(draft.token_id for draft in drafts) else {}
        self._in_force = _in_force(contents, at)
        self._shared = _shared(contents, at)
        self._held, self._claims = _held_in_a_crm(drafts)
        self._owners = owners_by_side()
        self._signed = SignedSoFar(map(_text, drafts), at)

    def readiness_of(self, draft: Draft) -> Readiness:
        """What the function of this name tells of one of the drafts."""
        found = readiness(draft.content, self._facts(draft))
        _, *days = self._signed.instants(_text(draft), _start(draft, self._at))
        later = _later(draft, self._signed, days, found.errors)
        return found._replace(errors=(*found.errors, *later))

    def _facts(self, draft: Draft) -> Facts:
        content, at = draft.content, self._at
        references, held = content.references(), self.names.held(content, draft.term)
        known = references & self._known
        return Facts(
            own_slug=draft.slug,
            known=known if draft.term else known | {draft.slug},
            in_force=references & self._in_force,
            name_taken_by=held.name.slug if held.name else None,
            aliases_taken={alias: holder.slug for alias, holder in held.aliases.items()},
            abbreviations_shared=self._abbreviations_shared(draft),
            near=self._near(draft),
            sides_without_owner=tuple(side.name for side, owners in self._owners.items() if not owners),
            sides_of_authors_only=tuple(side.name for side in self._sides_of_authors_only(draft)),
            effective_from_past=_was_past_when_typed(draft, at),
            replaces_upcoming=_upcoming_replaced(draft, at),
            same_as=draft.base.number if draft.base and draft.base.content == content else None,
            record_keys=frozenset(key for key in content.record_keys() if record_slug(key) in self._known),
            crm_claims=self._crm_claims(draft),
            **self._signed.facts(_text(draft), _start(draft, at)),
        )

    def _abbreviations_shared(self, draft: Draft) -> dict[str, tuple[str, ...]]:
        by_key = {fold(text): text for text in draft.content.abbreviations}
        shared: dict[str, list[str]] = {}
        for key, term_id, slug in self._shared:
            if key in by_key and term_id != _pk(draft.term):
                shared.setdefault(by_key[key], []).append(slug)
        return {text: tuple(slugs) for text, slugs in shared.items()}

    def _near(self, draft: Draft) -> tuple[tuple[str, str], ...]:
        """Other words, by age, whose first names a reader could take for this one; what a tool wrote is told of those
        alone that are agreed, by the name that was.
        """
        name, namespace = draft.content.name, namespace_of(draft.content)
        others = [term for term in self._alike if term.namespace == namespace and term != draft.term]
        if draft.token_id is None:
            called = [(term.slug, term.name) for term in others]
        else:
            called = [(term.slug, self._agreed[term.pk]) for term in others if term.pk in self._agreed]
        return tuple((slug, other) for slug, other in called if similar(name, other))

    def _crm_claims(self, draft: Draft) -> tuple[Claim, ...]:
        """What other words that share a value of a CRM with one of the drafts hold while this one would be in force."""
        start, own = _start(draft, self._at), _pk(draft.term)
        others = {row.version_id for row in self._held if row.term_id != own and holds_at(row, start)}
        return tuple(claim for version, claims in self._claims.items() if version in others for claim in claims)

    def _sides_of_authors_only(self, draft: Draft) -> list[Side]:
        """Sides all of whose owners wrote the text, where authors may not sign."""
        return [side for side, owners in self._owners.items() if owners and draft.barred and owners <= draft.barred]


def _known(contents: Iterable[Content]) -> frozenset[str]:
    """The slugs among those referred to, and of the record types that tests run on, that terms have."""
    asked = {slug for content in contents for slug in content.references()}
    asked |= {record_slug(key) for content in contents for key in content.record_keys()}
    return frozenset(Term.objects.filter(slug__in=asked).values_list("slug", flat=True))


def _alike(contents: Iterable[Content]) -> list[Term]:
    """Terms, by age, that may have a similar first name to one of the texts."""
    keys = {key for content in contents for key in likeness_asked(content.name)}
    return list(Term.objects.filter(pk__in=NameLikeness.objects.filter(key__in=keys).values("term")).order_by("pk"))


def _agreed(terms: Iterable[Term]) -> dict[int, str]:
    """What those of the terms that are agreed are called, by their ids."""
    rows = InForce.objects.filter(term__in=[term.pk for term in terms], until_at=None)
    return dict(rows.values_list("term_id", "name"))


def _in_force(contents: Iterable[Content], at: datetime) -> frozenset[str]:
    """The slugs among the terms referred to that have something in force."""
    references = {slug for content in contents for slug in content.references()}
    return frozenset(InForce.objects.at(at).filter(term__slug__in=references).values_list("slug", flat=True))


def _shared(contents: Iterable[Content], at: datetime) -> list[tuple[str, int, str]]:
    """Where the abbreviations are used already: key, id and slug of the word."""
    keys = {fold(text) for content in contents for text in content.abbreviations}
    names = Name.objects.at(at).filter(key__in=keys, tier__in=(Tier.ALIAS, Tier.ABBREVIATION))
    return list(names.values_list("key", "term_id", "term__slug"))


def _held_in_a_crm(drafts: Iterable[Draft]) -> tuple[list[MappingInForce], dict[int, tuple[Claim, ...]]]:
    """By what words hold values of a CRM that these texts hold as well, and all that each such version holds, by id."""
    own = {claim.key for draft in drafts for claim in claims_of({"slug": draft.slug, **draft.content.as_data()})}
    held = list(MappingInForce.objects.filter(key__in=own))
    bodies = InForce.objects.filter(version__in={row.version_id for row in held}).order_by("slug")
    return held, {pk: tuple(claims_of(json.loads(body))) for pk, body in bodies.values_list("version", "body")}


def _text(draft: Draft) -> Text:
    """What may run of a draft."""
    return Text(draft.content, draft.base.content if draft.base else None, draft.slug, draft.token_id)


def _start(draft: Draft, at: datetime) -> datetime:
    """From when on the draft would be in force, were it agreed now."""
    return max(at, draft.effective_from or at)


def _later(draft: Draft, signed: SignedSoFar, days: Sequence[datetime], known: Sequence[Finding]) -> list[Finding]:
    """What keeps a definition from running on those days and not before, each with the first day on which it does."""
    told = set(known)
    found: list[Finding] = []
    for day in days:
        facts = Facts(own_slug=draft.slug, **signed.facts(_text(draft), day))
        new = [finding for finding in runs_with(draft.content, facts) if finding not in told]
        told.update(new)
        found += [replace(finding, message=f"From {day:%Y-%m-%d} on: {finding.message}") for finding in new]
    return found


def check_still_runs(proposal: Proposal, at: datetime) -> None:
    """Asked at publication: whether what was agreed meanwhile has broken what the text runs on.

    Raises `Refusal("not_ready")` with everything that is in the way.
    """
    draft = draft_of(proposal)
    text = _text(draft)
    signed = SignedSoFar([text], at)
    first, *later = signed.instants(text, _start(draft, at))
    facts = Facts(own_slug=draft.slug, record_keys=_record_keys(draft.content), **signed.facts(text, first))
    found = still_runs(draft.content, facts)
    found += tuple(_later(draft, signed, later, found))
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


def _was_past_when_typed(draft: Draft, at: datetime) -> bool:
    """A date is judged when it is first typed; one that passes while people sign means “as soon as agreed”."""
    return draft.effective_from is not None and draft.effective_from <= (draft.typed_at or at)


def _upcoming_replaced(draft: Draft, at: datetime) -> int | None:
    """The number of a version that would never take effect: what a text starts from is the newest there is, or the
    text is updated to that first."""
    base = draft.base
    if base is None or base.in_force_from <= at:
        return None
    return base.number if _start(draft, at) <= base.in_force_from else None


def _record_keys(content: Content) -> frozenset[str]:
    """The record types that exist as rows, by the key their criteria use."""
    asked: Sequence[str] = sorted(content.record_keys())
    slugs = {record_slug(key): key for key in asked}
    known = Term.objects.filter(namespace=Namespace.RECORD_TYPE, slug__in=slugs).values_list("slug", flat=True)
    return frozenset(slugs[slug] for slug in known)
