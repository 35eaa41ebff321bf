"""What is kept of the names of a word, and for how long."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F
from django.utils import timezone

from glossary import lookup
from glossary.domain.names import fold, loose
from glossary.models import InForce, Name, SearchEntry, Tier, Version
from glossary.models.search import install_search
from tests.world import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed(desk: Desk) -> list[Version]:
    """A word with an abbreviation that goes and comes back, renamed twice, with a name for later."""
    desk.publish("Campaigns", abbreviations=["CMP"], aliases=["Push"])
    desk.publish("Campaigns", term="campaigns", summary="Another sentence.", aliases=["Push"])
    desk.publish("Drive", term="campaigns", abbreviations=["CMP"], aliases=["Campaign"])
    desk.publish("Effort", term="campaigns", effective_from=timezone.now() + timedelta(days=9))
    return list(Version.objects.of("campaigns").select_related("revision", "term"))


def test_a_name_is_kept_once_as_long_as_nothing_changes(renamed: list[Version]) -> None:
    second, third = renamed[1].in_force_from, renamed[2].in_force_from
    kept = Name.objects.exclude(tier=Tier.LOOSE).order_by("from_at", "key", "tier")
    assert [(row.key, Tier(row.tier), row.from_at, row.until_at) for row in kept.filter(from_at__lte=third)] == [
        ("campaigns", Tier.NAME, renamed[0].in_force_from, third),
        ("cmp", Tier.ABBREVIATION, renamed[0].in_force_from, second),
        ("push", Tier.ALIAS, renamed[0].in_force_from, third),
        ("campaign", Tier.ALIAS, third, renamed[3].in_force_from),
        ("campaigns", Tier.FORMER_NAME, third, None),
        ("cmp", Tier.ABBREVIATION, third, renamed[3].in_force_from),
        ("drive", Tier.NAME, third, renamed[3].in_force_from),
    ]


def test_an_update_keeps_the_names_that_were_found_before_it(renamed: list[Version]) -> None:
    migration: Any = import_module("glossary.migrations.0006_names_in_spans")
    before = [row for version in renamed for row in _rows_of_one_version(version)]
    rows = migration._spans(before, list(InForce.objects.order_by("from_at")))
    fields = ("key", "tier", "text", "from_at", "until_at")
    assert sorted([tuple(map(str, (row[field] for field in fields))) for row in rows]) == sorted(
        tuple(map(str, row)) for row in Name.objects.values_list(*fields)
    )


def test_an_update_drops_what_search_no_longer_asks_for(renamed: list[Version]) -> None:
    SearchEntry.objects.bulk_create(
        SearchEntry(version=version, term=version.term, lexemes="1push", place=version.pk) for version in renamed[:2]
    )
    migration: Any = import_module("glossary.migrations.0008_search_what_is_or_will_be_in_force")
    migration.forget_superseded(apps, None)
    assert [entry.version.number for entry in SearchEntry.objects.order_by("version__number")] == [3, 4]


def test_an_update_gives_the_places_that_publication_gives(renamed: list[Version]) -> None:
    given = dict(SearchEntry.objects.values_list("pk", "place"))
    SearchEntry.objects.update(place=F("version_id"))
    migration: Any = import_module("glossary.migrations.0009_search_in_places")
    migration.give_places(apps, None)
    assert dict(SearchEntry.objects.values_list("pk", "place")) == given


def test_a_full_text_index_that_is_made_anew_holds_what_is_there(renamed: list[Version]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL derives the column by itself")
    migration: Any = import_module("glossary.migrations.0009_search_in_places")
    asked = {"at": timezone.now()}
    before = lookup.search("audience", **asked).hits
    with connection.cursor() as cursor:
        migration.forget_the_index(apps, SimpleNamespace(connection=connection, execute=cursor.execute))
    install_search(connection)
    assert before and lookup.search("audience", **asked).hits == before


def _rows_of_one_version(version: Version) -> list[SimpleNamespace]:
    """The rows as they were kept before: each name under both keys, for each version by itself."""
    content = version.content
    named = [(1, content.name), *((3, alias) for alias in content.aliases), *((4, a) for a in content.abbreviations)]
    rows = [(fold(text), tier, text) for tier, text in named] + [(loose(text), 5, text) for _, text in named]
    return [
        SimpleNamespace(key=key, tier=tier, text=text, version_id=version.pk) for key, tier, text in dict.fromkeys(rows)
    ]
