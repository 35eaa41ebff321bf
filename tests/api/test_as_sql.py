"""A criterion taken into the warehouse: what is answered is what both sides signed, and it runs."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.api.callers import Caller, code, person, tool
from tests.reading import counted
from tests.world import Desk

pytestmark = pytest.mark.django_db

ORDER: dict[str, Any] = {
    "kind": "record_type",
    "key": "deal",
    "dedupe_key": ["deal_number"],
    "fields": {
        "deal_number": {"type": "string", "source": "CRM"},
        "amount": {"type": "int", "source": "CRM"},
        "won": {"type": "bool", "source": "CRM"},
        "won_on": {"type": "date", "source": "CRM"},
        "is_big": {"type": "bool", "source": "registry", "computed": "verdict of is_big on the same record"},
        "reason": {"type": "string", "source": "CRM"},
    },
}
BIG = {"id": "is_big", "label": "Big", "record": "deal", "expr": "amount >= 100"}
BIG_WIN = {
    "id": "big_win",
    "label": "Big and won",
    "record": "deal",
    "expr": "won AND is_big",
    "counted": {"when": "first_time", "date_field": "won_on"},
}
ANSWER = "terms/big-win/criteria/big_win/sql"


@pytest.fixture
def words(desk: Desk) -> SimpleNamespace:
    """Deals, big deals, and big wins, which rest on them; all signed."""
    return SimpleNamespace(
        deal=desk.publish("Deal", **ORDER),
        big=desk.publish("Big Deal", criteria=[BIG]),
        win=desk.publish("Big Win", criteria=[BIG_WIN]),
    )


@pytest.fixture
def reader(people: SimpleNamespace) -> Caller:
    return tool(people.ada, "read")


def test_a_warehouse_is_told_which_signed_texts_it_runs(words: SimpleNamespace, reader: Caller) -> None:
    said = reader.get(ANSWER).json()
    assert {key: said[key] for key in ("term", "version", "digest", "criterion", "label", "dialect", "notes")} == {
        "term": "big-win",
        "version": 1,
        "digest": words.win.digest,
        "criterion": "big_win",
        "label": "Big and won",
        "dialect": "postgres",
        "notes": [],
    }
    assert (said["record"], said["record_version"], said["record_digest"]) == ("deal", 1, words.deal.digest)
    assert said["rests_on"] == [
        {"criterion": "is_big", "term": "big-deal", "version": 1, "digest": words.big.digest},
    ]
    assert said["where"] == "won AND (amount >= 100)"
    assert f"-- digest {words.win.digest}\n" in said["dbt"]


def test_the_answer_runs_in_this_database(words: SimpleNamespace, reader: Caller) -> None:
    name = {"sqlite": "sqlite", "postgresql": "postgres"}[connection.vendor]
    asked = f"{ANSWER}?dialect={name}&table=crm_deals&columns=amount:Amount_EUR,deal_number:order"
    said = reader.get(f"{asked}&from=2026-01-01&until=2026-02-01").json()
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TEMPORARY TABLE crm_deals ("order" TEXT, "Amount_EUR" INTEGER, won BOOLEAN, won_on DATE)'
        )
        rows = [("a", 100, True, "2026-01-31"), ("b", 100, True, "2026-02-01"), ("c", None, True, "2026-01-05")]
        cursor.executemany("INSERT INTO crm_deals VALUES (%s, %s, %s, %s)", [*rows, ("d", 99, True, "2026-01-05")])
        cursor.execute(said["count"])
        assert cursor.fetchall() == [(1, 1, 0, 0)]
        cursor.execute(f"SELECT {said['case']} FROM crm_deals ORDER BY 1")
        assert [verdict for (verdict,) in cursor.fetchall()] == ["no", "unknown", "yes", "yes"]


def test_a_past_instant_and_a_version_are_answered_as_they_were(
    desk: Desk, words: SimpleNamespace, reader: Caller
) -> None:
    before = timezone.now().isoformat().replace("+", "%2B")
    desk.publish("Big Win", term="big-win", criteria=[BIG_WIN | {"expr": "won AND is_big AND reason IS NULL"}])
    assert reader.get(ANSWER).json()["version"] == 2
    then = reader.get(f"{ANSWER}?as_of={before}").json()
    assert (then["version"], then["where"], then["provisional"]) == (1, "won AND (amount >= 100)", False)
    assert reader.get(f"{ANSWER}?version=1").json()["where"] == "won AND (amount >= 100)"


def test_what_is_known_already_is_not_sent_again_until_what_it_rests_on_changes(
    desk: Desk, words: SimpleNamespace, reader: Caller
) -> None:
    tag = reader.get(ANSWER).headers["ETag"]
    assert reader.get(ANSWER, **{"If-None-Match": tag}).status_code == 304
    desk.publish("Big Deal", term="big-deal", criteria=[BIG | {"expr": "amount >= 200"}])
    assert reader.get(ANSWER, **{"If-None-Match": tag}).json()["where"] == "won AND (amount >= 200)"


@pytest.mark.parametrize(
    ("parameter", "sent", "said"),
    [
        ("dialect", "dialect=oracle", "Choose one of postgres, sqlite, bigquery, snowflake, duckdb."),
        ("dialect", "dialect=", "Choose one of"),
        ("version", "version=0", "whole number"),
        ("version", "version=x", "whole number"),
        ("as_of", "as_of=yesterday", "with its zone"),
        ("from", "from=2026-02-30", "YYYY-MM-DD"),
        ("from", "from=2026-02-02&until=2026-02-01", "ends before it begins"),
        ("until", "until=20260201", "YYYY-MM-DD"),
        ("table", "table=a;DROP TABLE b", "no name of a column or a table"),
        ("table", "table=a.b.c.d", "no name of a column or a table"),
        ("columns", "columns=amount", "write field:column"),
        ("columns", "columns=amont:a", "no field “amont” in deal records"),
        ("columns", "columns=amount:a b", "no name of a column or a table"),
        ("columns", "columns=amount:", "no name of a column or a table"),
        ("columns", "columns=amount:a,amount:b", "given two columns"),
        ("colums", "colums=amount:a", "There is no such parameter"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    parameter: str, sent: str, said: str, words: SimpleNamespace, reader: Caller
) -> None:
    answer = reader.get(f"{ANSWER}?{sent}")
    assert code(answer) == (422, "invalid")
    (error,) = answer.json()["errors"]
    assert error["path"] == parameter
    assert said in error["message"]


def test_a_period_is_refused_where_no_day_is_signed(words: SimpleNamespace, reader: Caller) -> None:
    answer = reader.get("terms/big-deal/criteria/is_big/sql?from=2026-01-01")
    assert code(answer) == (422, "invalid")
    assert "does not say which day" in answer.json()["detail"]


def test_what_is_not_there_is_not_found(words: SimpleNamespace, reader: Caller) -> None:
    assert code(reader.get("terms/big-win/criteria/small_win/sql")) == (404, "not_found")
    assert code(reader.get("terms/small-win/criteria/big_win/sql")) == (404, "not_found")
    assert code(reader.get(f"{ANSWER}?version=7")) == (404, "not_found")
    assert code(reader.get(f"{ANSWER}?as_of=2001-01-01T00:00:00Z")) == (404, "not_found")


def test_what_one_form_cannot_say_is_no_reason_to_keep_back_the_others(desk: Desk, reader: Caller) -> None:
    desk.publish("Deal", **{key: value for key, value in ORDER.items() if key != "dedupe_key"})
    templated = {"id": "odd", "label": "Odd", "record": "deal", "expr": "reason = '{{ x }}'"}
    desk.publish("Odd Deal", criteria=[templated])
    said = reader.get("terms/odd-deal/criteria/odd/sql").json()
    assert (said["where"], said["count"], said["dbt"]) == ("reason = '{{ x }}'", None, None)
    assert "Nothing can be counted" in said["notes"][0]
    assert "which dbt reads as a template" in said["notes"][1]


def test_whoever_may_read_may_take_it(words: SimpleNamespace, people: SimpleNamespace) -> None:
    assert person(people.rep).get(ANSWER).status_code == 200
    assert code(Caller().get(ANSWER)) == (401, "unauthenticated")
    assert code(tool(people.ada, "propose").get(ANSWER)) == (403, "not_permitted")


def test_it_costs_the_same_however_much_there_is(words: SimpleNamespace, desk: Desk, reader: Caller) -> None:
    with counted() as few:
        reader.get(ANSWER)
    for number in range(5):
        desk.publish(f"Word {number}", criteria=[BIG | {"id": f"is_big_{number}"}])
    with counted() as more:
        assert reader.get(ANSWER).status_code == 200
    assert len(few) == len(more)
