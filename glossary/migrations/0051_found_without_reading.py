import json
from collections import defaultdict

from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform

from glossary.domain.picklist import claims_of
from glossary.domain.reviews import months_after

AT_ONCE = 2_000


def write_mappings(apps, schema_editor):
    InForce, MappingInForce = (apps.get_model("glossary", model) for model in ("InForce", "MappingInForce"))
    held = InForce.objects.filter(body__contains='"crm_mappings":').exclude(status="retired").order_by("pk")
    for row in held.iterator(chunk_size=200):
        MappingInForce.objects.bulk_create(
            MappingInForce(
                key=key, term_id=row.term_id, version_id=row.version_id, from_at=row.from_at, until_at=row.until_at
            )
            for key in sorted({claim.key for claim in claims_of(json.loads(row.body))})
        )


def write_review_days(apps, schema_editor):
    InForce = apps.get_model("glossary", "InForce")
    months = KeyTextTransform("review_months", models.functions.Cast("body", models.JSONField()))
    rows = InForce.objects.exclude(status="retired").annotate(months=months).values_list("pk", "from_at", "months")
    by_day = defaultdict(list)
    for pk, from_at, after in rows.iterator(chunk_size=AT_ONCE):
        by_day[months_after(from_at.date(), int(after))].append(pk)
    for day, found in by_day.items():
        for start in range(0, len(found), AT_ONCE):
            InForce.objects.filter(pk__in=found[start : start + AT_ONCE]).update(review_by=day)


class Migration(migrations.Migration):
    """What the first page and readiness ask for is found without reading every word.

    Values of a CRM by key, the day of the first review, and what came into force last.
    """

    dependencies = [("glossary", "0050_likenesses")]

    operations = [
        migrations.CreateModel(
            name="MappingInForce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.IntegerField(db_index=True)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(blank=True, null=True)),
                (
                    "term",
                    models.ForeignKey(on_delete=models.deletion.PROTECT, related_name="mappings", to="glossary.term"),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="mappings", to="glossary.version"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_at__isnull", True), ("until_at__gt", models.F("from_at")), _connector="OR"
                        ),
                        name="a_mapping_ends_after_it_starts",
                    )
                ]
            },
        ),
        migrations.AddField("inforce", "review_by", models.DateField(null=True, db_index=True)),
        migrations.AddIndex(
            "inforce", models.Index(fields=["from_at", "until_at", "status", "kind"], name="in_force_by_start")
        ),
        migrations.RunPython(write_mappings, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(write_review_days, migrations.RunPython.noop, elidable=False),
    ]
