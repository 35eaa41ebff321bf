"""Trying a test on a record, and what suggestions and comparisons say about tests."""

from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.portal.conftest import Browse, filled, words
from tests.reading import counted
from tests.world import Desk

pytestmark = pytest.mark.django_db

FIELDS = {
    "score": {"type": "int", "unit": "points", "source": "CRM"},
    "asked": {"type": "bool", "source": "CRM"},
    "fit": {"type": "string", "values": ["A", "B"], "source": "CRM"},
    "since": {"type": "date", "source": "CRM"},
}
SAMPLES = [
    {"note": "keen", "record": {"score": 72, "fit": "A"}, "expect": "true"},
    {"note": "cool", "record": {"score": 5, "fit": "A"}, "expect": "false"},
]
WARM = {
    "id": "is_warm",
    "label": "Counts as warm",
    "record": "lead",
    "expr": "score >= 60 AND fit IN ('A')",
    "samples": SAMPLES,
}
PAGE = "/terms/warm-lead/tests/is_warm/"


@pytest.fixture
def agreed(desk: Desk) -> None:
    desk.publish("Lead", kind="record_type", key="lead", fields=FIELDS)
    desk.publish("Warm Lead", criteria=[WARM])


def test_the_page_of_a_test_has_a_field_for_all_that_it_looks_at(
    agreed: None, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    assert PAGE in rep.get("/terms/warm-lead/").content.decode()
    page = rep.get(PAGE).content.decode()
    assert 'name="score"' in page and 'name="fit"' in page
    assert 'name="asked"' not in page and 'name="since"' not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"score": "60", "fit": "A"}, "Yes All of these: score is at least 60 holds fit is “A” holds"),
        ({"score": "59", "fit": ""}, "No All of these: score is at least 60 does not hold fit is “A” unknown"),
        ({"score": "60", "fit": ""}, "Unknown Unknown is not a no. Somebody has to find out: fit ."),
        ({"score": "many", "fit": "A"}, "Give a whole number here, or leave it empty."),
    ],
)
def test_a_record_is_tried_and_each_part_says_whether_it_holds(
    agreed: None, people: SimpleNamespace, at_browser: Browse, typed: dict[str, str], said: str
) -> None:
    assert said in words(at_browser(people.rep).post(PAGE, typed))


def test_a_verdict_field_is_worked_out_or_typed(desk: Desk, people: SimpleNamespace, at_browser: Browse) -> None:
    computed = {"type": "bool", "source": "registry", "computed": "verdict of is_warm on the same record"}
    desk.publish("Lead", kind="record_type", key="lead", fields=FIELDS | {"ready": computed})
    desk.publish("Warm Lead", criteria=[WARM])
    desk.publish("Ready Lead", criteria=[{"id": "is_ready", "label": "Ready", "record": "lead", "expr": "ready"}])
    rep, page = at_browser(people.rep), "/terms/ready-lead/tests/is_ready/"
    assert "Left empty, it is worked out from the others." in words(rep.get(page))
    assert "Yes" in words(rep.post(page, {"score": "72", "fit": "A"}))
    assert "No" in words(rep.post(page, {"score": "72", "fit": "A", "ready": "false"}))
    assert "Give yes or no here" in words(rep.post(page, {"ready": "garbage"}))


def test_a_signed_sample_fills_the_form(agreed: None, people: SimpleNamespace, at_browser: Browse) -> None:
    rep = at_browser(people.rep)
    assert "No All of these" in words(rep.get(f"{PAGE}?sample=2"))
    for nonsense in ("0", "99", "x", "٢", "1e9"):
        assert "What it asks" in words(rep.get(f"{PAGE}?sample={nonsense}"))


def test_the_test_is_shown_as_sql_of_the_engine_one_has(
    agreed: None, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    assert "The rows that meet it score >= 60 AND fit" in words(rep.get(PAGE))
    assert "PostgreSQL SQLite BigQuery" in words(rep.get(f"{PAGE}?dialect=bigquery"))
    assert rep.get(f"{PAGE}?dialect=nonsense").status_code == 200


def test_visitors_try_what_is_published_where_reading_is_open(agreed: None, settings: LazySettings) -> None:
    assert Client().get(PAGE).status_code == 302
    settings.GLOSSARY_OPEN_READING = True
    assert Client().get(PAGE).status_code == 200
    nowhere = Client().get("/terms/warm-lead/tests/is_hot/")
    assert nowhere.status_code == 404
    assert f"“Warm Lead” has no test “is_hot”. It has “{WARM['label']}” (is_warm)." in words(nowhere)


def test_a_suggestion_shows_the_record_that_it_is_about_and_the_samples_that_flip(
    agreed: None, desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    other = desk.open("Warm Lead", term="warm-lead", criteria=[WARM | {"expr": "score >= 50 AND fit IN ('A')"}])
    stricter = [WARM | {"expr": "score >= 80 AND fit IN ('A')", "samples": [SAMPLES[1]]}]
    proposal = desk.open("Warm Lead", term="warm-lead", criteria=stricter)
    said = words(at_browser(people.mia).get(f"/proposals/{proposal.pk}/"))
    assert "Where the tests answer differently Counts as warm For example, this lead: what is agreed says yes" in said
    assert "this suggestion says no . score 60 fit A" in said
    assert "Samples that change: keen: before yes now no" in said
    assert f"Where it differs from suggestion {other.pk} by" in said
    assert "that suggestion says yes , this one says no . score 50 fit A" in said


def test_what_is_only_written_otherwise_is_said_to_be_the_same(
    agreed: None, desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    same = [WARM | {"expr": "fit = 'A' AND NOT score < 60"}]
    desk.publish("Warm Lead", term="warm-lead", criteria=same)
    said = words(at_browser(people.mia).get("/terms/warm-lead/compare/?from=1&to=2"))
    assert "The two say the same of every record that was tried" in said


def test_tests_are_edited_as_text_and_kept_as_they_were(
    agreed: None, desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    form = rep.get("/propose/?term=warm-lead")
    typed = form.context["form"]["criteria"].value()
    assert typed.startswith("is_warm: Counts as warm\nfor each: lead\nwhen: score >= 60")
    assert '"score"' in form.content.decode().replace("&quot;", '"')
    checked = rep.post("/propose/check/", filled(form, criteria=typed.replace("score >= 60", "scor >= 60")))
    assert "Test 1, its condition: “Counts as warm” cannot be run: There is no field “scor”" in words(checked)
    wrong = rep.post("/propose/", filled(form, criteria="whatever"))
    assert "Line 1: A test begins with its id" in words(wrong)
    assert "whatever" in words(wrong)
    kept = rep.post("/propose/", filled(form, criteria=typed.replace(">= 60", ">= 61"), reason="Stricter."))
    assert kept.status_code == 302
    said = words(rep.get(kept.url))
    assert "− taken out score is at least 60" in said and "+ added score is at least 61" in said
    assert "fit is “A”" in said.partition("that stay")[2] and "score >= 61 AND" in said.partition("As written")[2]


def test_a_changed_test_is_told_in_plain_words_and_only_where_it_changes(
    agreed: None, desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    stricter = desk.submit("Warm Lead", term="warm-lead", criteria=[WARM | {"expr": "score >= 61"}])
    said = words(at_browser(people.mia).get(f"/proposals/{stricter.pk}/")).partition("What changes")[2]
    changed, _, stays = said.partition("that stay")
    assert "− taken out All of these: score is at least 60 fit is “A” As written" in changed
    assert "+ added score is at least 61 As written score >= 61" in changed
    assert "label:" not in changed and "for each:" not in changed
    assert "= stays label: Counts as warm" in stays
    desk.sign(stricter, people.sam, people.mia)
    beside = words(at_browser(people.mia).get("/terms/warm-lead/compare/?from=1&to=2&view=beside"))
    assert "In v2 + added score is at least 61 As written" in beside


def test_the_page_of_a_test_asks_the_same_number_of_questions_for_any_record(
    agreed: None, people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    rep.get(PAGE)
    with counted() as empty:
        rep.get(PAGE)
    with counted() as filled_in:
        rep.post(PAGE, {"score": "60", "fit": "A"})
    assert len(empty) == len(filled_in) <= 16
