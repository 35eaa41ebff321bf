"""Takes every format along from the database at DATABASE_URL, each in a process of its own, and says what it cost.

`python -m tests.exchange.taking KEY DOOR …` prints a `Cost` for each door and format, as JSON. KEY may read.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import django

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils import timezone  # noqa: E402

from glossary import lookup  # noqa: E402
from glossary.exchange.formats import FORMATS  # noqa: E402

application = cache(get_wsgi_application)


class Cost(NamedTuple):
    """The most memory that the process had, in KiB, how much was sent, and when the first of it came."""

    peak: int
    size: int
    first_ms: int


def over_http(form: str, key: str) -> Iterable[bytes]:
    """The whole application, with all that stands before a view."""
    request = RequestFactory().get(f"/api/v1/export?format={form}", headers={"Authorization": f"Bearer {key}"})
    answered: list[str] = []
    pieces = application()(request.environ, lambda status, headers, info=None: answered.append(status))
    assert answered == ["200 OK"], answered
    return pieces


def by_command(form: str, key: str) -> Iterable[bytes]:
    """What `manage.py export_vocabulary` writes."""
    return lookup.exported(FORMATS[form], at=timezone.now())


DOORS: dict[str, Callable[[str, str], Iterable[bytes]]] = {"http": over_http, "command": by_command}


def cost(door: str, form: str, key: str) -> Cost:
    """Of one export, in a child that begins with what is the same for all."""
    mine, its = os.pipe()
    if child := os.fork():
        os.close(its)
        with os.fdopen(mine) as said:
            told = said.read()
        assert os.waitpid(child, 0)[1] == 0, f"{form} was not exported"
        return Cost(*json.loads(told))
    clock, first, size = time.monotonic(), 0.0, 0
    for piece in DOORS[door](form, key):
        first = first or time.monotonic() - clock
        size += len(piece)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    os.write(its, json.dumps(Cost(peak, size, round(first * 1000))).encode())
    os._exit(0)


def main() -> None:
    key, *doors = sys.argv[1:]
    for door in doors:
        next(iter(DOORS[door]("json", key)))  # whatever is read in at the first request
    connections.close_all()
    print(json.dumps({f"{door} {form}": cost(door, form, key) for door in doors for form in FORMATS}))


if __name__ == "__main__":
    main()
