from django.db import migrations, models


class Migration(migrations.Migration):
    """The words that are there are those of names; `rebuild` adds those of the texts."""

    dependencies = [("glossary", "0010_slug_of_what_is_in_force")]

    operations = [migrations.AddField("searchword", "in_name", models.BooleanField(default=True))]
