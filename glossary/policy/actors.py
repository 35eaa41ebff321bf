"""Who acts: a person with a session of their own, a tool with a token, or a command at the console.

Only a `SignedIn` person can sign, object, decline or decide over owners. It is made in one place, from a request,
and the session is looked up again under the lock of every action.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Token, User
from accounts.sessions import stamped_at, used_second_factor
from glossary.domain.refusals import Refusal


@dataclass(frozen=True)
class Actor:
    """Somebody who may read, suggest and comment. `via` names the tool, if one acts in the person's name."""

    user: User
    via: str = ""

    def refresh(self) -> None:
        """Read the person anew: side, role and whether they are active may have changed since the request began.

        Raises `Refusal("not_permitted")` for somebody who has been shut out since.
        """
        self.user.refresh_from_db(from_queryset=User.objects.select_related("side"))
        if not self.user.is_active:
            raise Refusal("not_permitted", "This account is no longer active.")


@dataclass(frozen=True)
class Tool(Actor):
    """A token at the API: it acts in its person's name with the scopes it has, and never signs."""

    token: Token | None = None

    def refresh(self) -> None:
        """Read person and token anew.

        Raises `Refusal("unauthenticated")` when the token has been revoked or has expired since.
        """
        super().refresh()
        if self.token is not None:
            self.token.refresh_from_db()
            if not self.token.is_live():
                raise Refusal("unauthenticated", "This token is no longer valid.")


@dataclass(frozen=True)
class Console(Actor):
    """A command run on the server in an administrator's name, such as set-up."""


@dataclass(frozen=True)
class Directory(Actor):
    """The company's directory, acting on one person's own place as the groups they are in say."""

    NAME = "company account"

    via: str = NAME


@dataclass(frozen=True)
class SignedIn(Actor):
    """A person in their own browser session; `session_key` is what is checked again when something is signed."""

    session_key: str = ""

    def refresh(self) -> None:
        """Read the person anew, and their session.

        Raises `Refusal("unauthenticated")` when the session has ended, or never was this person's.
        """
        super().refresh()
        if _session_of(self) is None:
            raise Refusal("unauthenticated", "Your sign-in has ended. Please sign in again.")


def _session_of(by: SignedIn) -> dict[str, Any] | None:
    """What is stored in the session that the person acts in; None when it is over or not theirs."""
    row = Session.objects.filter(session_key=by.session_key, expire_date__gt=timezone.now()).first()
    session: dict[str, Any] = row.get_decoded() if row else {}
    return session if session.get("_auth_user_id") == str(by.user.pk) else None


def signed_in(request: HttpRequest) -> SignedIn:
    """The person whose session this request carries.

    Raises `Refusal("unauthenticated")` without a signed-in person.
    """
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise Refusal("unauthenticated", "Please sign in first.")
    return SignedIn(user, session_key=request.session.session_key or "")


def authenticated_at(by: Actor) -> datetime | None:
    """When the person of this actor last proved who they are, read from the stored session; None when there is none.

    The row is read anew, so that an object made up without a session, or one whose session has ended, signs nothing.
    """
    session = _session_of(by) if isinstance(by, SignedIn) else None
    return stamped_at(session) if session else None


def proved_second_factor(by: SignedIn) -> bool:
    """Whether the person of this actor proved a second factor in their session, read anew likewise."""
    session = _session_of(by)
    return session is not None and used_second_factor(session)
