"""Pages that act: suggest, sign, send back, close, update to the newest text, talk; and the queue."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.models import Proposal
from glossary.policy import SignedIn
from glossary.portal import forms
from glossary.portal.forms import TextForm
from glossary.portal.lookup import found, term_context
from glossary.portal.pages import new_form_key, page, row_id, side_names, term_slug, to_sign_in, whole
from glossary.portal.repeating import once
from glossary.rendering.served import names_as_signed

Typed = Mapping[str, str]
Act = Callable[[SignedIn, int, Typed], object]

MOST_AT_ONCE = 25  # texts on one page to read and sign; the API takes more

# What the buttons of a suggestion do, by the name they send, and what the page says afterwards.
ACTIONS: dict[str, tuple[Act, str]] = {
    "submit": (
        lambda by, pk, typed: workflow.submit(pk, by=by),
        "The suggestion is up for signing. It now waits for every team.",
    ),
    "sign": (
        lambda by, pk, typed: workflow.sign_off(
            pk, by=by, digest=typed.get("digest", ""), reservation=typed.get("reservation", "")
        ),
        "Your signature is kept.",
    ),
    "take_back": (
        lambda by, pk, typed: workflow.take_back(pk, by=by),
        "Your signature is taken back.",
    ),
    "send_back": (
        lambda by, pk, typed: workflow.send_back(
            pk, by=by, digest=typed.get("digest", ""), reason=typed.get("reason", "")
        ),
        "The suggestion is sent back. It is a draft again, and your reason stands beside it.",
    ),
    "no_longer_object": (
        lambda by, pk, typed: workflow.withdraw_objection(pk, by=by),
        "You no longer object to this text.",
    ),
    "close": (
        lambda by, pk, typed: workflow.decline(pk, by=by, reason=typed.get("reason", "")),
        "The suggestion is closed without change.",
    ),
    "cancel": (
        lambda by, pk, typed: workflow.withdraw(pk, by=by),
        "Your suggestion is cancelled. What is in force stays as it is.",
    ),
    "remove_comment": (
        lambda by, pk, typed: workflow.blank_comment(row_id(typed.get("comment")), by=by),
        "Your comment is removed.",
    ),
}


# Suggesting


@page("GET", "POST")
def propose(request: HttpRequest) -> HttpResponse:
    """The form for a new suggestion: for a new word, or with `?term=` for one that is there."""
    by = policy.signed_in(request)
    start = _start(request.GET.get("term", ""), request.GET.get("name", ""))
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


def _start(slug: str, name: str) -> dict[str, Any]:
    """What the form starts from: the newest text of the word, or nothing."""
    if not slug:
        return {"initial": forms.empty(name[: forms.LONGEST_NAME]), "detail": None, "base": None, "open": []}
    detail = lookup.term_detail(term_slug(slug), at=timezone.now())
    base = next(iter(lookup.versions_of(slug)), None)
    initial = _initial_of(base.content) if base else forms.empty(detail.term.name)
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


# A suggestion


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
        return _answer_refused_act(request, by, proposal_id, typed, refusal)
    messages.success(request, said)
    return redirect("proposal", proposal_id=proposal_id)


def _act(request: HttpRequest, by: SignedIn, proposal_id: int, typed: Typed) -> str:
    action = typed.get("action", "")
    if action == "comment":
        once(request, lambda: str(workflow.comment_on_proposal(proposal_id, by=by, text=typed.get("text", "")).pk))
        return "Your comment is kept."
    if action not in ACTIONS:
        raise Refusal("invalid", "This page has no such button. Please load it again.")
    act, said = ACTIONS[action]
    act(by, proposal_id, typed)
    return said


def _answer_refused_act(
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
        "names": _names(detail),
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
        "names": _names(detail),
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
        return _answer_refused_act(request, by, proposal_id, {}, refusal)
    detail = lookup.proposal_detail(proposal_id, by=by, at=timezone.now())
    conflicts = [conflict | {"chosen": chosen.get(conflict["field"])} for conflict in refusal.details["conflicts"]]
    context = {"detail": detail, "proposal": detail.proposal, "conflicts": conflicts, "refusal": refusal}
    return render(request, "portal/workflow/update.html", context, status=refusal.status)


# Talking about a word


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
        workflow.blank_comment(row_id(request.POST.get("comment")), by=by)
        return "Your comment is removed."
    once(request, lambda: str(workflow.comment_on_term(slug, by=by, text=request.POST.get("text", "")).pk))
    return "Your comment is kept."


# The queue


@page("GET", "POST")
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, what waits for others, and the reader's own suggestions."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return _queue_page(request, by)
    try:
        messages.success(request, _decide(by, request.POST))
    except Refusal as refusal:
        return _queue_page(request, by, refusal)
    return redirect("queue")


def _decide(by: SignedIn, typed: QueryDict) -> str:
    appointment_id = row_id(typed.get("appointment"))
    if typed.get("action") == "confirm":
        appointment = workflow.confirm_appointment(appointment_id, by=by)
        return f"{appointment.user.display_name} now owns for {appointment.side.name}."
    appointment = workflow.decline_appointment(appointment_id, by=by)
    return f"{appointment.user.display_name} does not become an owner for {appointment.side.name}."


def _queue_page(request: HttpRequest, by: SignedIn, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "queue": lookup.queue(by.user, at=timezone.now()),
        "refusal": refusal,
        "most_at_once": MOST_AT_ONCE,
    }
    return render(request, "portal/workflow/queue.html", context, status=refusal.status if refusal else 200)


@page("GET", "POST")
def sign_several(request: HttpRequest) -> HttpResponse:
    """Several texts on one page, each with its difference, signed in one act."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return _several_page(request, by, request.GET.getlist("proposal"))
    asked = request.POST.getlist("proposal")
    if not asked:
        raise Refusal("invalid", "Tick at least one text that you have read and want to sign.")
    if len(asked) > MOST_AT_ONCE:
        raise Refusal("invalid", f"Sign at most {MOST_AT_ONCE} texts at a time; nothing is signed yet.")
    wishes = [workflow.Wish(row_id(pk), request.POST.get(f"digest_{pk}", "")) for pk in asked]
    outcomes = workflow.sign_several(wishes, by=by)
    if again := next(
        (each.refusal for each in outcomes if each.refusal and each.refusal.code == "reauthenticate"), None
    ):
        return to_sign_in(request, again)
    refused = {each.proposal: each.refusal for each in outcomes if each.refusal}
    if signed := len(outcomes) - len(refused):
        messages.success(request, f"Signed: {signed} of {len(outcomes)}.")
    return _several_page(request, by, [str(pk) for pk in refused], refused) if refused else redirect("queue")


def _several_page(
    request: HttpRequest, by: SignedIn, asked: list[str], refused: Mapping[int, Refusal] | None = None
) -> HttpResponse:
    at = timezone.now()
    ids = list(dict.fromkeys(row_id(pk) for pk in asked))
    if not ids:
        return redirect("queue")
    details = [lookup.proposal_detail(pk, by=by, at=at) for pk in ids[:MOST_AT_ONCE]]
    context = {
        "items": [(detail, _names(detail), _why_not(detail, refused or {})) for detail in details],
        "has_refused": bool(refused),
        "left_out": max(len(ids) - MOST_AT_ONCE, 0),
        "sides": side_names(),
    }
    return render(request, "portal/workflow/sign_several.html", context, status=409 if refused else 200)


def _why_not(detail: Any, refused: Mapping[int, Refusal]) -> Refusal | None:
    return refused.get(detail.proposal.pk) or detail.answers["sign"]


def _names(detail: Any) -> Mapping[str, str]:
    """What the words that the newest text links are called now."""
    return names_as_signed(detail.content.references(), timezone.now())
