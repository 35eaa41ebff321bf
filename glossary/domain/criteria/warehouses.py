"""How each engine writes names, texts, numbers and days, and where the records lie in it.

Everything is written by us and nothing is rewritten by a library, so that what a condition means in an engine is what
can be read here; identifiers and texts are the only things in it that somebody else chose.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from glossary.domain.criteria.fitting import Fields
from glossary.domain.criteria.parsing import refuse

MOST_PARTS = 3  # of a dotted name: database, schema, table
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# Words that one of these engines keeps for itself; a quoted name in small letters means the same in all of them.
_KEPT = """
    add all alter analyse analyze and anti any array as asc asof assert_rows_modified asymmetric at authorization
    autoincrement between binary both by case cast check collate collation column commit concurrently constraint
    contains create cross cube current current_catalog current_date current_datetime current_role current_schema
    current_time current_timestamp current_user default deferrable define delete desc describe distinct do drop else
    end enum escape except exclude exists extract false fetch following for foreign freeze from full glob graph_table
    grant group grouping groups hash having if ignore ilike in index initially inner insert intersect interval into is
    isnull join lambda lateral leading left like limit localtime localtimestamp lookup merge natural new no not nothing
    notnull null nulls of offset on only or order outer over overlaps partition pivot pivot_longer pivot_wider placing
    positional preceding primary proto qualify raise range recursive references respect returning right rollup rows
    select semi session_user set show similar some struct summarize symmetric table tablesample then to trailing
    transaction treat true unbounded union unique unnest unpack unpivot update user using values variadic verbose when
    where window with within
"""

# Snowflake reads an unquoted name in capitals and a quoted one as it stands, so there only what has to be is quoted.
_KEPT_BY_SNOWFLAKE = """
    all alter and any as between by case cast check column connect constraint create cross current current_date
    current_time current_timestamp current_user delete distinct drop else exists false following for from full grant
    group having ilike in increment inner insert intersect into is join lateral left like localtime localtimestamp
    minus natural not null of on or order qualify regexp revoke right rlike row rows sample select set some start table
    tablesample then to trigger true try_cast union unique update using values when whenever where with
"""


@dataclass(frozen=True)
class Dialect:
    """What tells one engine's SQL from another's, as far as conditions go."""

    name: str
    quote: str = '"'
    reserved: frozenset[str] = frozenset(_KEPT.split())
    plain: tuple[Callable[[str], str], ...] = (str,)  # what a name without quotes may look like, to mean itself
    escapes: bool = False  # a backslash in a text
    has_days: bool = True  # as a type; else a day is the text YYYY-MM-DD

    def identifier(self, name: str) -> str:
        """One name, in quotes only where the engine needs them."""
        is_word = _PLAIN.fullmatch(name) and name.lower() not in self.reserved
        if is_word and any(spelled(name) == name for spelled in self.plain):
            return name
        return f"{self.quote}{name}{self.quote}"

    def name_of(self, dotted: str) -> str:
        return ".".join(self.identifier(part) for part in dotted.split("."))

    def text(self, value: str) -> str:
        if self.escapes:
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return "'" + value.replace("'", "''") + "'"

    def number(self, value: int | float) -> str:
        """The number in plain digits; a decimal keeps its point, without which it could be too large an integer."""
        if isinstance(value, int):
            return str(value)
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else f"{digits}.0"

    def day(self, value: str) -> str:
        return f"CAST('{value}' AS DATE)" if self.has_days else f"'{value}'"


# SQLite takes a name in double quotes that no column has for a text; one in backticks it refuses.
DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect("postgres", plain=(str.lower,)),
        Dialect("sqlite", quote="`", has_days=False),
        Dialect("bigquery", quote="`", escapes=True),
        Dialect(
            "snowflake",
            reserved=frozenset(_KEPT_BY_SNOWFLAKE.split()),
            plain=(str.lower, str.upper),
            escapes=True,
        ),
        Dialect("duckdb"),
    )
}


@dataclass(frozen=True)
class Warehouse:
    """Where the records are: the engine, the table, and the columns that are not named as their fields.

    Names are one to three identifiers with dots between. Raises `Unreadable` for anything else.
    """

    dialect: Dialect
    table: str
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (self.table, *self.columns.values()):
            _check(name)

    def column(self, name: str) -> str:
        """The field as the engine's SQL names it."""
        return self.dialect.name_of(self.columns.get(name, name))


def _check(name: str) -> None:
    parts = name.split(".")
    if len(parts) > MOST_PARTS or not all(_IDENTIFIER.fullmatch(part) for part in parts):
        refuse(
            f"“{name[:80]}” is no name of a column or a table. A name has letters, digits, underscores, hyphens, and "
            f"begins with a letter; at most {MOST_PARTS} stand with dots between."
        )


def columns_in(text: str, fields: Fields, record: str) -> dict[str, str]:
    """The columns by field that a text such as `email:contact_email,amount:amount_eur` names.

    Raises `Unreadable` for what is no such pair, names no field of the record type, or names one twice.
    """
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, colon, column = (part.strip() for part in pair.partition(":"))
        if not colon:
            refuse(f"“{pair[:80]}” is no pair; write field:column, such as email:contact_email.")
        if name not in fields:
            refuse(f"There is no field “{name[:80]}” in {record} records.")
        if name in found:
            refuse(f"The field “{name}” is given two columns.")
        found[name] = column
    return found
