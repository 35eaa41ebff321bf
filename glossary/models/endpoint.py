"""Where other tools want to be told: the addresses that webhooks go to, and the state they are in."""

import uuid

from django.db import models
from simple_history.models import HistoricalRecords


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def active(self) -> "EndpointQuerySet":
        """Those that messages are written for; what is written while one is paused is sent once it is resumed."""
        return self.filter(is_removed=False)


class Endpoint(models.Model):
    """A receiver of webhooks. Its secret is kept nowhere: it is made from SECRET_KEY, `id` and `generation`.

    After a rotation the secret of the generation before signs as well until `rotates_until`. While `rests_until` lies
    ahead nothing is sent to it; `paused_at` is set after repeated failure, or by an administrator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    generation = models.PositiveIntegerField(default=1)
    rotates_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    is_removed = models.BooleanField(default=False)
    history = HistoricalRecords(excluded_fields=["failures", "rests_until"])

    objects = EndpointQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
