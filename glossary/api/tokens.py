"""Who asks: a tool with a token, a person in their session, or, under open reading, anybody.

Tokens are hashed as knox hashes them. Checking one writes nothing: knox's own check deletes expired siblings and
may renew the token, which would make every read a write.
"""

from typing import Any

from django.conf import settings
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Token, User
from glossary import policy, usage
from glossary.domain.refusals import Refusal
from glossary.lookup import Asker
from glossary.policy import Actor, SignedIn, Tool, signed_in

LONGEST_TOKEN = 200
NO_TOKEN = "This needs a token: send the header Authorization: Bearer <token>."
NOT_VALID = "This token is not valid: it is unknown, has expired or was revoked."
MAY_NOT_READ = Refusal("not_permitted", "This token has not the scope “read”. Ask an administrator for one that has.")


def key_in(header: str) -> str:
    """The token in an Authorization header, or "" when the header is of another kind or missing."""
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def is_bearer(header: str) -> bool:
    return header[:6].lower() == "bearer"


def live_token(key: str) -> Token:
    """The token with its person.

    Raises `Refusal("unauthenticated")` unless it is known, not revoked, not expired and its person active.
    """
    token = None
    if 0 < len(key) <= LONGEST_TOKEN and key.isascii():
        token = Token.objects.filter(digest=hash_token(key)).select_related("user__side").first()
    if token is None or not token.is_live():
        raise Refusal("unauthenticated", NOT_VALID)
    return token


class BearerToken(BaseAuthentication):
    """A tool: `request.auth` is its token."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not is_bearer(header):
            return None
        token = live_token(key_in(header))
        usage.note(token.pk)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Session(SessionAuthentication):
    """A person: whatever they change carries the CSRF token of their session."""

    def enforce_csrf(self, request: Any) -> None:
        check = CSRFCheck(lambda request: None)  # type: ignore[arg-type]
        check.process_request(request)
        if check.process_view(request, None, (), {}):  # type: ignore[arg-type]
            raise Refusal("not_permitted", "The CSRF token is missing or wrong: send it in the header X-CSRFToken.")


def actor_of(request: Request) -> Actor:
    """Who acts: the tool, or the person. Raises `Refusal("unauthenticated")`."""
    if isinstance(request.auth, Token):
        return Tool(request.auth.user, via=request.auth.name, token=request.auth)
    return signed_in(request._request)


def person_of(request: Request) -> SignedIn:
    """The person in their session; never a tool."""
    return signed_in(request._request)


def caller_of(request: Request) -> str:
    """Whose idempotency keys these are."""
    return f"token:{request.auth.pk}" if isinstance(request.auth, Token) else f"user:{request.user.pk}"


def reads_published_only(request: Request) -> bool:
    """Tools and visitors see what is published; a signed-in person sees what is under way as well."""
    return isinstance(request.auth, Token) or not request.user.is_authenticated


# Permissions. Each raises the refusal in words.


def _need_somebody(request: Request) -> None:
    if not request.user.is_authenticated:
        raise Refusal("unauthenticated", "Please sign in, or send a token.")


class MayRead(BasePermission):
    """A person, a token with the scope `read`, and under open reading anybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Token):
            if "read" not in request.auth.scopes:
                raise MAY_NOT_READ
        elif not settings.GLOSSARY_OPEN_READING:
            _need_somebody(request)
        return True


class MaySuggest(BasePermission):
    """A person, or a token with the scope `propose`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        _need_somebody(request)
        if isinstance(request.auth, Token):
            policy.require(policy.may_suggest(actor_of(request)))
        return True


class IsPerson(BasePermission):
    """A person in their own session; no token, whatever its scopes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Token):
            raise Refusal("not_permitted", "Only a signed-in person can do this: no token, whoever it belongs to.")
        _need_somebody(request)
        return True


# The same for the view that is asked most, which asks for token and answer at once.


def digest_in(header: str) -> str:
    """What is kept of the token in this Authorization header; "" under open reading without one.

    Credentials of another kind are not for us. Raises `Refusal("unauthenticated")` for what can be no token.
    """
    if not is_bearer(header):
        if settings.GLOSSARY_OPEN_READING:
            return ""
        raise Refusal("unauthenticated", NO_TOKEN)
    key = key_in(header)
    if not (0 < len(key) <= LONGEST_TOKEN and key.isascii()):
        raise Refusal("unauthenticated", NOT_VALID)
    return hash_token(key)


def reading_token(digest: str, asker: Asker | None) -> int | None:
    """The id of the token with this digest, which was found live and may read; None for a visitor.

    Raises `Refusal("unauthenticated")` or `Refusal("not_permitted")`.
    """
    if not digest:
        return None
    if asker is None:
        raise Refusal("unauthenticated", NOT_VALID)
    if '"read"' not in asker.scopes:  # the list as it is stored
        raise MAY_NOT_READ
    return asker.token_id
