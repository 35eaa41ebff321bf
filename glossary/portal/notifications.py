"""The page on which a person chooses how they are told of what, and the address in a mail that switches a kind off."""

from collections.abc import Mapping
from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_time
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Notifications, User
from accounts.preferences import keep_notifications, notifications_of
from accounts.preferences import switch_off as keep_off
from glossary import outbox, policy
from glossary.domain.refusals import FieldError, Refusal
from glossary.portal.pages import page

MODES = {"": "By mail at once", "digest": "By mail once a day", "off": "Only in the inbox", "none": "Not at all"}

# Every kind that one can do without, by what it is about.
GROUPS = {
    "What waits for me": ("to_sign", "reminder", "lapsed", "review_due", "concern", "sent_back", "handed_over"),
    "Words I suggested, signed or watch": (
        "agreed",
        "took_effect",
        "concern_answered",
        "watched_suggestion",
        "watched_change",
    ),
    "My role": ("escalated", "stuck"),
    "The company": ("roles", "ruling"),
}


@page("GET", "POST")
def notifications(request: HttpRequest) -> HttpResponse:
    """What comes by mail and what only to the inbox, and when."""
    user = policy.signed_in(request).user
    if request.method != "POST":
        return _notifications_page(request, user)
    try:
        _keep(user, request.POST)
    except Refusal as refusal:
        return _notifications_page(request, user, refusal)
    messages.success(request, "What you chose is kept.")
    return redirect("notifications")


def _choosable(user: User) -> list[str]:
    """The kinds that this person can be told of and do without."""
    is_sponsor = policy.sponsor() == user
    told_only = {"stuck": is_sponsor, "escalated": is_sponsor or user.is_staff}
    return [name for names in GROUPS.values() for name in names if told_only.get(name, True)]


def _keep(user: User, typed: Mapping[str, str]) -> None:
    """What was typed; what was chosen for a kind that the page does not show stays, should a role come back."""
    modes = notifications_of(user).modes | {name: typed.get(f"mode_{name}", "") for name in _choosable(user)}
    if not set(modes.values()) <= MODES.keys():
        raise _wrong("modes", "Choose by mail at once, by mail once a day, only in the inbox, or not at all.")
    start, end = (_clock(typed.get(name, ""), name) for name in ("quiet_from", "quiet_until"))
    if (start is None) != (end is None):
        raise _wrong("quiet_from", "Quiet hours have a beginning and an end: fill in both, or neither.")
    keep_notifications(
        user,
        modes={name: mode for name, mode in modes.items() if mode},
        weekdays_only="weekdays_only" in typed,
        quiet=(start, end) if start is not None and end is not None else None,
        digest_at=_clock(typed.get("digest_at", ""), "digest_at") or time(8),
    )


def _clock(typed: str, field: str) -> time | None:
    try:
        clock = parse_time(typed) if typed else None
    except ValueError:
        clock = None
    if typed and (clock is None or clock.tzinfo is not None):
        raise _wrong(field, "Write a time of day as HH:MM, such as 19:30.")
    return clock


def _wrong(path: str, message: str) -> Refusal:
    errors: list[FieldError] = [{"path": path, "code": path, "message": message}]
    return Refusal("invalid", message, errors=errors)


def _notifications_page(request: HttpRequest, user: User, refusal: Refusal | None = None) -> HttpResponse:
    chosen = notifications_of(user)
    typed = request.POST.dict() if refusal else _as_typed(chosen)
    context = {"groups": _groups(user, typed), "modes": MODES, "typed": typed, "refusal": refusal}
    return render(request, "portal/notifications.html", context, status=refusal.status if refusal else 200)


def _groups(user: User, typed: Mapping[str, str]) -> dict[str, list[tuple[str, outbox.Kind, str]]]:
    """By heading, what there is to choose: a kind by its name, what it is, and what was chosen."""
    offered = _choosable(user)
    groups = {
        heading: [(name, outbox.TO_PEOPLE[name], typed.get(f"mode_{name}", "")) for name in names if name in offered]
        for heading, names in GROUPS.items()
    }
    return {heading: kinds for heading, kinds in groups.items() if kinds}


def _as_typed(chosen: Notifications) -> dict[str, str]:
    """What was kept, as the form would send it."""
    clocks = {name: getattr(chosen, name) for name in ("quiet_from", "quiet_until", "digest_at")}
    typed = {name: clock.strftime("%H:%M") if clock else "" for name, clock in clocks.items()}
    typed |= {f"mode_{name}": mode for name, mode in chosen.modes.items()}
    return typed | ({"weekdays_only": "on"} if chosen.weekdays_only else {})


@csrf_exempt  # mail programs send it by themselves (RFC 8058); the address alone says who and what
def switch_off(request: HttpRequest, key: str) -> HttpResponse:
    """Switch one kind of mail off for the person the address was made for: asks first, and needs no sign-in."""
    found = outbox.read_unsubscribe_key(key)
    person = User.objects.filter(pk=found[0]).first() if found else None
    kind = outbox.label_of_mail(found[1]) if found else ""
    if found is None or person is None or not kind:
        return render(request, "portal/switched_off.html", {}, status=404)
    if request.method == "POST":
        keep_off(person, found[1])
    return render(request, "portal/switched_off.html", {"kind": kind, "is_off": request.method == "POST"})
