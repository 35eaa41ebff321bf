"""Which tool looks which word up, how often, when each token was last used, and what a person saw or read last.

A request only notes it in memory. A short thread writes what was noted in one transaction, some seconds after the first
note, and so does the end of the process. A process that is killed loses at most what it noted in those seconds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing.util import Finalize
from threading import Lock, Timer
from time import time
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error, connection, connections, transaction
from django.db.models import Q

from accounts.models import Token
from glossary.models import LastLook, Message, Term

SECONDS_A_DAY = 86_400
SECONDS_OF_A_LOOK = 1
AT_ONCE = 500  # rows of a query
EPOCH = date(1970, 1, 1).toordinal()

log = structlog.get_logger("accord.usage")


@dataclass
class Noted:
    """Look-ups by token and day since 1970, of each slug, and the instant at which each token was last used."""

    lookups: defaultdict[tuple[int, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    used: dict[int, float] = field(default_factory=dict)
    looks: dict[tuple[int, int], tuple[int, datetime]] = field(default_factory=dict)  # by person and term
    read: dict[UUID, datetime] = field(default_factory=dict)  # by message


_lock = Lock()
_noted = Noted()
_threads: dict[float, Timer] = {}  # those that will write, by the seconds until they do
_end: Finalize | None = None


def note(token_id: int | None, slugs: Iterable[str] = ()) -> None:
    """A token was used, and answered with these terms. What visitors look up is not counted."""
    if token_id is None or not settings.GLOSSARY_USAGE_SECONDS:
        return
    now = time()
    day = int(now // SECONDS_A_DAY)
    with _lock:
        _noted.used[token_id] = now
        counts = _noted.lookups[token_id, day]
        for slug in slugs:
            counts[slug] += 1
        _write_in(settings.GLOSSARY_USAGE_SECONDS)


def note_look(person_id: int, term_id: int, number: int, at: datetime) -> None:
    """A person has this version of a term before them. It is written soon: they may ask at once what else is new."""
    if settings.GLOSSARY_USAGE_SECONDS:
        with _lock:
            _noted.looks[person_id, term_id] = (number, at)
            _write_in(min(SECONDS_OF_A_LOOK, settings.GLOSSARY_USAGE_SECONDS))


def note_read(message_id: UUID, at: datetime) -> None:
    """A person has opened this message of their inbox. It is written as soon as a look is."""
    if settings.GLOSSARY_USAGE_SECONDS:
        with _lock:
            _noted.read.setdefault(message_id, at)
            _write_in(min(SECONDS_OF_A_LOOK, settings.GLOSSARY_USAGE_SECONDS))


def _write_in(seconds: float) -> None:
    """See to it that a thread writes then; the first time also that the end of this process does.

    Not `atexit`: a worker that the server forked leaves without it.
    """
    global _end
    _end = _end or Finalize(None, flush, exitpriority=10)
    if seconds not in _threads:
        _threads[seconds] = Timer(seconds, _flush_and_leave, [seconds])
        _threads[seconds].daemon = True
        _threads[seconds].start()


def _flush_and_leave(seconds: float) -> None:
    with _lock:
        _threads.pop(seconds, None)
    try:
        flush()
    finally:
        connections.close_all()


def flush() -> None:
    """Write what was noted; when the database is busy it is kept for the next time."""
    global _noted
    with _lock:
        taken, _noted = _noted, Noted()
    if not (taken.used or taken.looks or taken.read):
        return
    try:
        with transaction.atomic():
            _add_lookups(taken.lookups)
            _stamp_tokens(taken.used)
            _keep_looks(taken.looks)
            _mark_read(taken.read)
    except Error as error:
        _put_back(taken)
        with suppress(Exception):  # at the end of a process the log may be gone already
            log.warning("usage not written yet", exception=type(error).__qualname__)


def _put_back(taken: Noted) -> None:
    with _lock:
        for key, counts in taken.lookups.items():
            _noted.lookups[key].update(counts)
        _noted.used = taken.used | _noted.used
        _noted.looks = taken.looks | _noted.looks
        _noted.read = _noted.read | taken.read


_ADD = """
INSERT INTO glossary_lookupcount (token_id, term_id, day, count) VALUES (%s, %s, %s, %s)
ON CONFLICT (term_id, day, token_id) DO UPDATE SET count = glossary_lookupcount.count + excluded.count
"""


def _add_lookups(lookups: Mapping[tuple[int, int], Counter[str]]) -> None:
    """Added to what other processes wrote, in an order that keeps two of them from waiting for each other."""
    terms = _ids_of(sorted(set().union(*lookups.values())))
    rows = sorted(
        (terms[slug], date.fromordinal(EPOCH + day), token_id, count)
        for (token_id, day), counts in lookups.items()
        for slug, count in counts.items()
        if slug in terms
    )
    if not rows:
        return
    days = {day: connection.ops.adapt_datefield_value(day) for _, day, _, _ in rows}
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, [(token_id, term_id, days[day], count) for term_id, day, token_id, count in rows])


def _ids_of(slugs: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(slugs), AT_ONCE):
        found |= Term.objects.filter(slug__in=slugs[start : start + AT_ONCE]).values_list("slug", "pk")
    return found


def _keep_looks(looks: Mapping[tuple[int, int], tuple[int, datetime]]) -> None:
    LastLook.objects.keep((person, term, number, at) for (person, term), (number, at) in looks.items())


def _mark_read(read: Mapping[UUID, datetime]) -> None:
    for message_id, at in sorted(read.items()):
        Message.objects.filter(pk=message_id, read_at=None).update(read_at=at)


def _stamp_tokens(used: dict[int, float]) -> None:
    """Past the history of tokens: this says what a tool did, not what somebody changed about it."""
    for token_id, seconds in sorted(used.items()):
        at = datetime.fromtimestamp(seconds, UTC)
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=at)
        Token.objects.filter(earlier, pk=token_id).update(last_used_at=at)
