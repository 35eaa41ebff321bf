"""The guide to the API tells the truth: its examples run, its refusals and the description are the real ones."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from io import StringIO
from pathlib import Path
from shutil import which
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from glossary.domain.refusals import STATUS
from glossary.models import Proposal, State, Term
from tests.api.callers import token_of
from tests.house.test_docs import DOCS, ROOT, names, page, rows
from tests.pipeline import agree_on_a_pipeline, model
from tests.world import Desk

PATIENCE = 60  # seconds for all examples in one language
OF_HTTP = {"method_not_allowed": 405, "not_acceptable": 406, "length_required": 411, "unsupported_media_type": 415}
# Ends with the first example that is refused.
STRICT_CURL = 'set -eu; curl() { command curl --silent --show-error --fail-with-body --max-time 10 "$@"; echo; }\n'


def blocks(name: str, language: str) -> list[str]:
    """The examples of a page in this language, in order."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)
    assert found, language
    return found


def examples(language: str) -> str:
    """Every example in this language, in the order of the page."""
    return "\n".join(blocks("api.md", language))


def _publish_a_criterion(desk: Desk) -> None:
    kinds = {"email": "string", "interest_score": "int", "first_mql_on": "date"}
    fields = {name: {"type": kind, "source": "CRM"} for name, kind in kinds.items()}
    desk.publish("Lead", kind="record_type", key="lead", dedupe_key=["email"], fields=fields)
    counted = {"when": "first_time", "date_field": "first_mql_on"}
    criterion = {"id": "mql", "label": "MQL", "record": "lead", "expr": "interest_score >= 60", "counted": counted}
    desk.publish("Marketing Qualified Lead", abbreviations=["MQL"], criteria=[criterion])


def _stages_as_in_the_demo() -> dict[str, Any]:
    """The page is tried on the demo first, so that its stages have the keys of the starter vocabulary."""
    said = json.dumps(model()).replace("offered", "marketing-qualified").replace("Offered", "Marketing Qualified")
    agreed: dict[str, Any] = json.loads(said)
    return agreed


@pytest.fixture
def served(live_server: Any, desk: Desk, people: SimpleNamespace, tmp_path: Path) -> Any:
    """Runs a program in an empty folder, with the address of a live registry and a token; gives what it printed."""
    _publish_a_criterion(desk)
    agree_on_a_pipeline(desk, _stages_as_in_the_demo())
    desk.publish("Campaign")
    desk.publish("Campaign", term="campaign", why="It decides the budget.")
    desk.publish("Multi-threading")
    desk.publish("Multi-threading", term="multi-threading", why="One contact may leave.")
    _, key = token_of(people.rep, "read", "propose")

    def run(*command: str, ends_with: int = 0) -> str:
        environment = os.environ | {"ACCORD": live_server.url, "TOKEN": key}
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert ended.returncode == ends_with, ended.stdout[-1_000:] + ended.stderr[-3_000:]
        return ended.stderr if ends_with else ended.stdout

    return run


@pytest.mark.skipif(which("curl") is None, reason="there is no curl on this machine")
def test_every_example_with_curl_is_answered(served: Any, tmp_path: Path) -> None:
    said = served("sh", "-c", STRICT_CURL + examples("sh"))
    assert said.count('"matched_on":"abbreviation"') >= 3
    assert len((tmp_path / "words.jsonl").read_text().split()) > 2
    assert Proposal.objects.filter(term__name="Dark Funnel", state=State.DRAFT).count() == 1
    assert Term.objects.filter(name="Sales Velocity").exists()


def test_every_example_in_python_does_what_it_says(served: Any) -> None:
    said = served(sys.executable, "-c", examples("python"))
    assert "Marketing Qualified Lead | " in said and "| abbreviation" in said
    assert "no such word → []" in said
    assert "COUNT(*)" in said and "CAST('2026-01-01' AS DATE)" in said
    assert "legal: False" in said and "Leaving “Marketing Qualified” asks for “Counts as accepted”" in said
    assert "in_review ['sales', 'marketing']" in said or "in_review ['marketing', 'sales']" in said
    assert "invalid" in said and "['colour']" in said
    assert Proposal.objects.get(term__name="Silent Deal").state == State.IN_REVIEW


INTERPRETERS = {"python": sys.executable, "sh": "sh"}
LEADS = [{"email": "a@example.com", "interest_score": "72"}, {"email": "b@example.com", "interest_score": ""}]


@pytest.fixture(params=INTERPRETERS)
def job(request: pytest.FixtureRequest, served: Any, tmp_path: Path) -> Any:
    """Runs one of the programs for the three jobs, by its name."""
    language = request.param
    if language == "sh" and not (which("curl") and which("jq")):
        pytest.skip("there is no curl or no jq on this machine")
    programs = {block.split(".", 1)[0].removeprefix("# "): block for block in blocks("api-jobs.md", language)}
    assert programs.keys() == {"word", "nightly", "follow"}

    def run(name: str, *arguments: str, **how: Any) -> str:
        (tmp_path / name).write_text(programs[name])
        return served(INTERPRETERS[language], name, *arguments, **how)

    return run


def test_the_three_jobs_are_done_by_the_programs_in_the_docs(job: Any, desk: Desk, tmp_path: Path) -> None:
    assert job("word", "mql").startswith("marketing-qualified-lead\tagreed\t")
    assert "Campaign" in job("word", "campain", ends_with=1)

    (tmp_path / "leads.csv").write_text("email,interest_score\n" + "".join(f"{','.join(x.values())}\n" for x in LEADS))
    (tmp_path / "leads.jsonl").write_text("".join(f"{json.dumps(lead)}\n" for lead in LEADS))
    job("nightly")
    (verdicts,) = [path.read_text() for path in tmp_path.glob("verdicts.*")]
    assert re.findall("true|false|unknown", verdicts) == ["true", "unknown"]
    (tmp_path / "leads.csv").write_text("email,interest_score\na@example.com,high\n")
    (tmp_path / "leads.jsonl").write_text('{"interest_score": "high"}')
    assert "Give a whole number here" in job("nightly", ends_with=1)

    job("follow")
    assert kept(tmp_path)["campaign"] == ("Campaign", "2")
    desk.publish("Campaign", term="campaign", summary="plan that both teams own")
    for _ in range(2):
        job("follow")
        assert kept(tmp_path)["campaign"] == ("Campaign", "3")
    assert kept(tmp_path).keys() == {row.slug for row in Term.objects.all()}


def kept(folder: Path) -> dict[str, tuple[str, str]]:
    """Name and version of each word that was followed, by slug."""
    if (table := folder / "words.tsv").exists():
        rows = [line.split("\t") for line in table.read_text().splitlines()]
    else:
        rows = sqlite3.connect(folder / "words.sqlite3").execute("SELECT * FROM word").fetchall()
    return {row[0]: (row[1], str(row[3])) for row in rows}


def test_every_refusal_is_in_the_guide_with_its_status() -> None:
    told = {names(row[0])[0]: int(row[1]) for row in rows(page("api.md"), "code")}
    assert told == STATUS | OF_HTTP
    assert all(row[2] and row[3] for row in rows(page("api.md"), "code"))


def test_the_description_is_kept_as_a_file_and_is_made_without_a_warning(tmp_path: Path) -> None:
    made = tmp_path / "openapi.json"
    call_command(
        "spectacular", format="openapi-json", file=str(made), fail_on_warn=True, validate=True, stderr=StringIO()
    )
    renew = "DEBUG=true .venv/bin/python manage.py spectacular --format openapi-json --file docs/openapi.json"
    assert (DOCS / "openapi.json").read_text() == made.read_text(), f"The API has changed. Renew the file with: {renew}"
    assert renew in (ROOT / "CONTRIBUTING.md").read_text()
