"""Where other tools want to be told: the addresses that webhooks and chat messages go to, and how each is doing."""

import uuid

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords


class EndpointFormat(models.TextChoices):
    """What an endpoint is sent: Standard Webhooks with ids, or texts for a channel of a chat that takes Slack's."""

    WEBHOOK = "webhook", "Webhook"
    SLACK = "slack", "Chat channel"


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def active(self) -> "EndpointQuerySet":
        """Those that messages are written for; what is written while one is paused is sent once it is resumed."""
        return self.filter(is_removed=False)


class Endpoint(models.Model):
    """A receiver of webhooks, or a chat channel.

    The secret of a webhook is kept nowhere: it is made from SECRET_KEY, `id` and `generation`. After a rotation the
    secret of the generation before signs as well until `rotates_until`. The address of a channel is itself the secret:
    it is kept in `sealed_url`, encrypted, and `url` is what people may see of it.

    While `rests_until` lies ahead nothing is sent there; `paused_at` is set after repeated failure, or by an
    administrator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    format = models.CharField(max_length=8, choices=EndpointFormat.choices, default=EndpointFormat.WEBHOOK)
    url = models.CharField(max_length=500)
    sealed_url = models.TextField(blank=True, default="", editable=False)
    kinds = models.JSONField(default=list)
    generation = models.PositiveIntegerField(default=1)
    rotates_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    is_removed = models.BooleanField(default=False)
    history = HistoricalRecords(excluded_fields=["failures", "rests_until", "sealed_url"])

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "webhook or chat channel", "webhooks and chat channels"
        constraints = [
            models.CheckConstraint(
                name="the_address_of_a_channel_is_sealed",
                condition=Q(format="webhook", sealed_url="") | (Q(format="slack") & ~Q(sealed_url="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
