"""Who calls: a person in a browser session with its CSRF token, a tool with a token, or a visitor with neither."""

import json
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from accounts.models import Token, User

API = "/api/v1/"


class Caller:
    """Sends JSON to the API; `get("terms/")` and `post("proposals/", …)` name addresses below its base."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = headers

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"{API}{path}", headers={**self.headers, **headers})

    def post(self, path: str, data: object = None, **headers: str) -> Any:
        return self.send("post", path, data, **headers)

    def patch(self, path: str, data: object, **headers: str) -> Any:
        return self.send("patch", path, data, **headers)

    def send(self, method: str, path: str, data: object = None, **headers: str) -> Any:
        body = b"" if data is None else data if isinstance(data, bytes) else json.dumps(data).encode()
        act = getattr(self.client, method)
        return act(f"{API}{path}", body, content_type="application/json", headers={**self.headers, **headers})


def person(user: User) -> Caller:
    """The person, signed in just now."""
    secret = _get_new_csrf_string()
    caller = Caller(**{"X-CSRFToken": secret})
    caller.client.force_login(user)
    caller.client.cookies["csrftoken"] = secret
    return caller


def tool(user: User, *scopes: str, name: str = "CRM") -> Caller:
    """A tool that belongs to the person."""
    return Caller(Authorization=f"Bearer {token_of(user, *scopes, name=name)[1]}")


def token_of(user: User, *scopes: str, name: str = "CRM", days: int = 1) -> tuple[Token, str]:
    token, key = Token.objects.create(user=user, expiry=timedelta(days=days), name=name, scopes=list(scopes))
    return token, key


def code(answer: HttpResponse) -> tuple[int, str]:
    """The status and the code of an answer that refuses, which has to be a problem in words."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content[:300]
    problem = json.loads(answer.content)
    assert problem["status"] == answer.status_code
    assert problem["detail"].strip()
    return answer.status_code, problem["code"]
