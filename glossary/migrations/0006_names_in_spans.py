"""One row of a name as long as it is met in the same way, where there was one for each version."""

from collections import defaultdict

from django.db import migrations, models


def join(apps, schema_editor):
    """Put the rows of the versions together to spans: those in force after one another, former names among them."""
    Name, InForce = (apps.get_model("glossary", model) for model in ("Name", "InForce"))
    for term in InForce.objects.values_list("term_id", flat=True).distinct().order_by():
        names = Name.objects.filter(term_id=term, from_at=None)
        rows = _spans(list(names), list(InForce.objects.filter(term_id=term).order_by("from_at")))
        names.delete()
        Name.objects.bulk_create(Name(term_id=term, **row) for row in rows)
    Name.objects.filter(from_at=None).delete()


def _spans(names, in_force):
    met, rows = {}, []
    for span in in_force:
        before, met = met, {}
        for key, (tier, text) in _best(names, span.version_id).items():
            row = before.get(key)
            if row is None or (row["tier"], row["text"]) != (tier, text):
                row = {
                    "key": key[0],
                    "tier": tier,
                    "text": text,
                    "from_at": span.from_at,
                    "version_id": span.version_id,
                }
                rows.append(row)
            row["until_at"] = span.until_at
            met[key] = row
    return rows


def _best(names, version):
    """By key, and by whether it is a looser one, what is met of this version and of the names of those before it."""
    preferred = defaultdict(set)
    for name in names:
        if name.tier == 1:
            preferred[name.version_id].add(name.text)
    best = {}
    for name in names:
        is_former = name.version_id < version and name.text in preferred[name.version_id]
        if name.version_id == version or (is_former and name.tier in (1, 5)):
            tier = 2 if is_former and name.tier == 1 else name.tier
            key, hit = (name.key, tier == 5), (tier, name.text)
            best[key] = min(best.get(key, hit), hit)
    return best


class Migration(migrations.Migration):
    dependencies = [("glossary", "0005_names_by_key")]

    operations = [
        migrations.RemoveIndex(model_name="name", name="names_by_key"),
        migrations.AddField(model_name="name", name="from_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="name", name="until_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(join, elidable=False),
    ]
