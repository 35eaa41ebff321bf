"""Everything that is kept about one person, as JSON, written while it is read."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def as_json(tables: Iterable[tuple[str, Iterable[dict[str, Any]]]]) -> Iterator[str]:
    """One object with a list of rows by table, a row a line; tables without a row are left out."""
    before = "{\n"
    for table, rows in tables:
        opening = f"{before}{json.dumps(table)}: [\n"
        is_empty = True
        for row in rows:
            yield opening if is_empty else ",\n"
            yield json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
            is_empty = False
        if not is_empty:
            yield "\n]"
            before = ",\n"
    yield "{}\n" if before == "{\n" else "\n}\n"
