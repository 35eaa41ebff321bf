"""How many records meet a criterion, as a query that every engine reads.

`first_time` and `current` count each key once, on the first of the days on which its rows that meet the condition say
it counts; `every_time` counts each key once a day. What a key is, the record type says.
"""

from dataclasses import dataclass
from datetime import date

from glossary.domain.criteria.fitting import Fields
from glossary.domain.criteria.nodes import Node
from glossary.domain.criteria.parsing import refuse
from glossary.domain.criteria.sql import case, indented
from glossary.domain.criteria.warehouses import Warehouse
from glossary.domain.shapes import Counted

CURRENT = Counted(when="current", date_field="")  # of a criterion that does not say how it is counted


@dataclass(frozen=True)
class Period:
    """From the first day on, and until before the other one; either may be open."""

    first: date | None = None
    until: date | None = None

    @property
    def is_bounded(self) -> bool:
        return self.first is not None or self.until is not None


def count(
    node: Node,
    fields: Fields,
    warehouse: Warehouse,
    *,
    dedupe_key: tuple[str, ...],
    counted: Counted | None = None,
    period: Period = Period(),
) -> str:
    """A query of one row with four numbers.

    `met`: what is counted; `unknown`: keys that no row shows to meet the condition and some row leaves open;
    `undated`: met, but without the day that would place them in the period that is asked for; `without_key`: rows that
    meet it and lack a part of the key, so that they cannot be told from each other.

    `dedupe_key` names at least one field. Raises `Unreadable` when the period has no day in it, or when a day is needed
    and the criterion names none.
    """
    how = counted or CURRENT
    dated = period.is_bounded or how.when == "every_time"
    _check(how, fields, period, dated)
    keys = [f"key_{number}" for number in range(1, len(dedupe_key) + 1)]
    day = warehouse.column(how.date_field) if dated else ""
    named = [f"{warehouse.column(name)} AS {key}" for name, key in zip(dedupe_key, keys, strict=True)]
    columns = [*named, *([f"{day} AS on_day"] if dated else []), f"{case(node, fields, warehouse)} AS verdict"]
    judged = f"SELECT\n{indented(_lines(columns))}\nFROM {warehouse.dialect.name_of(warehouse.table)}"
    within = _within(period, warehouse)
    numbers = [
        f"(SELECT COUNT(*) FROM accord_counted{within}) AS met",
        "(SELECT COUNT(*) FROM accord_per_key WHERE yes_rows = 0 AND unknown_rows > 0) AS unknown",
        f"{'(SELECT COUNT(*) FROM accord_counted WHERE on_day IS NULL)' if period.is_bounded else '0'} AS undated",
        f"(SELECT COUNT(*) FROM accord_judged WHERE verdict = 'yes' AND ({_any_missing(keys)})) AS without_key",
    ]
    tables = {"accord_judged": judged, "accord_per_key": _per_key(keys), "accord_counted": _counted(keys, how, dated)}
    written = ",\n".join(f"{name} AS (\n{indented(query)}\n)" for name, query in tables.items())
    return f"WITH {written}\nSELECT\n{indented(_lines(numbers))}"


def _check(how: Counted, fields: Fields, period: Period, dated: bool) -> None:
    if period.first and period.until and period.first >= period.until:
        refuse("The period ends before it begins: `until` is the day after its last one.")
    if not dated:
        return
    if not how.date_field:
        refuse("This criterion does not say which day places a record in a period; leave out from and until.")
    if how.date_field not in fields or fields[how.date_field].type != "date":
        refuse(f"This criterion is counted by “{how.date_field}”, which is no day of its record type.")


def _lines(items: list[str]) -> str:
    return ",\n".join(items)


def _all_given(keys: list[str]) -> str:
    return " AND ".join(f"{key} IS NOT NULL" for key in keys)


def _any_missing(keys: list[str]) -> str:
    return " OR ".join(f"{key} IS NULL" for key in keys)


def _per_key(keys: list[str]) -> str:
    columns = [
        *keys,
        "COUNT(CASE WHEN verdict = 'yes' THEN 1 END) AS yes_rows",
        "COUNT(CASE WHEN verdict = 'unknown' THEN 1 END) AS unknown_rows",
    ]
    grouped_by = ", ".join(keys)
    return f"SELECT\n{indented(_lines(columns))}\nFROM accord_judged\nWHERE {_all_given(keys)}\nGROUP BY {grouped_by}"


def _counted(keys: list[str], how: Counted, dated: bool) -> str:
    """One row for each that is counted."""
    rows = f"FROM accord_judged\nWHERE verdict = 'yes' AND {_all_given(keys)}"
    listed = ", ".join(keys)
    if how.when == "every_time":
        return f"SELECT {listed}, on_day\n{rows}\nGROUP BY {listed}, on_day"
    return f"SELECT {listed}{', MIN(on_day) AS on_day' if dated else ''}\n{rows}\nGROUP BY {listed}"


def _within(period: Period, warehouse: Warehouse) -> str:
    bounds = ((">=", period.first), ("<", period.until))
    asked = [f"on_day {sign} {warehouse.dialect.day(day.isoformat())}" for sign, day in bounds if day]
    return f" WHERE {' AND '.join(asked)}" if asked else ""
