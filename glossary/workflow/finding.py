"""Fetching, under the lock, the rows an action is about; nothing is decided on a row read before it."""

from typing import TypeVar

from django.db import models

from accounts.models import Appointment, Delegation, Side, Token, User
from glossary.domain.refusals import Refusal
from glossary.models import Comment, Concern, ImpactUpload, Proposal, Ruling, Term

Row = TypeVar("Row", bound=models.Model)


def _found(rows: "models.QuerySet[Row]", sentence: str) -> Row:
    row = rows.first()
    if row is None:
        raise Refusal("not_found", sentence)
    return row


def find_proposal(proposal_id: int) -> Proposal:
    """The proposal with its term, author, whoever looks after it, newest text, and the version that it starts from.

    Raises `Refusal("not_found")`.
    """
    rows = Proposal.objects.filter(pk=proposal_id).select_related("term", "author", "keeper", "newest__base__revision")
    return _found(rows, "There is no such suggestion.")


def find_term(slug: str) -> Term:
    rows = Term.objects.none() if "\x00" in slug else Term.objects.filter(slug=slug)
    return _found(rows, f"There is no word with the address “{slug}”.")


def find_user(user_id: int) -> User:
    return _found(User.objects.filter(pk=user_id).select_related("side"), "There is no such person.")


def find_side(key: str) -> Side:
    rows = Side.objects.none() if "\x00" in key else Side.objects.filter(key=key)
    return _found(rows, f"There is no team called “{key}”.")


def find_comment(comment_id: int) -> Comment:
    return _found(Comment.objects.filter(pk=comment_id).select_related("term", "proposal"), "There is no such comment.")


def find_concern(concern_id: int) -> Concern:
    """The concern with its word, who raised it, and the answers so far."""
    rows = Concern.objects.filter(pk=concern_id).select_related("term", "raised_by")
    return _found(rows.prefetch_related("answers__author"), "There is no such concern.")


def find_ruling(ruling_id: int) -> Ruling:
    rows = Ruling.objects.filter(pk=ruling_id).select_related("proposal__term", "sponsor")
    return _found(rows, "There is no such ruling.")


def find_upload(proposal_id: int, upload_id: int) -> ImpactUpload:
    """The uploaded records, which are not read, with their suggestion."""
    rows = ImpactUpload.objects.filter(pk=upload_id, proposal=proposal_id).without_records()
    return _found(rows.select_related("proposal__term"), "There are no such records any more.")


def find_appointment(appointment_id: int) -> Appointment:
    rows = Appointment.objects.filter(pk=appointment_id).select_related("user", "side")
    return _found(rows, "There is no such appointment.")


def find_delegation(delegation_id: int) -> Delegation:
    rows = Delegation.objects.filter(pk=delegation_id).select_related("owner", "delegate", "side")
    return _found(rows, "There is no such delegation.")


def find_token(token_id: int) -> Token:
    return _found(Token.objects.filter(pk=token_id).select_related("user"), "There is no such token.")
