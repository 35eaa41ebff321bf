"""Records on which a suggestion is tried, for as long as it is open; and what came of it, which stays."""

import zlib
from functools import cached_property

from django.conf import settings
from django.db import models

from glossary.domain.impact import Impact, Kept, read_impact
from glossary.models.final import Final
from glossary.models.proposal import Proposal, Revision


class ImpactUploadQuerySet(models.QuerySet["ImpactUpload"]):
    def without_records(self) -> "ImpactUploadQuerySet":
        """What is known of them; the records themselves are not read."""
        return self.defer("records")


class ImpactUpload(models.Model):
    """Records of one type beside an open suggestion, declared fields only. They are gone once it has ended.

    `segment` is the field by which what changes is grouped, if any.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="uploads")
    record = models.CharField(max_length=63)
    segment = models.CharField(max_length=63, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    records = models.BinaryField()  # zlib (RFC 1950) over the text of `Kept`

    objects = ImpactUploadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.count} {self.record} records"

    @cached_property
    def kept(self) -> Kept:
        """The records. They are read from the database if they were not."""
        return Kept.read(zlib.decompress(self.records).decode())

    @staticmethod
    def packed(records: Kept) -> bytes:
        """What the column `records` holds of them."""
        return zlib.compress(records.text.encode())


class ImpactReport(Final):
    """What one text of a suggestion changes about records, as signers were shown it: counts and no record."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="impacts")
    digest = models.CharField(max_length=64)
    text = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "digest"], name="one_report_per_text_and_digest"),
        ]

    def __str__(self) -> str:
        return f"report on {self.revision}"

    @property
    def impact(self) -> Impact:
        return read_impact(self.text)
