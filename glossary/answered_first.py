"""Middleware that answers what tools and probes ask all day, before anything is set up that only people need.

It stands before all other middleware and does for its few paths what they would have done, worked out once: the
security headers and the request id. A line in the log costs as much as half a lookup, so good answers have none; tools'
look-ups are counted instead. Whatever is out of the ordinary goes the long way, through every middleware.
"""

import re
import time
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.module_loading import import_string

from glossary.request_log import REQUEST_ID, log_outcome, request_id_of

Answer = Callable[[HttpRequest], HttpResponse]


@cache
def _view_of(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


class AnsweredFirst:
    """Calls the view of a path in `ANSWERED_FIRST` at once; every other request goes on.

    So does one that has to be sent to TLS first, and one whose view failed: it changed nothing, and is asked again
    where failures are logged and told.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.paths = frozenset(settings.ANSWERED_FIRST)
        self.only_over_tls = frozenset(path for path in self.paths if _is_sent_to_tls(path))
        self.headers = ResponseHeaders(_security_headers())._store

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path not in self.paths or (path in self.only_over_tls and not request.is_secure()):
            return self.get_response(request)
        match = _view_of(path)
        if match is None:
            return self.get_response(request)
        began, request.resolver_match = time.monotonic(), match
        try:
            response: HttpResponse = match.func(request)
        except Exception:
            return self.get_response(request)
        if response.status_code != 304:  # whoever has the answer already has what came with it
            self._complete(request, response, began)
        return response

    def _complete(self, request: HttpRequest, response: HttpResponse, began: float) -> None:
        request_id = request_id_of(request)
        response.headers[REQUEST_ID] = request_id
        response.headers.setdefault("Content-Length", str(len(response.content)))  # else the server sends it in chunks
        response.headers._store |= self.headers  # set one by one they cost a tenth of the answer
        if response.status_code >= 400 or settings.GLOSSARY_LOG_LOOKUPS:
            log_outcome(request, response, began, request_id=request_id)


def _is_sent_to_tls(path: str) -> bool:
    exempt = any(re.search(pattern, path.lstrip("/")) for pattern in settings.SECURE_REDIRECT_EXEMPT)
    return settings.SECURE_SSL_REDIRECT and not exempt


def _security_headers() -> dict[str, str]:
    """What the middleware in `SECURITY_MIDDLEWARE` puts on every answer, asked of it with one over TLS."""
    answer: Answer = lambda request: HttpResponse()  # noqa: E731
    for path in reversed(settings.SECURITY_MIDDLEWARE):
        answer = import_string(path)(answer)
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "wsgi.input": BytesIO()}
    headers = dict(answer(WSGIRequest(environ)).headers)
    del headers["Content-Type"]
    return headers
