"""The SQL that is written, run: the engine's answer is the evaluator's, and the numbers are those counted by hand."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from glossary.domain.criteria import (
    DIALECTS,
    Node,
    Period,
    Stated,
    Unreadable,
    Warehouse,
    case,
    columns_in,
    compiled,
    count,
    dbt_model,
    parse,
    where,
)
from glossary.domain.criteria.nodes import Not
from glossary.domain.criteria.warehouses import _KEPT, _KEPT_BY_SNOWFLAKE
from glossary.domain.shapes import Counted, RecordField
from tests.domain.criteria import engines
from tests.domain.criteria.vocabulary import Ready, nasty, starter

VERDICTS = {"yes": True, "no": False, "unknown": None}
EXPECTED = {"true": True, "false": False, "unknown": None}

# What engines say


@pytest.fixture
def run_engine(db: None) -> engines.Engine:
    return engines.of_this_run()


def _verdicts(ready: Ready, records: list[Mapping[str, Any]], engine: engines.Engine) -> list[bool | None]:
    """Every field is a column, so that a verdict that a record gives stands."""
    kinds = {name: declared.type for name, declared in ready.view.fields.items()}
    columns = {name: name for name in kinds}
    engine.make("record", kinds, records)
    verdict = case(ready.node, ready.view.fields, Warehouse(engine.dialect, "record", columns))
    return [VERDICTS[said] for (said,) in engine.ask(f"SELECT {verdict} FROM record ORDER BY place")]


def _every_sample(engine: engines.Engine) -> None:
    for name, ready in starter().items():
        if ready.criterion.samples:
            said = _verdicts(ready, [sample.record for sample in ready.criterion.samples], engine)
            expected = [EXPECTED[sample.expect] for sample in ready.criterion.samples]
            assert said == expected, name


def test_every_sample_of_the_starter_vocabulary_gets_its_verdict_from_the_database(run_engine: engines.Engine) -> None:
    _every_sample(run_engine)


@pytest.mark.parametrize("dialect", ["duckdb", "bigquery", "snowflake"])
def test_every_sample_of_the_starter_vocabulary_gets_its_verdict_from_other_engines(dialect: str) -> None:
    _every_sample(engines.on_duckdb(dialect))


NASTY_RECORDS: list[Mapping[str, Any]] = [
    {},
    {"order": "it's", "user": "'", "group": True, "day": "2026-01-01", "rank": 11, "share": 0.5},
    {"order": 'say "yes"', "user": "\\\\", "group": False, "day": "2026-12-31", "rank": 10, "share": 0.1},
    {"order": "C:\\new\\", "user": "'; x", "day": "0001-01-01", "rank": -5, "share": -0.5},
    {"order": "C:\\new\\", "user": "\\'; x", "group": True, "rank": -(2**53) + 1, "share": 123456789.012345},
    {"order": "-- no", "user": "é", "group": False, "day": "9999-12-31", "rank": 3, "share": 1e20},
    {"order": "Straße 日本 😀", "user": "e\u0301", "rank": 2, "share": 1e-15, "group": False},
    {"order": "{{ x }}", "rank": 1, "group": True},
    {"order": "%s %(a)s :b $1 ?", "share": 0.0, "rank": 0},
]


def _every_nasty_condition(engine: engines.Engine) -> None:
    for name, ready in nasty().items():
        asked = compiled(ready.node)
        assert _verdicts(ready, NASTY_RECORDS, engine) == [asked(record) for record in NASTY_RECORDS], name


def test_reserved_names_and_texts_full_of_signs_mean_the_same_to_the_database(run_engine: engines.Engine) -> None:
    _every_nasty_condition(run_engine)


@pytest.mark.parametrize("dialect", ["duckdb", "bigquery", "snowflake"])
def test_reserved_names_and_texts_full_of_signs_mean_the_same_to_other_engines(dialect: str) -> None:
    _every_nasty_condition(engines.on_duckdb(dialect))


def _any_name(engine: engines.Engine) -> None:
    """Words that engines keep, and capitals, which one of them would make small."""
    words = {*_KEPT.split(), *_KEPT_BY_SNOWFLAKE.split()} - {"true", "false"}  # SQLite would read TRUE from the column
    names = [*sorted(words), "Amount_EUR", "UPPER", "with-hyphen"]
    engine.make("record", dict.fromkeys(names, "int"), [dict.fromkeys(names, 41)])
    for name in names:
        node = parse("a = 41 AND a IN (41) AND NOT a BETWEEN 1 AND 2 AND a IS NOT NULL")
        there = Warehouse(engine.dialect, "record", {"a": name})
        verdict = case(node, {"a": RecordField(type="int", source="x")}, there)
        column = there.column("a")
        assert engine.ask(f"SELECT {verdict} FROM record GROUP BY {column}") == [("yes",)], name


def test_a_column_may_have_any_name_in_the_database(run_engine: engines.Engine) -> None:
    _any_name(run_engine)


def test_a_column_may_have_any_name_in_duckdb() -> None:
    _any_name(engines.on_duckdb())


def test_sqlite_takes_no_missing_column_for_a_text() -> None:
    """It reads an unknown name in double quotes as a text, and would answer something wrong instead of nothing."""
    engine = engines.plain_sqlite()
    engine.make("record", {"a": "string"}, [{"a": "order"}])
    written = where(parse("a = 'order'"), {"a": _TEXT}, Warehouse(engine.dialect, "record", {"a": "order"}))
    with pytest.raises(Exception, match="no such column"):
        engine.ask(f"SELECT 1 FROM record WHERE {written}")


def test_a_verdict_is_worked_out_where_no_column_is_named_and_else_where_the_column_says_nothing(
    run_engine: engines.Engine,
) -> None:
    ready = nasty()["verdicts"]
    records: list[dict[str, Any]] = [
        {"rank": rank, "share": 0.5, "group": None, "is_rich": given, "is_kept": False}
        for rank in (10, 11, None)
        for given in (None, True, False)
    ]
    asked = compiled(ready.node)
    assert _verdicts(ready, records, run_engine) == [asked(record) for record in records]
    there = Warehouse(run_engine.dialect, "record", {"is_kept": "is_kept"})
    verdict = case(ready.node, ready.view.fields, there)
    said = [VERDICTS[word] for (word,) in run_engine.ask(f"SELECT {verdict} FROM record ORDER BY place")]
    assert said == [asked({**record, "is_rich": None}) for record in records]
    assert said != _verdicts(ready, records, run_engine)


# Counting

_TEXT, _DAY, _FLAG = (RecordField(type=kind, source="x") for kind in ("string", "date", "bool"))
FIELDS = {"mail": _TEXT, "shop": _TEXT, "met": _FLAG, "on_it": _DAY}
# mail, shop, met, on_it
ROWS = [
    ("a", "x", True, "2026-01-10"),
    ("a", "x", True, "2026-02-10"),  # again, a month later
    ("a", "x", True, "2026-02-10"),  # twice on one day
    ("b", "x", True, "2026-02-01"),
    ("b", "x", False, "2026-01-01"),  # not met: its day counts nowhere
    ("c", "x", True, None),  # met, nobody knows when
    ("d", "x", None, "2026-01-05"),  # unknown
    ("d", "x", False, "2026-01-06"),
    ("e", "x", False, None),  # no
    ("f", "x", None, None),  # unknown in one row,
    ("f", "x", True, "2026-01-31"),  # met in another
    (None, "x", True, "2026-01-15"),  # nobody's
    (None, "x", True, "2026-01-15"),
    (None, "x", None, "2026-01-15"),
    ("a", "y", True, "2026-03-01"),  # another key where the shop is part of it
    ("g", None, True, "2026-01-20"),  # half a key
]
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
ALWAYS = Period()

CASES = {
    # how, period, key: met, unknown, undated, without_key
    "first time, always": ("first_time", ALWAYS, ("mail",), (5, 1, 0, 2)),  # a b c f g; d
    "first time, January": ("first_time", JANUARY, ("mail",), (3, 1, 1, 2)),  # a f g; d; c
    "first time, from February": ("first_time", Period(date(2026, 2, 1)), ("mail",), (1, 1, 1, 2)),  # b
    "first time, until February": ("first_time", Period(until=date(2026, 2, 1)), ("mail",), (3, 1, 1, 2)),
    "first time, until a day that does not belong": (
        "first_time",
        Period(date(2026, 1, 11), date(2026, 1, 31)),
        ("mail",),
        (1, 1, 1, 2),  # g; f is met on the day that ends it, a before
    ),
    "first time, two fields make the key": ("first_time", JANUARY, ("mail", "shop"), (2, 1, 1, 3)),  # a/x f/x
    "every time, always": ("every_time", ALWAYS, ("mail",), (7, 1, 0, 2)),  # a on 3 days, b, c undated, f, g
    "every time, January": ("every_time", JANUARY, ("mail",), (3, 1, 1, 2)),  # a f g
    "every time, February": ("every_time", Period(date(2026, 2, 1), date(2026, 3, 1)), ("mail",), (2, 1, 1, 2)),
    "every time, two fields make the key": ("every_time", ALWAYS, ("mail", "shop"), (6, 1, 0, 3)),
    "current, always": ("current", ALWAYS, ("mail",), (5, 1, 0, 2)),
    "current, since January": ("current", JANUARY, ("mail",), (3, 1, 1, 2)),
    "not said how": (None, ALWAYS, ("mail", "shop"), (5, 1, 0, 3)),  # a/x a/y b c f
}


def _numbers(engine: engines.Engine, how: str | None, period: Period, key: tuple[str, ...]) -> tuple[int, ...]:
    names = list(FIELDS)
    engine.make(
        "record", {name: FIELDS[name].type for name in names}, [dict(zip(names, row, strict=True)) for row in ROWS]
    )
    counted = Counted(when=how, date_field="on_it") if how else None
    there = Warehouse(engine.dialect, "record")
    (found,) = engine.ask(count(parse("met"), FIELDS, there, dedupe_key=key, counted=counted, period=period))
    return tuple(found)


@pytest.mark.parametrize("name", CASES)
def test_the_count_is_the_one_counted_by_hand(name: str, run_engine: engines.Engine) -> None:
    how, period, key, expected = CASES[name]
    assert _numbers(run_engine, how, period, key) == expected


@pytest.mark.parametrize("dialect", ["duckdb", "bigquery", "snowflake"])
def test_other_engines_count_the_same(dialect: str) -> None:
    for how, period, key, expected in CASES.values():
        assert _numbers(engines.on_duckdb(dialect), how, period, key) == expected


def test_an_empty_table_counts_to_nothing(run_engine: engines.Engine) -> None:
    run_engine.make("record", {name: declared.type for name, declared in FIELDS.items()}, [])
    query = count(parse("met"), FIELDS, Warehouse(run_engine.dialect, "record"), dedupe_key=("mail",))
    assert run_engine.ask(query) == [(0, 0, 0, 0)]


# What is refused


def _refused(act: Callable[[], object]) -> str:
    with pytest.raises(Unreadable) as caught:
        act()
    return str(caught.value)


def test_a_period_needs_a_day_that_the_criterion_names() -> None:
    def asked(counted: Counted | None, period: Period = JANUARY) -> Callable[[], object]:
        there = Warehouse(DIALECTS["duckdb"], "record")
        return lambda: count(parse("met"), FIELDS, there, dedupe_key=("mail",), counted=counted, period=period)

    by_day = Counted(when="first_time", date_field="on_it")
    assert "does not say which day" in _refused(asked(None))
    assert "“mail”, which is no day" in _refused(asked(Counted(when="first_time", date_field="mail")))
    assert "“gone”, which is no day" in _refused(asked(Counted(when="every_time", date_field="gone"), ALWAYS))
    assert "ends before it begins" in _refused(asked(by_day, Period(date(2026, 2, 1), date(2026, 2, 1))))


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a;b", "a.b.c.d", ".a", "a.", "a..b", '"a"', "a`", "1a", "ä", "a'", "a--b c", "a\n", "{{ a }}", "а"],
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    for names in ({"table": name}, {"table": "t", "columns": {"met": name}}):
        assert "no name of a column" in _refused(lambda names=names: Warehouse(DIALECTS["sqlite"], **names))  # type: ignore[misc]


def test_columns_are_told_in_pairs_and_each_field_once() -> None:
    found = columns_in(" mail : contact.Mail,met:is_met, ", FIELDS, "lead")
    assert found == {"mail": "contact.Mail", "met": "is_met"}
    assert "write field:column" in _refused(lambda: columns_in("mail", FIELDS, "lead"))
    assert "no field “male” in lead" in _refused(lambda: columns_in("male:a", FIELDS, "lead"))
    assert "given two columns" in _refused(lambda: columns_in("met:a,met:b", FIELDS, "lead"))


# dbt

STATED = Stated("is_met", "met", "lead", "Is met -- {{ evil }}", "a-word", 3, "ab" * 32)


def test_a_model_of_dbt_says_where_it_comes_from_and_adds_the_verdict() -> None:
    written = dbt_model(parse("met"), FIELDS, Warehouse(DIALECTS["bigquery"], "crm.leads"), STATED)
    assert written.startswith("-- a-word, criterion is_met, version 3\n-- digest abab")
    assert "evil" not in written
    assert "{{ config(meta={'term': 'a-word', 'criterion': 'is_met', 'version': 3, 'digest': 'abab" in written
    assert written.endswith("  END as is_met_verdict\nfrom {{ ref('leads') }}\n")


@pytest.mark.parametrize("sign", ["{{", "{%", "{#"])
def test_dbt_is_not_given_a_text_that_it_would_run(sign: str) -> None:
    there = Warehouse(DIALECTS["bigquery"], "leads")
    written = lambda: dbt_model(parse(f"mail = 'a {sign} b'"), FIELDS, there, STATED)  # noqa: E731
    assert f"holds {sign}" in _refused(written)


def test_the_column_of_a_verdict_fits_into_what_postgresql_keeps_of_a_name() -> None:
    longest = Stated("a" * 63, "met", "lead", "", "a-word", 3, "ab" * 32)
    written = dbt_model(parse("met"), FIELDS, Warehouse(DIALECTS["postgres"], "leads"), longest)
    assert f"END as {'a' * 55}_verdict\n" in written


# Depth


def test_a_deep_condition_runs_and_one_too_deep_is_refused(run_engine: engines.Engine) -> None:
    deepest = "(" * 31 + "met" + " AND NOT mail = 'a' OR met)" * 31
    run_engine.make("record", {name: declared.type for name, declared in FIELDS.items()}, [{"met": True}])
    verdict = case(parse(deepest), FIELDS, Warehouse(run_engine.dialect, "record"))
    assert run_engine.ask(f"SELECT {verdict} FROM record") == [("yes",)]
    node: Node = parse("met")
    for _ in range(1_000):
        node = Not(node)
    assert "nested too deeply" in _refused(lambda: where(node, FIELDS, Warehouse(DIALECTS["duckdb"], "record")))
