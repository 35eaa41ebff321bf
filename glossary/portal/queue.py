"""The reader's queue, and several texts signed in one act."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.preferences import away_until
from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.lookup import Signed
from glossary.policy import SignedIn
from glossary.portal.pages import page, row_id, side_names, to_sign_in

SIGNED_TOGETHER = "signed_together"  # in the session, until the queue has shown it
MOST_AT_ONCE = 25  # texts on one page to read and sign; the API takes more


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
    if typed.get("action") != "decline":
        raise Refusal("invalid", "This page has no such button. Please load it again.")
    appointment = workflow.decline_appointment(appointment_id, by=by)
    return f"{appointment.user.display_name} does not become an owner for {appointment.side.name}."


def _queue_page(request: HttpRequest, by: SignedIn, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "queue": lookup.queue(by.user, at=timezone.now()),
        "away_until": away_until(by.user, timezone.now()),
        "absences": lookup.absences(timezone.now()),
        "asked_of_me": len(lookup.asked_of(by.user, at=timezone.now())),
        "lone": lookup.lone_owners() if by.user.is_owner or by.user.is_staff else [],
        "concerns": lookup.concerns_waiting_for(by.user, at=timezone.now()),
        "stuck_for_me": _stuck_for(by),
        "outcomes": request.session.pop(SIGNED_TOGETHER, []),
        "refusal": refusal,
        "most_at_once": MOST_AT_ONCE,
        "sides": side_names(),
    }
    return render(request, "portal/workflow/queue.html", context, status=refusal.status if refusal else 200)


def _stuck_for(by: SignedIn) -> int:
    """How many suggestions are before this person as the sponsor, and without a ruling."""
    named = policy.sponsor()
    if named is None or named.pk != by.user.pk:
        return 0
    return sum(item.ruling is None for item in lookup.impasses(at=timezone.now()))


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
    told = [_told(each) for each in lookup.signed({wish.proposal for wish in wishes} - set(refused), at=timezone.now())]
    for refusal in {each.sentence: each for each in refused.values() if each.code == "not_found"}.values():
        messages.warning(request, refusal.sentence)
    if there := [str(pk) for pk, refusal in refused.items() if refusal.code != "not_found"]:
        return _several_page(request, by, there, refused, told)
    request.session[SIGNED_TOGETHER] = told
    return redirect("queue")


def _told(signed: Signed) -> dict[str, str]:
    """What became of one text, in words."""
    version, name = signed.version, signed.proposal.text.content.name
    if version:
        people = " and ".join(seat["name"] for seat in version.signatures)
        said = f"agreed. {people} now mean the same by it; this is definition v{version.number}."
    else:
        said = f"signed. It now waits for {' and '.join(side.name for side in signed.missing)}."
    return {"name": name, "address": signed.proposal.get_absolute_url(), "said": said}


def _several_page(
    request: HttpRequest,
    by: SignedIn,
    asked: list[str],
    refused: Mapping[int, Refusal] | None = None,
    outcomes: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    at = timezone.now()
    ids = list(dict.fromkeys(row_id(pk) for pk in asked))
    if not ids:
        return redirect("queue")
    texts = lookup.texts_to_sign(ids[:MOST_AT_ONCE], by=by, at=at)
    context = {
        "items": [(text, text.names, (refused or {}).get(text.proposal.pk) or text.refusal) for text in texts],
        "has_refused": bool(refused),
        "outcomes": outcomes,
        "left_out": max(len(ids) - MOST_AT_ONCE, 0),
        "sides": side_names(),
    }
    return render(request, "portal/workflow/sign_several.html", context, status=409 if refused else 200)
