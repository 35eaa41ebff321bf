"""When this person last proved who they are, kept in their session.

By our own clock, or for the company's sign-in by what the issuer says, if it does. A library's own check would pass
somebody who signed in weeks ago; signing asks for this stamp instead.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

SIGNED_IN_AT = "signed_in_at"
PROVED_AT = "proved_to_the_company_at"  # kept from the return of the company's sign-in until the person is in
RECOVERY_CODES = Authenticator.Type.RECOVERY_CODES
LATELY = timedelta(minutes=15)  # within which somebody proved who they are before changing a second factor
STEPS = "account_authentication_methods"  # allauth's list of how the person of this session proved who they are


def stamp(session: SessionBase, at: datetime | None = None) -> None:
    """Write down that the person of this session authenticated at `at` (aware), or just now."""
    session[SIGNED_IN_AT] = (at or timezone.now()).isoformat()


def expect(session: SessionBase, at: datetime | None) -> None:
    """The sign-in that is about to follow rests on what the person proved elsewhere, at `at` if that is known."""
    session[PROVED_AT] = at.isoformat() if at else None


def used_second_factor(session: Any) -> bool:
    """Whether the person of a session, or of its decoded mapping, proved a second factor in it."""
    return any(step.get("method") == "mfa" for step in session.get(STEPS) or [])


def stamped_at(session: Any) -> datetime | None:
    """The instant (aware) of the last sign-in recorded in a session or its decoded mapping, or None."""
    written = session.get(SIGNED_IN_AT)
    return datetime.fromisoformat(written) if written else None


def proved_lately(session: Any) -> bool:
    """Whether the person of a session proved who they are so lately that they may change their second factors."""
    since = stamped_at(session)
    return since is not None and timezone.now() - since <= LATELY


@receiver(user_logged_in, dispatch_uid="accounts.stamp_sign_in")
def stamp_sign_in(request: HttpRequest, user: AbstractBaseUser, **kwargs: object) -> None:
    """Stamp the session, and note the sign-in on the person without an entry in their history: nothing changed."""
    proved_at = request.session.pop(PROVED_AT, None)
    stamp(request.session, datetime.fromisoformat(proved_at) if proved_at else None)
    type(user)._default_manager.filter(pk=user.pk).update(last_login=timezone.now())


user_logged_in.disconnect(dispatch_uid="update_last_login")  # Django's own way, which saves the person


@receiver(authentication_step_completed, dispatch_uid="accounts.stamp_confirmation")
def stamp_confirmation(request: HttpRequest, reauthenticated: bool = False, **kwargs: object) -> None:
    """Stamp the session of somebody signed in who confirms that it is them, by password or second factor."""
    if reauthenticated:
        stamp(request.session)


@receiver(authenticator_added, dispatch_uid="accounts.count_first_factor")
def count_first_factor(request: HttpRequest, user: AbstractBaseUser, authenticator: Any, **kwargs: object) -> None:
    """Whoever has just shown their first second factor need not show it once more to sign. Whoever has one already
    shows that, so that a password alone never stands in for it.
    """
    others = Authenticator.objects.filter(user=user).exclude(type=RECOVERY_CODES).exclude(pk=authenticator.pk)
    if authenticator.type != RECOVERY_CODES and not others.exists():
        record_authentication(request, user, "mfa", type=authenticator.type, reauthenticated=True)
