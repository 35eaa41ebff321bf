"""The page of a suggestion, with what the reader can do about it, and the thread of a word."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.acts import ACTIONS, Typed
from glossary.domain.refusals import Refusal
from glossary.policy import SignedIn
from glossary.portal.lookup import term_context
from glossary.portal.pages import new_form_key, page, row_id, side_names, to_sign_in
from glossary.portal.repeating import once
from glossary.rendering.served import names_as_signed


@page("GET", "POST")
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One suggestion: why, what changes, who signed and who is missing, and what the reader can do."""
    by = policy.signed_in(request)
    if request.method != "POST":
        typed = request.session.pop(_kept_under(proposal_id), {})
        return _proposal_page(request, by, proposal_id, typed)
    typed = request.POST.dict()
    try:
        said = _act(request, by, proposal_id, typed)
    except Refusal as refusal:
        return answer_refused_act(request, by, proposal_id, typed, refusal)
    messages.success(request, said)
    return redirect("proposal", proposal_id=proposal_id)


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
    return said


def answer_refused_act(
    request: HttpRequest, by: SignedIn, proposal_id: int, typed: dict[str, str], refusal: Refusal
) -> HttpResponse:
    """The page again with the refusal, and what was typed where it was; kept as well while people sign in again."""
    if refusal.code in ("unauthenticated", "reauthenticate"):
        request.session[_kept_under(proposal_id)] = typed
        return to_sign_in(request, refusal)
    return _proposal_page(request, by, proposal_id, typed, refusal)


def _kept_under(proposal_id: int) -> str:
    return f"typed_on_proposal_{proposal_id}"


def _proposal_page(
    request: HttpRequest, by: SignedIn, proposal_id: int, typed: Typed, refusal: Refusal | None = None
) -> HttpResponse:
    at = timezone.now()
    detail = lookup.proposal_detail(proposal_id, by=by, at=at)
    context = {
        "detail": detail,
        "proposal": detail.proposal,
        "usage": lookup.usage_of(detail.proposal.term, at),
        "names": link_names(detail),
        "sides": side_names(),
        "own_objections": [objection for objection in detail.objections if objection.objector_id == by.user.pk],
        "typed": typed,
        "refusal": refusal,
        "form_key": new_form_key(),
        "mail": _mail(request, detail.content.name),
    }
    return render(request, "portal/workflow/proposal.html", context, status=refusal.status if refusal else 200)


def _mail(request: HttpRequest, name: str) -> Mapping[str, str]:
    """What a letter to those whose signature is missing begins with."""
    return {
        "subject": f"Your signature on “{name}”",
        "body": f"This waits for your signature: {request.build_absolute_uri(request.path)}",
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
        context = term_context(request, slug) | {"refusal": refusal, "typed": request.POST.dict()}
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
    return names_as_signed(detail.content.references(), timezone.now())
