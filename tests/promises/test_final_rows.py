"""What is kept for good is neither changed nor deleted, whichever way somebody tries, on either engine."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, IntegrityError, NotSupportedError, connection, models, transaction
from django.db.models import Q

from accounts.models import Side
from glossary.models import (
    Comment,
    Concern,
    ConcernAnswer,
    Event,
    IdempotencyKey,
    ImpactReport,
    Installation,
    LedgerHead,
    NameClaim,
    Objection,
    Proposal,
    Reaffirmation,
    Renewal,
    Revision,
    Ruling,
    SignOff,
    State,
    Term,
    Version,
)
from tests.unchanged import everything

pytestmark = pytest.mark.django_db

VENDOR = connection.vendor
LATER = "2031-05-06 07:08:09+00:00"


class Kept(NamedTuple):
    """Which row of which table, and a column that somebody would like to see changed."""

    model: type[models.Model]
    which: Q
    change: dict[str, Any]

    def row(self) -> Any:
        row = self.model._default_manager.filter(self.which).order_by("pk").first()
        assert row is not None
        return row

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def pk(self) -> str:
        assert self.model._meta.pk is not None
        return str(self.model._meta.pk.column)


KEPT: dict[str, Kept] = {
    "a version": Kept(Version, Q(number=1), {"digest": "0" * 64}),
    "the seats of a version": Kept(Version, Q(number=2), {"seats": "[]"}),
    "a text": Kept(Revision, Q(number=1), {"text": "{}"}),
    "a signature": Kept(SignOff, Q(voided_at=None), {"reservation": "I never meant it."}),
    "whose signature it is": Kept(SignOff, Q(voided_at=None), {"side_id": "product"}),
    "the effect that a signer saw": Kept(SignOff, Q(voided_at=None), {"impact": "0" * 64}),
    "what a text would change": Kept(ImpactReport, Q(), {"text": "{}"}),
    "a confirmation": Kept(Reaffirmation, Q(voided_at=None), {"digest": "0" * 64}),
    "whose confirmation it is": Kept(Reaffirmation, Q(voided_at=None), {"side_id": "product"}),
    "a void confirmation": Kept(Reaffirmation, Q(voided_at__isnull=False), {"voided_at": None}),
    "a round that is complete": Kept(Renewal, Q(), {"at": LATER}),
    "a void signature": Kept(SignOff, Q(voided_at__isnull=False), {"voided_at": None, "void_reason": ""}),
    "why a signature is void": Kept(
        SignOff, Q(voided_at__isnull=False), {"void_reason": "taken_back", "voided_at": LATER}
    ),
    "a standing objection": Kept(Objection, Q(withdrawn_at=None), {"reason": "No reason."}),
    "an objection withdrawn": Kept(Objection, Q(withdrawn_at__isnull=False), {"withdrawn_at": None}),
    "an event": Kept(Event, Q(kind="version.published"), {"data": "{}"}),
    "a claimed name": Kept(NameClaim, Q(folded="push"), {"folded": "pull"}),
    "a comment": Kept(Comment, Q(blanked_at=None), {"text": "Something nicer.", "blanked_at": LATER}),
    "a blanked comment": Kept(Comment, Q(blanked_at__isnull=False), {"text": "It is back.", "blanked_at": None}),
    "who wrote a comment": Kept(Comment, Q(via="CRM sync"), {"via": "", "text": "", "blanked_at": LATER}),
    "a concern": Kept(Concern, Q(blanked_at=None), {"text": "Something nicer.", "blanked_at": LATER}),
    "the example of a concern": Kept(Concern, Q(blanked_at=None), {"record": "{}"}),
    "the tool behind a concern": Kept(Concern, Q(blanked_at=None), {"via_token_id": 4711}),
    "a concern that was answered": Kept(Concern, Q(settled_at__isnull=False), {"settled_at": None}),
    "a concern that was removed": Kept(Concern, Q(blanked_at__isnull=False), {"text": "It is back."}),
    "an answer to a concern": Kept(ConcernAnswer, Q(), {"text": "We never agreed."}),
    "a ruling": Kept(Ruling, Q(ended_at=None), {"expires_at": LATER}),
    "a ruling that has ended": Kept(Ruling, Q(ended_at__isnull=False), {"ended_at": None}),
    "a published suggestion": Kept(Proposal, Q(state=State.PUBLISHED), {"state": State.DRAFT}),
    "a declined suggestion": Kept(Proposal, Q(state=State.DECLINED), {"state": State.IN_REVIEW}),
    "a cancelled suggestion": Kept(Proposal, Q(state=State.WITHDRAWN), {"end_reason": "Because."}),
    "the author of a suggestion": Kept(Proposal, Q(state=State.DRAFT), {"author_id": 1}),
    "the tool behind a suggestion": Kept(Proposal, Q(via="CRM sync"), {"via_token_id": 4711}),
    "a word": Kept(Term, Q(slug="ghosting"), {"slug": "haunting"}),
    "the first name of a word": Kept(Term, Q(slug="push"), {"name": "Pull", "folded": "pull"}),
    "who raised a word": Kept(Term, Q(slug="push"), {"raised_at": LATER}),
    "the end of the ledger": Kept(LedgerHead, Q(), {"seq": 1}),
    "the hash at the end of the ledger": Kept(LedgerHead, Q(), {"hash": "0" * 64}),
    "the mark of a demo": Kept(Installation, Q(), {"is_demo": False}),
    "an answer given once": Kept(IdempotencyKey, Q(), {"answer": "500"}),
    "the seat of sales": Kept(Side, Q(key="sales"), {"has_seat": False}),
    "the seat of marketing": Kept(Side, Q(key="marketing"), {"has_seat": False}),
}

Way = Callable[[Kept], None]


# Through the models


def _changed(kept: Kept) -> Any:
    row = kept.row()
    for column, value in kept.change.items():
        setattr(row, column, value)
    return row


def _rows(kept: Kept) -> Any:
    return kept.model._default_manager.filter(pk=kept.row().pk)


def _beneath(kept: Kept) -> "models.QuerySet[Any]":
    """A plain queryset, past whatever the model's own one refuses."""
    return models.QuerySet(kept.model).filter(pk=kept.row().pk)


def _delete_quietly(kept: Kept) -> None:
    rows = _beneath(kept)
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]


def _fields(kept: Kept) -> list[str]:
    return [kept.model._meta.get_field(column).name for column in kept.change]


def _save_a_copy(kept: Kept) -> None:
    """A new object with the key of the old row."""
    old = _changed(kept)
    values = {field.attname: getattr(old, field.attname) for field in kept.model._meta.concrete_fields}
    kept.model(**values).save(force_update=True)


def _upsert(kept: Kept) -> None:
    rows = models.QuerySet(kept.model)
    rows.bulk_create(
        [_changed(kept)], update_conflicts=True, update_fields=_fields(kept), unique_fields=[kept.model._meta.pk.name]
    )


MODEL_WAYS: dict[str, Way] = {
    "save": lambda kept: _changed(kept).save(),
    "save of the column alone": lambda kept: _changed(kept).save(update_fields=_fields(kept)),
    "save of a copy": _save_a_copy,
    "delete": lambda kept: kept.row().delete(),
    "update": lambda kept: _rows(kept).update(**kept.change),
    "update of all": lambda kept: kept.model._default_manager.all().update(**kept.change),
    "update beneath the model": lambda kept: _beneath(kept).update(**kept.change),
    "bulk update": lambda kept: kept.model._default_manager.bulk_update([_changed(kept)], _fields(kept)),
    "bulk update beneath the model": lambda kept: _beneath(kept).bulk_update([_changed(kept)], _fields(kept)),
    "bulk upsert": _upsert,
    "update or create": lambda kept: kept.model._default_manager.update_or_create(
        pk=kept.row().pk, defaults=kept.change
    ),
    "delete in bulk": lambda kept: _rows(kept).delete(),
    "delete beneath the model": lambda kept: _beneath(kept).delete(),
    "delete past the collector": _delete_quietly,
}


# In plain SQL


def _execute(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or [])


def _prepared(model: type[models.Model], column: str, value: Any) -> Any:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    return field.get_db_prep_save(value, connection)


def _update(kept: Kept, verb: str = "UPDATE") -> None:
    sets = ", ".join(f"{column} = %s" for column in kept.change)
    values = [_prepared(kept.model, column, value) for column, value in kept.change.items()]
    pk = _prepared(kept.model, kept.pk, kept.row().pk)
    _execute(f"{verb} {kept.table} SET {sets} WHERE {kept.pk} = %s", [*values, pk])


def _insert(kept: Kept, verb: str = "INSERT", tail: str = "", **other: Any) -> None:
    """The row itself with the change in it, once more; `other` are further columns with another value."""
    row = _changed(kept)
    columns = [field.column for field in kept.model._meta.concrete_fields]
    values = [_prepared(kept.model, column, other.get(column, getattr(row, column))) for column in columns]
    marks = ", ".join(["%s"] * len(columns))
    _execute(f"{verb} INTO {kept.table} ({', '.join(columns)}) VALUES ({marks}) {tail}", values)


def _upsert_in_sql(kept: Kept) -> None:
    sets = ", ".join(f"{column} = excluded.{column}" for column in kept.change)
    _insert(kept, tail=f"ON CONFLICT ({kept.pk}) DO UPDATE SET {sets}")


def _delete_in_sql(kept: Kept) -> None:
    _execute(f"DELETE FROM {kept.table} WHERE {kept.pk} = %s", [_prepared(kept.model, kept.pk, kept.row().pk)])


SQL_WAYS: dict[str, Way] = {
    "UPDATE": _update,
    "DELETE": _delete_in_sql,
    "DELETE of all": lambda kept: _execute(f"DELETE FROM {kept.table}"),
    "INSERT ON CONFLICT DO UPDATE": _upsert_in_sql,
}

SQLITE_WAYS: dict[str, Way] = {
    "REPLACE": lambda kept: _insert(kept, "REPLACE"),
    "INSERT OR REPLACE": lambda kept: _insert(kept, "INSERT OR REPLACE"),
    "UPDATE OR REPLACE": lambda kept: _update(kept, "UPDATE OR REPLACE"),
    "UPDATE OR IGNORE": lambda kept: _update(kept, "UPDATE OR IGNORE"),
}

POSTGRESQL_WAYS: dict[str, Way] = {
    "TRUNCATE": lambda kept: _execute(f"TRUNCATE {kept.table}"),
    "TRUNCATE CASCADE": lambda kept: _execute(f"TRUNCATE {kept.table} CASCADE"),
    "MERGE DELETE": lambda kept: _execute(
        f"MERGE INTO {kept.table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE"
    ),
    "DELETE inside a question": lambda kept: _execute(
        f"WITH gone AS (DELETE FROM {kept.table} RETURNING 1) SELECT count(*) FROM gone"
    ),
}

WAYS: dict[str, Way] = {
    **MODEL_WAYS,
    **SQL_WAYS,
    **(SQLITE_WAYS if VENDOR == "sqlite" else POSTGRESQL_WAYS),
}

# Tried when there is time: each ends in a statement that a way left of them makes too.
VARIANTS = {
    "save of the column alone",
    "save of a copy",
    "update of all",
    "bulk update beneath the model",
    "update or create",
    "delete in bulk",
    "delete past the collector",
    "DELETE of all",
    "INSERT OR REPLACE",
    "UPDATE OR IGNORE",
    "MERGE DELETE",
    "DELETE inside a question",
}

# What a guard, or the model above it, says. Anything else would mean that the attempt failed for another reason.
GUARD_WORDS = (
    "kept for good",
    "are not changed",
    "both_sides_keep_their_seat",
    "every_seat_is_filled",
    "only_the_newest_text",
    "onto_the_latest_version",
    "time_goes_forward",
    "every_side_holds_to_it",
    "rounds_follow",
    "one_ruling_at_a_time",
    "referenced through protected foreign keys",
    "cannot truncate a table referenced in a foreign key constraint",
)


@pytest.mark.parametrize("way", [pytest.param(w, marks=pytest.mark.slow) if w in VARIANTS else w for w in WAYS])
@pytest.mark.parametrize("what", KEPT)
def test_what_is_kept_is_neither_changed_nor_deleted(history: SimpleNamespace, what: str, way: str) -> None:
    with pytest.raises((IntegrityError, NotSupportedError)) as caught, transaction.atomic():
        WAYS[way](KEPT[what])
    assert any(words in str(caught.value) for words in GUARD_WORDS), caught.value
    assert everything() == history.everything


def _unique_together(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The columns of every unique key beside the primary one."""
    alone = [(field.column,) for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    constraints = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    return alone + [tuple(model._meta.get_field(name).column for name in c.fields) for c in constraints]


VOIDED_ONCE = (SignOff, Reaffirmation)

KEYS = {
    f"{model.__name__} by {' and '.join(key)}": (model, key)
    for model in dict.fromkeys(kept.model for kept in KEPT.values())
    for key in _unique_together(model)
}


@pytest.mark.parametrize("name", KEYS)
def test_no_row_gives_way_to_another_with_the_same_key(history: SimpleNamespace, name: str) -> None:
    """SQLite's REPLACE removes whatever stands in the way of a unique key; PostgreSQL's upsert would rewrite it."""
    model, key = KEYS[name]
    live = Q(voided_at=None) if model in VOIDED_ONCE else Q()
    kept = Kept(model, live, {})
    others = {
        column: _other(model, column) for column in _columns(model) if column not in key and column != "voided_at"
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        if VENDOR == "sqlite":
            _insert(kept, "REPLACE", **others)
        else:
            where = "WHERE voided_at IS NULL" if model in VOIDED_ONCE else ""
            tail = f"ON CONFLICT ({', '.join(key)}) {where} DO UPDATE SET {kept.pk} = excluded.{kept.pk}"
            _insert(kept, tail=tail, **others)
    assert everything() == history.everything


def _columns(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def _other(model: type[models.Model], column: str) -> Any:
    """Another value for the column, where the database would accept one."""
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    value = getattr(Kept(model, Q(), {}).row(), field.attname)
    if isinstance(field, models.ForeignKey) or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return 4711
    return f"another-{value}"[:30] if isinstance(value, str) else value
