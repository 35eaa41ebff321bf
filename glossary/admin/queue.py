"""The approval queue: all that is up for signing, and each suggestion with the buttons of its page in the portal.

Rank opens the page and gives no signature: what a button may do is asked of the same rules as anywhere.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone

from glossary import lookup
from glossary.domain.content import KINDS
from glossary.portal.deciding import Door, decide
from glossary.portal.pages import page, side_names, whole, without_nul
from glossary.portal.queue import MOST_AT_ONCE
from glossary.portal.weighing import try_on_records

AGES = {"1": "a day", "3": "3 days", "7": "a week", "30": "30 days"}  # days, in words


@page()
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for which team, oldest first, narrowed as the reader asks."""
    asked = {name: without_nul(request.GET.get(name, "")) for name in ("side", "kind", "owner_side", "days")}
    at = timezone.now()
    days = whole(asked["days"], sentence="Choose one of the ages on offer.") if asked["days"] else 0
    waiting = lookup.approvals(
        at=at,
        side=asked["side"],
        kind=asked["kind"],
        owner_side=asked["owner_side"],
        days=min(days, max(map(int, AGES))),
    )
    context = {
        **_stock(request, "Approval queue"),
        "waiting": waiting,
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "sides": side_names(),
        "kinds": KINDS,
        "ages": AGES,
        "most_at_once": MOST_AT_ONCE,
        "teams": lookup.teams(at=at),
    }
    return render(request, "admin/queue.html", context)


@page("GET", "POST")
def approval(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One suggestion: seals, picture, difference, effect, and what the reader may do about it."""
    return decide(request, proposal_id, _in_the_administration(request, proposal_id))


@page("GET", "POST")
def weigh(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Try the suggestion on records, or delete them, as on its page in the portal."""
    return try_on_records(request, proposal_id, _in_the_administration(request, proposal_id))


def _in_the_administration(request: HttpRequest, proposal_id: int) -> Door:
    here = resolve_url("approval", proposal_id=proposal_id)
    return Door("admin/approval.html", here, _stock(request, f"Suggestion {proposal_id}"))


def _stock(request: HttpRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title}
