"""Signing in with the company's account: OpenID Connect, from the button to an identity that is proved.

The code flow with PKCE and a nonce (OpenID Connect Core 1.0, section 3.1), by allauth's client. The ID token's
signature is checked although it came over TLS; of what it says only an `Identity` is kept, and nothing is logged but
the reason why somebody was not let in.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
import structlog
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from requests import RequestException

APP = "company"  # what allauth calls the one issuer there is
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCKS_DIFFER = 60  # seconds by which our clock and the issuer's may be apart
LONGEST_SUBJECT = 191

log = structlog.get_logger("accord.sign_in")


class NotProved(Exception):
    """Nobody was identified. Holds why, in one of a few words of ours, never anything that was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        log.warning("company_sign_in_refused", reason=reason)


@dataclass(frozen=True)
class Identity:
    """Who the issuer says somebody is.

    `email` is empty unless verified; `groups` is None where the issuer did not say them all; `authenticated_at`
    (aware) is when they last proved it to the issuer, or None where it does not tell.
    """

    issuer: str
    subject: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    groups: frozenset[str] | None = frozenset()
    authenticated_at: datetime | None = None
    used_second_factor: bool = False


@dataclass(frozen=True)
class Return:
    """Somebody back from the issuer: who, where they wanted to go, and whether they came to confirm themselves."""

    identity: Identity
    next_url: str
    is_fresh: bool


class _Client(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return build_absolute_uri(request, reverse("company_callback"))


class CompanyProvider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = _Client


def is_configured() -> bool:
    """Whether this registry knows the company's sign-in."""
    return bool(settings.GLOSSARY_OIDC_ISSUER)


def company_app() -> Any:
    """The issuer as allauth wants it described, from the settings; no row of a database adds another."""
    from allauth.socialaccount.models import SocialApp

    return SocialApp(
        provider="openid_connect",
        provider_id=APP,
        name=settings.GLOSSARY_OIDC_NAME,
        client_id=settings.GLOSSARY_OIDC_CLIENT_ID,
        secret=settings.GLOSSARY_OIDC_CLIENT_SECRET,
        settings={
            "server_url": settings.GLOSSARY_OIDC_ISSUER.rstrip("/"),
            "scope": settings.GLOSSARY_OIDC_SCOPES,
            "oauth_pkce_enabled": True,
        },
    )


def begin(request: HttpRequest, *, next_url: str, is_fresh: bool) -> HttpResponse:
    """The way to the issuer. With `is_fresh` it is asked to let the person prove themselves anew.

    Raises `NotProved` when the issuer is out of reach.
    """
    nonce = secrets.token_urlsafe(24)
    asked = {"nonce": nonce} | ({"prompt": "login", "max_age": "0"} if is_fresh else {})
    provider = CompanyProvider(request, app=company_app())
    try:
        way: HttpResponse = provider.redirect(
            request, AuthProcess.LOGIN, next_url=next_url, auth_params=asked, nonce=nonce, is_fresh=is_fresh
        )
    except (RequestException, ValueError, KeyError, TypeError) as error:
        raise NotProved("unreachable") from error
    return way


def finish(request: HttpRequest) -> Return:
    """Who has come back from the issuer with this request.

    Raises `NotProved` with `cancelled`, `state` for a return nobody set out for or that took over ten minutes,
    `unreachable`, `token` or `claims`.
    """
    provider = CompanyProvider(request, app=company_app())
    state = statekit.unstash_state(request, provider_id=provider.sub_id, state_id=request.GET.get("state", ""))
    if state is None:
        raise NotProved("state")
    if "code" not in request.GET or "error" in request.GET:
        raise NotProved("cancelled" if request.GET.get("error") == "access_denied" else "issuer")
    try:
        claims = _claims(request, provider, state)
        return Return(_identity(claims), state.get("next") or "", bool(state.get("is_fresh")))
    except jwt.PyJWTError as error:
        raise NotProved("token") from error
    except (OAuth2Error, RequestException) as error:
        raise NotProved("unreachable") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NotProved("claims") from error


def _claims(request: HttpRequest, provider: CompanyProvider, state: Mapping[str, Any]) -> dict[str, Any]:
    client = provider.get_oauth2_adapter(request)
    config = client.openid_config
    if config["issuer"].rstrip("/") != settings.GLOSSARY_OIDC_ISSUER.rstrip("/"):
        raise NotProved("token")
    answer = client.get_access_token_data(
        request, provider.app, client.get_client(request, provider.app), state.get("pkce_code_verifier")
    )
    claims = _verified(client, answer["id_token"], config)
    if not constant_time_compare(str(claims.get("nonce", "")), state["nonce"]):
        raise NotProved("token")
    return _with_userinfo(client, claims, answer["access_token"], config)


def _verified(client: _Client, token: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """What the ID token says, once its signature, issuer, audience and dates have been checked."""
    key = _key_of(token, _fetched(client, config["jwks_uri"]))
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=ALGORITHMS,
        audience=settings.GLOSSARY_OIDC_CLIENT_ID,
        issuer=config["issuer"],
        leeway=CLOCKS_DIFFER,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if ("azp" in claims or several) and claims.get("azp") != settings.GLOSSARY_OIDC_CLIENT_ID:
        raise NotProved("token")
    return claims


def _key_of(token: str, published: dict[str, Any]) -> jwt.PyJWK:
    """The published key that the token names, or the only one there is."""
    keys = [key for key in jwt.PyJWKSet.from_dict(published).keys if key.public_key_use in (None, "sig")]
    kid = jwt.get_unverified_header(token).get("kid")
    named = [key for key in keys if key.key_id == kid] if kid else keys
    if len(named) != 1:
        raise NotProved("token")
    return named[0]


def _fetched(client: _Client, address: str, **headers: str) -> dict[str, Any]:
    from allauth.socialaccount.adapter import get_adapter

    with get_adapter().get_requests_session() as session:
        answer = session.get(address, headers=headers)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
    return said


def _with_userinfo(
    client: _Client, claims: dict[str, Any], access_token: str, config: Mapping[str, Any]
) -> dict[str, Any]:
    """The claims with those that the issuer tells at its userinfo address only. The ID token has the last word."""
    wanted = {"email", "name"} | ({settings.GLOSSARY_OIDC_GROUPS_CLAIM} if settings.GLOSSARY_OIDC_GROUPS else set())
    if wanted <= claims.keys() or "userinfo_endpoint" not in config:
        return claims
    more = _fetched(client, config["userinfo_endpoint"], Authorization=f"Bearer {access_token}")
    if more.get("sub") != claims["sub"]:
        raise NotProved("token")
    return more | claims


def _identity(claims: Mapping[str, Any]) -> Identity:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ValueError("subject")
    is_verified = claims.get("email_verified") is True or settings.GLOSSARY_OIDC_TRUST_EMAIL
    email = claims.get("email")
    first, _, last = _text(claims.get("name")).partition(" ")
    methods = claims.get("amr")
    return Identity(
        issuer=settings.GLOSSARY_OIDC_ISSUER,
        subject=subject,
        email=email if is_verified and isinstance(email, str) else "",
        first_name=_text(claims.get("given_name")) or first,
        last_name=_text(claims.get("family_name")) or last,
        groups=_groups(claims),
        authenticated_at=_instant(claims.get("auth_time")),
        used_second_factor=isinstance(methods, list) and "mfa" in methods,
    )


def _text(value: object) -> str:
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""


def _groups(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """The groups, none where there is no such claim, None where the issuer says that there were too many to tell."""
    name = settings.GLOSSARY_OIDC_GROUPS_CLAIM
    said = claims.get(name)
    if said is None:
        return None if name in (claims.get("_claim_names") or {}) else frozenset()
    return frozenset(str(group) for group in (said if isinstance(said, list) else [said]))


def _instant(seconds: object) -> datetime | None:
    if seconds is None:
        return None
    if not isinstance(seconds, int | float):
        raise ValueError("auth_time")
    return min(datetime.fromtimestamp(seconds, UTC), timezone.now())
