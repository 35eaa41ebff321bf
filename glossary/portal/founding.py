"""The first day: the page that sets an empty registry up, the people who are invited, the words on the shelf."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.debug import sensitive_post_parameters

from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.exchange import starter as shelf
from glossary.policy import SignedIn
from glossary.portal.newcomers import NAMES, FoundingForm, InvitationForm, newcomer
from glossary.portal.pages import not_allowed, page, refused, row_id


@sensitive_post_parameters("password1", "password2", "code")
def set_up(request: HttpRequest) -> HttpResponse:
    """The page of an empty registry; it is not there any more as soon as anybody has an account."""
    if request.method not in ("GET", "HEAD", "POST"):
        return not_allowed(request, ("GET", "POST"))
    if lookup.is_founded():
        return refused(request, Refusal("not_found", "This registry is set up. Whoever has no account yet is invited."))
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, invited = workflow.found(newcomer(form.cleaned_data), **form.wishes())
        except Refusal as refusal:
            _mark(form, refusal)
            return _set_up_page(request, form, refusal)
        login(request, user)
        messages.success(request, "Accord is set up, and you are signed in.")
        return redirect("invitations" if invited else "starter")
    return _set_up_page(request, form)


def _mark(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal of one field beside that field."""
    field = refusal.details.get("field") or next((error["path"] for error in refusal.errors), "")
    if field in form.fields:
        form.add_error(str(field), refusal.sentence)


def _set_up_page(request: HttpRequest, form: FoundingForm, refusal: Refusal | None = None) -> HttpResponse:
    status = refusal.status if refusal else 422 if form.errors else 200
    answer = render(request, "portal/founding/set_up.html", {"form": form, "refusal": refusal}, status=status)
    add_never_cache_headers(answer)
    return answer


@page("GET", "POST")
def invitations(request: HttpRequest) -> HttpResponse:
    """Who has an account and has never signed in; a link for each, made anew whenever it is asked for."""
    by = policy.signed_in(request)
    policy.require(policy.may_invite(by))
    if request.method != "POST":
        return _invitations_page(request, by, InvitationForm())
    if "person" in request.POST:
        person_id = row_id(request.POST.get("person"))
        if "by_mail" in request.POST:
            return _invite_by_mail(request, by, person_id)
        return _invitations_page(request, by, InvitationForm(), {person_id: workflow.invitation_to(person_id, by=by)})
    return _invite(request, by, InvitationForm(request.POST))


def _invite(request: HttpRequest, by: SignedIn, form: InvitationForm) -> HttpResponse:
    """One more person, who then gets a mail; or the administrator gets a link to hand over."""
    if not form.is_valid():
        return _invitations_page(request, by, form)
    side = form.cleaned_data["side"]
    try:
        user = workflow.invite(
            newcomer(form.cleaned_data), by=by, side=side.key if side else "", role=form.cleaned_data["role"]
        )
    except Refusal as refusal:
        if refusal.code == "reauthenticate":
            raise
        _mark(form, refusal)
        return _invitations_page(request, by, form, refusal=refusal)
    if "by_mail" in request.POST:
        return _invite_by_mail(request, by, user.pk)
    return _invitations_page(request, by, InvitationForm(), {user.pk: workflow.invitation_to(user.pk, by=by)})


def _invite_by_mail(request: HttpRequest, by: SignedIn, person_id: int) -> HttpResponse:
    user = workflow.invite_by_mail(person_id, by=by)
    messages.success(request, f"{user.display_name} gets a mail with the link in a moment.")
    return redirect("invitations")


def _invitations_page(
    request: HttpRequest,
    by: SignedIn,
    form: InvitationForm,
    links: dict[int, str] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "invited": [(person, (links or {}).get(person.pk)) for person in lookup.invited()],
        "form": form,
        "place": [form["side"], form["role"]],
        "person": [form[name] for name in NAMES],
        "refusal": refusal,
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    answer = render(request, "portal/founding/invitations.html", context, status=status)
    add_never_cache_headers(answer)
    return answer


@page("GET", "POST")
def starter(request: HttpRequest) -> HttpResponse:
    """Words on a shelf: each that is picked becomes a suggestion of the reader's, a draft that nobody has signed."""
    by = policy.signed_in(request)
    entries = shelf.entries()
    there = lookup.names_taken(name for _, name in (entry.claim for entry in entries))
    if request.method != "POST":
        return _starter_page(request, entries, there)
    picked = [entry for entry in entries if entry.key in request.POST.getlist("word") and entry.claim not in there]
    if not picked:
        refusal = Refusal("invalid", "Tick at least one word that is not here yet.")
        return _starter_page(request, entries, there, refusal)
    opened = sum(_open(entry, by) for entry in picked)
    messages.success(
        request,
        f"{opened} suggestion{' is' if opened == 1 else 's are'} in your drafts. Read each, change what is "
        "different here, and put it up for signing.",
    )
    return redirect("queue")


def _open(entry: shelf.Entry, by: SignedIn) -> bool:
    """Whether it is a draft now; a word that somebody wrote down a moment ago is left to them."""
    try:
        workflow.open_proposal(by=by, content=entry.content, reason="From the words on the shelf.")
    except Refusal as refusal:
        if refusal.code != "duplicate_name":
            raise
        return False
    return True


def _starter_page(
    request: HttpRequest, entries: list[shelf.Entry], there: set[tuple[str, str]], refusal: Refusal | None = None
) -> HttpResponse:
    groups: dict[str, list[Any]] = {heading: [] for heading in shelf.HEADINGS}
    for entry in entries:
        groups[entry.group].append((entry, entry.claim in there))
    has_new = any(entry.claim not in there for entry in entries)
    context = {"groups": groups, "refusal": refusal, "has_new": has_new}
    return render(request, "portal/founding/starter.html", context, status=refusal.status if refusal else 200)
