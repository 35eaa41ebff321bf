"""Criteria that are or were in force, so that one is found by its id, and all over a record type at once."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from glossary.domain.checking import Map, trusted
from glossary.domain.criteria import Ground, RecordView, Stated
from glossary.domain.shapes import RecordField
from glossary.models.term import Term
from glossary.models.version import InForce, Version, holds, not_over


def record_slug(key: str) -> str:
    """The address of the record type with this key."""
    return f"record-{key.replace('_', '-')}"


class CriterionQuerySet(models.QuerySet["CriterionInForce"]):
    def at(self, at: datetime) -> "CriterionQuerySet":
        return self.filter(holds(at))

    def not_over(self, at: datetime) -> "CriterionQuerySet":
        """Those in force at `at` or coming."""
        return self.filter(not_over(at))

    def over(self, records: Iterable[str]) -> "CriterionQuerySet":
        return self.filter(record__in=set(records))


class CriterionInForce(models.Model):
    """One criterion of a version for as long as the version is in force: projection, remade by `rebuild`."""

    key = models.CharField(max_length=63, db_index=True)
    record = models.CharField(max_length=63)
    label = models.CharField(max_length=500)
    expr = models.TextField()
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="criteria")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="criteria")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["record", "from_at"], name="criteria_by_record")]
        constraints = [
            models.CheckConstraint(
                name="a_criterion_ends_after_it_starts",
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gt=models.F("from_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def stated(self) -> Stated:
        """The criterion as the rules know it. Wants `term` and `version` to be read along."""
        return Stated(
            id=self.key,
            expr=self.expr,
            record=self.record,
            label=self.label,
            term=self.term.slug,
            version=self.version.number,
            digest=self.version.digest,
        )


def ground(records: Iterable[str], at: datetime) -> Ground:
    """The record types with these keys that are in force at `at`, and all criteria over them. Two queries."""
    slugs = {record_slug(key): key for key in records}
    rows = InForce.objects.at(at).filter(kind="record_type", term__slug__in=slugs)
    criteria = CriterionInForce.objects.at(at).over(slugs.values()).select_related("term", "version").order_by("pk")
    return Ground({view.key: view for view in record_views(rows)}, {row.key: row.stated for row in criteria})


def record_views(rows: models.QuerySet[InForce]) -> list[RecordView]:
    """The record types in these rows."""
    return [record_view(row, json.loads(row.body)) for row in rows.select_related("version")]


def record_view(row: InForce, body: Mapping[str, Any]) -> RecordView:
    """The record type in a row and its body, read. Wants `version` to be read along."""
    return RecordView(
        key=body.get("key") or row.slug,
        fields=Map({name: trusted(RecordField, declared) for name, declared in body.get("fields", {}).items()}),
        dedupe_key=tuple(body.get("dedupe_key", ())),
        term=row.slug,
        version=row.version.number,
        digest=row.version.digest,
    )
