"""What search looks through: projections, remade by `rebuild`, and the indexes that each engine keeps over them."""

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


# SQLite: full-text tables that read their text from the tables above, kept in step by triggers.
# `ascii` splits at spaces and leaves letters of all scripts alone: the words come ready.
_TABLES = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS glossary_searchentry_words USING fts5("
    "lexemes, content='glossary_searchentry', content_rowid='place', tokenize='ascii', detail=none)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS glossary_searchword_parts USING fts5("
    "word, content='glossary_searchword', content_rowid='id', tokenize='trigram', detail=none)",
)
_INDEXES = (
    ("glossary_searchentry", "glossary_searchentry_words", "place", "lexemes"),
    ("glossary_searchword", "glossary_searchword_parts", "id", "word"),
)


def _sqlite_triggers(table: str, index: str, key: str, text: str) -> dict[str, str]:
    add = f"INSERT INTO {index}(rowid, {text}) VALUES (NEW.{key}, NEW.{text});"
    take = f"INSERT INTO {index}({index}, rowid, {text}) VALUES ('delete', OLD.{key}, OLD.{text});"
    return {
        f"{index}_insert": f"AFTER INSERT ON {table} BEGIN {add} END",
        f"{index}_delete": f"AFTER DELETE ON {table} BEGIN {take} END",
        f"{index}_update": f"AFTER UPDATE ON {table} BEGIN {take} {add} END",
    }


# PostgreSQL: a column that the database derives by itself, so that it can't differ from the text.
_COLUMNS = (
    "ALTER TABLE glossary_searchentry ADD COLUMN IF NOT EXISTS vector tsvector "
    "GENERATED ALWAYS AS (lexemes::tsvector) STORED",
    "CREATE INDEX IF NOT EXISTS glossary_searchentry_vector ON glossary_searchentry USING gin (vector)",
)
# Needs an extension that the server may not have or the role may not add; without it search tries fewer words.
_PARTS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS glossary_searchword_parts ON glossary_searchword USING gist (word gist_trgm_ops)",
)


def put_in_place(using: str, **kwargs: Any) -> None:
    """After a migration: the indexes of search, with the triggers that SQLite loses when it rebuilds a table."""
    connection = connections[using]
    if SearchEntry._meta.db_table not in connection.introspection.table_names():
        return
    install_search(connection)


def install_search(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing of the indexes; those that are there stay."""
    if connection.vendor == "sqlite":
        _install_on_sqlite(connection)
        return
    _run(connection, _COLUMNS)
    try:
        with transaction.atomic(using=connection.alias):
            _run(connection, _PARTS)
    except DatabaseError:
        pass  # no extension here: `lookup.search.postgres` looks whether the index exists


def _install_on_sqlite(connection: BaseDatabaseWrapper) -> None:
    """A table that is new is filled with what is there already."""
    before = connection.introspection.table_names()
    _run(connection, _TABLES)
    _run(connection, _trigger_statements())
    _run(connection, [_anew(index) for _, index, _, _ in _INDEXES if index not in before])


def _anew(index: str) -> str:
    return f"INSERT INTO {index}({index}) VALUES ('rebuild')"


def _trigger_statements() -> list[str]:
    triggers = {name: text for index in _INDEXES for name, text in _sqlite_triggers(*index).items()}
    return [
        statement
        for name, text in triggers.items()
        for statement in (f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} {text}")
    ]


def _run(connection: BaseDatabaseWrapper, statements: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remake_indexes(connection: BaseDatabaseWrapper) -> None:
    """Read SQLite's full-text indexes anew from their tables; PostgreSQL's cannot differ from theirs."""
    if connection.vendor == "sqlite":
        _run(connection, [_anew(index) for _, index, _, _ in _INDEXES])


def indexes_are_sound(connection: BaseDatabaseWrapper) -> bool:
    """Whether SQLite's full-text indexes say what their tables say. A copy that can only be read is not asked."""
    if connection.vendor != "sqlite":
        return True
    checks = [f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)" for _, index, _, _ in _INDEXES]
    try:
        with transaction.atomic(using=connection.alias):
            _run(connection, checks)
    except OperationalError:
        return True
    except DatabaseError:
        return False
    return True
