"""The company's sign-in: the way there and back, and the place that somebody's groups give them."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts import oidc, sessions
from accounts.models import User
from accounts.oidc import NotProved
from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.policy import Directory
from glossary.portal.pages import not_allowed

SAID = {
    "cancelled": "You stopped on the way. Nothing has changed.",
    "state": "The way back took too long, or began in another window. Please try again from here.",
    "unreachable": "Your company's sign-in cannot be reached at the moment. Please try again in a few minutes.",
}
OTHERWISE = "What came back from your company's sign-in could not be checked, so nobody was let in. Please try again."
SOMEBODY_ELSE = (
    "You came back as somebody else. To confirm that it is you, use the account you are signed in with here."
)
NOT_SET_UP = Refusal("not_found", "Here, nobody signs in with a company account.")


@never_cache
def company_login(request: HttpRequest) -> HttpResponse:
    """Off to the issuer; with `fresh`, to prove oneself anew."""
    if request.method != "GET":
        return not_allowed(request, ("GET",))
    if not oidc.is_configured():
        return _turned_away(request, NOT_SET_UP.sentence, 404)
    is_fresh = "fresh" in request.GET and request.user.is_authenticated
    try:
        return oidc.begin(request, next_url=get_next_redirect_url(request) or "", is_fresh=is_fresh)
    except NotProved as error:
        return _turned_away(request, SAID.get(error.reason, OTHERWISE))


@never_cache
def company_callback(request: HttpRequest) -> HttpResponse:
    """Back from the issuer: the person is met, their place follows their groups, and they are in."""
    if request.method != "GET":
        return not_allowed(request, ("GET",))
    if not oidc.is_configured():
        return _turned_away(request, NOT_SET_UP.sentence, 404)
    try:
        back = oidc.finish(request)
        user = workflow.admit(back.identity)
        if back.is_fresh and request.user.is_authenticated and request.user.pk != user.pk:
            return _turned_away(request, SOMEBODY_ELSE)
        place_by_groups(user, back.identity.groups)
    except NotProved as error:
        return _turned_away(request, SAID.get(error.reason, OTHERWISE))
    except Refusal as refusal:
        return _turned_away(request, refusal.sentence)
    return _let_in(request, user, back)


def place_by_groups(user: User, groups: frozenset[str] | None) -> list[str]:
    """What a person's groups change about their side and role, in words: the one place where groups become seats.

    Nothing where no group is mapped, or where it is not known which groups there are. Refusals as of
    `workflow.follow_groups`.
    """
    if groups is None or not settings.GLOSSARY_OIDC_GROUPS:
        return []
    return workflow.follow_groups(user.pk, groups, by=Directory(User.objects.get(pk=user.pk)))


def _let_in(request: HttpRequest, user: User, back: oidc.Return) -> HttpResponse:
    if request.user.is_authenticated and request.user.pk == user.pk:
        _note(request, user, back, is_again=True)
        sessions.stamp(request.session, back.identity.authenticated_at)
        return redirect(back.next_url or settings.LOGIN_REDIRECT_URL)
    logout(request)
    _note(request, user, back, is_again=False)
    sessions.expect(request.session, back.identity.authenticated_at)
    user.backend = settings.AUTHENTICATION_BACKENDS[0]
    return perform_login(request, user, redirect_url=back.next_url or None)


def _note(request: HttpRequest, user: User, back: oidc.Return, *, is_again: bool) -> None:
    """Tell allauth, which asks for a second factor of ours or not, how the person proved who they are."""
    again = {"reauthenticated": True} if is_again else {}
    record_authentication(request, user, "socialaccount", provider=oidc.APP, **again)
    if back.identity.used_second_factor:
        record_authentication(request, user, "mfa", type=oidc.APP, **again)


def _turned_away(request: HttpRequest, sentence: str, status: int = 403) -> HttpResponse:
    return render(request, "account/company_refused.html", {"sentence": sentence}, status=status)
