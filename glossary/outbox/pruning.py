"""Taking away what was delivered long ago, a little at a time, so that nobody waits for it. Events always stay."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from glossary.models import Attempt, Channel, Delivery, Message, Reminder, ReminderKind, State

AT_ONCE = 200  # messages in one transaction
OVER = (Delivery.SENT, Delivery.SILENCED, Delivery.GIVEN_UP)


def prune(at: datetime) -> int:
    """Delete some messages that were over `GLOSSARY_KEEP_MESSAGES_DAYS` before `at`, with their attempts; how many.

    None once there are no more. Nothing that waits or is being delivered goes, and nothing in an inbox that its person
    has not read, or read later. Nor does what was brought to somebody above the teams while that still waits, since
    the page of the suggestion says to whom. Several workers take different ones, and one that is being sent once more
    is passed by.
    """
    days = settings.GLOSSARY_KEEP_MESSAGES_DAYS
    if days <= 0:
        return 0
    since = at - timedelta(days=days)
    with transaction.atomic():
        rows = _over_before(since).select_for_update(skip_locked=True, of=("self",))[:AT_ONCE]
        keys = [message.pk for message in rows]
        Attempt.objects.filter(message__in=keys).delete()
        Message.objects.filter(pk__in=keys).delete()
    return len(keys)


def _over_before(since: datetime) -> QuerySet[Message]:
    """A message is never over before it is due, so that the index of states and instants finds the oldest ones."""
    is_seen = ~Q(channel=Channel.IN_APP) | Q(read_at__lt=since)
    brought = Reminder.objects.filter(at=OuterRef("reminder__at"), kind=ReminderKind.ESCALATED)
    is_told_of = Q(kind="escalated") & Q(Exists(brought.filter(proposal__state=State.IN_REVIEW)))
    old = Message.objects.filter(is_seen, ~is_told_of, state__in=OVER, next_at__lt=since, done_at__lt=since)
    return old.order_by("state", "next_at").only("pk")
