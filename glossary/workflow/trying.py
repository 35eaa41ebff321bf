"""Trying a text out: what it would be if it were kept, and what would still keep it from being signed."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from glossary import policy
from glossary.domain.content import Content
from glossary.domain.lint import Readiness
from glossary.models import Proposal, Version
from glossary.policy import Actor, Draft, Tool
from glossary.workflow.drafting import read_content
from glossary.workflow.finding import find_proposal, find_term


class Tried(NamedTuple):
    """The text as it would be kept, and whether it could be signed."""

    content: Content
    readiness: Readiness


def try_out(
    *,
    by: Actor,
    content: object,
    at: datetime,
    term: str | None = None,
    proposal_id: int | None = None,
    effective_from: datetime | None = None,
) -> Tried:
    """What a text would be as the next one of a suggestion, or as the first one for a term or for a new word.

    Takes what `open_proposal` and `revise` take, and writes nothing. Refusals: `invalid`, `not_found`,
    `not_permitted`.
    """
    policy.require(policy.may_suggest(by))
    written = read_content(content)
    draft = (
        _next_text(find_proposal(proposal_id), written, effective_from, by)
        if proposal_id is not None
        else _first_text(term, written, effective_from, by)
    )
    return Tried(written, policy.readiness_of(draft, at))


def _next_text(proposal: Proposal, content: Content, effective_from: datetime | None, by: Actor) -> Draft:
    policy.require(policy.may_revise(by, proposal))
    return Draft(
        content=content,
        term=proposal.term,
        base=proposal.text.base,
        effective_from=effective_from,
        typed_at=policy.first_typed_at(proposal, effective_from),
        barred=_barred(proposal.author_id, by.user.pk),
        token_id=proposal.via_token_id,
    )


def _first_text(slug: str | None, content: Content, effective_from: datetime | None, by: Actor) -> Draft:
    term = find_term(slug) if slug else None
    base = Version.objects.newest_of(term) if term else None
    return Draft(
        content=content,
        term=term,
        base=base,
        effective_from=effective_from,
        barred=_barred(by.user.pk),
        token_id=by.token.pk if isinstance(by, Tool) and by.token else None,
    )


def _barred(*authors: int) -> set[int]:
    return set() if settings.GLOSSARY_AUTHOR_MAY_SIGN else set(authors)
