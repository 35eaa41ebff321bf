"""What is answered where no view can: a body too large to read, a database that is busy, a fault of our own."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from glossary.domain.refusals import Refusal

Answer = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER = "1"  # seconds


class BodyLimit:
    """Middleware: refuses a body over `GLOSSARY_MAX_BODY` before a byte of it is parsed."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) <= settings.GLOSSARY_MAX_BODY:
            return self.get_response(request)
        sentence = f"This is too much at once: a request holds at most {settings.GLOSSARY_MAX_BODY // 1024} KB."
        return _refused(request, Refusal("too_large", sentence))


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler of what no view caught: 503 where waiting helps, else 500; JSON for tools, a page for people."""
    if _is_busy(sys.exc_info()[1]):
        response = _refused(request, Refusal("busy", "Others are writing right now. Please try again in a moment."))
        response.headers["Retry-After"] = RETRY_AFTER
        return response
    if _is_for_a_tool(request):
        return _problem(500, "Something went wrong on our side. Nothing was changed.")
    return defaults.server_error(request)


def _length(request: HttpRequest) -> int:
    written = request.META.get("CONTENT_LENGTH") or "0"
    return int(written) if written.isdigit() else 0


def _is_busy(error: BaseException | None) -> bool:
    """Whether the database gave up waiting for somebody else, in the words of either engine."""
    if not isinstance(error, OperationalError):
        return False
    return any(words in str(error) for words in ("database is locked", "lock timeout", "deadlock detected"))


def _is_for_a_tool(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if _is_for_a_tool(request):
        return _problem(refusal.status, refusal.sentence, code=refusal.code)
    return HttpResponse(render_to_string("fault.html", {"sentence": refusal.sentence}), status=refusal.status)


def _problem(status: int, sentence: str, **more: str) -> HttpResponse:
    """A problem as of RFC 9457, for when the API itself is not reached."""
    problem = {"type": "about:blank", "status": status, "detail": sentence} | more
    return JsonResponse(problem, status=status, content_type="application/problem+json")
