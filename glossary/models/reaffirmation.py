"""The same text once more: what the sides say of a version when it is time to look at it again."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Side
from glossary.models.final import Final, FinalQuerySet
from glossary.models.version import Version


class Renewal(Final):
    """Every side held to a version once more. `seats` keeps who did, as JSON text; the next review counts from `at`."""

    version = models.ForeignKey(Version, verbose_name="definition", on_delete=models.PROTECT, related_name="renewals")
    round = models.PositiveIntegerField()
    seats = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = "completed review", "completed reviews"
        constraints = [
            models.UniqueConstraint(fields=["version", "round"], name="one_renewal_per_version_and_round"),
        ]

    def __str__(self) -> str:
        return f"{self.version} held to, round {self.round}"

    @property
    def signatures(self) -> list[dict[str, Any]]:
        """Who held to it for which side: side, name, at, and acting_for where there is one."""
        seats: list[dict[str, Any]] = json.loads(self.seats)
        return seats


class ReaffirmationQuerySet(FinalQuerySet):
    def live(self) -> "ReaffirmationQuerySet":
        """Those not voided. They count while their giver may sign for the side."""
        return self.filter(voided_at__isnull=True)

    def in_open_rounds(self) -> "ReaffirmationQuerySet":
        """Those of rounds that are neither complete nor ended by a newer version."""
        done = Renewal.objects.filter(version=OuterRef("version"), round=OuterRef("round"))
        newer = Version.objects.filter(term=OuterRef("version__term"), number__gt=OuterRef("version__number"))
        return self.filter(~Exists(done), ~Exists(newer))


class Reaffirmation(Final):
    """One person says for one side that a version still holds. Voided once, when its giver loses the role."""

    changes_once = frozenset({"voided_at", "voided_by"})

    version = models.ForeignKey(
        Version, verbose_name="definition", on_delete=models.PROTECT, related_name="reaffirmations"
    )
    round = models.PositiveIntegerField()
    side = models.ForeignKey(Side, verbose_name="team", on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reaffirmations")
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField("fingerprint", max_length=64)
    at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReaffirmationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name, verbose_name_plural = "confirmation at a review", "confirmations at a review"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "round", "side"],
                condition=Q(voided_at__isnull=True),
                name="one_live_reaffirmation_per_side_and_round",
            ),
            models.UniqueConstraint(
                fields=["version", "round", "signer"],
                condition=Q(voided_at__isnull=True),
                name="one_live_reaffirmation_per_person_and_round",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer} for {self.side}, round {self.round}"
