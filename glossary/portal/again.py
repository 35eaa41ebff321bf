"""Looking again: the texts whose review is due, confirmed several in one act or one by one."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.policy import SignedIn
from glossary.portal.lookup import word_context
from glossary.portal.pages import page, side_names, term_slug, to_sign_in
from glossary.rendering.served import names_for_people

MOST_AT_ONCE = 12  # whole texts, so that the page stays light enough for a phone


@page("GET", "POST")
def reviews(request: HttpRequest) -> HttpResponse:
    """Every text whose review is due, to be read and confirmed together."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return _reviews_page(request, by)
    slugs = [term_slug(typed) for typed in request.POST.getlist("word")]
    if not slugs or len(slugs) > MOST_AT_ONCE:
        sentence = f"Tick the words that you have read and that still hold, at most {MOST_AT_ONCE} at a time."
        return _reviews_page(request, by, {"": Refusal("invalid", sentence)})
    held = workflow.reaffirm_several([(slug, request.POST.get(f"digest_{slug}", "")) for slug in slugs], by=by)
    refused = {each.slug: each.refusal for each in held if each.refusal}
    for refusal in refused.values():
        if refusal.code in ("unauthenticated", "reauthenticate"):
            return to_sign_in(request, refusal)
    if done := len(held) - len(refused):
        messages.success(request, f"You confirmed {done} {'word' if done == 1 else 'words'}.")
    return _reviews_page(request, by, refused) if refused else redirect("reviews")


def _reviews_page(request: HttpRequest, by: SignedIn, refused: Mapping[str, Refusal] | None = None) -> HttpResponse:
    at, refused = timezone.now(), refused or {}
    seat = policy.seat_of(by.user, at)
    asked = lookup.asked(at=at)
    mine = [item for item in asked if seat and seat.side in item.missing]
    shown = mine[:MOST_AT_ONCE]
    linked = frozenset().union(*(item.content.references() for item in shown))
    context = {
        "mine": shown,
        "left_out": len(mine) - len(shown),
        "others": [item for item in asked if item not in mine],
        "names": names_for_people(linked, at),
        "answer": policy.may_reaffirm(by, at),
        "sides": side_names(),
        "refused": refused,
        "refusal": next(iter(refused.values()), None),
    }
    status = next((refusal.status for refusal in refused.values()), 200)
    return render(request, "portal/workflow/reviews.html", context, status=status)


@page("GET", "POST")
def reaffirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirm one word on its own page."""
    by = policy.signed_in(request)
    if request.method == "POST":
        try:
            workflow.reaffirm(slug, by=by, digest=request.POST.get("digest", ""))
        except Refusal as refusal:
            if refusal.code in ("unauthenticated", "reauthenticate"):
                return to_sign_in(request, refusal)
            context = word_context(request, slug) | {"refusal": refusal}
            return render(request, "portal/lookup/term.html", context, status=refusal.status)
        messages.success(request, "You confirmed that this still holds.")
    return redirect("term", slug=slug)
