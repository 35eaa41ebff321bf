"""What was agreed, and the projections that answer reads: names, and what is in force when."""

import json
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from glossary.domain.content import Content
from glossary.models.final import Final, FinalQuerySet
from glossary.models.proposal import Proposal, Revision
from glossary.models.term import Namespace, Term


class VersionQuerySet(FinalQuerySet):
    def of(self, slug: str) -> "VersionQuerySet":
        return self.filter(term__slug=slug)

    def in_force(self, at: datetime) -> "VersionQuerySet":
        """Those in force at the instant `at`: at most one per term."""
        return self.filter(Q(in_force__until_at__gt=at) | Q(in_force__until_at=None), in_force__from_at__lte=at)

    def newest_of(self, term: Term) -> "Version | None":
        """The highest number of a term, upcoming included: what the next proposal starts from."""
        return self.filter(term=term).order_by("-number").first()


class Version(Final):
    """A published revision, numbered 1, 2, 3 … per term. `seats` keeps the signatures as they were, as JSON text."""

    term = models.ForeignKey(Term, verbose_name="word", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    proposal = models.OneToOneField(
        Proposal, verbose_name="suggestion", on_delete=models.PROTECT, related_name="version"
    )
    revision = models.OneToOneField(Revision, verbose_name="text", on_delete=models.PROTECT, related_name="version")
    digest = models.CharField("fingerprint", max_length=64)
    seats = models.TextField()
    published_at = models.DateTimeField()
    in_force_from = models.DateTimeField()

    objects = VersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name, verbose_name_plural = "definition", "definitions"
        ordering = ["term", "number"]
        constraints = [
            models.UniqueConstraint(fields=["term", "number"], name="one_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    def get_absolute_url(self) -> str:
        return f"/terms/{self.term.slug}/?version={self.number}"

    @property
    def content(self) -> Content:
        return self.revision.content

    @property
    def signatures(self) -> list[dict[str, Any]]:
        """The seats as they were: side, name, role, at, and acting_for and reservation where there are any."""
        seats: list[dict[str, Any]] = json.loads(self.seats)
        return seats


class NameClaim(Final):
    """A preferred name, folded, belongs to one term for ever, also once the term is renamed."""

    namespace = models.CharField(max_length=12, choices=Namespace.choices)
    folded = models.CharField(max_length=240)
    fold_version = models.PositiveSmallIntegerField()
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="claims")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="claims")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "folded"], name="one_term_per_claimed_name"),
        ]

    def __str__(self) -> str:
        return self.folded


class Tier(models.IntegerChoices):
    """How closely a query matched, best first; the label is what the API says."""

    NAME = 1, "name"
    FORMER_NAME = 2, "former_name"
    ALIAS = 3, "alias"
    ABBREVIATION = 4, "abbreviation"
    LOOSE = 5, "loose"


def holds(at: datetime) -> Q:
    """The condition on a row that holds from one instant to another."""
    return Q(not_over(at), from_at__lte=at)


def holds_at(row: Any, at: datetime) -> bool:
    """The same of a row that was read."""
    return row.from_at <= at and (row.until_at is None or row.until_at > at)


def not_over(at: datetime) -> Q:
    """The condition on such a row that it holds at `at` or will."""
    return Q(until_at__gt=at) | Q(until_at=None)


class NameQuerySet(models.QuerySet["Name"]):
    def at(self, at: datetime) -> "NameQuerySet":
        return self.filter(holds(at))


class Name(models.Model):
    """A match key of a term, and how it is met from one instant to another: projection, remade by `rebuild`.

    One row as long as nothing changes, however many versions come meanwhile. A key is met at most once exactly, in its
    best tier, and once as a looser key.
    """

    key = models.CharField(max_length=240)
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    text = models.CharField(max_length=120)
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="names")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = NameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_name_ends_after_it_starts",
                condition=Q(until_at__isnull=True) | Q(until_at__gt=models.F("from_at")),
            ),
        ]
        indexes = [  # all that a look-up asks of a name, so that it reads no row
            models.Index(
                name="names_by_key",
                fields=["key", "term", "tier", "from_at", "until_at", "text"],
                # On PostgreSQL letter by letter, in which order names are also completed.
                opclasses=[
                    "varchar_pattern_ops",
                    "int8_ops",
                    "int2_ops",
                    "timestamptz_ops",
                    "timestamptz_ops",
                    "varchar_ops",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.text


class InForceQuerySet(models.QuerySet["InForce"]):
    def at(self, at: datetime) -> "InForceQuerySet":
        return self.filter(holds(at))

    def not_over(self, at: datetime) -> "InForceQuerySet":
        """Those in force at `at` or coming."""
        return self.filter(not_over(at))


class InForce(models.Model):
    """When a version is in force, and its body as served, ready: projection, remade by `rebuild`.

    It holds all that a look-up tells, the word's slug as well, so that no other row is read. `review_by` is the day of
    the first look at the text again, None for a retired word, which is left alone.
    """

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="in_force")
    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="in_force")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    slug = models.SlugField(max_length=140, db_index=False)
    etag = models.CharField(max_length=200)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    owner_side = models.CharField(max_length=40)
    review_by = models.DateField(null=True, db_index=True)
    body = models.TextField()

    objects = InForceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["term", "from_at"]),
            # What came last is read from its end, and counted without reading a row.
            models.Index(fields=["from_at", "until_at", "status", "kind"], name="in_force_by_start"),
        ]
        constraints = [
            models.CheckConstraint(
                name="in_force_ends_after_it_starts",
                condition=Q(until_at__isnull=True) | Q(until_at__gt=models.F("from_at")),
            ),
            models.UniqueConstraint(fields=["term", "from_at"], name="one_version_in_force_from_an_instant"),
            models.UniqueConstraint(
                fields=["term"], condition=Q(until_at__isnull=True), name="one_version_in_force_without_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} from {self.from_at}"
