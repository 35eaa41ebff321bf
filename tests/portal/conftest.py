"""People at their browsers."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User

Browse = Callable[[User], Client]


@pytest.fixture
def at_browser() -> Browse:
    """A browser in which this person has just signed in."""

    def open_browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return open_browser


def words(answer: HttpResponse) -> str:
    """What the page says, without its tags and without the letters in the picture of a seal."""
    page = re.sub(r'<svg class="(?:rings|medal).*?</svg>', " ", answer.content.decode(), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", page)
    return re.sub(r"\s+", " ", unescape(text))


def hidden(answer: HttpResponse, name: str) -> str:
    """The value of a hidden field."""
    match = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert match, f"the page has no field {name}"
    return unescape(match[1])


def filled(answer: HttpResponse, **typed: Any) -> dict[str, Any]:
    """What the form for a text sends when only the named fields were changed."""
    form = answer.context["form"]
    hiddens = ("form_key", "place", "term", "base_version", "seen")
    page = answer.content.decode()
    sent = {name: hidden(answer, name) for name in hiddens if f'name="{name}" value' in page}
    return sent | {field.name: field.value() or "" for field in form} | typed
