"""Writing a word down: the row that a wanted or agreed word is for ever addressed by."""

import re
from typing import Any

from django.conf import settings

from glossary import ledger, outbox, policy
from glossary.domain.checking import Desk
from glossary.domain.names import fold, slug_for
from glossary.domain.refusals import Refusal
from glossary.domain.values import Name
from glossary.ledger import Head
from glossary.models import NameClaim, NameLikeness, Namespace, Term
from glossary.policy import Actor
from glossary.rendering.projections import name_likenesses
from glossary.workflow.discussing import checked_text
from glossary.workflow.finding import find_term

KEPT_SLUG = re.compile(r"(record-|term-\d+$)")

LONGEST_LABEL = 60


def raise_word(name: str, *, by: Actor, note: str = "") -> Term:
    """Write a word down as wanted, so that somebody can suggest what it means.

    Refusals: `invalid` for a name that breaks the rules, `duplicate_name` with the address of the word that has it,
    `not_permitted`.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_suggest(by))
        name = _checked_name(name)
        note = checked_text(note, field="note", required=False)
        holder = find_term_by_name(name, Namespace.WORD)
        if holder is not None:
            raise policy.duplicate_name(name, holder)
        return new_term(name, namespace=Namespace.WORD, by=by, head=head, note=note)


def _checked_name(name: object) -> str:
    """The name in the form that a text would keep it, by the same rules."""
    desk = Desk(limits=settings.GLOSSARY_LIMITS)
    kept: str | None = Name().take(name, "name", desk)
    if kept is None and not desk.errors:
        desk.wrong("name", "required", "Give a name.")
    if kept is None:
        raise Refusal("invalid", desk.errors[0]["message"], errors=desk.errors)
    return kept


def find_term_by_name(name: str, namespace: Namespace) -> Term | None:
    """The term that has this name already, as an agreed claim or as its first name; else None."""
    folded = fold(name)
    claim = NameClaim.objects.filter(namespace=namespace, folded=folded).select_related("term").first()
    return claim.term if claim else Term.objects.filter(namespace=namespace, folded=folded).first()


def new_term(name: str, *, namespace: Namespace, by: Actor, head: Head, note: str = "") -> Term:
    """The row of a new term, its slug made from the name and from then on fixed."""
    term = Term.objects.create(
        slug=_free_slug(name, namespace),
        namespace=namespace,
        name=name,
        folded=fold(name),
        note=note,
        raised_by=by.user,
        raised_at=head.at,
    )
    if not term.slug:
        term.slug = f"term-{term.pk}"
        term.save(update_fields=["slug"])
    NameLikeness.objects.bulk_create(name_likenesses([term]))
    head.record(
        "term.raised", by=by, term=term, name=name, slug=term.slug, namespace=str(namespace), texts={"note": note}
    )
    return term


def _free_slug(name: str, namespace: Namespace) -> str:
    """The address a name asks for, or nothing when it is taken or of a form kept for others.

    `record-…` is kept for record types, `term-12` for names without ASCII letters.
    """
    slug = slug_for(name)
    if slug and namespace is Namespace.RECORD_TYPE:
        slug = f"record-{slug}"
    elif KEPT_SLUG.match(slug):
        return ""
    return "" if Term.objects.filter(slug=slug).exists() else slug


def label_term(
    slug: str, *, by: Actor, category: str | None = None, tags: list[str] | None = None, is_required: bool | None = None
) -> Term:
    """Change what is not signed: category, tags, “required word”.

    Refusals: `not_permitted`, `not_found`, `invalid` for a label longer than 60 characters.
    """
    with ledger.locked(by) as head:
        policy.require(policy.may_administer(by))
        term = find_term(slug)
        _check_labels(category or "", tags or [])
        wanted: dict[str, Any] = {"category": category, "tags": tags, "is_required": is_required}
        changed = {field: value for field, value in wanted.items() if value not in (None, getattr(term, field))}
        for field, value in changed.items():
            setattr(term, field, value)
        if changed:
            term.save(update_fields=list(changed))
            outbox.labelled(head.record("term.labelled", by=by, term=term, **changed))
        return term


def _check_labels(category: str, tags: list[str]) -> None:
    for path, label in [("category", category), *(("tags", tag) for tag in tags)]:
        if len(checked_text(label, field=path, required=False)) > LONGEST_LABEL:
            message = f"A label has at most {LONGEST_LABEL} characters."
            raise Refusal("invalid", message, errors=[{"path": path, "code": "too_long", "message": message}])
