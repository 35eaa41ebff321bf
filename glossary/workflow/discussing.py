"""One thread per word and per suggestion, seen by everybody signed in."""

import unicodedata

from django.conf import settings
from django.db.models import QuerySet

from glossary import ledger, policy
from glossary.domain.refusals import Refusal
from glossary.models import Comment, Salt
from glossary.policy import Actor
from glossary.workflow.finding import find_comment, find_proposal, find_term


def checked_text(text: object, *, field: str, required: bool = True) -> str:
    """A free text as kept: a string, NFC, unified line ends, stripped, without NUL, within the limit for comments.

    Raises `Refusal("invalid")` naming the field and the rule.
    """
    problem = ""
    if not isinstance(text, str):
        problem = "This must be text."
    elif "\x00" in text:
        problem = "This text contains a character (NUL) that cannot be kept."
    elif len(text) > settings.GLOSSARY_MAX_COMMENT:
        problem = f"This text is longer than {settings.GLOSSARY_MAX_COMMENT} characters. Please shorten it."
    elif required and not text.strip():
        problem = "Please write a sentence here."
    if problem:
        raise Refusal("invalid", problem, errors=[{"path": field, "code": "text", "message": problem}])
    assert isinstance(text, str)
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())


def comment_on_proposal(proposal_id: int, *, by: Actor, text: str) -> Comment:
    """Say something about a suggestion. Refusals: `invalid`, `not_permitted`, `not_found`."""
    with ledger.locked(by) as head:
        proposal = find_proposal(proposal_id)
        policy.require(policy.may_read_proposal(by, proposal))
        policy.require(policy.may_suggest(by))
        text = checked_text(text, field="text")
        comment = Comment.objects.create(
            term=proposal.term, proposal=proposal, author=by.user, via=by.via, text=text, at=head.at
        )
        head.record("comment.written", by=by, proposal=proposal, comment=comment.pk, texts={"text": text})
        return comment


def comment_on_term(slug: str, *, by: Actor, text: str) -> Comment:
    """Say something about a word. Refusals: `invalid`, `not_permitted`, `not_found`."""
    with ledger.locked(by) as head:
        policy.require(policy.may_suggest(by))
        term = find_term(slug)
        text = checked_text(text, field="text")
        comment = Comment.objects.create(term=term, author=by.user, via=by.via, text=text, at=head.at)
        head.record("comment.written", by=by, term=term, comment=comment.pk, texts={"text": text})
        return comment


def blank_comment(comment_id: int, *, by: Actor) -> Comment:
    """Remove the text of one's own comment; that there was one stays. Blanking twice changes nothing."""
    with ledger.locked(by) as head:
        comment = find_comment(comment_id)
        policy.require(policy.may_suggest(by))
        policy.require(policy.may_blank(by, comment))
        if comment.blanked_at is None:
            comment.text, comment.blanked_at = "", head.at
            comment.save(update_fields=["text", "blanked_at"])
            _forget_salt(comment)
            head.record("comment.blanked", by=by, term=comment.term, proposal=comment.proposal, comment=comment.pk)
        return comment


def _forget_salt(comment: Comment) -> None:
    """Without its salt the hash in the ledger says nothing about the text any more."""
    salts: QuerySet[Salt] = Salt.objects.filter(event__kind="comment.written", event__term=comment.term)
    salts.filter(event__data__contains=f'"comment":{comment.pk},').delete()
