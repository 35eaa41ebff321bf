"""Every guard is in the database, says what it should, is missed when it is gone and comes back after a migration."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from glossary.checks import every_guard_is_in_place
from glossary.ledger.verifying import verify
from glossary.models import LedgerHead, Version
from glossary.models.final import GUARDS, Guard, drop_guards, install_guards, missing_guards
from tests.unchanged import everything
from tests.world import Desk

pytestmark = pytest.mark.django_db

HERE = [guard for guard in GUARDS if guard.exists_on(connection.vendor)]


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def drop(guard: Guard) -> None:
    execute(f"DROP TRIGGER {guard.name}" + ("" if connection.vendor == "sqlite" else f" ON {guard.table}"))


def named_by_the_check() -> list[str]:
    return [error.msg for error in every_guard_is_in_place(databases=["default"])]


def test_every_guard_is_installed() -> None:
    assert missing_guards(connection) == []
    assert named_by_the_check() == []


def test_no_two_guards_have_one_name() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)


def test_every_final_table_is_guarded_against_every_act() -> None:
    acts: dict[str, set[str]] = {}
    for guard in HERE:
        acts.setdefault(guard.table, set()).add(guard.act)
    acts.pop("glossary_impactupload")  # records go when their suggestion ends; nothing of them is kept for good
    emptying = "insert" if connection.vendor == "sqlite" else "truncate"  # where emptying hides behind REPLACE
    assert {table: {"update", "delete", emptying} - found for table, found in acts.items()} == {
        table: set() for table in acts
    }


@pytest.mark.parametrize("guard", HERE, ids=lambda guard: guard.name)
def test_a_missing_guard_is_named(guard: Guard) -> None:
    drop(guard)
    assert missing_guards(connection) == [guard.name]
    assert named_by_the_check() == [f"The guard {guard.name} is missing from the database."]


@pytest.mark.parametrize("name", ["every_seat_is_filled", "keep_glossary_version", "both_sides_keep_their_seat"])
def test_a_registry_without_a_guard_is_not_ready(name: str, client: Client) -> None:
    drop(next(guard for guard in HERE if guard.name == name))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["faults"]) == (503, [f"guard {name}"])


def test_a_guard_that_was_made_blind_is_named() -> None:
    guard = next(guard for guard in HERE if guard.name == "every_seat_is_filled")
    blind = Guard(guard.name, guard.table, guard.act, guard.message, refused_when="1=0")
    drop(guard)
    execute(blind.sqlite() if connection.vendor == "sqlite" else blind.postgresql())
    assert missing_guards(connection) == [guard.name]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no switch for its triggers")
@pytest.mark.parametrize("switch", ["DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
def test_a_guard_that_was_switched_off_is_named(switch: str) -> None:
    execute(f"ALTER TABLE glossary_version {switch} final_glossary_version")
    assert missing_guards(connection) == ["final_glossary_version"]


def test_installing_twice_is_installing_once() -> None:
    install_guards(connection)
    install_guards(connection)
    assert missing_guards(connection) == []


# With real transactions: migrations and emptying

NEXT = """
from django.db import migrations, models
from glossary.models.final import missing_guards

seen = []

def look(apps, schema_editor):
    seen.append(len(missing_guards(schema_editor.connection)))

class Migration(migrations.Migration):
    dependencies = [("glossary", {last!r})]
    operations = [
        migrations.AlterField("version", "digest", models.CharField(max_length=70)),
        migrations.AlterField("revision", "digest", models.CharField(max_length=70, db_index=True)),
        migrations.AlterField("signoff", "digest", models.CharField(max_length=70)),
        migrations.AlterField("event", "kind", models.CharField(max_length=50)),
        migrations.AlterField("term", "category", models.CharField(max_length=70, blank=True)),
        migrations.AlterField("proposal", "via", models.CharField(max_length=90, blank=True)),
        migrations.AlterField("comment", "via", models.CharField(max_length=90, blank=True)),
        migrations.AddField("nameclaim", "remark", models.CharField(max_length=9, default="-")),
        migrations.RunPython(look, look),
    ]
"""


@pytest.fixture
def next_release(tmp_path: Path, settings: Settings) -> Iterator[SimpleNamespace]:
    """Our migrations and one more, which rebuilds tables that guards stand on and name."""
    ours = Path(__file__).resolve().parents[2] / "glossary" / "migrations"
    package = tmp_path / "migrations_of_the_next_release"
    package.mkdir()
    names = sorted(path.name for path in ours.glob("*.py"))
    for name in names:
        (package / name).write_text((ours / name).read_text())
    last = max(name.removesuffix(".py") for name in names if name[0].isdigit())
    (package / "9999_next.py").write_text(NEXT.format(last=last))
    sys.path.insert(0, str(tmp_path))
    settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, "glossary": package.name}
    yield SimpleNamespace(before=last, module=f"{package.name}.9999_next")
    sys.path.remove(str(tmp_path))


def published_is_untouchable() -> None:
    before = everything()
    for statement in ("UPDATE glossary_version SET digest = ''", "DELETE FROM glossary_event"):
        with pytest.raises(IntegrityError, match=r"not changed|kept for good"), transaction.atomic():
            execute(statement)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_the_guards_survive_a_migration_that_rebuilds_their_tables(desk: Desk, next_release: SimpleNamespace) -> None:
    desk.publish("Campaign")
    before = everything()
    try:
        call_command("migrate", "glossary", verbosity=0)
        assert missing_guards(connection) == []
        assert everything() == before
        published_is_untouchable()
    finally:
        call_command("migrate", "glossary", next_release.before, verbosity=0)
    assert missing_guards(connection) == []
    published_is_untouchable()
    assert list(verify()) == []
    assert all(count == len(HERE) for count in sys.modules[next_release.module].seen)


@pytest.mark.django_db(transaction=True)
def test_a_registry_in_use_cannot_be_emptied(desk: Desk) -> None:
    desk.publish("Campaign")
    before = everything()
    with pytest.raises(Exception, match="couldn't be flushed") as caught:
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_emptying_for_a_test_ends_with_every_guard_back(desk: Desk) -> None:
    desk.publish("Campaign")
    drop_guards(connection, only_emptying=True)
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    assert missing_guards(connection) == []
    assert not Version.objects.exists()
    assert str(LedgerHead.objects.get()) == f"0:{'0' * 64}"
    assert list(verify()) == []
