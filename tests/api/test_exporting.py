"""Everything published, taken along by a tool in the format it needs."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.plugin import DjangoDbBlocker
from rdflib import RDF, SKOS, Graph

from glossary import workflow
from glossary.exchange.formats import FORMATS
from tests import world
from tests.api.callers import Caller, code, person, tool
from tests.lived import happened_once
from tests.reading import counted, reading_only
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db

UNSIGNED = "Nobody has signed this sentence"


def agree() -> SimpleNamespace:
    people = world.company()
    desk = Desk(people)
    desk.publish("Lead", kind="record_type", key="lead", fields={"email": {"type": "string", "source": "CRM"}})
    mapping = {"system": "salesforce", "object": "Lead", "field": "Status"}
    hub = mapping | {"system": "hubspot"}
    criterion = {"id": "known", "label": "Known", "record": "lead", "expr": "email IS NOT NULL"}
    desk.publish("Prospect", crm_mappings=[mapping, hub], criteria=[criterion], examples=["=1+1"])
    desk.publish("Campaign")
    desk.publish("Campaign", term="campaign", why="It decides the budget.")
    desk.publish("Funnel", effective_from=timezone.now() + timedelta(days=1))
    desk.submit("Campaign", term="campaign", why=UNSIGNED)
    desk.open("Wanted word", why=UNSIGNED)
    return people


@pytest.fixture(scope="module")
def vocabulary(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Some words in force and some that are not, agreed once for all these tests."""
    with happened_once(django_db_blocker, agree):
        yield


@pytest.fixture
def people(vocabulary: None, db: None) -> SimpleNamespace:
    connection.check_constraints()
    return world.everybody()


@pytest.fixture
def reader(people: SimpleNamespace) -> Caller:
    return tool(people.ada, "read")


def taken(caller: Caller, form: str) -> bytes:
    answer = caller.get(f"export?format={form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_each_format_says_what_it_is_and_how_its_file_is_called(form: Any, reader: Caller) -> None:
    answer = reader.get(f"export?format={form.key}")
    assert answer.streaming
    assert answer.headers["Content-Type"] == form.content_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{form.file_name}"'
    assert b"".join(answer.streaming_content)


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_holds_what_is_not_signed(form: str, reader: Caller, people: Any) -> None:
    for caller in (reader, person(people.sam)):
        held = taken(caller, form)
        if form == "xlsx":
            sheet = load_workbook(io.BytesIO(held)).active
            assert sheet is not None
            held = repr(list(sheet.values)).encode()
        assert UNSIGNED.encode() not in held
        assert b"anted word" not in held
        assert b"unnel" not in held or form.startswith("versions")


def test_the_formats_tell_the_same_words(reader: Caller) -> None:
    words = json.loads(taken(reader, "json"))["terms"]
    slugs = [word["slug"] for word in words]
    assert slugs == ["campaign", "prospect", "record-lead"]
    assert [word["slug"] for word in yaml.safe_load(taken(reader, "yaml"))["terms"]] == slugs
    rows = list(csv.DictReader(io.StringIO(taken(reader, "csv").decode(), newline="")))
    assert [row["slug"] for row in rows] == slugs
    assert rows[1]["examples"] == "'=1+1"
    graph = Graph().parse(data=taken(reader, "skos"), format="turtle")
    assert len(set(graph.subjects(RDF.type, SKOS.Concept))) == 2
    [model] = yaml.safe_load(taken(reader, "dbt-meta"))["models"]
    assert [column["name"] for column in model["columns"]] == ["email", "known_verdict"]


def test_a_report_finds_the_version_of_its_day(reader: Caller) -> None:
    rows = list(csv.DictReader(io.StringIO(taken(reader, "versions-csv").decode(), newline="")))
    lasting = [(row["slug"], row["version"], row["valid_from"], row["valid_to"]) for row in rows]
    first, second = (row for row in lasting if row[0] == "campaign")
    assert (first[1], second[1], second[3]) == ("1", "2", "")
    assert first[2] < first[3] == second[2]
    assert [row[0] for row in lasting] == ["campaign", "campaign", "funnel", "prospect", "record-lead"]


def test_who_may_not_read_exports_nothing(people: SimpleNamespace) -> None:
    for form in FORMATS:
        assert code(Caller().get(f"export?format={form}")) == (401, "unauthenticated")
        assert code(tool(people.ada, "propose", name="Bot").get(f"export?format={form}")) == (403, "not_permitted")


QUERIES = {"csv": 2, "xlsx": 2, "skos": 3, "dbt-docs": 2, "dbt-meta": 2}


def test_an_export_asks_a_fixed_number_of_questions(desk: Desk, reader: Caller) -> None:
    def costs() -> dict[str, int]:
        found = {}
        for form in FORMATS:
            with counted() as said:
                taken(reader, form)
            found[form] = len(said) - 1  # who asks
        return found

    before = costs()
    assert before == {form: QUERIES.get(form, 1) for form in FORMATS}
    for number in range(4):
        desk.publish(f"Further word {number}", related=["Campaign", "Prospect"])
    assert costs() == before


def test_exporting_leaves_no_trace(reader: Caller, people: SimpleNamespace) -> None:
    workflow.comment_on_term("campaign", by=acting(people.rep), text="hm")
    with reading_only():
        for form in FORMATS:
            taken(reader, form)
