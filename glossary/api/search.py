"""Which agreed texts hold these words, and which names begin like what is being typed."""

import json
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup, usage
from glossary.api import outputs, throttle
from glossary.api.by_name import CACHING, admitted, checked
from glossary.api.conditional import CACHING as ANYBODYS
from glossary.api.describing import answers
from glossary.api.inputs import Parameters, alone
from glossary.api.lookup import Reading
from glossary.api.problems import Problem, invalid, told_as_problems
from glossary.api.tokens import digest_in, is_bearer, reading_token
from glossary.domain.refusals import Refusal
from glossary.lookup.search import MOST, USUAL

FILTERS = ("kind", "status", "owner_side")
USUAL_NAMES, MOST_NAMES = 8, 20


class Search(Reading):
    @answers("SearchOut", summary="Words whose agreed text holds these", parameters=["q", *FILTERS, "limit"])
    def get(self, request: Request) -> Response:
        """Nearest first, with where each was met. Words that no name or text has are read as those they are near."""
        return Response(_found(request, timezone.now()))


_for_anybody = Search.as_view()


class NotAToolsQuestion(Exception):
    """Asked before sessions are set up, which a person's question needs: it goes the long way."""


@wraps(_for_anybody)
def search(request: HttpRequest) -> HttpResponse:
    """Tools ask often, and are answered without the framework; people and visitors with it."""
    if request.method in ("GET", "HEAD") and is_bearer(request.META.get("HTTP_AUTHORIZATION", "")):
        return _for_a_tool(request)
    if not hasattr(request, "user"):
        raise NotAToolsQuestion
    return _for_anybody(request)


@told_as_problems
def _for_a_tool(request: HttpRequest) -> HttpResponse:
    digest, now = digest_in(request.META["HTTP_AUTHORIZATION"]), timezone.now()
    token_id = reading_token(digest, lookup.ready_for(digest, [], at=now, now=now)[0])
    assert token_id, "a digest is that of a live token"
    usage.note(token_id)
    left = throttle.count(throttle.name_of(token_id), is_read=True)
    return _json(_found(request, now), ANYBODYS | left)


def _found(request: Request | HttpRequest, now: datetime) -> dict[str, Any]:
    given = Parameters(request, ("q", *FILTERS, "limit"))
    query, limit = given.text("q"), given.number("limit", USUAL, least=1, most=MOST)
    filters = {name: given.text(name) for name in FILTERS}
    return outputs.search(query, lookup.search(query, at=now, limit=limit, **filters))


@csrf_exempt
@told_as_problems
def suggest(request: HttpRequest) -> HttpResponse:
    """Names that begin so. Asked with every key that somebody presses, so it goes without the framework as well."""
    if request.method not in ("GET", "HEAD"):
        raise Problem(405, "method_not_allowed", "Ask with GET.", {"Allow": "GET, HEAD"})
    digest, now = digest_in(request.META.get("HTTP_AUTHORIZATION", "")), timezone.now()
    try:
        typed, limit = _begun(request)
    except Refusal:
        admitted(request, digest, now)  # who may not ask at all is told that
        raise
    asker, found = lookup.suggest_for(digest, typed, at=now, limit=limit)
    usage.note(checked(request, digest, asker))
    return _json(outputs.suggest(typed, found), CACHING)


def _begun(request: HttpRequest) -> tuple[str, int]:
    """What was typed so far, and how many names are wanted."""
    only = alone(request, "q")
    if only is not None and "\x00" not in only:
        typed, limit = only.strip(), USUAL_NAMES
    else:
        given = Parameters(request, ("q", "limit"))
        typed, limit = given.text("q"), given.number("limit", USUAL_NAMES, least=1, most=MOST_NAMES)
    if not typed:
        raise invalid("q", "required", "Say what was typed so far: ?q=cam.")
    return typed, limit


_text_of = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json(data: Any, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(_text_of(data).encode(), content_type="application/json", headers=headers)
