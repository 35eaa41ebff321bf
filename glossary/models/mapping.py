"""Which values of a CRM words hold while they are in force, so that one that is held twice is found at once."""

from datetime import datetime

from django.db import models

from glossary.models.term import Term
from glossary.models.version import Version, holds


class MappingQuerySet(models.QuerySet["MappingInForce"]):
    def at(self, at: datetime) -> "MappingQuerySet":
        return self.filter(holds(at))


class MappingInForce(models.Model):
    """A version holds a value as long as it is in force: projection, remade by `rebuild`. `key` is `Claim.key`."""

    key = models.IntegerField(db_index=True)
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="mappings")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="mappings")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = MappingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_mapping_ends_after_it_starts",
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gt=models.F("from_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.key}"
