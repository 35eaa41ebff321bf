"""One line of JSON per request: which route, by whom (an id), how it went, how long it took.

Written down are routes, never addresses (a password reset carries its key there), ids, never names, and of an
exception its class and place, never its message (a database quotes whole rows in it).
"""

import logging.config
import re
import secrets
import time
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty
from structlog.typing import EventDict, Processor, WrappedLogger

REQUEST_ID = "X-Request-ID"
_ACCEPTABLE_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_QUIET = {"/healthz", "/readyz"}

log = structlog.get_logger("accord.request")

Answer = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """Middleware: gives every request an id, tells it to the caller, and logs the outcome."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        request_id = request_id_of(request)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            log_outcome(request, response, began)
        response.headers[REQUEST_ID] = request_id
        return response


def log_outcome(request: HttpRequest, response: HttpResponse, began: float, **more: str) -> None:
    """The line of one request that began at that instant of the monotonic clock; probes have one only when red."""
    if request.path_info not in _QUIET or response.status_code >= 400:
        log.log(_level(response.status_code), "request", **_outcome(request, response, began), **more)


def request_id_of(request: HttpRequest) -> str:
    """The id a proxy gave the request, when it looks like one; else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if _ACCEPTABLE_ID.fullmatch(given) else secrets.token_hex(16)


def _level(status: int) -> int:
    return logging.ERROR if status >= 500 else logging.INFO


def _outcome(request: HttpRequest, response: HttpResponse, began: float) -> dict[str, Any]:
    return {
        "method": request.method,
        "route": _route(request),
        "status": response.status_code,
        "ms": round((time.monotonic() - began) * 1000, 1),
        "user_id": _user_id(request),
    }


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.route if match else "(no such page)"


def _user_id(request: HttpRequest) -> int | None:
    """The person the view asked for; where nobody asked, neither does the log (it would cost two queries)."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject) and user.__dict__["_wrapped"] is empty:
        return None
    return getattr(user, "pk", None)


def without_messages(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace an exception by its class and the places it came through; its message may quote what people wrote."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = type(error).__qualname__
        event["at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
    return event


def without_addresses(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Django's own lines about a request name its address; keep only the status, beside our route."""
    record = event.get("_record")
    if record is not None and record.name.startswith(("django.request", "django.security")):
        event["event"] = f"{record.name} {getattr(record, 'status_code', '')}".strip()
    return event


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything as lines of JSON on stderr, from `level` on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    as_json = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder(allow=set())],
        "processors": [
            without_addresses,
            without_messages,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": as_json},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
