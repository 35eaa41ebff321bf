import json

from django.db import migrations, models

from glossary.domain.picklist import claims_of


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


class Migration(migrations.Migration):
    """Values of a CRM by key, so that one that two words hold is found without reading every word."""

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
        migrations.RunPython(write_mappings, migrations.RunPython.noop, elidable=False),
    ]
