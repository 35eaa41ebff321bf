from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the one before: PostgreSQL alters no table in the transaction that wrote its rows."""

    dependencies = [("glossary", "0006_names_in_spans")]

    operations = [
        migrations.RemoveField(model_name="name", name="version"),
        migrations.AlterField(model_name="name", name="from_at", field=models.DateTimeField()),
        migrations.AddIndex(
            model_name="name",
            index=models.Index(
                fields=["key", "term", "tier", "from_at", "until_at", "text"],
                name="names_by_key",
                opclasses=[
                    "varchar_pattern_ops",
                    "int8_ops",
                    "int2_ops",
                    "timestamptz_ops",
                    "timestamptz_ops",
                    "varchar_ops",
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="name",
            constraint=models.CheckConstraint(
                name="a_name_ends_after_it_starts",
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gt=models.F("from_at")),
            ),
        ),
    ]
