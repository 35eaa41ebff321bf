"""Refusals as other tools read them: problem details (RFC 9457) with our stable `code` and the errors by field."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from glossary.api import throttle
from glossary.domain.refusals import Refusal

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
WRONG_METHOD = "This address does not take this method. The header Allow names those it takes."
TOO_LARGE = Refusal("too_large", "This request is larger than the registry takes.")


class Problem(Exception):
    """What HTTP itself has a status for and the registry no code: a wrong method or media type."""

    def __init__(self, status: int, code: str, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.headers = headers or {}


def document(problem: Refusal | Problem) -> dict[str, Any]:
    """The body of an answer that refuses."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.sentence,
    }
    if isinstance(problem, Refusal):
        body |= problem.details
        if problem.errors:
            body["errors"] = list(problem.errors)
    return body


def headers(problem: Refusal | Problem) -> dict[str, str]:
    """What goes with the body: how to authenticate, when to try again and how often, which methods there are."""
    if isinstance(problem, Problem):
        return problem.headers
    if problem.code == "unauthenticated":
        return {"WWW-Authenticate": "Bearer"}
    if problem.code == "rate_limited":
        return throttle.told(problem)
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if problem.code == "busy" else {}


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The framework's exception handler: whatever is raised in a view becomes a problem, except a fault of ours."""
    problem = problem_of(error)
    if problem is None:
        return None
    return Response(document(problem), problem.status, headers=headers(problem), content_type=MEDIA_TYPE)


def problem_of(error: Exception) -> Refusal | Problem | None:
    """The refusal that says in our words what was raised; None for what nobody foresaw."""
    if isinstance(error, Refusal | Problem):
        return error
    return next((told(error) for kind, told in _TOLD.items() if isinstance(error, kind)), None)


def _busy(error: Any) -> Refusal | None:
    """Only a lock that was not to be had; any other failure of the database is a fault."""
    if "locked" not in str(error) and "lock timeout" not in str(error):
        return None
    return Refusal("busy", "Others are writing right now. Please try again in a moment.")


_TOLD: dict[type[Exception], Callable[[Any], Refusal | Problem | None]] = {
    exceptions.NotAuthenticated: lambda _: Refusal("unauthenticated", "Please sign in, or send a token."),
    exceptions.AuthenticationFailed: lambda _: Refusal("unauthenticated", "This token is not valid."),
    exceptions.MethodNotAllowed: lambda _: Problem(405, "method_not_allowed", WRONG_METHOD),
    exceptions.UnsupportedMediaType: lambda _: not_json(),
    exceptions.NotAcceptable: lambda _: Problem(406, "not_acceptable", "Answers come as application/json."),
    exceptions.ParseError: lambda _: Refusal("invalid", "The body cannot be read."),
    exceptions.PermissionDenied: lambda error: Refusal("not_permitted", f"{error.detail}"),
    exceptions.NotFound: lambda _: nothing_here(),
    Http404: lambda _: nothing_here(),
    PermissionDenied: lambda _: Refusal("not_permitted", "You may not do this."),
    RequestDataTooBig: lambda _: TOO_LARGE,
    SuspiciousOperation: lambda _: Refusal("invalid", "The request cannot be read."),
    OperationalError: _busy,
}


def not_json() -> Problem:
    return Problem(415, "unsupported_media_type", "Send JSON, with the header Content-Type: application/json.")


def nothing_here() -> Refusal:
    return Refusal("not_found", "There is nothing at this address. Lists and items end in a slash, actions do not.")


def invalid(path: str, code: str, message: str) -> Refusal:
    """One thing wrong with one field or parameter."""
    return Refusal("invalid", f"{path}: {message}", errors=[{"path": path, "code": code, "message": message}])


def as_response(problem: Refusal | Problem) -> HttpResponse:
    """The same answer where the framework does not take part."""
    body = json.dumps(document(problem), ensure_ascii=False)
    told = {**headers(problem), "Cache-Control": "no-store"}
    return HttpResponse(body, status=problem.status, content_type=MEDIA_TYPE, headers=told)


def told_as_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Makes what a plain view raises a problem, as `handler` does for the others."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            return as_response(problem)

    return answer


@csrf_exempt
@told_as_problems
def no_such_address(request: HttpRequest) -> HttpResponse:
    """What is left over under the API's prefix."""
    raise nothing_here()
