"""What search looks through: projections, remade by `rebuild`, and the index that each engine keeps over it."""

from typing import Any

from django.db import DatabaseError, OperationalError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from glossary.models.term import Term
from glossary.models.version import Version

VERSIONS = 2**40  # more than there will ever be


class SearchEntry(models.Model):
    """The words of a version that is or will be in force, as `rendering.searchable.lexemes` writes them.

    `place` is where it stands among equals, those with short names first: an index that is read in this order need not
    be read to its end.
    """

    version = models.OneToOneField(Version, on_delete=models.PROTECT, primary_key=True, related_name="search_entry")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="search_entries")
    lexemes = models.TextField()
    place = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return str(self.version)

    @staticmethod
    def place_of(version_id: int, name: str) -> int:
        """By the length of the name, then by age; the version's id is the remainder by `VERSIONS`."""
        return len(name) * VERSIONS + version_id


class SearchWord(models.Model):
    """A word of some published version, and whether a name has it: what a slip of the pen may have meant."""

    word = models.CharField(max_length=60, unique=True)
    in_name = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.word


# SQLite: a full-text table that reads its text from the table above, kept in step by triggers.
# `ascii` splits at spaces and leaves letters of all scripts alone: the words come ready.
_TABLE, _INDEX = "glossary_searchentry", "glossary_searchentry_words"
_MADE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {_INDEX} USING fts5("
    f"lexemes, content='{_TABLE}', content_rowid='place', tokenize='ascii', detail=none)"
)
_ADD = f"INSERT INTO {_INDEX}(rowid, lexemes) VALUES (NEW.place, NEW.lexemes);"
_TAKE = f"INSERT INTO {_INDEX}({_INDEX}, rowid, lexemes) VALUES ('delete', OLD.place, OLD.lexemes);"
_TRIGGERS = {
    f"{_INDEX}_insert": f"AFTER INSERT ON {_TABLE} BEGIN {_ADD} END",
    f"{_INDEX}_delete": f"AFTER DELETE ON {_TABLE} BEGIN {_TAKE} END",
    f"{_INDEX}_update": f"AFTER UPDATE ON {_TABLE} BEGIN {_TAKE} {_ADD} END",
}
_ANEW = f"INSERT INTO {_INDEX}({_INDEX}) VALUES ('rebuild')"
_SOUND = f"INSERT INTO {_INDEX}({_INDEX}, rank) VALUES ('integrity-check', 1)"


# PostgreSQL: a column that the database derives by itself, so that it can't differ from the text.
_COLUMNS = (
    "ALTER TABLE glossary_searchentry ADD COLUMN IF NOT EXISTS vector tsvector "
    "GENERATED ALWAYS AS (lexemes::tsvector) STORED",
    "CREATE INDEX IF NOT EXISTS glossary_searchentry_vector ON glossary_searchentry USING gin (vector)",
)


def put_in_place(using: str, **kwargs: Any) -> None:
    """After a migration: the indexes of search, with the triggers that SQLite loses when it rebuilds a table."""
    connection = connections[using]
    if SearchEntry._meta.db_table not in connection.introspection.table_names():
        return
    install_search(connection)


def install_search(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing of the index; what is there stays."""
    if connection.vendor == "sqlite":
        _install_on_sqlite(connection)
    else:
        _run(connection, _COLUMNS)


def _install_on_sqlite(connection: BaseDatabaseWrapper) -> None:
    """A table that is new is filled with what is there already."""
    is_new = _INDEX not in connection.introspection.table_names()
    _run(connection, [_MADE, *_trigger_statements(), *([_ANEW] if is_new else [])])


def _trigger_statements() -> list[str]:
    return [
        statement
        for name, text in _TRIGGERS.items()
        for statement in (f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} {text}")
    ]


def _run(connection: BaseDatabaseWrapper, statements: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remake_index(connection: BaseDatabaseWrapper) -> None:
    """Read SQLite's full-text index anew from its table; PostgreSQL's cannot differ from it."""
    if connection.vendor == "sqlite":
        _run(connection, [_ANEW])


def index_is_sound(connection: BaseDatabaseWrapper) -> bool:
    """Whether SQLite's full-text index says what its table says. A copy that can only be read is not asked."""
    if connection.vendor != "sqlite":
        return True
    try:
        with transaction.atomic(using=connection.alias):
            _run(connection, [_SOUND])
    except OperationalError:
        return True
    except DatabaseError:
        return False
    return True
