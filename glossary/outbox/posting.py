"""One message to an endpoint of either format: what counts as delivered, and what becomes of an endpoint that fails."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from glossary.models import Endpoint, Message
from glossary.outbox import requesting, writing
from glossary.outbox.claiming import pause_after
from glossary.outbox.requesting import Answered
from glossary.outbox.results import Delivered, NotDelivered
from glossary.outbox.sealing import address_of

GONE = 410  # how an endpoint says that it never wants to hear from us again


def endpoint_of(message: Message) -> Endpoint | None:
    """Where the message goes, as it is now; None once that has been removed."""
    assert message.endpoint_id is not None
    return Endpoint.objects.active().filter(pk=message.endpoint_id).first()


def post(
    endpoint: Endpoint, body: str, headers: Mapping[str, str], at: datetime, gone: Collection[int] = (GONE,)
) -> Delivered:
    """POST the body to the address of this endpoint.

    Raises `NotDelivered` when the answer is anything but a plain success. The endpoint then rests, and is paused after
    repeated failure, or at once for one of the `gone` statuses.
    """
    try:
        status = _checked(requesting.post(address_of(endpoint), body=body.encode(), headers=headers))
    except NotDelivered as failure:
        note_failure(endpoint, at, is_gone=failure.answer in gone, stay_away=failure.stay_away)
        raise
    Endpoint.objects.filter(pk=endpoint.pk, failures__gt=0).update(failures=0, rests_until=None)
    return Delivered(f"Answered {status}.", status)


def _checked(answer: Answered) -> int:
    status = answer.status
    if 300 <= status < 400:
        raise NotDelivered(f"Answered {status}, a redirect, which is not followed.", status)
    if not 200 <= status < 300:
        raise NotDelivered(f"Answered {status}.", status, stay_away=answer.stay_away)
    return status


def note_failure(
    endpoint: Endpoint, at: datetime, *, is_gone: bool = False, stay_away: timedelta | None = None
) -> None:
    """Let the endpoint rest, so that it holds nobody up; after repeated failure pause it and tell administrators."""
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(failures=F("failures") + 1)
        endpoint.refresh_from_db(fields=["failures"])
        resting = at + pause_after(endpoint.failures, stay_away)
        Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=resting)
        if endpoint.failures < settings.GLOSSARY_ENDPOINT_FAILURES and not is_gone:
            return
        if Endpoint.objects.filter(pk=endpoint.pk, paused_at=None).update(paused_at=at):
            writing.endpoint_paused(endpoint, at)
