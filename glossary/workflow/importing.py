"""Bringing words in from a file: each becomes a draft, which both sides read and sign as any other."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction

from glossary import ledger
from glossary.domain.content import Content
from glossary.domain.names import fold
from glossary.domain.refusals import Refusal
from glossary.exchange.arriving import Brought
from glossary.models import InForce, Namespace, Proposal, Term, Version
from glossary.policy import Actor
from glossary.workflow.drafting import read_content
from glossary.workflow.proposing import open_proposal
from glossary.workflow.raising import find_term_by_name


class Became(StrEnum):
    """What a word of a file became."""

    NEW = "new"  # a draft for a word that there was not
    CHANGE = "change"  # a draft for a word that there is
    IN_FORCE = "in_force"  # nothing: it says what is agreed already
    SUGGESTED = "suggested"  # nothing: it says what somebody has suggested already


class Arrival(NamedTuple):
    """What became of a word: `proposal` is the suggestion with its text, the new one or the one there was."""

    became: Became
    proposal: int | None


def bring_in(word: Brought, *, by: Actor, reason: str, only_try: bool = False) -> Arrival:
    """Suggest what a file says of a word, unless it is agreed or suggested already. Nothing is put up or signed.

    A word is known by its slug, else by its name. With `only_try` everything is done and undone. Refusals: those of
    `open_proposal`, `invalid` also for a kind of word that the one of this address cannot become.
    """
    with ledger.locked(by) as head:
        arrival = _bring_in(word, by, reason, head.at)
        if only_try:
            transaction.set_rollback(True)
        return arrival


def _bring_in(word: Brought, by: Actor, reason: str, at: datetime) -> Arrival:
    term = _term_of(word)
    latest = Version.objects.newest_of(term) if term else None
    base = latest.content.as_data() if latest else {}
    written = read_content(word.over(base))
    if term is None:
        return Arrival(Became.NEW, open_proposal(by=by, content=written.as_data(), reason=reason).pk)
    if _says_nothing_new(word, _agreed(term, latest, at)):
        return Arrival(Became.IN_FORCE, None)
    for proposal in Proposal.objects.open().filter(term=term).select_related("newest").order_by("pk"):
        if _says_nothing_new(word, [proposal.text.content]):
            return Arrival(Became.SUGGESTED, proposal.pk)
    opened = open_proposal(by=by, content=written.as_data(), term=term.slug, reason=reason)
    return Arrival(Became.CHANGE if latest else Became.NEW, opened.pk)


def _term_of(word: Brought) -> Term | None:
    term = Term.objects.filter(slug=word.slug).first() if word.slug else None
    name = word.fields.get("name")
    if term is None and isinstance(name, str) and fold(name):
        namespace = Namespace.RECORD_TYPE if word.fields.get("kind") == "record_type" else Namespace.WORD
        term = find_term_by_name(name, namespace)
    return term


def _agreed(term: Term, latest: Version | None, at: datetime) -> list[Content]:
    """The newest version, and the one in force while that one is still to come."""
    rows = InForce.objects.at(at).filter(term=term).select_related("version__revision")
    return [version.content for version in (latest, *(row.version for row in rows)) if version]


def _says_nothing_new(word: Brought, texts: Iterable[Content]) -> bool:
    return any(_laid_over(word, text) == text for text in texts)


def _laid_over(word: Brought, text: Content) -> Content | None:
    try:
        return read_content(word.over(text.as_data()))
    except Refusal:
        return None
