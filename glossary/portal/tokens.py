"""The page with one's own keys for other tools: what each may do and does, a new one, and the end of one."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from glossary import lookup, policy, workflow
from glossary.domain.refusals import Refusal
from glossary.policy import SignedIn
from glossary.portal.pages import new_form_key, page, row_id
from glossary.portal.repeating import once

SCOPES = {
    "read": ("Read", "what is agreed: look-ups, words, versions, search"),
    "propose": ("Suggest", "changes in my name, which people then sign or send back"),
}
VALID_FOR = {"30": "30 days", "90": "90 days", "365": "a year"}


@page("GET", "POST")
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens. A new key is on the answer to the form that made it, and nowhere else."""
    by = policy.signed_in(request)
    if request.method != "POST":
        return _tokens_page(request, by)
    try:
        if request.POST.get("action") == "revoke":
            token = workflow.revoke_token(row_id(request.POST.get("token")), by=by)
            messages.success(request, f"{token.name} is revoked. Its key opens nothing any more.")
            return redirect("tokens")
        return _tokens_page(request, by, key=_make(request, by))
    except Refusal as refusal:
        if refusal.code == "reauthenticate":
            raise
        return _tokens_page(request, by, refusal)


def _make(request: HttpRequest, by: SignedIn) -> str:
    """The key. Raises `Refusal("wrong_state")` for a form sent again: it made one, whose key is not kept."""
    made = []

    def act() -> str:
        typed = request.POST
        scopes, days = typed.getlist("scopes"), typed.get("days", "")
        token, key = workflow.make_token(
            by.user.pk, by=by, name=typed.get("name", ""), scopes=scopes, days=int(days) if days in VALID_FOR else 0
        )
        made.append(key)
        return str(token.pk)

    once(request, act)
    if not made:
        raise Refusal(
            "wrong_state",
            "This token was made a moment ago and its key was shown then. If it is lost, revoke it and make a new one.",
        )
    return made[0]


def _tokens_page(request: HttpRequest, by: SignedIn, refusal: Refusal | None = None, key: str = "") -> HttpResponse:
    at = timezone.now()
    context = {
        "tokens": lookup.tokens_of(by.user, at=at),
        "may_make": policy.may_make_token(by),
        "administrators": lookup.administrators(),
        "scopes": SCOPES,
        "ticked": request.POST.getlist("scopes") if refusal else ["read"],
        "valid_for": VALID_FOR,
        "key": key,
        "site": settings.GLOSSARY_SITE_URL,
        "refusal": refusal,
        "typed": request.POST.dict() if refusal else {},
        "form_key": new_form_key(),
    }
    answer = render(request, "portal/tokens.html", context, status=refusal.status if refusal else 200)
    add_never_cache_headers(answer)
    return answer
