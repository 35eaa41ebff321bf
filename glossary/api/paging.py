"""Pages of a list by cursor over a unique key: nothing is left out or shown twice while rows are added."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework.request import Request

from glossary.api.inputs import Parameters

PARAMETERS = ("cursor", "limit")
USUAL = 50


def page(
    request: Request,
    given: Parameters,
    rows: "QuerySet[Any]",
    output: Callable[[Sequence[Any]], list[Any]],
    *,
    key: str = "pk",
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page of the rows by `key` (unique): `{"results", "next"}`, where `next` is the path of the next page or null.

    `output` turns the rows of the page into what is sent.
    """
    limit = given.number("limit", USUAL, least=1, most=settings.GLOSSARY_MAX_PAGE)
    cursor = given.number("cursor", 0)
    if cursor:
        rows = rows.filter(**{f"{key}__lt" if newest_first else f"{key}__gt": cursor})
    found = list(rows.order_by(f"-{key}" if newest_first else key)[: limit + 1])
    shown = found[:limit]
    has_more = len(found) > limit
    return {"results": output(shown), "next": _path(request, getattr(shown[-1], key)) if has_more else None}


def _path(request: Request, cursor: int) -> str:
    query = request.GET.copy()
    query["cursor"] = str(cursor)
    return f"{request.path}?{query.urlencode()}"
