"""What the sponsor says holds meanwhile, where the sides do not come to agree."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from glossary.models.final import Final, FinalQuerySet
from glossary.models.proposal import OPEN_STATES, Proposal, Revision


class RulingQuerySet(FinalQuerySet):
    def standing(self, at: datetime) -> "RulingQuerySet":
        """Those that hold at `at`: not expired, not ended, and the sides have not settled the suggestion themselves."""
        return self.filter(expires_at__gt=at, ended_at=None, proposal__state__in=OPEN_STATES)


class Ruling(Final):
    """The sponsor's word on one suggestion, until a day. It fills no seat, and is no text that the sides agreed on.

    `revision` is the text that was on the table. It may be ended once, before its day.
    """

    changes_once = frozenset({"ended_at", "ended_by"})

    proposal = models.ForeignKey(Proposal, verbose_name="suggestion", on_delete=models.PROTECT, related_name="rulings")
    revision = models.ForeignKey(Revision, verbose_name="text", on_delete=models.PROTECT, related_name="+")
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rulings")
    text = models.TextField()
    reasons = models.TextField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RulingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_ruling_expires_later", condition=Q(expires_at__gt=F("at"))),
        ]

    def __str__(self) -> str:
        return f"ruling {self.pk}"

    def stands(self, at: datetime) -> bool:
        """Whether it holds at `at`, as long as its suggestion is open."""
        return self.ended_at is None and at < self.expires_at

    def get_absolute_url(self) -> str:
        return f"/rulings/{self.pk}/"
