"""Everything the registry keeps that names one person, for when they ask for it."""

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, Q

from accounts.models import User
from glossary import outbox

# What opens something: of these fields it is told that they are there, not what they hold.
SECRETS = {"password", "digest", "token_key", "token", "token_secret", "secret", "key", "data", "extra_data"}
TOLD_ALL_THE_SAME = {"Event.data"}
WITHHELD = "(kept secret)"
# What somebody read and watches is nobody else's business: tables and fields that are told to the person alone.
TO_THEMSELF = {"Watch", "LastLook", "Message.read_at"}
# And rows that show it: nobody else is told of a word in such a message.
ROWS_TO_THEMSELF = {"Message": Q(kind__in=outbox.TO_WATCHERS)}


_HISTORY: Any = User.history.model


def told_about(user: User, *, to_themself: bool) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """All rows that point to the person, by table, after the person and their history; plain values by column.

    Unless it is told to the person, what they read and watch is left out. Rows are read as they are asked for.
    Complete by construction: every foreign key to a person is followed, also one that is added later.
    """
    left_out = set() if to_themself else TO_THEMSELF
    yield "accounts.User", iter([_told(user)])
    yield "accounts.HistoricalUser", _each(_HISTORY.objects.filter(id=user.pk))
    for model, keys in _models_that_name_people():
        mine = Q()
        for key in keys:
            mine |= Q(**{key: user.pk})
        if not to_themself:
            mine &= ~ROWS_TO_THEMSELF.get(model.__name__, Q(pk__in=()))
        if model.__name__ not in left_out:
            yield model._meta.label, _each(model._base_manager.filter(mine), left_out)


def _each(rows: Any, left_out: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    return (_told(row, left_out) for row in rows.order_by("pk").iterator(chunk_size=200))


def _models_that_name_people() -> Iterator[tuple[type[Model], list[str]]]:
    for model in apps.get_models():
        keys = [field.attname for field in model._meta.concrete_fields if _names_a_person(field)]
        if keys and model is not User and model is not _HISTORY:
            yield model, keys


def _names_a_person(field: Any) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is User


def _told(row: Model, left_out: Collection[str] = ()) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if _qualified(row, field) not in left_out]
    return {field.attname: _value(row, field) for field in fields}


def _qualified(row: Model, field: Any) -> str:
    return f"{type(row).__name__}.{field.name}"


def _value(row: Model, field: Any) -> Any:
    is_secret = field.name in SECRETS and _qualified(row, field) not in TOLD_ALL_THE_SAME
    return WITHHELD if is_secret else getattr(row, field.attname)
