"""Rows that never change: the guard in the model, and the triggers of both engines that hold when it is bypassed.

Triggers are dropped before a migration and installed after it, because SQLite silently loses the triggers of a
table it rebuilds and refuses to rebuild one that another table's trigger names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import IntegrityError, models
from django.db.backends.base.base import BaseDatabaseWrapper


class FinalRow(IntegrityError):
    """Somebody tried to change or delete a row that is kept for good."""


class FinalQuerySet(models.QuerySet[Any]):
    """A queryset that reads and adds; it neither changes nor deletes."""

    def _refuse(self) -> FinalRow:
        return FinalRow(f"{self.model.__name__} rows are kept for good and are not changed in bulk.")

    def update(self, **kwargs: Any) -> int:
        raise self._refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        raise self._refuse()

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        raise self._refuse()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_conflicts") or kwargs.get("ignore_conflicts"):
            raise self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class Final(models.Model):
    """A row written once. `changes_once` names the columns that may be filled in later, a single time each."""

    changes_once: ClassVar[frozenset[str]] = frozenset()

    objects = FinalQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        fields = None if update_fields is None else frozenset(update_fields)
        if not self._state.adding and (fields is None or not fields <= self.changes_once):
            raise FinalRow(f"{type(self).__name__} {self.pk} is kept for good and is not changed.")
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FinalRow(f"{type(self).__name__} {self.pk} is kept for good and is not deleted.")


@dataclass(frozen=True)
class Guard:
    """One trigger: the act on the table is refused while `refused_when` holds (SQL over NEW and OLD)."""

    name: str
    table: str
    act: str  # insert, update, delete or truncate
    message: str
    refused_when: str = "1=1"
    only_on: str = ""  # one engine's name where the other has no such act

    @property
    def blocks_emptying(self) -> bool:
        return self.act in ("delete", "truncate")

    def exists_on(self, vendor: str) -> bool:
        return self.only_on in ("", vendor)

    def sqlite(self) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.act.upper()} ON {self.table} FOR EACH ROW "
            f"WHEN {self.refused_when} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        )

    def postgresql(self) -> str:
        level = "STATEMENT" if self.act == "truncate" else "ROW"
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $guard${self.body()}$guard$; "
            f"CREATE TRIGGER {self.name} BEFORE {self.act.upper()} ON {self.table} "
            f"FOR EACH {level} EXECUTE FUNCTION {self.name}()"
        )

    def body(self) -> str:
        """What the function of the trigger does on PostgreSQL."""
        leave = {"insert": "NEW", "update": "NEW", "delete": "OLD", "truncate": "NULL"}[self.act]
        return (
            f" BEGIN IF {self.refused_when} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {leave}; END "
        )

    def kept_as(self, vendor: str) -> tuple[str, str]:
        """The table and the text that the database keeps of the guard when it is in place."""
        return self.table, self.sqlite() if vendor == "sqlite" else self.body()


def changed(*columns: str) -> str:
    """SQL that holds when one of the columns gets another value, NULLs included."""
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)


def kept(table: str) -> list[Guard]:
    """No row of the table is ever deleted, one by one or all at once."""
    message = f"{table} rows are kept for good"
    return [
        Guard(f"keep_{table}", table, "delete", message),
        Guard(f"keep_all_{table}", table, "truncate", message, only_on="postgresql"),
    ]


def never_replaced(table: str, *keys: Sequence[str]) -> Guard:
    """SQLite's REPLACE deletes without firing delete triggers, so an insert over an existing key is refused first.

    `keys` are all sets of columns that are unique; NULL equals NULL, so that a key may say "among the live ones".
    """
    same_key = " OR ".join("(" + " AND ".join(f"t.{c} IS NEW.{c}" for c in key) + ")" for key in keys)
    return Guard(
        f"no_replace_{table}",
        table,
        "insert",
        f"{table} rows are kept for good",
        f"EXISTS (SELECT 1 FROM {table} t WHERE {same_key})",
        only_on="sqlite",
    )


def unchanged(table: str, condition: str = "1=1") -> Guard:
    return Guard(f"final_{table}", table, "update", f"{table} rows are not changed", condition)


# An owner of the seat's side, or somebody of the same side that such an owner lends the own seat to at that instant.
_ELIGIBLE_UNTIL = """EXISTS (
  SELECT 1 FROM accounts_user u WHERE u.id = s.signer_id AND u.is_active AND u.side_id = s.side_id AND (
    (s.acting_for_id IS NULL AND u.role = 'owner') OR EXISTS (
      SELECT 1 FROM accounts_delegation d JOIN accounts_user o ON o.id = d.owner_id
      WHERE d.delegate_id = u.id AND d.owner_id = s.acting_for_id AND d.side_id = s.side_id
        AND o.is_active AND o.side_id = s.side_id AND o.role = 'owner' AND d.revoked_at IS NULL
        AND d.given_at <= s.at AND d.starts_at <= s.at AND d.ends_at > {instant})))"""

_EVERY_SEAT_FILLED = f"""EXISTS (
  SELECT 1 FROM accounts_side side WHERE side.has_seat AND NOT EXISTS (
    SELECT 1 FROM glossary_signoff s WHERE s.revision_id = NEW.revision_id AND s.side_id = side.key
      AND s.voided_at IS NULL AND s.digest = NEW.digest AND {_ELIGIBLE_UNTIL.format(instant="NEW.published_at")}))"""

_EVERY_SIDE_HOLDS = f"""EXISTS (
  SELECT 1 FROM accounts_side side WHERE side.has_seat AND NOT EXISTS (
    SELECT 1 FROM glossary_reaffirmation s JOIN glossary_version v ON v.id = s.version_id
    WHERE s.version_id = NEW.version_id AND s.round = NEW.round AND s.side_id = side.key
      AND s.voided_at IS NULL AND s.digest = v.digest AND {_ELIGIBLE_UNTIL.format(instant="NEW.at")}))"""

_ROUND_FOLLOWS = """NEW.round <> 1 + (
  SELECT COUNT(*) FROM glossary_renewal r WHERE r.version_id = NEW.version_id)"""

_ONE_PERSON_ONE_SEAT = """EXISTS (
  SELECT 1 FROM glossary_signoff a JOIN glossary_signoff b ON a.revision_id = b.revision_id AND a.id < b.id
  WHERE a.revision_id = NEW.revision_id AND a.signer_id = b.signer_id
    AND a.voided_at IS NULL AND b.voided_at IS NULL)"""

_NOT_THE_NEWEST_TEXT = """NOT EXISTS (
  SELECT 1 FROM glossary_revision r JOIN glossary_proposal p ON p.newest_id = r.id
  WHERE r.id = NEW.revision_id AND p.id = NEW.proposal_id AND p.term_id = NEW.term_id AND r.digest = NEW.digest
    AND p.state = 'in_review')"""

_NOT_ON_THE_LATEST = """NEW.number <> 1 + (SELECT COUNT(*) FROM glossary_version v WHERE v.term_id = NEW.term_id)
  OR COALESCE((SELECT v.number FROM glossary_revision r JOIN glossary_version v ON v.id = r.base_id
     WHERE r.id = NEW.revision_id), 0) <> NEW.number - 1"""

_EARLIER_THAN_THE_LAST = """EXISTS (
  SELECT 1 FROM glossary_version v WHERE v.term_id = NEW.term_id AND v.published_at > NEW.published_at)
  OR NEW.in_force_from < NEW.published_at"""

_TERM = ("id", "slug", "namespace", "name", "folded", "note", "raised_by_id", "raised_at")
_PROPOSAL = ("id", "term_id", "author_id", "via", "via_token_id", "opened_at")
_SIGN_OFF = ("id", "revision_id", "side_id", "signer_id", "acting_for_id", "digest", "reservation", "impact", "at")
_OBJECTION = ("id", "revision_id", "term_id", "digest", "side_id", "objector_id", "acting_for_id", "reason", "at")
_COMMENT = ("id", "term_id", "proposal_id", "author_id", "via", "at")
_REAFFIRMATION = ("id", "version_id", "round", "side_id", "signer_id", "acting_for_id", "digest", "at")
_CONCERN = ("id", "term_id", "version_id", "raised_by_id", "via", "via_token_id", "criterion", "expected", "at")
_RULING = ("id", "proposal_id", "revision_id", "sponsor_id", "text", "reasons", "at", "expires_at")
_ENDED = "('published', 'declined', 'withdrawn')"
_RECORDS_ARE_LEFT = (
    f"NEW.state IN {_ENDED} AND EXISTS (SELECT 1 FROM glossary_impactupload u WHERE u.proposal_id = NEW.id)"
)
_SUGGESTION_HAS_ENDED = (
    f"EXISTS (SELECT 1 FROM glossary_proposal p WHERE p.id = NEW.proposal_id AND p.state IN {_ENDED})"
)

_WORDS_OF_A_CONCERN = (
    f"({changed('text', 'record')}) AND (NEW.blanked_at IS NULL OR NEW.text <> '' OR NEW.record <> '')"
)
_ONCE_ON_A_CONCERN = " OR ".join(
    f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})"
    for column in ("settled_at", "withdrawn_at", "blanked_at")
)
_RULING_STANDS = """EXISTS (
  SELECT 1 FROM glossary_ruling r
  WHERE r.proposal_id = NEW.proposal_id AND r.expires_at > NEW.at AND r.ended_at IS NULL)"""

GUARDS: tuple[Guard, ...] = (
    *kept("glossary_term"),
    never_replaced("glossary_term", ("id",), ("slug",), ("namespace", "folded")),
    unchanged("glossary_term", "OLD.slug <> '' AND (" + changed(*_TERM) + ")"),
    *kept("glossary_proposal"),
    never_replaced("glossary_proposal", ("id",)),
    unchanged("glossary_proposal", f"OLD.state IN {_ENDED} OR " + changed(*_PROPOSAL)),
    *kept("glossary_revision"),
    never_replaced("glossary_revision", ("id",), ("proposal_id", "number")),
    unchanged("glossary_revision"),
    *kept("glossary_signoff"),
    never_replaced(
        "glossary_signoff",
        ("id",),
        ("revision_id", "side_id", "voided_at"),
        ("revision_id", "signer_id", "voided_at"),
    ),
    unchanged("glossary_signoff", "OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR " + changed(*_SIGN_OFF)),
    *kept("glossary_objection"),
    never_replaced("glossary_objection", ("id",)),
    unchanged(
        "glossary_objection", "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR " + changed(*_OBJECTION)
    ),
    *kept("glossary_version"),
    never_replaced("glossary_version", ("id",), ("term_id", "number"), ("proposal_id",), ("revision_id",)),
    unchanged("glossary_version"),
    Guard("every_seat_is_filled", "glossary_version", "insert", "every_seat_is_filled", _EVERY_SEAT_FILLED),
    Guard("one_person_one_seat", "glossary_version", "insert", "one_person_one_seat", _ONE_PERSON_ONE_SEAT),
    Guard("only_the_newest_text", "glossary_version", "insert", "only_the_newest_text", _NOT_THE_NEWEST_TEXT),
    Guard("onto_the_latest_version", "glossary_version", "insert", "onto_the_latest_version", _NOT_ON_THE_LATEST),
    Guard("time_goes_forward", "glossary_version", "insert", "time_goes_forward", _EARLIER_THAN_THE_LAST),
    *kept("glossary_impactreport"),
    never_replaced("glossary_impactreport", ("id",), ("revision_id", "digest")),
    unchanged("glossary_impactreport"),
    Guard(
        "no_records_survive_their_suggestion",
        "glossary_proposal",
        "update",
        "no_records_survive_their_suggestion",
        _RECORDS_ARE_LEFT,
    ),
    Guard(
        "no_records_for_an_ended_suggestion",
        "glossary_impactupload",
        "insert",
        "no_records_for_an_ended_suggestion",
        _SUGGESTION_HAS_ENDED,
    ),
    Guard(
        "records_are_not_changed",
        "glossary_impactupload",
        "update",
        "records_are_not_changed",
    ),
    *kept("glossary_reaffirmation"),
    never_replaced(
        "glossary_reaffirmation",
        ("id",),
        ("version_id", "round", "side_id", "voided_at"),
        ("version_id", "round", "signer_id", "voided_at"),
    ),
    unchanged(
        "glossary_reaffirmation", "OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR " + changed(*_REAFFIRMATION)
    ),
    *kept("glossary_renewal"),
    never_replaced("glossary_renewal", ("id",), ("version_id", "round")),
    unchanged("glossary_renewal"),
    Guard("every_side_holds_to_it", "glossary_renewal", "insert", "every_side_holds_to_it", _EVERY_SIDE_HOLDS),
    Guard("rounds_follow", "glossary_renewal", "insert", "rounds_follow", _ROUND_FOLLOWS),
    *kept("glossary_nameclaim"),
    never_replaced("glossary_nameclaim", ("id",), ("namespace", "folded")),
    unchanged("glossary_nameclaim"),
    *kept("glossary_event"),
    never_replaced("glossary_event", ("seq",), ("hash",)),
    unchanged("glossary_event"),
    *kept("glossary_ledgerhead"),
    never_replaced("glossary_ledgerhead", ("id",)),
    unchanged("glossary_ledgerhead", "NEW.seq <> OLD.seq + 1 OR " + changed("id")),
    *kept("glossary_comment"),
    never_replaced("glossary_comment", ("id",)),
    unchanged("glossary_comment", "OLD.blanked_at IS NOT NULL OR NEW.text <> '' OR " + changed(*_COMMENT)),
    *kept("glossary_concern"),
    never_replaced("glossary_concern", ("id",)),
    unchanged("glossary_concern", f"{_ONCE_ON_A_CONCERN} OR ({_WORDS_OF_A_CONCERN}) OR {changed(*_CONCERN)}"),
    *kept("glossary_concernanswer"),
    never_replaced("glossary_concernanswer", ("id",), ("concern_id", "side_id"), ("concern_id", "author_id")),
    unchanged("glossary_concernanswer"),
    *kept("glossary_ruling"),
    never_replaced("glossary_ruling", ("id",)),
    unchanged("glossary_ruling", f"OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR {changed(*_RULING)}"),
    Guard("one_ruling_at_a_time", "glossary_ruling", "insert", "one_ruling_at_a_time", _RULING_STANDS),
    *kept("glossary_idempotencykey"),
    never_replaced("glossary_idempotencykey", ("id",), ("caller", "key")),
    unchanged("glossary_idempotencykey"),
    *kept("glossary_installation"),
    never_replaced("glossary_installation", ("id",)),
    unchanged("glossary_installation", "(OLD.is_demo AND NOT NEW.is_demo) OR " + changed("id")),
    Guard(
        "both_sides_keep_their_seat",
        "accounts_side",
        "update",
        "both_sides_keep_their_seat",
        "OLD.key IN ('sales', 'marketing') AND (NOT NEW.has_seat OR NEW.key <> OLD.key)",
    ),
    *kept("accounts_side"),
    never_replaced("accounts_side", ("key",), ("name",)),
    Guard(
        "no_replace_by_name_accounts_side",
        "accounts_side",
        "update",
        "accounts_side rows are kept for good",
        "EXISTS (SELECT 1 FROM accounts_side t WHERE t.name = NEW.name AND t.key <> OLD.key)",
        only_on="sqlite",
    ),
)


def _guards_for(connection: BaseDatabaseWrapper) -> list[Guard]:
    return [guard for guard in GUARDS if guard.exists_on(connection.vendor)]


_PRESENT = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    # A trigger that is disabled, or fires on replicas only, guards nothing.
    "postgresql": """SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)""",
}


def _present(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """The triggers that the database has now: name, and the table and text of each."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor])
        return {name: (table, text) for name, table, text in cursor.fetchall()}


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the guards that should be in the database and are not, or say something else than they should."""
    present = _present(connection)
    guards = _guards_for(connection)
    return [guard.name for guard in guards if present.get(guard.name) != guard.kept_as(connection.vendor)]


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; those already there are renewed."""
    drop_guards(connection)
    with connection.cursor() as cursor:
        for guard in _guards_for(connection):
            cursor.execute(guard.sqlite() if connection.vendor == "sqlite" else guard.postgresql())


def drop_guards(connection: BaseDatabaseWrapper, *, only_emptying: bool = False) -> None:
    """Take the guards away before a migration; in test teardown only those against deleting and emptying."""
    with connection.cursor() as cursor:
        for guard in _guards_for(connection):
            if guard.blocks_emptying or not only_emptying:
                on_table = "" if connection.vendor == "sqlite" else f" ON {guard.table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{on_table}")
