"""What is answered where no view can: no such address, too much or too often, a busy database, a fault of our own."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from glossary.domain.refusals import Refusal
from glossary.portal.pages import nearest
from glossary.templatetags.edges import what_happened, what_now

Answer = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])
RETRY_AFTER = "1"  # seconds
ONE_MINUTE = "60"


class BodyLimit:
    """Middleware: refuses a body before a byte of it is parsed.

    One over `GLOSSARY_MAX_UPLOAD` at once, one over `GLOSSARY_MAX_BODY` unless its view `takes_records`.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _over(request, settings.GLOSSARY_MAX_UPLOAD) or self.get_response(request)

    def process_view(self, request: HttpRequest, view: Answer, *_: object) -> HttpResponse | None:
        return None if getattr(view, "takes_records", False) else _over(request, settings.GLOSSARY_MAX_BODY)


def takes_records(view: View) -> View:
    """Marks a view that is sent records, or a file of them."""
    view.takes_records = True  # type: ignore[attr-defined]
    return view


def _over(request: HttpRequest, most: int) -> HttpResponse | None:
    if _length(request) <= most:
        return None
    sentence = f"This is too much at once: a request holds at most {most // 1024} KB here."
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


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The handler of an address that nothing answers, with the words it may have meant."""
    if _is_for_a_tool(request):
        return _problem(404, "There is nothing at this address.", code="not_found")
    last = request.path_info.rstrip("/").rpartition("/")[2]
    return render(request, "404.html", {"near": nearest(request, last)}, status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """The handler of sign-in pages that were tried too often; all their limits are by the minute."""
    answer = render(request, "429.html", {"wait": "a minute"}, status=429)
    answer.headers["Retry-After"] = ONE_MINUTE
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not prove where it came from: nothing is done, and the page says how to send it again."""
    return render(request, "403_csrf.html", {"no_cookie": reason == REASON_NO_CSRF_COOKIE}, status=403)


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
    told = {"happened": what_happened(refusal.code), "sentence": refusal.sentence, "now": what_now(refusal.code)}
    return HttpResponse(render_to_string("fault.html", told), status=refusal.status)


def _problem(status: int, sentence: str, **more: str) -> HttpResponse:
    """A problem as of RFC 9457, for when the API itself is not reached."""
    problem = {"type": "about:blank", "status": status, "detail": sentence} | more
    return JsonResponse(problem, status=status, content_type="application/problem+json")
