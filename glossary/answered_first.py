"""Answers what tools and probes ask all day, before anything is set up that only people need.

It stands in front of Django's own application and does for its few paths what that and the middleware would have done,
worked out once: the security headers and the request id. Django's signals at the beginning and the end of a request,
which look after connections, cost as much as the query; here a lost connection is met where it is used. A line in the
log costs as much as half a lookup, so good answers have none; tools' look-ups are counted instead. Whatever is out of
the ordinary goes the long way, through all of Django.
"""

import re
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from django.utils.module_loading import import_string

from glossary.request_log import REQUEST_ID, log_outcome, request_id_of

Answer = Callable[[HttpRequest], HttpResponse]


class AnsweredFirst:
    """The WSGI application (PEP 3333): calls the view of a path in `ANSWERED_FIRST` at once, else Django.

    Django is also called for a request that has to be sent to TLS first, and for one whose view failed: it changed
    nothing, and is asked again where failures are logged and told.
    """

    def __init__(self, django: WSGIHandler) -> None:
        self.django = django
        self.matches = {path: resolve(path) for path in settings.ANSWERED_FIRST}
        self.only_over_tls = {path for path in self.matches if _is_sent_to_tls(path)}
        self.headers = _security_headers()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        match = self.matches.get(environ["PATH_INFO"])
        if match is None:
            return self.django(environ, start_response)
        began, request = time.monotonic(), WSGIRequest(environ)
        if environ["PATH_INFO"] in self.only_over_tls and not request.is_secure():
            return self.django(environ, start_response)
        request.resolver_match = match
        try:
            response: HttpResponse = match.func(request)
        except Exception:
            return self._the_long_way(request, environ, start_response)
        start_response(*self._head(request, response, match, began))
        return [response.content]

    def _the_long_way(
        self, request: WSGIRequest, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Ask again with what was already read of the body."""
        if hasattr(request, "_body"):
            environ["wsgi.input"] = BytesIO(request.body)
        return self.django(environ, start_response)

    def _head(
        self, request: WSGIRequest, response: HttpResponse, match: ResolverMatch, began: float
    ) -> tuple[str, list[tuple[str, str]]]:
        """The status line and the headers; a 304 has only its own, whoever has the answer has the others."""
        status = response.status_code
        headers = dict(response.items())
        if status != 304:
            request_id = request_id_of(request)
            headers.setdefault("Content-Length", str(len(response.content)))  # else the server sends it in chunks
            headers |= self.headers
            headers[REQUEST_ID] = request_id
            if status >= 400 or settings.GLOSSARY_LOG_LOOKUPS:
                log_outcome(request, response, began, request_id=request_id)
        return f"{status} {response.reason_phrase}", list(headers.items())


def _is_sent_to_tls(path: str) -> bool:
    exempt = any(re.search(pattern, path.lstrip("/")) for pattern in settings.SECURE_REDIRECT_EXEMPT)
    return settings.SECURE_SSL_REDIRECT and not exempt


def _security_headers() -> dict[str, str]:
    """What the middleware in `SECURITY_MIDDLEWARE` puts on every answer, asked of it with one over TLS."""
    answer: Answer = lambda request: HttpResponse()  # noqa: E731
    for path in reversed(settings.SECURITY_MIDDLEWARE):
        answer = import_string(path)(answer)
    environ: WSGIEnvironment = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "wsgi.input": BytesIO()}
    headers = dict(answer(WSGIRequest(environ)).items())
    del headers["Content-Type"]
    return headers
