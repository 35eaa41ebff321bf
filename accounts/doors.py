"""Pages of sign-in that differ from allauth's: those about passwords may be closed; confirming goes several ways; a
second factor is set up on the way to something else.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts import oidc
from accounts.sessions import proved_lately, used_second_factor

View = Callable[..., HttpResponse]


def with_password(view: View) -> View:
    """Closes a page about passwords where nobody signs in with one (`GLOSSARY_PASSWORD_SIGN_IN`)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.GLOSSARY_PASSWORD_SIGN_IN:
            return view(request, *args, **kwargs)
        return render(request, "account/no_passwords.html", status=403 if request.method == "POST" else 200)

    return answer


def lately_proved(view: View) -> View:
    """Closes a page to whoever did not prove lately who they are: a session left open adds no second factor.

    allauth asks the same, but lets people without a password pass.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not proved_lately(request.session):
            return redirect_to_login(request.get_full_path(), resolve_url("account_reauthenticate"))
        return view(request, *args, **kwargs)

    return answer


class LedBack:
    """For a page that sets a second factor up: it leads back to what one wanted to do with it, past the new codes."""

    request: HttpRequest
    did_generate_recovery_codes: bool

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"way_on": _way_on(self.request)}

    def get_success_url(self) -> str:
        address: str = super().get_success_url()  # type: ignore[misc]
        if self.did_generate_recovery_codes:
            return address + _way_on(self.request)
        return get_next_redirect_url(self.request) or address


class SetUpApp(LedBack, totp.ActivateTOTPView):  # type: ignore[misc]
    pass


class AddPasskey(LedBack, keys.AddWebAuthnView):  # type: ignore[misc]
    pass


class NewCodes(codes.ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, and the way on to what a second factor was set up for."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"next": get_next_redirect_url(self.request)}


def _way_on(request: HttpRequest) -> str:
    """What an address ends in, for its page to lead back to where this one does."""
    way_back = get_next_redirect_url(request)
    return f"?{urlencode({'next': way_back})}" if way_back else ""


@never_cache
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """The page on which somebody signed in confirms that it is them, in whichever ways are open to them."""
    user: Any = request.user
    has_password = settings.GLOSSARY_PASSWORD_SIGN_IN and user.has_usable_password()
    others = [way for way in get_adapter().get_reauthentication_methods(user) if way["id"] != "reauthenticate"]
    way_back = get_next_redirect_url(request) or ""
    is_setting_up = way_back.startswith(reverse("mfa_index"))
    wants_second = _wants_second(user, request.session) and not is_setting_up
    if has_password and (request.method == "POST" or not wants_second):
        return views.reauthenticate(request)
    context = {
        "ways": others,
        "has_company": oidc.is_configured(),
        "has_password": has_password,
        "wants_second": wants_second,
        "next": way_back,
        "way_on": _way_on(request),
    }
    return render(request, "account/confirm.html", context)


def _wants_second(user: Any, session: Any) -> bool:
    """Whether this person, who may sign for a team, has yet to prove a second factor in this session."""
    may_sign = user.is_owner or user.delegations_held.exists()
    return settings.GLOSSARY_OWNERS_NEED_MFA and may_sign and not used_second_factor(session)
