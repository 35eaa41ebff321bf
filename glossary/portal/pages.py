"""What all pages share: sign-in first, the reader's time zone, refusals in words with the right status."""

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime, time
from functools import wraps
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone

from accounts.models import Side, User
from glossary import lookup, usage
from glossary.domain.refusals import Refusal
from glossary.models import LastLook

View = Callable[..., HttpResponse]

LONGEST_ADDRESS = 120  # characters of an address that are looked up as words
SIGNED_OUT = (
    "You were signed out, so nothing that you sent was taken. Sign in and send it once more: the Back button of your "
    "browser brings back what you typed."
)
WAYS = {  # from a page that says no: by its name, the page that may have what was looked for
    "person": ("people", "People"),
    "export_person": ("people", "People"),
    "invitations": ("people", "People: who is who"),
    "proposal": ("queue", "My queue"),
    "edit": ("queue", "My queue"),
    "weigh": ("queue", "My queue"),
    "update": ("queue", "My queue"),
    "approval": ("approvals", "Approval queue"),
    "weigh_here": ("approvals", "Approval queue"),
    "sign_several": ("queue", "My queue"),
    "message": ("inbox", "Inbox"),
    "inbox": ("inbox", "Inbox"),
    "ruling": ("rulings", "Where the teams do not agree"),
    "rule": ("rulings", "Where the teams do not agree"),
    "concern": ("agenda", "Meeting agenda, with what is open"),
    "theme": ("profile", "My page"),
    "unsent": ("propose", "Suggest a change"),
    "mapping": ("mapping", "Compare with the CRM"),
}
NO_SUCH_VERSION = "This word has no version with this number."
LARGEST_ID = 2**63 - 1  # what both engines can look for


def page(*methods: str, is_open: bool = False) -> Callable[[View], View]:
    """Makes a view a page for the given methods (GET alone when none is named).

    Nobody reads it without signing in, unless it `is_open` and the registry allows open reading. Times are in the
    reader's zone, and a refusal the view does not answer itself becomes a page with the refusal's words and status.
    """
    allowed = methods or ("GET",)

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in (*allowed, "HEAD"):
                return not_allowed(request, allowed)
            if not (request.user.is_authenticated or (is_open and settings.GLOSSARY_OPEN_READING)):
                return _to_the_door(request, allowed)
            with timezone.override(_zone(request.user)):
                try:
                    return view(request, *args, **kwargs)
                except Refusal as refusal:
                    return refused(request, refusal)

        return answer

    return decorate


def _to_the_door(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """The sign-in page, or on the first day, when nobody has an account, the page that sets the registry up.

    It leads back to the page, or home where that only takes what a form sends; who sent something is told of it.
    """
    if not lookup.is_founded():
        return redirect("set_up")
    if request.method == "POST":
        messages.warning(request, SIGNED_OUT)
    return redirect_to_login(request.get_full_path() if "GET" in allowed else resolve_url("home"))


def _zone(user: Any) -> ZoneInfo:
    try:
        return ZoneInfo(getattr(user, "time_zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def not_allowed(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """The page for a method that an address does not take."""
    answer = render(request, "405.html", {"sends": "GET" not in allowed}, status=405)
    answer.headers["Allow"] = ", ".join(allowed)
    return answer


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page that says no, or the way to sign in again where that is what is missing.

    It leads back to the suggestion that something was sent to; of a word that is not there it names the nearest.
    """
    if refusal.code in ("unauthenticated", "reauthenticate"):
        return to_sign_in(request, refusal)
    match = request.resolver_match
    about = match.kwargs if match else {}
    is_missing = refusal.code == "not_found"
    context = {
        "refusal": refusal,
        "suggestion": None if is_missing else about.get("proposal_id"),
        "near": nearest(request, about.get("slug", "")) if is_missing else None,
        "way": WAYS.get(str(match.url_name)) if match else None,
    }
    return render(request, "portal/refusal.html", context, status=refusal.status)


class Near(NamedTuple):
    """What an address says, as words, and the (slug, name) of the words in force nearest to it.

    `words` is empty when there is such a word, and something else about it is not there.
    """

    words: str
    found: list[tuple[str, str]]


def nearest(request: HttpRequest, address: str) -> Near | None:
    """The words that somebody may have meant by a mistyped address; nothing for whoever may not read any."""
    words = re.sub(r"[^\w]+|_", " ", address).strip()[:LONGEST_ADDRESS]
    if not words or not (request.user.is_authenticated or settings.GLOSSARY_OPEN_READING):
        return None
    found = lookup.suggestions(words, at=timezone.now())
    is_there = any(slug == address for slug, _ in found)
    return Near("" if is_there else words, found)


def to_sign_in(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The sign-in page, or the one that asks for the password again, with the way back to this page."""
    name = "account_reauthenticate" if refusal.code == "reauthenticate" else "account_login"
    return redirect_to_login(request.get_full_path(), resolve_url(name))


def reads_published_only(request: HttpRequest) -> bool:
    """Whether this is a visitor, who under open reading sees what every team has signed and nothing else."""
    return not request.user.is_authenticated


def note_look(detail: lookup.TermDetail, user: User, last: LastLook | None) -> None:
    """A person has the text in force before them. It is written later, and only when `last` does not say so already."""
    at = timezone.now()
    if detail.version is None:
        return
    if last is None or last.number < detail.version.number or last.at.date() < at.date():
        usage.note_look(user.pk, detail.term.pk, detail.version.number, at)


def side_names() -> dict[str, str]:
    """What each side is called, by key, in the order they are shown."""
    return {side.key: side.name for side in Side.objects.all()}


def row_id(typed: object) -> int:
    """The id in a form's field.

    Raises `Refusal("not_found")` for what can be no id.
    """
    text = typed if isinstance(typed, str) else ""
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > LARGEST_ID:
        raise Refusal("not_found", "There is no such entry.")
    return int(text)


def whole(typed: str | None, *, sentence: str) -> int:
    """A small whole number in an address.

    Raises `Refusal("not_found")` with the sentence for anything else.
    """
    if not typed or not (typed.isascii() and typed.isdigit()) or len(typed) > 9:
        raise Refusal("not_found", sentence)
    return int(typed)


A_DAY = "Write the day as YYYY-MM-DD, such as 2027-01-31."


def typed_day(typed: str, *, field: str, sentence: str = A_DAY) -> date:
    """The day in a form's field.

    Raises `Refusal("invalid")` with the sentence for anything else, and for a year that nobody means: of the first and
    the last there are, some instants are none in another zone.
    """
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        day = date.min
    if not 2000 <= day.year < 3000:
        raise Refusal("invalid", sentence, errors=[{"path": field, "code": "day", "message": sentence}])
    return day


def beginning_of(day: date) -> datetime:
    """The instant at which a day begins in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def term_slug(typed: str) -> str:
    """The slug of a word in a form or after a question mark.

    Raises `Refusal("not_found")` for what can be no slug; databases choke on some of it.
    """
    if not re.fullmatch(r"[a-z0-9-]{1,140}", typed):
        raise Refusal("not_found", "There is no word with this address.")
    return typed


def without_nul(typed: str) -> str:
    """Text that a database can be asked for: PostgreSQL refuses the character NUL even in a question."""
    return typed.replace("\x00", "")


def new_form_key() -> str:
    """Goes into a form as a hidden field, so that sending it twice does nothing twice."""
    return uuid.uuid4().hex
