"""What does this name mean? Asked most, so answered from ready text, without the framework and its session."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from glossary import lookup, usage
from glossary.api import throttle
from glossary.api.conditional import KEPT_BY, is_known
from glossary.api.inputs import NamesAsked, Parameters, fields_of, read_body
from glossary.api.problems import Problem, invalid, not_json, told_as_problems
from glossary.api.tokens import check_may_read
from glossary.domain.refusals import Refusal
from glossary.lookup import Ready
from glossary.rendering.instants import iso

CACHING = {"Cache-Control": KEPT_BY, "Vary": "Authorization"}


class When(NamedTuple):
    """The instant that is asked about. `said` is what the answer says of it: nothing when that is now."""

    at: datetime
    said: str = ""
    is_provisional: bool = False


@csrf_exempt
@told_as_problems
def lookup_by_name(request: HttpRequest) -> HttpResponse:
    """GET one name, or POST many."""
    if request.method in ("GET", "HEAD"):
        return _one(request)
    if request.method == "POST":
        return _many(request)
    raise Problem(405, "method_not_allowed", "Ask with GET or POST.", {"Allow": "GET, HEAD, POST"})


def _one(request: HttpRequest) -> HttpResponse:
    token_id = check_may_read(request.META.get("HTTP_AUTHORIZATION", ""))
    throttle.check(token_id, request)
    given = Parameters(request, ("name", "as_of"))
    name, when = given.raw("name"), _when(given)
    if not name.strip():
        raise invalid("name", "required", "Say which name: ?name=MQL.")
    matches = lookup.ready([name], at=when.at)[0]
    usage.note(token_id, [match.slug for match in matches])
    if not matches:
        raise _nobody_calls_it(name, when.at)
    etag = _etag(matches, when)
    headers = {"ETag": etag, **CACHING}
    if is_known(request.META.get("HTTP_IF_NONE_MATCH", ""), etag):
        return HttpResponse(status=304, headers=headers)
    return _json(f"{{{_answer(name, matches)}{when.said}}}", headers)


def _many(request: HttpRequest) -> HttpResponse:
    token_id = check_may_read(request.META.get("HTTP_AUTHORIZATION", ""))
    throttle.check(token_id, request)
    if request.content_type != "application/json":
        raise not_json()
    when = _when(Parameters(request, ("as_of",)))
    names = fields_of(read_body(request).data, NamesAsked).names
    found = lookup.ready(names, at=when.at)
    usage.note(token_id, [match.slug for matches in found for match in matches])
    results = ",".join(f"{{{_answer(name, matches)}}}" for name, matches in zip(names, found, strict=True))
    return _json(f'{{"results":[{results}]{when.said}}}', CACHING)


def _when(given: Parameters) -> When:
    now = timezone.now()
    at = given.instant("as_of")
    if at is None:
        return When(now)
    is_ahead = at > now
    return When(at, f',"as_of":"{iso(at)}","provisional":{json.dumps(is_ahead)}', is_ahead)


def _answer(name: str, matches: Sequence[Ready]) -> str:
    """The inside of one answer: the stored bodies as they are, each with how it was met."""
    bodies = ",".join(f'{match.body[:-1]},"matched_on":"{match.matched_on}"}}' for match in matches)
    return f'"query":{json.dumps(name, ensure_ascii=False)},"matches":[{bodies}]'


def _etag(matches: Sequence[Ready], when: When) -> str:
    """The version's own tag, or one made of several; what lies ahead has another, since it may still change."""
    tags = [match.etag for match in matches]
    one = tags[0] if len(tags) == 1 else f'"{hashlib.sha256("".join(tags).encode()).hexdigest()[:32]}"'
    return f'{one[:-1]}-p"' if when.is_provisional else one


def _json(text: str, headers: dict[str, str]) -> HttpResponse:
    body = text.encode()
    return HttpResponse(body, content_type="application/json", headers={**headers, "Content-Length": str(len(body))})


def _nobody_calls_it(name: str, at: datetime) -> Refusal:
    near = [{"slug": slug, "name": known, "url": f"/terms/{slug}/"} for slug, known in lookup.suggestions(name, at=at)]
    return Refusal("not_found", f"No agreed word is called “{name[:120]}”.", query=name, suggestions=near)
