"""What is to be told to whom: written in the transaction of the change, delivered by a worker, with ids only."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from glossary.models.endpoint import Endpoint
from glossary.models.event import Event
from glossary.models.proposal import Proposal
from glossary.models.reminder import Reminder
from glossary.models.term import Term
from glossary.models.version import Version


class Channel(models.TextChoices):
    MAIL = "mail", "Mail"
    IN_APP = "in_app", "Inbox"
    WEBHOOK = "webhook", "Webhook"
    CHAT = "chat", "Chat"


class Delivery(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being delivered"
    SENT = "sent", "Delivered"
    GIVEN_UP = "given_up", "Given up"
    SILENCED = "silenced", "Not wanted"


class MessageQuerySet(models.QuerySet["Message"]):
    def in_the_inbox_of(self, person: Any) -> "MessageQuerySet":
        return self.filter(channel=Channel.IN_APP, person=person)


class Message(models.Model):
    """One thing to tell one recipient. `id` stays the same however often it is delivered, so that copies are known.

    It holds ids alone; the words are written when it is delivered. Messages of one `stream` (channel, recipient and
    term) go out in the order of `sequence`, the number of the event they tell of. While it is being delivered,
    `lease_until` says when another worker may take it over. One in the inbox is there from the moment of the change;
    `read_at` says when its person opened it or put it away.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    endpoint = models.ForeignKey(Endpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    about = models.ForeignKey(Endpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    term = models.ForeignKey(
        Term, verbose_name="word", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposal = models.ForeignKey(
        Proposal, verbose_name="suggestion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reminder = models.ForeignKey(
        Reminder, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )  # the first of those that concern the person
    sequence = models.BigIntegerField(default=0)
    stream = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=Delivery.choices, default=Delivery.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField()
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "sequence"]
        indexes = [
            models.Index(fields=["state", "next_at"], name="messages_by_state"),
            models.Index(
                fields=["stream", "sequence"], name="messages_under_way", condition=Q(state__in=["waiting", "sending"])
            ),
            models.Index(fields=["person", "-written_at"], name="messages_in_the_inbox", condition=Q(channel="in_app")),
            models.Index(
                fields=["person", "read_at"],
                name="messages_unread",
                condition=Q(channel="in_app", read_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_message_has_one_recipient",
                condition=Q(person__isnull=False, endpoint__isnull=True)
                | Q(person__isnull=True, endpoint__isnull=False),
            ),
            models.CheckConstraint(
                name="a_message_under_way_has_a_lease",
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until__isnull=True)),
            ),
            models.UniqueConstraint(fields=["event", "kind", "channel", "person"], name="nobody_is_told_twice"),
            models.UniqueConstraint(fields=["reminder", "kind", "channel", "person"], name="nobody_is_reminded_twice"),
            models.UniqueConstraint(fields=["event", "kind", "endpoint"], name="no_endpoint_is_told_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Attempt(models.Model):
    """One try to deliver a message: the log of deliveries. `answer` is the status that an endpoint answered with."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="log")
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.outcome


class Announcement(models.Model):
    """That a version has taken effect was told: the event that says so. At most one for each version."""

    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="announcement")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.version} took effect"
