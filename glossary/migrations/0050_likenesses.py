from django.db import migrations, models

from glossary.domain.names import likeness_kept
from glossary.domain.slips import keys_kept

AT_ONCE = 2_000


def write_keys(apps, schema_editor):
    Term, NameLikeness, SearchWord, WordLikeness = (
        apps.get_model("glossary", model) for model in ("Term", "NameLikeness", "SearchWord", "WordLikeness")
    )
    for some in _some(Term.objects.values_list("pk", "name")):
        keys = [NameLikeness(term_id=pk, key=key) for pk, name in some for key in sorted(likeness_kept(name))]
        NameLikeness.objects.bulk_create(keys)
    for some in _some(SearchWord.objects.values_list("pk", "word")):
        keys = [WordLikeness(word_id=pk, key=key) for pk, word in some for key in sorted(keys_kept(word))]
        WordLikeness.objects.bulk_create(keys)


def _some(rows):
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield some
        last = some[-1][0]


def drop_parts(apps, schema_editor):
    """What mistyped words were found by until now."""
    if schema_editor.connection.vendor == "sqlite":
        for moment in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS glossary_searchword_parts_{moment}")
        schema_editor.execute("DROP TABLE IF EXISTS glossary_searchword_parts")
    else:
        schema_editor.execute("DROP INDEX IF EXISTS glossary_searchword_parts")


class Migration(migrations.Migration):
    """Keys by which names and words are found that are a slip of the pen away."""

    dependencies = [("glossary", "0049_words_of_the_screen")]

    operations = [
        migrations.CreateModel(
            name="NameLikeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.IntegerField()),
                (
                    "term",
                    models.ForeignKey(on_delete=models.deletion.PROTECT, related_name="likenesses", to="glossary.term"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "term"), name="a_name_has_a_likeness_once")]
            },
        ),
        migrations.CreateModel(
            name="WordLikeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.IntegerField()),
                (
                    "word",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="likenesses", to="glossary.searchword"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "word"), name="a_word_has_a_likeness_once")]
            },
        ),
        migrations.RunPython(drop_parts, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(write_keys, migrations.RunPython.noop, elidable=False),
    ]
