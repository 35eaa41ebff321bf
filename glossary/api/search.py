"""Which agreed texts hold these words, and which names begin like what is being typed."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup, usage
from glossary.api import outputs
from glossary.api.by_name import CACHING, admitted
from glossary.api.describing import answers
from glossary.api.inputs import Parameters
from glossary.api.lookup import Reading
from glossary.api.problems import Problem, invalid, told_as_problems
from glossary.api.tokens import digest_in
from glossary.lookup.search import MOST, USUAL

FILTERS = ("kind", "status", "owner_side")
USUAL_NAMES, MOST_NAMES = 8, 20


class Search(Reading):
    @answers("SearchOut", summary="Words whose agreed text holds these", parameters=["q", *FILTERS, "limit"])
    def get(self, request: Request) -> Response:
        given = Parameters(request, ("q", *FILTERS, "limit"))
        query, limit = given.text("q"), max(given.number("limit", USUAL, most=MOST), 1)
        filters = {name: given.text(name) for name in FILTERS}
        results = lookup.search(query, at=timezone.now(), limit=limit, **filters)
        return Response(outputs.search(query, results))


@csrf_exempt
@told_as_problems
def suggest(request: HttpRequest) -> HttpResponse:
    """Names that begin so. Asked with every key that somebody presses, so it goes without the framework as well."""
    if request.method not in ("GET", "HEAD"):
        raise Problem(405, "method_not_allowed", "Ask with GET.", {"Allow": "GET, HEAD"})
    usage.note(admitted(request, digest_in(request.META.get("HTTP_AUTHORIZATION", "")), timezone.now()))
    given = Parameters(request, ("q", "limit"))
    typed, limit = given.text("q"), max(given.number("limit", USUAL_NAMES, most=MOST_NAMES), 1)
    if not typed:
        raise invalid("q", "required", "Say what was typed so far: ?q=cam.")
    return _json(outputs.suggest(typed, lookup.suggest(typed, at=timezone.now(), limit=limit)))


def _json(data: Any) -> HttpResponse:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text.encode(), content_type="application/json", headers=CACHING)
