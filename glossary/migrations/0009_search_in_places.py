from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Length

VERSIONS = 2**40


def forget_the_index(apps, schema_editor):
    """SQLite's full-text table went by another key; it is made and filled anew after the migration."""
    if schema_editor.connection.vendor == "sqlite":
        for event in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS glossary_searchentry_words_{event}")
        schema_editor.execute("DROP TABLE IF EXISTS glossary_searchentry_words")


def give_places(apps, schema_editor):
    """As `SearchEntry.place_of` does; an entry of nothing that is ever in force is one that `rebuild` would drop."""
    SearchEntry, InForce = (apps.get_model("glossary", model) for model in ("SearchEntry", "InForce"))
    length = InForce.objects.filter(version=OuterRef("pk")).values(length=Length("name"))
    SearchEntry.objects.update(place=Subquery(length) * VERSIONS + F("version_id"))
    SearchEntry.objects.filter(place=None).delete()


class Migration(migrations.Migration):
    dependencies = [("glossary", "0008_search_what_is_or_will_be_in_force")]

    operations = [
        migrations.RunPython(forget_the_index, migrations.RunPython.noop),
        migrations.AddField("searchentry", "place", models.BigIntegerField(null=True)),
        migrations.RunPython(give_places, migrations.RunPython.noop),
        migrations.AlterField("searchentry", "place", models.BigIntegerField(unique=True)),
    ]
