from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("glossary", "0004_usage"),
    ]

    operations = [
        migrations.AlterField(
            model_name="name",
            name="key",
            field=models.CharField(max_length=240),
        ),
        migrations.AddIndex(
            model_name="name",
            index=models.Index(
                fields=["key", "term", "tier", "version", "text"],
                name="names_by_key",
                opclasses=["varchar_pattern_ops", "int8_ops", "int2_ops", "int8_ops", "varchar_ops"],
            ),
        ),
    ]
