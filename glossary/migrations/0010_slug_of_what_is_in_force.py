from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def give_slugs(apps, schema_editor):
    InForce, Term = (apps.get_model("glossary", model) for model in ("InForce", "Term"))
    InForce.objects.update(slug=Subquery(Term.objects.filter(pk=OuterRef("term")).values("slug")))


class Migration(migrations.Migration):
    dependencies = [("glossary", "0009_search_in_places")]

    operations = [
        migrations.AddField("inforce", "slug", models.SlugField(db_index=False, max_length=140, default="")),
        migrations.RunPython(give_slugs, migrations.RunPython.noop),
        migrations.AlterField("inforce", "slug", models.SlugField(db_index=False, max_length=140)),
    ]
