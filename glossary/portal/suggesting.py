"""Pages for a new text: suggest one, change one that waits; or raise a word."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.lookup import SeatView
from glossary.policy import SignedIn
from glossary.portal import forms
from glossary.portal.concerns import start_from
from glossary.portal.deciding import link_names
from glossary.portal.finding import found
from glossary.portal.forms import TextForm
from glossary.portal.pages import NO_SUCH_VERSION, new_form_key, page, side_names, term_slug, whole
from glossary.portal.repeating import once
from glossary.portal.while_typing import Place, checked, left_unsent, place_of_new
from glossary.rendering.served import names_for_people

MEANWHILE = ("precondition_failed", "key_reused")  # a text was kept since the form was loaded, perhaps one's own


@page("GET", "POST")
def propose(request: HttpRequest) -> HttpResponse:
    """The form for a new suggestion: for a new word, or with `?term=` for one that is there.

    Where somebody else's suggestion for the word is open, joining it is offered first; `?another=1` asks for the form.
    """
    by = policy.signed_in(request)
    slug = request.POST.get("term") or request.GET.get("term", "")
    start = _start(slug, request.GET)
    if request.method != "POST":
        return _propose_first(request, start, by)
    form = TextForm(request.POST, sides=side_names())
    more: dict[str, Any] = {"base_version": request.POST.get("base_version", "")}
    try:
        if "check" in request.POST:
            return _propose_page(request, form, start, more | {"checked": checked(form, start["place"], by=by)})
        opened = once(request, lambda: _open(by, form, request.POST, start["place"]))
    except Refusal as refusal:
        form.show(refusal)
        if refusal.code == "base_moved":
            more["base_version"] = start["base_version"]
        return _propose_page(request, form, start, more, refusal)
    messages.success(request, "Your suggestion is kept as a draft. Put it up for signing when it is ready.")
    return redirect("proposal", proposal_id=int(opened))


def _start(slug: str, asked: QueryDict) -> dict[str, Any]:
    """What the form starts from: the newest text of the word, that of the version to bring back, or with the concern
    that is taken up; or nothing.
    """
    name, again, concern = (asked.get(key, "") for key in ("name", "from_version", "concern"))
    if not slug:
        initial = forms.empty(name[: forms.LONGEST_NAME])
        here = {"initial": initial, "place": place_of_new("", name), "asked": name}
        return here | {"detail": None, "base": None, "base_version": "", "open": []}
    detail = lookup.term_detail(term_slug(slug), at=timezone.now())
    base = next(iter(lookup.versions_of(slug)), None)
    initial = _initial_of(base.content) if base else forms.empty(detail.term.name)
    if again:
        version = lookup.version_of(detail.term.slug, whole(again, sentence=NO_SUCH_VERSION))
        initial = _initial_of(version.content) | {"reason": f"Brings back version {version.number}."}
    if concern and base:
        begun = start_from(concern, detail.term.slug, base.content.as_data())
        names = names_for_people(base.content.references(), timezone.now())
        initial = forms.shown(begun["content"], names) | {"reason": begun["reason"]}
    return {
        "initial": initial,
        "place": place_of_new(slug, ""),
        "asked": "",
        "from_version": again,
        "concern": concern,
        "detail": detail,
        "base": base,
        "base_version": str(base.number) if base else "",
        "open": detail.open_proposals,
    }


def _initial_of(content: Any, effective_from: Any = None) -> dict[str, str]:
    names = names_for_people(content.references(), timezone.now())
    return forms.shown(content.as_data(), names, effective_from)


def _propose_first(request: HttpRequest, start: Mapping[str, Any], by: SignedIn) -> HttpResponse:
    unsent = left_unsent(start["place"], start["initial"], by=by)
    if start["open"] and not unsent and "another" not in request.GET:
        return render(request, "portal/workflow/join.html", start)
    typed = unsent.typed if unsent else {}
    form = TextForm(initial={**start["initial"], **typed}, sides=side_names())
    base_version = typed.get("base_version") or start["base_version"]
    return _propose_page(request, form, start, {"unsent": unsent, "base_version": base_version})


def _open(by: SignedIn, form: TextForm, typed: QueryDict, place: Place) -> str:
    base = typed.get("base_version", "")
    opened = workflow.open_proposal(
        by=by,
        content=form.content(),
        term=term_slug(typed.get("term", "")) if typed.get("term") else None,
        base_version=whole(base, sentence="There is no such version.") if base else None,
        reason=form.typed("reason"),
        effective_from=form.effective_from(),
    )
    workflow.forget_unsent(str(place), by=by)
    return str(opened.pk)


def _propose_page(
    request: HttpRequest,
    form: TextForm,
    start: Mapping[str, Any],
    more: Mapping[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    name, key = form.typed("name") if form.is_bound else start["asked"], new_form_key()
    context = {
        **start,
        **more,
        "form": form,
        "sides": form.sides,
        "refusal": refusal,
        "form_key": key,
        "began_with": {
            "form_key": key,
            "place": start["place"],
            **({"term": start["detail"].term.slug} if start["detail"] else {}),
            **({"base_version": more["base_version"]} if more["base_version"] else {}),
        },
        "similar": [] if start["detail"] or not name else lookup.resolve(name, at=timezone.now()),
    }
    return render(request, "portal/workflow/propose.html", context, status=refusal.status if refusal else 200)


@page("GET", "POST")
def edit(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The form for a new text of a suggestion."""
    by = policy.signed_in(request)
    detail = lookup.proposal_detail(proposal_id, by=by, at=timezone.now())
    place = Place("proposal", str(proposal_id))
    if request.method != "POST":
        policy.require(detail.answers["revise"])
        return _edit_first(request, detail, place, by)
    form = TextForm(request.POST, sides=side_names())
    more: dict[str, Any] = {"place": place, "seen": request.POST.get("seen", "")}
    try:
        if "check" in request.POST:
            return _edit_page(request, by, form, detail, more | {"checked": checked(form, place, by=by)})
        once(request, lambda: _revise(by, form, detail, request.POST, place))
    except Refusal as refusal:
        form.show(refusal)
        if refusal.code in MEANWHILE:  # having read that there is a newer text, saving is their decision
            more |= {"seen": detail.change_counter, "is_newer": True}
        return _edit_page(request, by, form, detail, more, refusal)
    messages.success(request, "The new text is kept.")
    return redirect("proposal", proposal_id=proposal_id)


def _edit_first(request: HttpRequest, detail: Any, place: Place, by: SignedIn) -> HttpResponse:
    initial = _initial_of(detail.content, detail.revision.effective_from) | {"reason": detail.proposal.reason}
    unsent = left_unsent(place, initial, by=by)
    typed = unsent.typed if unsent else {}
    form = TextForm(initial={**initial, **typed}, sides=side_names())
    seen = typed.get("seen") or detail.change_counter
    return _edit_page(request, by, form, detail, {"place": place, "unsent": unsent, "seen": seen})


def _revise(by: SignedIn, form: TextForm, detail: Any, typed: QueryDict, place: Place) -> str:
    content = form.content()
    if (given := _given(detail)) and not typed.get("signatures_end"):
        raise Refusal("invalid", f"Before you save: {_ends(given, by)} Tick that you know this.")
    revised = workflow.revise(
        detail.proposal.pk,
        by=by,
        content=content,
        effective_from=form.effective_from(kept=detail.revision.effective_from),
        reason=form.typed("reason"),
        seen=whole(typed.get("seen"), sentence="This form is incomplete. Please load it again."),
    )
    workflow.forget_unsent(str(place), by=by)
    return str(revised.pk)


def _given(detail: Any) -> list[SeatView]:
    return [seat for seat in detail.seats if seat.state == "given"]


def _ends(given: list[SeatView], by: SignedIn) -> str:
    """Whose signatures a new text costs, as a sentence."""
    whose = " and ".join(f"{_whose(seat, by)} signature for {seat.side.name}" for seat in given)
    return f"a changed text has to be signed anew, so {whose} {'stop' if given[1:] else 'stops'} counting."


def _whose(seat: SeatView, by: SignedIn) -> str:
    assert seat.sign_off is not None
    return "your own" if seat.sign_off.signer_id == by.user.pk else f"{seat.sign_off.signer.display_name}’s"


def _edit_page(
    request: HttpRequest,
    by: SignedIn,
    form: TextForm,
    detail: Any,
    more: Mapping[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    given, key = _given(detail), new_form_key()
    context = {
        **more,
        "form": form,
        "form_key": key,
        "began_with": {"form_key": key, "place": more["place"], "seen": more["seen"]},
        "detail": detail,
        "proposal": detail.proposal,
        "names": link_names(detail),
        "sides": form.sides,
        "given": given,
        "ends": _ends(given, by) if given else "",
        "refusal": refusal,
    }
    return render(request, "portal/workflow/edit.html", context, status=refusal.status if refusal else 200)


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
