"""Everything the registry keeps that names one person, for when they ask for it."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, Q

from accounts.models import User

# What opens something: of these fields it is told that they are there, not what they hold.
SECRETS = {"password", "digest", "token_key", "token", "token_secret", "secret", "key", "data", "extra_data"}
TOLD_ALL_THE_SAME = {"Event.data"}
WITHHELD = "(kept secret)"


_HISTORY: Any = User.history.model


def told_about(user: User) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """All rows that point to the person, by table, after the person and their history; plain values by column.

    Rows are read as they are asked for. Complete by construction: every foreign key to a person is followed, also one
    that is added later.
    """
    yield "accounts.User", iter([_told(user)])
    yield "accounts.HistoricalUser", _each(_HISTORY.objects.filter(id=user.pk))
    for model, keys in _models_that_name_people():
        mine = Q()
        for key in keys:
            mine |= Q(**{key: user.pk})
        yield model._meta.label, _each(model._base_manager.filter(mine))


def _each(rows: Any) -> Iterator[dict[str, Any]]:
    return (_told(row) for row in rows.order_by("pk").iterator(chunk_size=200))


def _models_that_name_people() -> Iterator[tuple[type[Model], list[str]]]:
    for model in apps.get_models():
        keys = [field.attname for field in model._meta.concrete_fields if _names_a_person(field)]
        if keys and model is not User and model is not _HISTORY:
            yield model, keys


def _names_a_person(field: Any) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is User


def _told(row: Model) -> dict[str, Any]:
    return {field.attname: _value(row, field) for field in row._meta.concrete_fields}


def _value(row: Model, field: Any) -> Any:
    is_secret = field.name in SECRETS and f"{type(row).__name__}.{field.name}" not in TOLD_ALL_THE_SAME
    return WITHHELD if is_secret else getattr(row, field.attname)
