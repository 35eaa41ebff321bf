"""When this person last proved who they are, by our own clock, kept in their session.

The identity provider's word or a library's own check would pass somebody who signed in weeks ago; signing asks
for this stamp instead.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

SIGNED_IN_AT = "signed_in_at"


def stamp(session: SessionBase) -> None:
    """Write down that the person of this session authenticated just now."""
    session[SIGNED_IN_AT] = timezone.now().isoformat()


def stamped_at(session: Any) -> datetime | None:
    """The instant (aware) of the last sign-in recorded in a session or its decoded mapping, or None."""
    written = session.get(SIGNED_IN_AT)
    return datetime.fromisoformat(written) if written else None


@receiver(user_logged_in, dispatch_uid="accounts.stamp_sign_in")
def stamp_sign_in(request: HttpRequest, user: AbstractBaseUser, **kwargs: object) -> None:
    """Stamp the session, and note the sign-in on the person without an entry in their history: nothing changed."""
    stamp(request.session)
    type(user)._default_manager.filter(pk=user.pk).update(last_login=timezone.now())


user_logged_in.disconnect(dispatch_uid="update_last_login")  # Django's own way, which saves the person
