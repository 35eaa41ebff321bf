"""What changes something: suggestions and what becomes of them, threads, missing words.

Each view translates, calls one action, and answers with what the suggestion now is.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup, policy, workflow
from glossary.api import outputs, paging
from glossary.api.conditional import Revalidated, seen_counter
from glossary.api.describing import answers
from glossary.api.inputs import (
    Closing,
    NewConcern,
    NewProposal,
    NewText,
    NewWord,
    No,
    Nothing,
    Parameters,
    Reaffirming,
    Remark,
    Resolutions,
    Signature,
    Signatures,
    body,
    says,
    sent,
)
from glossary.api.lookup import FILTERS, list_of_terms
from glossary.api.paging import page
from glossary.api.tokens import IsPerson, MayRead, MaySuggest, actor_of, caller_of, person_of
from glossary.models import Comment, Concern, Proposal
from glossary.policy import SignedIn

API = "/api/v1"


def _answer(proposal_id: int, request: Request, status: int = 200) -> Response:
    """The suggestion as it is now, with its change counter as ETag."""
    detail = lookup.proposal_detail(proposal_id, by=actor_of(request), at=timezone.now())
    return Response(outputs.proposal(detail), status, headers={"ETag": detail.etag})


def _once(request: Request, act: Callable[[], int], show: Callable[[int], Response]) -> Response:
    """Do it, or nothing when the request carries an Idempotency-Key that was used before; show what it made, as it is.

    `act` does it and returns the id of the row it made, which is all that is kept: a text that somebody removes later
    is then nowhere. `show` is the answer, 201, from that id.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return show(act())
    what = f"{request.method} {request.path}\n".encode() + sent(request).raw
    return show(int(workflow.once(caller=caller_of(request), key=key, request=what, act=lambda: str(act()))))


class Terms(Revalidated):
    def get_permissions(self) -> list[Any]:
        return [MaySuggest()] if self.request.method == "POST" else [MayRead()]

    @answers(
        "TermOut",
        summary="Words, filtered",
        parameters=[*FILTERS, "updated_since", "as_of"],
        is_list=True,
    )
    def get(self, request: Request) -> Response:
        """By id, a page at a time; narrowed by the filters, or as they were at an instant."""
        return list_of_terms(request)

    @answers("WordOut", summary="Raise a word that is missing", sends=NewWord, status=201)
    def post(self, request: Request) -> Response:
        """It is written down as wanted. A name that belongs to a word already is refused with that word's address."""
        said = body(request, NewWord)
        term = workflow.raise_word(said.name, by=actor_of(request), note=said.note or "")
        return Response(
            outputs.bare_term(term, "wanted", published_only=False),
            201,
            headers={"Location": f"{API}/terms/{term.slug}/"},
        )


class Suggesting(Revalidated):
    """For people, and for tools that may suggest."""

    permission_classes = [MaySuggest]


class Deciding(Revalidated):
    """For people in their own session; no token ever signs or says no."""

    permission_classes = [IsPerson]


class Proposals(Suggesting):
    @answers("ProposalLine", summary="Suggestions, filtered", parameters=["state", "waiting_for"], is_list=True)
    def get(self, request: Request) -> Response:
        """By id, a page at a time: for a person all, for a tool those it opened; for whom each waits, since when."""
        given, at = Parameters(request, ("state", "waiting_for", *paging.PARAMETERS)), timezone.now()
        rows = lookup.proposals(
            by=actor_of(request), at=at, state=given.text("state"), waiting_for=given.text("waiting_for")
        )

        def lines(proposals: Sequence[Proposal]) -> list[Any]:
            missing = lookup.unsigned(proposals, at)
            awaited = lookup.awaited(proposals, missing, at)
            return [outputs.proposal_line(row, missing[row.pk], awaited.get(row.pk, ())) for row in proposals]

        return Response(page(request, given, rows, lines))

    @answers("ProposalOut", summary="Suggest a change", sends=NewProposal, status=201, is_repeatable=True)
    def post(self, request: Request) -> Response:
        """Opens a draft: of a new word, or of another text for `term`. What is in force stays as it is."""
        said = body(request, NewProposal)
        by = actor_of(request)

        def act() -> int:
            proposal = workflow.open_proposal(
                by=by,
                content=said.content,
                term=said.term,
                base_version=said.base_version,
                reason=said.reason or "",
                effective_from=said.effective_from,
            )
            return proposal.pk

        def show(proposal_id: int) -> Response:
            answer = _answer(proposal_id, request, 201)
            answer.headers["Location"] = f"{API}/proposals/{proposal_id}/"
            return answer

        return _once(request, act, show)


class OneProposal(Suggesting):
    @answers("ProposalOut", summary="One suggestion, with all that is needed to decide on it")
    def get(self, request: Request, proposal_id: int) -> Response:
        """Its text, seats, findings, differences, for whom it waits, and what the caller may do."""
        Parameters(request, ())
        return _answer(proposal_id, request)

    @answers("ProposalOut", summary="Give it a new text", sends=NewText, needs_match=True)
    def patch(self, request: Request, proposal_id: int) -> Response:
        """Replaces the whole content. While it is up for signing, signatures on the text before stop counting."""
        seen = seen_counter(request.META.get("HTTP_IF_MATCH"))
        said = body(request, NewText)
        by = actor_of(request)
        text = lookup.readable_proposal(proposal_id, by=by).text
        workflow.revise(
            proposal_id,
            by=by,
            content=said.content,
            effective_from=said.effective_from if says(request, "effective_from") else text.effective_from,
            reason=said.reason,
            seen=seen,
        )
        return _answer(proposal_id, request)


class Submit(Suggesting):
    @answers("ProposalOut", summary="Put it up for signing", sends=Nothing)
    def post(self, request: Request, proposal_id: int) -> Response:
        """Asks both sides to sign. Refused as `not_ready` with what has to be mended first."""
        body(request, Nothing)
        workflow.submit(proposal_id, by=_reader_of(proposal_id, request))
        return _answer(proposal_id, request)


def _reader_of(proposal_id: int, request: Request) -> policy.Actor:
    """Who acts, once it is certain that they may know of the suggestion at all."""
    by = actor_of(request)
    lookup.readable_proposal(proposal_id, by=by)
    return by


class Withdraw(Suggesting):
    @answers("ProposalOut", summary="Cancel one's own suggestion", sends=Nothing)
    def post(self, request: Request, proposal_id: int) -> Response:
        """For its author, whoever looks after it, and the tool that opened it. It ends; nothing agreed changes."""
        body(request, Nothing)
        workflow.withdraw(proposal_id, by=_reader_of(proposal_id, request))
        return _answer(proposal_id, request)


class Rebase(Suggesting):
    @answers("ProposalOut", summary="Update it to the newest version of its word", sends=Resolutions)
    def post(self, request: Request, proposal_id: int) -> Response:
        """After another version was agreed. Fields that both changed are a `conflict` until `resolutions` settle it."""
        said = body(request, Resolutions)
        workflow.rebase(proposal_id, by=_reader_of(proposal_id, request), resolutions=said.resolutions)
        return _answer(proposal_id, request)


class SignOff(Deciding):
    @answers("ProposalOut", summary="Sign the text with this digest", sends=Signature)
    def post(self, request: Request, proposal_id: int) -> Response:
        """For the side that the person owns or holds a seat of. The last missing signature publishes the text."""
        said = body(request, Signature)
        workflow.sign_off(
            proposal_id,
            by=person_of(request),
            digest=said.digest,
            reservation=said.reservation or "",
            impact=said.impact or "",
        )
        return _answer(proposal_id, request)


class SignOffs(Deciding):
    @answers("OutcomesOut", summary="Sign several texts in one act", sends=Signatures)
    def post(self, request: Request) -> Response:
        """Each is a signature of its own, with an answer of its own."""
        items = body(request, Signatures).items
        wishes = [workflow.Wish(item.proposal, item.digest, item.reservation or "") for item in items]
        outcomes = workflow.sign_several(wishes, by=person_of(request))
        return Response({"results": [outputs.outcome(outcome.proposal, outcome.refusal) for outcome in outcomes]})


class SendBack(Deciding):
    @answers("ProposalOut", summary="Send the text with this digest back", sends=No)
    def post(self, request: Request, proposal_id: int) -> Response:
        """It becomes a draft again, its signatures are void, and this text is not put up until the objector says so."""
        said = body(request, No)
        workflow.send_back(proposal_id, by=person_of(request), digest=said.digest, reason=said.reason)
        return _answer(proposal_id, request)


class WithdrawObjection(Deciding):
    @answers("ProposalOut", summary="No longer stand against it", sends=Nothing)
    def post(self, request: Request, proposal_id: int) -> Response:
        """For the objector, or an owner of a side for which the objector no longer speaks."""
        body(request, Nothing)
        workflow.withdraw_objection(proposal_id, by=person_of(request))
        return _answer(proposal_id, request)


class TakeBack(Deciding):
    @answers("ProposalOut", summary="Take one's own signature back", sends=Nothing)
    def post(self, request: Request, proposal_id: int) -> Response:
        """The seat is empty again. Not once the text is published."""
        body(request, Nothing)
        workflow.take_back(proposal_id, by=person_of(request))
        return _answer(proposal_id, request)


class Decline(Deciding):
    @answers("ProposalOut", summary="Close it without change", sends=Closing)
    def post(self, request: Request, proposal_id: int) -> Response:
        """For owners, with a reason. It ends; nothing agreed changes."""
        said = body(request, Closing)
        workflow.decline(proposal_id, by=person_of(request), reason=said.reason)
        return _answer(proposal_id, request)


class Reaffirm(Deciding):
    @answers("TermOut", summary="Confirm that the text with this digest still holds", sends=Reaffirming)
    def post(self, request: Request, slug: str) -> Response:
        """When its review is due, for the person's side. Once each side has, the next review counts from then."""
        workflow.reaffirm(slug, by=person_of(request), digest=body(request, Reaffirming).digest)
        detail = lookup.term_detail(slug, at=timezone.now())
        return Response(outputs.term(detail, published_only=False), headers={"ETag": detail.etag})


# Concerns


def _concern(concern_id: int, request: Request, status: int = 200) -> Response:
    """A concern as the caller may see it; a tool is not told what the sides answered."""
    by, row = actor_of(request), lookup.concern_of(concern_id)
    assert row is not None
    item = lookup.voiced([row], by=by, at=timezone.now())[0]
    return Response(outputs.concern(item, with_words=isinstance(by, SignedIn)), status)


class Concerns(Revalidated):
    def get_permissions(self) -> list[Any]:
        return [MaySuggest()] if self.request.method == "POST" else [IsPerson()]

    @answers("ConcernOut", summary="What hurts about a word", is_list=True)
    def get(self, request: Request, slug: str) -> Response:
        """With the answers of both sides, to people alone."""
        by, at = person_of(request), timezone.now()
        lookup.term_detail(slug, at=at)

        def lines(rows: Sequence[Concern]) -> list[Any]:
            return [outputs.concern(item, with_words=True) for item in lookup.voiced(rows, by=by, at=at)]

        return Response(page(request, Parameters(request, paging.PARAMETERS), lookup.concerns_about(slug), lines))

    @answers("ConcernOut", summary="Raise a concern", sends=NewConcern, status=201, is_repeatable=True)
    def post(self, request: Request, slug: str) -> Response:
        """About the version in force, perhaps with a record on which one of its tests should say something else."""
        said, by = body(request, NewConcern), actor_of(request)

        def act() -> int:
            raised = workflow.raise_concern(
                slug,
                by=by,
                text=said.text,
                criterion=said.criterion or "",
                record=said.record,
                expected=said.expected or "",
            )
            return raised.pk

        return _once(request, act, lambda concern_id: _concern(concern_id, request, 201))


class ConcernAnswers(Deciding):
    @answers("ConcernOut", summary="Answer a concern for one's side", sends=Remark, status=201)
    def post(self, request: Request, concern_id: int) -> Response:
        """Once for each side, by an owner or a delegate."""
        answer = workflow.answer_concern(concern_id, by=person_of(request), text=body(request, Remark).text)
        return _concern(answer.concern_id, request, 201)


class WithdrawConcern(Suggesting):
    @answers("ConcernOut", summary="Withdraw one's own concern", sends=Nothing)
    def post(self, request: Request, concern_id: int) -> Response:
        """For whoever raised it; a tool, what it raised itself."""
        body(request, Nothing)
        workflow.withdraw_concern(concern_id, by=actor_of(request))
        return _concern(concern_id, request)


# Threads


def _thread(request: Request, rows: Any) -> Response:
    given = Parameters(request, paging.PARAMETERS)

    def lines(comments: Sequence[Comment]) -> list[Any]:
        return [outputs.comment(comment) for comment in comments]

    return Response(page(request, given, rows, lines))


def _said(comment_id: int) -> Response:
    return Response(outputs.comment(lookup.comment_of(comment_id)), 201)


class ProposalComments(Suggesting):
    @answers("CommentOut", summary="What people say about a suggestion", is_list=True)
    def get(self, request: Request, proposal_id: int) -> Response:
        """Oldest first. A comment that was removed keeps its place without its text."""
        _reader_of(proposal_id, request)
        return _thread(request, lookup.comments(proposal=proposal_id))

    @answers("CommentOut", summary="Say something about it", sends=Remark, status=201, is_repeatable=True)
    def post(self, request: Request, proposal_id: int) -> Response:
        """At most 5,000 characters, read by everybody who reads the suggestion."""
        text, by = body(request, Remark).text, actor_of(request)
        return _once(request, lambda: workflow.comment_on_proposal(proposal_id, by=by, text=text).pk, _said)


class TermComments(Revalidated):
    def get_permissions(self) -> list[Any]:
        return [MaySuggest()] if self.request.method == "POST" else [IsPerson()]

    @answers("CommentOut", summary="What people say about a word", is_list=True)
    def get(self, request: Request, slug: str) -> Response:
        """Oldest first. A comment that was removed keeps its place without its text."""
        lookup.term_detail(slug, at=timezone.now())
        return _thread(request, lookup.comments(term=slug))

    @answers("CommentOut", summary="Say something about it", sends=Remark, status=201, is_repeatable=True)
    def post(self, request: Request, slug: str) -> Response:
        """At most 5,000 characters, read by everybody signed in."""
        text, by = body(request, Remark).text, actor_of(request)
        return _once(request, lambda: workflow.comment_on_term(slug, by=by, text=text).pk, _said)
