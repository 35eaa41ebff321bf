"""The page about oneself: team and role, the seat lent to a colleague, password and time zone."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Theme, User
from accounts.preferences import away_until, keep_theme, keep_time_zone
from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.models import Event
from glossary.policy import SignedIn
from glossary.portal.pages import beginning_of, new_form_key, page, row_id, side_names, typed_day
from glossary.portal.repeating import once

# What happened to seats, as one reads it between the name of the person and the name of the team.
SEAT_WORDS = {
    "side.added": "signs from now on:",
    "side.named": "is called so from now on:",
    "side.seat_removed": "signs no longer:",
    "person.invited": "was invited by a link, for",
    "person.admitted": "came in with the company account, for",
    "person.placed": "became a member of",
    "person.deactivated": "is no longer active for",
    "owner.installed": "became the first owner for",
    "owner.appointed": "was named as a further owner for",
    "owner.confirmed": "became an owner for",
    "owner.declined": "did not become an owner for",
    "owner.withdrawn": "no longer waits to become an owner for",
    "owner.removed": "is no longer an owner for",
    "sponsor.named": "was named as sponsor, who signs for",
    "sponsor.ended": "is no longer the sponsor, who signs for",
    "delegation.given": "may sign on loan for",
    "delegation.ended": "no longer signs on loan for",
}
# The same of somebody without a team, where that of itself says nothing.
WITHOUT_A_TEAM = {
    "person.invited": "was invited by a link",
    "person.admitted": "came in with the company account",
    "person.deactivated": "is no longer active",
}


def what_became(event: Event) -> str:
    """What happened to a seat, as one reads it after the name of the person: “became an owner for Sales”."""
    if event.side is None and event.kind in WITHOUT_A_TEAM:
        return WITHOUT_A_TEAM[event.kind]
    return f"{SEAT_WORDS[event.kind]} {event.side.name if event.side else 'no team'}"


@page("GET", "POST")
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what one can change about it."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return _profile_page(request, by)
    try:
        messages.success(request, _change(request, by))
    except Refusal as refusal:
        return _profile_page(request, by, refusal)
    return redirect("profile")


@page("POST")
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device: kept for the person, who is then back on the page they came from."""
    chosen = request.POST.get("theme")
    if chosen not in Theme.values:
        raise Refusal("invalid", "Choose light, dark, or as your device.")
    keep_theme(policy.signed_in(request).user, Theme(chosen))
    came_from = request.POST.get("next", "")
    is_ours = came_from.startswith("/") and url_has_allowed_host_and_scheme(came_from, allowed_hosts=None)
    return HttpResponseRedirect(came_from) if is_ours else redirect("profile")


def _change(request: HttpRequest, by: SignedIn) -> str:
    action = request.POST.get("action")
    if action == "lend":
        once(request, lambda: _lend(by, request.POST))
        return "Your seat is lent."
    if action == "end":
        workflow.end_delegation(row_id(request.POST.get("delegation")), by=by)
        return "Your seat is yours alone again."
    if action == "away":
        workflow.go_away(by=by, last_day=typed_day(request.POST.get("away_until", ""), field="away_until"))
        return "You are away. Good rest, or good travels."
    if action == "back":
        workflow.come_back(by=by)
        return "Welcome back. What waited for you is on its way."
    if action == "time_zone":
        return _keep_time_zone(by, request.POST.get("time_zone", ""))
    raise Refusal("invalid", "This page has no such button. Please load it again.")


def _lend(by: SignedIn, typed: QueryDict) -> str:
    """From the beginning of the first day to the end of the last, in the reader's zone."""
    first, last = _day(typed.get("first_day", ""), "first_day"), _day(typed.get("last_day", ""), "last_day")
    delegate_id = row_id(typed.get("delegate"))
    lent = workflow.delegate(delegate_id, by=by, starts_at=first, ends_at=last + timedelta(days=1))
    return str(lent.pk)


def _day(typed: str, field: str) -> datetime:
    sentence = "Write both days as YYYY-MM-DD, such as 2027-01-31."
    return beginning_of(typed_day(typed, field=field, sentence=sentence))


def _keep_time_zone(by: SignedIn, name: str) -> str:
    if name not in available_timezones():
        message = "Choose one of the time zones, such as Europe/London."
        raise Refusal("invalid", message, errors=[{"path": "time_zone", "code": "not_a_choice", "message": message}])
    keep_time_zone(by.user, name)
    return f"Times are now shown for {name}."


def _absence(user: User, standing: lookup.Standing, at: datetime) -> dict[str, Any]:
    """Until when one is away, and whether somebody should sign in one's name meanwhile: from when until when."""
    last_day = away_until(user, at)
    is_covered = not user.is_owner or any(loan.starts_at <= at for loan in standing.given)
    if last_day is None or user.side is None or is_covered:
        return {"away_until": last_day, "to_lend": {}}
    others = [each for each in policy.who_can_sign(user.side, at) if away_until(each, at) is None]
    to_lend = {"first_day": timezone.localdate(at).isoformat(), "last_day": last_day.isoformat()}
    return {"away_until": last_day, "to_lend": to_lend, "others_here": others}


def _profile_page(request: HttpRequest, by: SignedIn, refusal: Refusal | None = None) -> HttpResponse:
    at = timezone.now()
    standing = lookup.standing_of(by.user, at=at)
    absence = _absence(by.user, standing, at)
    context = {
        **absence,
        "standing": standing,
        "teams": lookup.teams(at=at),
        "sponsor": policy.sponsor(),
        "lone": lookup.lone_owners(),
        "seat_changes": [(event, what_became(event)) for event in lookup.seat_changes()],
        "may_delegate": policy.may_delegate(by) is None,
        "zones": sorted(available_timezones()),
        "sides": side_names(),
        "refusal": refusal,
        "typed": absence["to_lend"] | request.POST.dict(),
        "form_key": new_form_key(),
    }
    return render(request, "portal/profile.html", context, status=refusal.status if refusal else 200)
