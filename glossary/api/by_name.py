"""What does this name mean? Asked most, so answered from ready text, without the framework and its session."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from json.encoder import encode_basestring as _quoted
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from glossary import lookup, usage
from glossary.api import throttle
from glossary.api.conditional import KEPT_BY, is_known
from glossary.api.inputs import NamesAsked, Parameters, alone, fields_of, read_body
from glossary.api.problems import Problem, invalid, not_json, told_as_problems
from glossary.api.tokens import digest_in, reading_token
from glossary.domain.refusals import Refusal
from glossary.lookup import Asker, Ready
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
    digest = digest_in(request.META.get("HTTP_AUTHORIZATION", ""))
    now = timezone.now()
    try:
        name, when = _question(request, now)
    except Refusal:
        admitted(request, digest, now)  # who may not ask at all is told that
        raise
    asker, (matches,) = lookup.ready_for(digest, [name], at=when.at, now=now)
    token_id = checked(request, digest, asker)
    usage.note(token_id, [match.slug for match in matches])
    if not matches:
        raise _nobody_calls_it(name, when.at)
    etag = _etag(matches, when)
    headers = {"ETag": etag, **CACHING}
    if is_known(request.META.get("HTTP_IF_NONE_MATCH", ""), etag):
        return _not_modified(headers)
    return _json(f"{{{_answer(name, matches)}{when.said}}}", headers)


def _many(request: HttpRequest) -> HttpResponse:
    digest, now = digest_in(request.META.get("HTTP_AUTHORIZATION", "")), timezone.now()
    token_id = admitted(request, digest, now)  # before a long body is read
    if request.content_type != "application/json":
        raise not_json()
    when = _when(Parameters(request, ("as_of",)), now)
    names = fields_of(read_body(request, settings.GLOSSARY_MAX_BODY).data, NamesAsked).names
    found = lookup.ready(names, at=when.at)
    usage.note(token_id, [match.slug for matches in found for match in matches])
    results = ",".join([f"{{{_answer(name, matches)}}}" for name, matches in zip(names, found, strict=True)])
    return _json(f'{{"results":[{results}]{when.said}}}', CACHING)


def admitted(request: HttpRequest, digest: str, now: datetime) -> int | None:
    """The token that asks, checked in a query of its own."""
    asker = lookup.ready_for(digest, [], at=now, now=now)[0] if digest else None
    return checked(request, digest, asker)


def checked(request: HttpRequest, digest: str, asker: Asker | None) -> int | None:
    """The token that asks, which was looked for together with the answer: it may read, and has not asked too often."""
    token_id = reading_token(digest, asker)
    throttle.check(token_id, request)
    return token_id


def _question(request: HttpRequest, now: datetime) -> tuple[str, When]:
    """The name, and the instant it is asked about."""
    if (only := alone(request, "name")) is not None:
        name, when = only, When(now)
    else:
        given = Parameters(request, ("name", "as_of"))
        name, when = given.raw("name"), _when(given, now)
    if not name.strip():
        raise invalid("name", "required", "Say which name: ?name=MQL.")
    return name, when


def _when(given: Parameters, now: datetime) -> When:
    at = given.instant("as_of")
    if at is None:
        return When(now)
    is_ahead = at > now
    return When(at, f',"as_of":"{iso(at)}","provisional":{json.dumps(is_ahead)}', is_ahead)


def _answer(name: str, matches: Sequence[Ready]) -> str:
    """The inside of one answer: the stored bodies as they are, each with how it was met."""
    bodies = ",".join([f'{match.body[:-1]},"matched_on":"{match.matched_on}"}}' for match in matches])
    return f'"query":{_quoted(name)},"matches":[{bodies}]'


def _etag(matches: Sequence[Ready], when: When) -> str:
    """The version's own tag, or one made of several; what lies ahead has another, since it may still change."""
    tags = [match.etag for match in matches]
    one = tags[0] if len(tags) == 1 else f'"{hashlib.sha256("".join(tags).encode()).hexdigest()[:32]}"'
    return f'{one[:-1]}-p"' if when.is_provisional else one


def _json(text: str, headers: dict[str, str]) -> HttpResponse:
    body = text.encode()
    return HttpResponse(body, content_type="application/json", headers={**headers, "Content-Length": str(len(body))})


def _not_modified(headers: dict[str, str]) -> HttpResponse:
    response = HttpResponse(status=304, headers=headers)
    del response.headers["Content-Type"]  # of a body that is not sent
    return response


def _nobody_calls_it(name: str, at: datetime) -> Refusal:
    near = [{"slug": slug, "name": known, "url": f"/terms/{slug}/"} for slug, known in lookup.suggestions(name, at=at)]
    return Refusal("not_found", f"No agreed word is called “{name[:120]}”.", query=name, suggestions=near)
