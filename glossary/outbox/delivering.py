"""One message on its way: how each channel delivers it, and what becomes of it. No channel raises past this module."""

import time
from datetime import datetime

import structlog
from django.utils import timezone

from glossary.models import Attempt, Channel, Message
from glossary.outbox import chat, claiming, mailing, webhooks
from glossary.outbox.results import Delivered, NotDelivered, NotNow

LONGEST_OUTCOME = 200

log = structlog.get_logger("accord.outbox")


def deliver_next(at: datetime | None = None) -> bool:
    """Deliver the next message that is due, whatever comes of it; whether there was one."""
    message = claiming.claim(at or timezone.now())
    if message is None:
        return False
    deliver(message)
    return True


def deliver(message: Message) -> None:
    """Deliver a message that this worker holds, and write down what became of it."""
    at, clock = timezone.now(), time.monotonic()
    try:
        result = _send(message, at)
    except NotDelivered as failure:
        _log(message, at, clock, failure.reason, failure.answer)
        reason, when = failure.reason[:LONGEST_OUTCOME], timezone.now()
        claiming.failed(message, reason, when, for_good=failure.for_good, stay_away=failure.stay_away)
        return
    except Exception as error:  # a fault of ours stops one message, never the worker
        log.exception("message not delivered", message=str(message.pk), kind=message.kind)
        reason = f"A fault of the registry itself: {type(error).__qualname__}."
        _log(message, at, clock, reason, None)
        claiming.failed(message, reason, timezone.now())
        return
    if isinstance(result, Delivered):
        _log(message, at, clock, result.outcome, result.answer)
        claiming.done(message, timezone.now())
    elif result.until is None:
        claiming.silence(message, at)
    else:
        claiming.postpone(message, result.until)


def _send(message: Message, at: datetime) -> Delivered | NotNow:
    if message.channel == Channel.MAIL:
        return mailing.send(message, at)
    if message.channel == Channel.WEBHOOK:
        return webhooks.send(message, at)
    if message.channel == Channel.CHAT:
        return chat.send(message, at)
    raise NotDelivered("Nothing here delivers this kind of message.", for_good=True)


def _log(message: Message, at: datetime, clock: float, outcome: str, answer: int | None) -> None:
    took = int((time.monotonic() - clock) * 1000)
    Attempt.objects.create(message=message, at=at, took_ms=took, answer=answer, outcome=outcome[:LONGEST_OUTCOME])
