"""A content taken apart at the granularity people read and merge by, and put together again.

A part is named by a dotted path: `summary`, `for_sides.sales`, `criteria.mql`, `fields.email`, `role.reason`,
`stage_model.stages.engaged`. Its value is plain JSON data.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Parts = dict[str, Any]

KEYED_LISTS = {"criteria": "id", "stage_model.stages": "key"}
MAPPINGS = ("for_sides", "fields")
GROUPS = ("role", "persona", "stage_model")


def parts_of(data: Mapping[str, Any]) -> Parts:
    """The parts of a content's data, in the order of its fields."""
    return {name: part for field, value in data.items() for name, part in _split(field, value)}


def _split(field: str, value: Any) -> Iterator[tuple[str, Any]]:
    if field in KEYED_LISTS:
        yield from ((f"{field}.{item[KEYED_LISTS[field]]}", item) for item in value)
    elif field in MAPPINGS:
        yield from ((f"{field}.{key}", under) for key, under in value.items())
    elif field in GROUPS:
        for key, under in value.items():
            yield from _split(f"{field}.{key}", under)
    else:
        yield field, value


def order_of(parts: Mapping[str, Any], field: str) -> list[str]:
    """The names of the parts that make up a keyed list, in its order."""
    return [name for name in parts if name.startswith(f"{field}.")]


def joined(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a content again; a keyed list gets the order in which its parts stand."""
    data: dict[str, Any] = {}
    for name, value in parts.items():
        _place(data, name, value)
    return data


def _place(data: dict[str, Any], name: str, value: Any) -> None:
    home = next((field for field in KEYED_LISTS if name.startswith(f"{field}.")), None)
    *groups, last = (home or name).split(".")
    for group in groups:
        data = data.setdefault(group, {})
    if home:
        data.setdefault(last, []).append(value)
    else:
        data[last] = value


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are signed alike: in Python 1 equals true, in a canonical text it does not."""
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
