from django.db import migrations
from django.db.models import Max, OuterRef, Subquery


def forget_superseded(apps, schema_editor):
    """Search kept an entry of every version, and passed by those that a newer one had superseded."""
    Version, SearchEntry = (apps.get_model("glossary", model) for model in ("Version", "SearchEntry"))
    newest = Version.objects.filter(term=OuterRef("term")).order_by().values("term").annotate(at=Max("published_at"))
    superseded = SearchEntry.objects.filter(version__in_force__until_at__lte=Subquery(newest.values("at")))
    never_in_force = SearchEntry.objects.filter(version__in_force=None)
    superseded.delete()
    never_in_force.delete()


class Migration(migrations.Migration):
    dependencies = [("glossary", "0007_names_by_key_and_instant")]

    operations = [migrations.RunPython(forget_superseded, elidable=False)]
