"""Pages for a new text: suggest one, change one that waits, update it to the newest text; or raise a word."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.models import Proposal
from glossary.policy import SignedIn
from glossary.portal import forms
from glossary.portal.deciding import answer_refused_act, link_names
from glossary.portal.finding import found
from glossary.portal.forms import TextForm
from glossary.portal.pages import NO_SUCH_VERSION, new_form_key, page, side_names, term_slug, whole
from glossary.portal.repeating import once
from glossary.rendering.served import names_as_signed


@page("GET", "POST")
def propose(request: HttpRequest) -> HttpResponse:
    """The form for a new suggestion: for a new word, or with `?term=` for one that is there."""
    by = policy.signed_in(request)
    start = _start(request.GET.get("term", ""), request.GET.get("name", ""), request.GET.get("from_version", ""))
    if request.method != "POST":
        form = TextForm(initial=start["initial"], sides=side_names())
        return _propose_page(request, form, start, request.GET.get("name", ""))
    form = TextForm(request.POST, sides=side_names())
    try:
        opened = once(request, lambda: _open(by, form, request.POST))
    except Refusal as refusal:
        form.show(refusal)
        return _propose_page(request, form, start, form.typed("name"), refusal)
    messages.success(request, "Your suggestion is kept as a draft. Put it up for signing when it is ready.")
    return redirect("proposal", proposal_id=int(opened))


def _start(slug: str, name: str, again: str = "") -> dict[str, Any]:
    """What the form starts from: the newest text of the word or that of the version to bring back, or nothing."""
    if not slug:
        return {"initial": forms.empty(name[: forms.LONGEST_NAME]), "detail": None, "base": None, "open": []}
    detail = lookup.term_detail(term_slug(slug), at=timezone.now())
    base = next(iter(lookup.versions_of(slug)), None)
    initial = _initial_of(base.content) if base else forms.empty(detail.term.name)
    if again:
        version = lookup.version_of(detail.term.slug, whole(again, sentence=NO_SUCH_VERSION))
        initial = _initial_of(version.content) | {"reason": f"Brings back version {version.number}."}
    return {"initial": initial, "detail": detail, "base": base, "open": detail.open_proposals}


def _initial_of(content: Any, effective_from: Any = None) -> dict[str, str]:
    names = names_as_signed(content.references(), timezone.now())
    return forms.shown(content.as_data(), names, effective_from)


def _open(by: SignedIn, form: TextForm, typed: QueryDict) -> str:
    base = typed.get("base_version", "")
    opened = workflow.open_proposal(
        by=by,
        content=form.content(),
        term=term_slug(typed.get("term", "")) if typed.get("term") else None,
        base_version=whole(base, sentence="There is no such version.") if base else None,
        reason=form.typed("reason"),
        effective_from=form.effective_from(),
    )
    return str(opened.pk)


def _propose_page(
    request: HttpRequest, form: TextForm, start: Mapping[str, Any], name: str, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        **start,
        "form": form,
        "refusal": refusal,
        "form_key": new_form_key(),
        "similar": [] if start["detail"] or not name else lookup.resolve(name, at=timezone.now()),
    }
    return render(request, "portal/workflow/propose.html", context, status=refusal.status if refusal else 200)


@page("GET", "POST")
def edit(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The form for a new text of a suggestion."""
    by = policy.signed_in(request)
    detail = lookup.proposal_detail(proposal_id, by=by, at=timezone.now())
    if request.method != "POST":
        policy.require(detail.answers["revise"])
        initial = _initial_of(detail.content, detail.revision.effective_from)
        form = TextForm(initial=initial | {"reason": detail.proposal.reason}, sides=side_names())
        return _edit_page(request, form, detail, detail.change_counter)
    form = TextForm(request.POST, sides=side_names())
    try:
        _revise(by, form, detail, request.POST.get("seen", ""))
    except Refusal as refusal:
        form.show(refusal)
        return _edit_page(request, form, detail, _seen_next(request, detail, refusal), refusal)
    messages.success(request, "The new text is kept.")
    return redirect("proposal", proposal_id=proposal_id)


def _revise(by: SignedIn, form: TextForm, detail: Any, seen: str) -> Proposal:
    return workflow.revise(
        detail.proposal.pk,
        by=by,
        content=form.content(),
        effective_from=form.effective_from(kept=detail.revision.effective_from),
        reason=form.typed("reason"),
        seen=whole(seen, sentence="This form is incomplete. Please load it again."),
    )


def _seen_next(request: HttpRequest, detail: Any, refusal: Refusal) -> object:
    """Once somebody has read that there is a newer text, saving again is their decision."""
    return detail.change_counter if refusal.code == "precondition_failed" else request.POST.get("seen", "")


def _edit_page(
    request: HttpRequest, form: TextForm, detail: Any, seen: object, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "detail": detail,
        "proposal": detail.proposal,
        "names": link_names(detail),
        "sides": side_names(),
        "given": [seat for seat in detail.seats if seat.state == "given"],
        "seen": seen,
        "refusal": refusal,
    }
    return render(request, "portal/workflow/edit.html", context, status=refusal.status if refusal else 200)


# Updating to the newest text


@page("GET", "POST")
def update(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Three-way merge with the newest version: at once where the texts agree, else the choice for each field."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return redirect("proposal", proposal_id=proposal_id)
    chosen = {
        name.removeprefix("choice:"): choice
        for name, choice in request.POST.items()
        if name.startswith("choice:") and choice in ("mine", "theirs")
    }
    try:
        workflow.rebase(proposal_id, by=by, resolutions=chosen)
    except Refusal as refusal:
        return _update_page(request, by, proposal_id, chosen, refusal)
    messages.success(request, "The suggestion now starts from the newest text.")
    return redirect("proposal", proposal_id=proposal_id)


def _update_page(
    request: HttpRequest, by: SignedIn, proposal_id: int, chosen: Mapping[str, str], refusal: Refusal
) -> HttpResponse:
    if refusal.code != "conflict":
        return answer_refused_act(request, by, proposal_id, refusal)
    detail = lookup.proposal_detail(proposal_id, by=by, at=timezone.now())
    conflicts = [conflict | {"chosen": chosen.get(conflict["field"])} for conflict in refusal.details["conflicts"]]
    context = {"detail": detail, "proposal": detail.proposal, "conflicts": conflicts, "refusal": refusal}
    return render(request, "portal/workflow/update.html", context, status=refusal.status)


# Raising a word


@page("GET", "POST")
def raise_word(request: HttpRequest) -> HttpResponse:
    """Write a word down that nobody has defined yet; its page is the answer."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return redirect("home")
    name = request.POST.get("name", "")
    try:
        raised = workflow.raise_word(name, by=by, note=request.POST.get("note", ""))
    except Refusal as refusal:
        return found(request, name, refusal)
    messages.success(request, "The word is written down. Anybody can now suggest what it means.")
    return redirect(raised)
