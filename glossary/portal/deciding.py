"""The page of a suggestion, with what the reader can do about it, and the thread of a word."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.acts import ACTIONS, Typed
from glossary.domain.refusals import Refusal
from glossary.models import Proposal, State
from glossary.policy import SignedIn
from glossary.portal.lookup import word_context
from glossary.portal.pages import new_form_key, page, row_id, side_names, to_sign_in
from glossary.portal.repeating import once
from glossary.rendering.pipeline import drawn_change
from glossary.rendering.served import names_for_people

ASKED = {  # what an open suggestion may be asked by a button, as the button says it
    State.DRAFT: {"submit": "Put up for signing", "revise": "Edit the text", "decline": "Close without change"},
    State.IN_REVIEW: {
        "sign": "Sign",
        "revise": "Edit the text",
        "object": "Send back",
        "decline": "Close without change",
    },
}
OWN = ("take_back", "withdraw")  # of these nobody is told that it is not for them
SIGN_IN_CODES = ("unauthenticated", "reauthenticate")


class Door(NamedTuple):
    """A page that shows a suggestion: its template, its address, and what the template is given beside."""

    template: str
    here: str
    more: Mapping[str, Any]


def in_the_portal(proposal_id: int) -> Door:
    return Door("portal/workflow/proposal.html", resolve_url("proposal", proposal_id=proposal_id), {})


@page("GET", "POST")
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One suggestion: why, what changes, who signed and who is missing, and what the reader can do."""
    return decide(request, proposal_id, in_the_portal(proposal_id))


def decide(request: HttpRequest, proposal_id: int, door: Door) -> HttpResponse:
    """The page of a suggestion, or what one of its buttons does; for every door that shows one."""
    by, show = policy.signed_in(request), partial(_proposal_page, request, proposal_id, door)
    if request.method != "POST":
        return show(by, request.session.pop(_kept_under(proposal_id), {}))
    typed = request.POST.dict()
    try:
        if said := _act(request, by, proposal_id, typed):
            messages.success(request, said)
    except Refusal as refusal:
        if refusal.code in SIGN_IN_CODES:
            return _to_sign_in_keeping(request, proposal_id, typed, refusal)
        return show(by, typed, refusal)
    return redirect(f"{door.here}#agreed" if typed.get("action") == "sign" else door.here)


def _act(request: HttpRequest, by: SignedIn, proposal_id: int, typed: Typed) -> str:
    action = typed.get("action", "")
    if action == "comment":
        once(request, lambda: str(workflow.comment_on_proposal(proposal_id, by=by, text=typed.get("text", "")).pk))
        return "Your comment is kept."
    if action == "remove_comment":
        return _remove_comment(by, typed)
    if action not in ACTIONS:
        raise Refusal("invalid", "This page has no such button. Please load it again.")
    act, said = ACTIONS[action]
    act(by, proposal_id, typed)
    return "" if action == "sign" and _is_agreed(proposal_id) else said  # the page says who agreed


def _is_agreed(proposal_id: int) -> bool:
    (signed,) = lookup.signed([proposal_id], at=timezone.now())
    return signed.version is not None


def answer_refused_act(
    request: HttpRequest, by: SignedIn, proposal_id: int, door: Door, refusal: Refusal, typed: Typed | None = None
) -> HttpResponse:
    """The page of the suggestion with the refusal, or the way to sign in again where that is what is missing."""
    if refusal.code in SIGN_IN_CODES:
        return to_sign_in(request, refusal)
    return _proposal_page(request, proposal_id, door, by, typed or {}, refusal)


def _to_sign_in_keeping(
    request: HttpRequest, proposal_id: int, typed: dict[str, str], refusal: Refusal
) -> HttpResponse:
    """What was typed is kept while people sign in again."""
    request.session[_kept_under(proposal_id)] = typed
    return to_sign_in(request, refusal)


def _kept_under(proposal_id: int) -> str:
    return f"typed_on_proposal_{proposal_id}"


def _proposal_page(
    request: HttpRequest,
    proposal_id: int,
    door: Door,
    by: SignedIn,
    typed: Typed,
    refusal: Refusal | None = None,
) -> HttpResponse:
    at = timezone.now()
    detail, sides = lookup.proposal_detail(proposal_id, by=by, at=at), side_names()
    to_withdraw = policy.to_withdraw(by, detail.objections, at)
    context = {
        **door.more,
        "here": door.here,
        "detail": detail,
        "proposal": detail.proposal,
        "usage": lookup.usage_of(detail.proposal.term, at),
        "names": link_names(detail),
        "tests": lookup.disagreement_of(detail.proposal, by=by, at=at),
        "drawing": drawn_change(detail.base.content if detail.base else None, detail.content, sides),
        "sides": sides,
        "unseated": lookup.unseated(),
        "referring": lookup.referring_to(detail.proposal.term, at=at),
        "rulings": lookup.rulings_on(detail.proposal, at=at),
        "weighing": lookup.weighing(detail.proposal, by=by, at=at, segment=request.GET.get("group")),
        "to_withdraw": to_withdraw,
        "cannot": _cannot(detail),
        "is_idle": not to_withdraw and _is_idle(detail),
        "gone": [item for item in detail.objections if not policy.still_speaks(item, at)],
        "may_hand_over": policy.may_hand_over(by, detail.proposal) is None,
        "typed": typed,
        "refusal": refusal,
        "form_key": new_form_key(),
        "mail": _mail(request, detail.proposal, detail.content.name),
    }
    return render(request, door.template, context, status=refusal.status if refusal else 200)


def _asked(detail: lookup.ProposalDetail) -> dict[str, str]:
    return ASKED.get(State(detail.proposal.state), {})


def _cannot(detail: lookup.ProposalDetail) -> dict[str, list[str]]:
    """What this person cannot do now, by the sentence that says why; signing in again has a button of its own."""
    refused: dict[str, list[str]] = {}
    for name, label in _asked(detail).items():
        why_not = detail.answers[name]
        if why_not and why_not.code != "reauthenticate":
            refused.setdefault(why_not.sentence, []).append(label)
    return refused


def _is_idle(detail: lookup.ProposalDetail) -> bool:
    """Whether no button is shown to this person."""
    refusals = [detail.answers[name] for name in (*_asked(detail), *OWN)]
    return all(refusal and refusal.code != "reauthenticate" for refusal in refusals)


def _mail(request: HttpRequest, proposal: Proposal, name: str) -> Mapping[str, str]:
    """What a letter to those whose signature is missing begins with."""
    return {
        "subject": f"Your signature on “{name}”",
        "body": f"This waits for your signature: {request.build_absolute_uri(proposal.get_absolute_url())}",
    }


@page("GET", "POST")
def discuss_term(request: HttpRequest, slug: str) -> HttpResponse:
    """Say something about a word, or remove what one said."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return redirect("term", slug=slug)
    try:
        messages.success(request, _talk(request, by, slug))
    except Refusal as refusal:
        context = word_context(request, slug) | {"refusal": refusal, "typed": request.POST.dict()}
        return render(request, "portal/lookup/term.html", context, status=refusal.status)
    return redirect(f"{resolve_url('term', slug=slug)}#talk")


def _talk(request: HttpRequest, by: SignedIn, slug: str) -> str:
    if request.POST.get("action") == "remove_comment":
        return _remove_comment(by, request.POST.dict())
    once(request, lambda: str(workflow.comment_on_term(slug, by=by, text=request.POST.get("text", "")).pk))
    return "Your comment is kept."


def _remove_comment(by: SignedIn, typed: Typed) -> str:
    workflow.blank_comment(row_id(typed.get("comment")), by=by)
    return "Your comment is removed."


def link_names(detail: Any) -> Mapping[str, str]:
    """What the words that the newest text of a suggestion links are called now."""
    return names_for_people(detail.content.references(), timezone.now())
