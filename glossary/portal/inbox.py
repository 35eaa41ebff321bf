"""The inbox: what the reader was told, which words they watch, and which have changed since they looked."""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from glossary import lookup, outbox, policy, usage, workflow
from glossary.domain.refusals import Refusal
from glossary.lookup import Told
from glossary.models import Event
from glossary.policy import SignedIn
from glossary.portal.pages import page, term_slug
from glossary.portal.profile import SEAT_WORDS, what_became
from glossary.rendering.instants import iso

MOST_CHANGED = 10
EVENT_WORDS = {
    "proposal.submitted": "put it up for signing",
    "proposal.revised": "changed the text",
    "proposal.rebased": "updated it to the newest text",
    "proposal.sent_back": "sent it back",
    "proposal.handed_over": "handed it over",
    "sign_off.voided": "took a role away, and a signature with it",
    "concern.raised": "says that it hurts",
    "concern.answered": "answered for",
    "ruling.recorded": "said what holds meanwhile",
    "ruling.ended": "ended the ruling",
}
VERSION_WORDS = {
    "version.published": "is signed by every team",
    "version.took_effect": "is in force",
}


@page("GET", "POST")
def inbox(request: HttpRequest) -> HttpResponse:
    """What the reader was told, newest first; `?unread=1` leaves out what they have read."""
    by, at = policy.signed_in(request), timezone.now()
    if request.method == "POST":
        if said := _act(by, request.POST, at):
            messages.success(request, said)
        return redirect(request.get_full_path())
    number = request.GET.get("page", "")
    unread_only = "unread" in request.GET
    found = lookup.inbox(
        by.user,
        at=at,
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
        unread_only=unread_only,
    )
    changed = lookup.changed_since_seen(by.user, at=at)
    context = {
        "inbox": found,
        "rows": [(told, line_of(told)) for told in found.told],
        "unread_only": unread_only,
        "changed": changed[:MOST_CHANGED],
        "changed_left_out": max(len(changed) - MOST_CHANGED, 0),
        "watched": lookup.watched_by(by.user, at=at),
        "upto": iso(at),
    }
    return render(request, "portal/inbox.html", context)


def _act(by: SignedIn, typed: QueryDict, at: datetime) -> str:
    """Do what a button of the page says; what to tell about it, if it does not show by itself."""
    action = typed.get("action")
    if action == "read":
        workflow.mark_read(_message_id(typed), by=by, at=at)
        return ""
    if action == "unread":
        workflow.mark_unread(_message_id(typed), by=by)
        return ""
    if action == "read_all":
        workflow.mark_all_read(by=by, upto=_upto(typed, at), at=at)
        return "Everything is marked as read."
    if action == "seen_all":
        workflow.mark_all_seen(by=by, upto=_upto(typed, at), at=at)
        return "You are told of these words again once they change."
    if action == "stop":
        workflow.stop_watching(term_slug(typed.get("word", "")), by=by)
        return "You no longer watch this word."
    raise Refusal("invalid", "This page has no such button. Please load it again.")


def _message_id(typed: QueryDict) -> UUID:
    try:
        return UUID(typed.get("message", ""))
    except ValueError as error:
        raise Refusal("not_found", "There is no such message in your inbox.") from error


def _upto(typed: QueryDict, at: datetime) -> datetime:
    """When the page was made: what came since has not been before the reader."""
    try:
        upto = parse_datetime(typed.get("upto", ""))
        if upto is not None and timezone.is_aware(upto):
            return min(upto.astimezone(UTC), at)
    except (ValueError, OverflowError):  # the latter from an instant before the year 1 or after 9999
        pass
    raise Refusal("invalid", "This page has no such button. Please load it again.")


@page()
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message, in the words of its letter. Opening it is reading it, which is written later, beside the request."""
    by, at = policy.signed_in(request), timezone.now()
    told = lookup.message_to(by.user, message_id, at=at)
    is_opened = request.method == "GET" and told.message.read_at is None
    if is_opened:
        usage.note_read(message_id, at)
    told.message.person = by.user
    letter = outbox.letter_of(told.message)
    context = {
        "told": told,
        "just_read": message_id if is_opened else None,
        "line": line_of(told),
        "letter": letter,
        "way": letter.link.removeprefix(settings.GLOSSARY_SITE_URL) if letter else "",
    }
    return render(request, "portal/message.html", context)


@page("GET", "POST")
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    """Be told of changes of a word, or no longer; then back to its page."""
    by = policy.signed_in(request)
    if request.method != "POST":  # the way back from a sign-in in between
        return redirect("term", slug=slug)
    if request.POST.get("action") == "stop":
        workflow.stop_watching(slug, by=by)
        messages.success(request, "You no longer watch this word.")
    else:
        workflow.watch(slug, by=by, at=timezone.now())
        messages.success(request, "You watch this word: you are told when a change is suggested or agreed.")
    return redirect("term", slug=slug)


def line_of(told: Told) -> str:
    """What happened, in one line; empty where the title says it all."""
    event = told.message.event
    return _line(event) if event else ""


def _line(event: Event) -> str:
    actor = event.actor.display_name if event.actor else "Accord"
    if event.kind == "concern.answered" and event.side:
        return f"{actor} {EVENT_WORDS[event.kind]} {event.side.name}"
    if event.kind in EVENT_WORDS:
        return f"{actor} {EVENT_WORDS[event.kind]}"
    if event.kind in VERSION_WORDS:
        return f"Definition v{event.facts['version']} {VERSION_WORDS[event.kind]}"
    if event.kind in SEAT_WORDS:
        return _seat_line(event)
    return actor


def _seat_line(event: Event) -> str:
    subject = event.subject.display_name if event.subject else ""
    line = f"{subject} {what_became(event)}".strip()
    return line if subject else line[:1].upper() + line[1:]
