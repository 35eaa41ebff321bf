"""Where the teams do not come to agree, and what the sponsor ruled meanwhile."""

from collections.abc import Mapping
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.policy import SignedIn
from glossary.portal.pages import beginning_of, page, side_names, to_sign_in, typed_day

KEPT = "typed_ruling"  # in the session, while the sponsor signs in again
TYPED = ("text", "reasons", "expires_on")


@page()
def rulings(request: HttpRequest) -> HttpResponse:
    """Every suggestion that is stuck: for how long, where each team stands, what would move it, and who."""
    by = policy.signed_in(request)
    return _rulings_page(request, by, request.session.pop(KEPT, {}))


def _rulings_page(
    request: HttpRequest, by: SignedIn, typed: Mapping[str, str], refusal: Refusal | None = None
) -> HttpResponse:
    named = policy.sponsor()
    context = {
        "impasses": lookup.impasses(at=timezone.now()),
        "sponsor": named,
        "is_sponsor": named is not None and named.pk == by.user.pk,
        "typed": typed,
        "refusal": refusal,
        "sides": side_names(),
        "tomorrow": timezone.localdate() + date.resolution,
    }
    return render(request, "portal/workflow/rulings.html", context, status=refusal.status if refusal else 200)


@page("GET", "POST")
def rule(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Record a ruling on a suggestion that is stuck."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return redirect("rulings")
    typed = {name: request.POST.get(name, "") for name in TYPED}
    try:
        ruling = workflow.record_ruling(
            proposal_id, by=by, text=typed["text"], reasons=typed["reasons"], expires_at=_expiry(typed["expires_on"])
        )
    except Refusal as refusal:
        typed |= {"proposal": str(proposal_id)}
        if refusal.code in ("unauthenticated", "reauthenticate"):
            request.session[KEPT] = typed
            return to_sign_in(request, refusal)
        if refusal.code == "not_found":
            raise
        return _rulings_page(request, by, typed, refusal)
    messages.success(request, "The ruling is recorded. It is shown as yours, and as not agreed by the teams.")
    return redirect(ruling)


def _expiry(typed: str) -> datetime:
    """The instant at which the day begins on which a ruling expires, in the sponsor's zone."""
    sentence = "Write the day on which the ruling expires as YYYY-MM-DD, such as 2027-01-31."
    return beginning_of(typed_day(typed, field="expires_at", sentence=sentence))


@page("GET", "POST")
def ruling(request: HttpRequest, ruling_id: int) -> HttpResponse:
    """One ruling, for as long as anybody may want to read it; the sponsor ends it here."""
    by, refusal = policy.signed_in(request), None
    if request.method == "POST":
        try:
            workflow.end_ruling(ruling_id, by=by)
        except Refusal as refused:
            if refused.code in ("unauthenticated", "reauthenticate"):
                return to_sign_in(request, refused)
            refusal = refused
        else:
            messages.success(request, "The ruling has ended.")
            return redirect("ruling", ruling_id=ruling_id)
    ruled = lookup.ruling(ruling_id, by=by, at=timezone.now())
    context = {"ruled": ruled, "ruling": ruled.ruling, "refusal": refusal, "sides": side_names()}
    return render(request, "portal/workflow/ruling.html", context, status=refusal.status if refusal else 200)
