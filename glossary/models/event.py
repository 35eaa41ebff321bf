"""The ledger: one chain of events over everything that happened."""

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models import Side
from glossary.models.final import Final
from glossary.models.proposal import Proposal
from glossary.models.term import Term

GENESIS = "0" * 64


class LedgerHead(models.Model):
    """The one row every writer locks first. `seq` and `hash` are those of the newest event."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_ledger", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


class Event(Final):
    """One entry of the ledger. The hash covers everything in the row and the previous hash.

    `data` is canonical JSON with ids, digests and names of what happened; free text is in it only as a salted hash.
    """

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=80, blank=True)
    term = models.ForeignKey(Term, verbose_name="word", null=True, on_delete=models.PROTECT, related_name="events")
    proposal = models.ForeignKey(
        Proposal, verbose_name="suggestion", null=True, on_delete=models.PROTECT, related_name="events"
    )
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    side = models.ForeignKey(Side, verbose_name="team", null=True, on_delete=models.PROTECT, related_name="+")
    data = models.TextField(default="{}")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["term", "-seq"]), models.Index(fields=["proposal", "-seq"])]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.data)
        return facts


class Salt(models.Model):
    """What makes the hash of a free text in an event unguessable; removed when the text is blanked."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="salts")
    field = models.CharField(max_length=40)
    salt = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "field"], name="one_salt_per_text")]

    def __str__(self) -> str:
        return f"{self.field} of {self.event}"


class Installation(models.Model):
    """What this database is. Once marked as demo it stays one: demo data never turns into a real installation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_installation", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "real"


class IdempotencyKey(Final):
    """The answer a caller got for a key, so that sending the same request again has no second effect."""

    caller = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    answer = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="one_effect_per_caller_and_key")]

    def __str__(self) -> str:
        return self.key
