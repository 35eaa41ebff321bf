"""Taking messages up and putting them down again: several workers side by side, none with the same one at a time.

A message is taken by one short transaction, which locks its row (on PostgreSQL passing by those that others are
taking; SQLite has one writer anyway), and is then this worker's until its lease ends.
"""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from glossary.models import Channel, Delivery, Endpoint, Message
from glossary.outbox.kinds import TEST

_UNDER_WAY = Q(state=Delivery.SENDING)
WORKER_ENDED = "The worker ended while it was delivering."


def due(at: datetime) -> QuerySet[Message]:
    """What can be delivered at `at`, in order: nothing before an earlier message of its stream that is due, or failed.

    A message that only waits for a better hour holds no other one up. To an endpoint that is paused, or rests after a
    failure, nothing goes but what the test button sends. What is left for one that has been removed is taken up, so
    that it ends and does not wait for ever.
    """
    held_up_by = _UNDER_WAY | Q(state=Delivery.WAITING) & (Q(attempts__gt=0) | Q(next_at__lte=at))
    earlier = Message.objects.filter(held_up_by, stream=OuterRef("stream"), sequence__lt=OuterRef("sequence"))
    silent = Q(paused_at__isnull=False) | Q(rests_until__gt=at)
    silent_endpoint = Endpoint.objects.active().filter(silent, pk=OuterRef("endpoint"))
    waiting = Message.objects.filter(state=Delivery.WAITING, next_at__lte=at)
    reachable = Q(kind=TEST) | ~Exists(silent_endpoint)
    return waiting.exclude(Exists(earlier)).filter(reachable).order_by("next_at", "sequence")


def claim(at: datetime) -> Message | None:
    """Take the next message that is due, with a lease; None when there is none."""
    if not due(at).exists():
        return None
    with transaction.atomic():
        message = due(at).select_for_update(skip_locked=True).first()
        return _lease([message], at)[0] if message else None


def claim_with(message: Message, others: Iterable[Message], at: datetime) -> list[Message]:
    """Take these too, to be delivered together with a message held already: those nobody else has taken meanwhile.

    None is taken past an earlier one of its stream that somebody else is delivering.
    """
    wanted = {other.pk for other in others}
    with transaction.atomic():
        rows = Message.objects.filter(person=message.person, channel=message.channel).exclude(pk=message.pk)
        busy: set[str] = set()
        taken: list[Message] = []
        active = rows.filter(state__in=[Delivery.WAITING, Delivery.SENDING]).order_by("sequence", "pk")
        for row in active.select_for_update():
            if row.pk in wanted and row.state == Delivery.WAITING and row.stream not in busy:
                taken.append(row)
            else:
                busy.add(row.stream)
        return _lease(taken, at)


def _lease(messages: list[Message], at: datetime) -> list[Message]:
    for message in messages:
        message.state, message.attempts = Delivery.SENDING, message.attempts + 1
        message.lease_until = at + timedelta(seconds=settings.GLOSSARY_DELIVERY_LEASE_SECONDS)
        message.save(update_fields=["state", "attempts", "lease_until"])
    return messages


def _put_down(message: Message, **changes: object) -> bool:
    """Write what became of a message, unless another worker has taken it over since; whether it was still ours."""
    ours = Message.objects.filter(pk=message.pk, state=Delivery.SENDING, lease_until=message.lease_until)
    return bool(ours.update(lease_until=None, **changes))


def done(message: Message, at: datetime) -> None:
    """It was delivered."""
    _put_down(message, state=Delivery.SENT, done_at=at, error="")


def silence(message: Message, at: datetime) -> None:
    """Its recipient does not want it."""
    _put_down(message, state=Delivery.SILENCED, done_at=at, error="")


def postpone(message: Message, until: datetime) -> None:
    """Its recipient wants it later; this was no attempt."""
    _put_down(message, state=Delivery.WAITING, next_at=until, attempts=message.attempts - 1)


def failed(
    message: Message, reason: str, at: datetime, *, for_good: bool = False, stay_away: timedelta | None = None
) -> None:
    """Try again later, each time after about twice as long, and not before `stay_away` is over.

    After the last attempt it is given up, for all to see.
    """
    if for_good or message.attempts >= settings.GLOSSARY_DELIVERY_ATTEMPTS:
        _put_down(message, state=Delivery.GIVEN_UP, done_at=at, error=reason)
    else:
        wait = pause_after(message.attempts, stay_away)
        _put_down(message, state=Delivery.WAITING, next_at=at + wait, error=reason)


def pause_after(attempts: int, stay_away: timedelta | None = None) -> timedelta:
    """How long to wait after so many failures: doubled each time, never the same for two messages, and never less
    than the other side asked for.
    """
    doubled = settings.GLOSSARY_RETRY_SECONDS * 2.0 ** min(attempts - 1, 30)
    seconds = min(doubled, settings.GLOSSARY_LONGEST_RETRY_SECONDS)
    return max(timedelta(seconds=seconds * random.uniform(0.5, 1.5)), stay_away or timedelta(0))


def take_up_what_was_left(at: datetime) -> int:
    """Messages whose worker ended before it put them down wait again, or are given up after the last attempt.

    How many. A copy may have arrived: it has the same id.
    """
    left = Message.objects.filter(state=Delivery.SENDING, lease_until__lte=at)
    if not left.exists():
        return 0
    spent = left.filter(attempts__gte=settings.GLOSSARY_DELIVERY_ATTEMPTS)
    given_up = spent.update(state=Delivery.GIVEN_UP, done_at=at, lease_until=None, error=WORKER_ENDED)
    return given_up + left.update(state=Delivery.WAITING, next_at=at, lease_until=None, error=WORKER_ENDED)


def is_back(person: User, at: datetime) -> None:
    """Look again at what waits for a better hour of this person, who is here again. What failed keeps its pause."""
    Message.objects.filter(person=person, state=Delivery.WAITING, attempts=0, next_at__gt=at).update(next_at=at)


def is_open_again(endpoint: Endpoint) -> None:
    """Try now what waits for this endpoint, oldest first, and what failed before too: whoever resumes it mended it."""
    Message.objects.filter(endpoint=endpoint, state=Delivery.WAITING).update(next_at=F("written_at"))


def deliver_again(messages: QuerySet[Message], at: datetime) -> int:
    """Put messages that are over back to waiting, under the same ids; how many. Those under way are left alone."""
    over = messages.exclude(channel=Channel.IN_APP)  # which needs nobody to deliver it
    over = over.filter(state__in=[Delivery.SENT, Delivery.GIVEN_UP, Delivery.SILENCED])
    return over.update(state=Delivery.WAITING, next_at=at, attempts=0, done_at=None, error="")
