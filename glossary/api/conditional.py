"""Conditional requests (RFC 9110, section 13): do not send again what is known, do not overwrite what is not."""

import re

from rest_framework.response import Response
from rest_framework.views import APIView

from glossary.domain.refusals import Refusal

_TAG = re.compile(r'(?:W/)?"[^"]*"')
NEVER = -1  # no change counter is ever this


KEPT_BY = "private, no-cache"  # kept by the caller alone, and only after asking whether it still holds
CACHING = {"Cache-Control": KEPT_BY, "Vary": "Authorization, Cookie, Accept"}


class Revalidated(APIView):
    """A view whose answers depend on who asks, and are in no cache that several share.

    A browser that asks by OPTIONS whether the page of another site may send a request is told no, here as in the views
    outside the framework.
    """

    http_method_names = ["get", "head", "post", "patch"]

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, **CACHING}


def tags(header: str) -> list[str]:
    """The entity tags of an If-Match or If-None-Match header, without the mark for weak ones."""
    return [tag.removeprefix("W/") for tag in _TAG.findall(header)]


def is_known(header: str, etag: str) -> bool:
    """Whether an If-None-Match header names this tag."""
    return header == etag or header.strip() == "*" or etag in tags(header)


def seen_counter(header: str | None) -> int | None:
    """The change counter that an If-Match header names; None for `*`, which matches whatever is there.

    A tag that is none of ours never matches. Raises `Refusal("precondition_required")` without a header.
    """
    if header is None:
        raise Refusal(
            "precondition_required",
            "Send If-Match with the ETag of the suggestion as you read it, so that nobody's work is overwritten.",
        )
    if header.strip() == "*":
        return None
    counters = [int(tag[1:-1]) for tag in tags(header) if re.fullmatch('"[0-9]{1,16}"', tag)]
    return max(counters, default=NEVER)


def answered(data: object, etag: str, header: str | None) -> Response:
    """The answer with its tag, or 304 when the caller has it already."""
    if is_known(header or "", etag):
        return Response(status=304, headers={"ETag": etag})
    return Response(data, headers={"ETag": etag})
