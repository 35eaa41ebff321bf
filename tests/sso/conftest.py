"""A company whose people sign in at an issuer on loopback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.sso.provider import CLIENT_ID, CLIENT_SECRET, Issuer

Dance = Callable[..., HttpResponse]


@pytest.fixture
def issuer(settings: Any, db: None) -> Iterator[Issuer]:
    """The issuer, and a registry that is set up for it."""
    cache.clear()
    started = Issuer()
    settings.GLOSSARY_OIDC_ISSUER = started.url
    settings.GLOSSARY_OIDC_CLIENT_ID = CLIENT_ID
    settings.GLOSSARY_OIDC_CLIENT_SECRET = CLIENT_SECRET
    settings.GLOSSARY_OIDC_NAME = "Example Login"
    yield started
    started.close()


@pytest.fixture
def come(issuer: Issuer) -> Dance:
    """Somebody goes the whole way: the button, the issuer, and back; gives the answer to the way back."""

    def dance(client: Client, who: User | str = "", *, way: str = "/accounts/company/", **claims: Any) -> HttpResponse:
        if isinstance(who, User):
            claims = {"sub": f"sub-{who.username}", "email": who.email, "email_verified": True, "name": "X Y"} | claims
        if claims:
            issuer.claims = claims
        off = client.get(way)
        assert off.status_code == 302, off.content
        sent_back = requests.get(off.headers["Location"], allow_redirects=False, timeout=5)
        return client.get(sent_back.headers["Location"])

    return dance


def is_in(client: Client, user: User) -> bool:
    return client.session.get("_auth_user_id") == str(user.pk)
