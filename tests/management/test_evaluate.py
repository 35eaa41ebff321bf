"""A signed criterion run on a file, from the command line."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from glossary.exchange.starter import contents
from glossary.models import Term
from tests.starter import agree_on_the_starter_vocabulary
from tests.world import Desk, company

pytestmark = pytest.mark.django_db

FIELDS = {"score": {"type": "int", "source": "CRM"}, "asked": {"type": "bool", "source": "CRM"}}
WARM = {"id": "is_warm", "label": "Counts as warm", "record": "lead", "expr": "score >= 60 OR asked"}


@pytest.fixture
def people() -> SimpleNamespace:
    return company()


@pytest.fixture
def desk(people: SimpleNamespace) -> Desk:
    return Desk(people)


@pytest.fixture
def agreed(desk: Desk) -> None:
    desk.publish("Lead", kind="record_type", key="lead", fields=FIELDS)
    desk.publish("Warm Lead", criteria=[WARM])


def run(*words: Any, **options: Any) -> tuple[list[str], str]:
    """The lines on standard output, and what was said beside them."""
    said, beside = StringIO(), StringIO()
    call_command("evaluate", *map(str, words), stdout=said, stderr=beside, **options)
    return said.getvalue().splitlines(), beside.getvalue()


def kept(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_is_summed_up_unknowns_included(agreed: None, tmp_path: Path) -> None:
    leads = kept(tmp_path, "leads.csv", "score,asked,name\n72,,A\n5,no,B\n5,,C\n,,D\n")
    said, beside = run("warm-lead", leads)
    assert [line.split() for line in said[:3]] == [
        ["yes", "1", "(25.0%)"],
        ["no", "1", "(25.0%)"],
        ["unknown", "2", "(50.0%)"],
    ]
    assert said[3:] == ["Unknown for want of asked: 2", "Unknown for want of score: 1"]
    assert "Counts as warm, definition v1 of warm-lead" in beside


def test_the_verdict_of_each_record_is_printed_on_its_own(agreed: None, tmp_path: Path) -> None:
    leads = kept(tmp_path, "leads.jsonl", '{"score": 60}\n{"asked": false, "score": 1}\n{}\n')
    assert run("warm-lead", leads, verdicts=True)[0] == ["true", "false", "unknown"]


def test_what_does_not_fit_is_named_and_missing_columns_are_told(agreed: None, tmp_path: Path) -> None:
    _, beside = run("warm-lead", kept(tmp_path, "leads.csv", "score\n72\nhigh\n"))
    assert "The file has no column for asked." in beside
    assert "Record 2, score: Give a whole number here, or leave it empty." in beside


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("warm-lead", "nothing.csv"), "cannot be read"),
        (("nowhere", "leads.csv"), "No agreed word has the address"),
        (("warm-lead", "leads.txt"), "Only files that end in"),
        (("lead-score", "leads.csv"), "This word has no criterion."),
        (("warm-lead", "leads.csv", "--criterion", "is_hot"), "has no test “is_hot”"),
    ],
)
def test_what_cannot_be_run_ends_with_two_and_a_sentence(
    agreed: None, desk: Desk, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    desk.publish("Lead Score")
    for name in ("leads.csv", "leads.txt"):
        kept(tmp_path, name, "score\n1\n")
    term, file, *more = words
    with pytest.raises(CommandError, match=said) as ended:
        run(term, tmp_path / file, *more)
    assert ended.value.returncode == 2


@pytest.mark.any_engine
def test_every_sample_of_the_starter_vocabulary_gets_its_verdict(desk: Desk, tmp_path: Path) -> None:
    agree_on_the_starter_vocabulary(desk)
    for content in contents():
        for criterion in content.get("criteria", ()):
            slug = Term.objects.get(name=content["name"], namespace="word").slug
            records = "\n".join(json.dumps(sample["record"]) for sample in criterion["samples"])
            wanted = [str(sample["expect"]).lower() for sample in criterion["samples"]]
            samples = kept(tmp_path, "samples.jsonl", records)
            assert run(slug, samples, criterion=criterion["id"], verdicts=True)[0] == wanted, criterion["id"]
