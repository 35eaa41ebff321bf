"""A signed criterion as SQL, for whoever runs it in a warehouse."""

import hashlib
import json
from collections.abc import Callable
from typing import TypeVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup
from glossary.api import judgements
from glossary.api.conditional import answered
from glossary.api.describing import answers
from glossary.api.inputs import Parameters
from glossary.api.lookup import Reading
from glossary.api.problems import invalid
from glossary.domain.criteria import DIALECTS, Period, Unreadable, Warehouse, columns_in
from glossary.rendering.instants import iso

PARAMETERS = ("dialect", "as_of", "version", "table", "columns", "from", "until")

Found = TypeVar("Found")


class CriterionAsSQL(Reading):
    @answers(
        "SQLOut",
        summary="A signed criterion as SQL",
        parameters=["dialect", "as_of", "version", "table", "columns", "from_day", "until"],
        is_conditional=True,
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        """As a condition, a verdict, a count and a model of dbt, with the answer that the registry itself gives."""
        given, now = Parameters(request, PARAMETERS), timezone.now()
        dialect, as_of = given.choice("dialect", tuple(DIALECTS)), given.instant("as_of")
        number = given.number("version", 0, least=1, most=10**9)
        period = Period(given.day("from"), given.day("until"))
        found = lookup.criterion_of(slug, key, at=as_of or now, now=now, number=number)
        written = _read("from", lambda: lookup.as_sql(found, _warehouse(given, found, dialect), period))
        then = {"as_of": iso(as_of), "provisional": as_of > now} if as_of else {}
        said = judgements.as_sql(found, written, dialect) | then
        return answered(said, _etag(said), request.META.get("HTTP_IF_NONE_MATCH"))


def _warehouse(given: Parameters, found: lookup.Runnable, dialect: str) -> Warehouse:
    fields, record = found.view.fields, found.view.key
    columns = _read("columns", lambda: columns_in(given.text("columns"), fields, record))
    table = given.text("table") or record
    _read("table", lambda: Warehouse(DIALECTS[dialect], table))
    return _read("columns", lambda: Warehouse(DIALECTS[dialect], table, columns))


def _read(parameter: str, act: Callable[[], Found]) -> Found:
    """What the act makes of a parameter, or the refusal that names it."""
    try:
        return act()
    except Unreadable as unreadable:
        raise invalid(parameter, "unreadable", unreadable.fault.message) from None


def _etag(said: object) -> str:
    return f'"{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]}"'
