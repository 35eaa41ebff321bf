"""The SQL of every criterion, engine by engine, as it was read and found right: `golden/<engine>.sql`.

`pytest tests/domain/criteria/test_golden.py --record-golden` writes it anew, on purpose.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
import sqlglot

from glossary.domain.criteria import DIALECTS, Period, Warehouse, case, count, dbt_model, where
from tests.domain.criteria.vocabulary import Ready, nasty, starter

GUIDE = Path(__file__).parents[3] / "docs" / "criteria-as-sql.md"
GOLDEN = Path(__file__).parent / "golden"
COLUMNS = {"order": "Order", "user": "USER", "group": "crm.end", "day": "values", "is_rich": "isRich", "rank": "on"}
FIRST_QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))
COUNTED = {
    "mql": FIRST_QUARTER,
    "sal": FIRST_QUARTER,
    "counts_as_pipeline": Period(until=date(2026, 4, 1)),
    "is_open_opportunity": Period(),
    "in_profile": Period(),
}


def written(dialect: str) -> str:
    """All that is kept of one engine, with a line before each piece that says what it is."""
    return "".join(f"-- {head}\n{sql.rstrip()}\n\n" for head, sql in _pieces(dialect))


def _pieces(dialect: str) -> Iterator[tuple[str, str]]:
    for name, ready in starter().items():
        yield f"where: {name}", _where(ready, dialect)
    for name, ready in nasty().items():
        yield f"where: {name}", _where(ready, dialect)
        yield f"where, other columns: {name}", _where(ready, dialect, COLUMNS)
    for name, period in COUNTED.items():
        ready, there = starter()[name], Warehouse(DIALECTS[dialect], f"my-project.Crm.{starter()[name].view.key}")
        key, counted = ready.view.dedupe_key, ready.criterion.counted
        yield f"case: {name}", case(ready.node, ready.view.fields, there)
        yield (
            f"count: {name}",
            count(ready.node, ready.view.fields, there, dedupe_key=key, counted=counted, period=period),
        )
        yield f"dbt: {name}", dbt_model(ready.node, ready.view.fields, there, ready.stated)


def _where(ready: Ready, dialect: str, columns: Mapping[str, str] | None = None) -> str:
    return where(ready.node, ready.view.fields, Warehouse(DIALECTS[dialect], "record", columns or {}))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_is_the_one_that_was_found_right(dialect: str, request: pytest.FixtureRequest) -> None:
    kept = GOLDEN / f"{dialect}.sql"
    if request.config.getoption("--record-golden"):
        kept.write_text(written(dialect))
    assert written(dialect) == kept.read_text()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_reader_of_the_dialect_takes_every_piece(dialect: str) -> None:
    for head, sql in _pieces(dialect):
        if not head.startswith("dbt"):
            statement = sql if head.startswith("count") else f"SELECT 1 FROM record WHERE {sql}"
            assert len(sqlglot.parse(statement, read=dialect)) == 1, head


def test_the_guide_shows_what_is_written() -> None:
    guide = GUIDE.read_text()
    mql, in_profile = starter()["mql"], starter()["in_profile"]
    there = Warehouse(DIALECTS["bigquery"], "lead")
    assert f"```sql\n{where(mql.node, mql.view.fields, there)}\n```" in guide
    assert f"```jinja\n{dbt_model(in_profile.node, in_profile.view.fields, there, in_profile.stated)}```" in guide
    assert all(f"`{name}`" in guide for name in DIALECTS)
