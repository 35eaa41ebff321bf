"""A vocabulary goes out as a file and comes back as drafts: once, whoever reads it, and never signed."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import timezone

from glossary.domain.content import canonical_text
from glossary.ledger.verifying import verify
from glossary.models import Event, InForce, Proposal, SignOff, State, Term, Version
from tests.world import Desk

pytestmark = pytest.mark.django_db


def export(folder: Path, form: str) -> Path:
    path = folder / f"words.{form}"
    call_command("export_vocabulary", format=form, out=path, stderr=io.StringIO())
    return path


def bring_in(path: Path, **options: Any) -> tuple[str, str]:
    """What the command says, and what it says is wrong."""
    said, wrong = io.StringIO(), io.StringIO()
    try:
        call_command("import_vocabulary", path, user="rep", stdout=said, stderr=wrong, **options)
    except CommandError as error:
        wrong.write(f"{error}\n")
        assert error.returncode == 1
    return said.getvalue(), wrong.getvalue()


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Term, Proposal, Event, SignOff, Version))


@pytest.fixture
def vocabulary(desk: Desk) -> None:
    desk.publish("Lead", kind="record_type", key="lead", fields={"email": {"type": "string", "source": "CRM"}})
    criterion = {"id": "known", "label": "Known", "record": "lead", "expr": "email IS NOT NULL"}
    desk.publish("Prospect", criteria=[criterion], examples=["=1+1", "-2"], for_sides={"sales": "Call."})
    desk.publish("Campaign", related=["Prospect"], definition="See [[Prospect]].")


@pytest.mark.parametrize("form", ["json", "jsonl", "yaml", "csv"])
def test_what_is_agreed_already_is_passed_over(form: str, vocabulary: None, tmp_path: Path) -> None:
    before = everything()
    said, wrong = bring_in(export(tmp_path, form))
    assert "3 words: 0 new, 0 changed, 3 agreed already" in said
    assert (wrong, everything()) == ("", before)


def edited(path: Path, **changed: str) -> None:
    """The file with other cells in the row of the campaign."""
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    for row in rows:
        row.update(changed if row["slug"] == "campaign" else {})
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_an_edited_sheet_becomes_one_draft_and_only_once(vocabulary: None, tmp_path: Path) -> None:
    path = export(tmp_path, "csv")
    edited(path, why="It decides the budget.", for_sales="Ask.")
    said, _ = bring_in(path)
    assert "1 changed, 2 agreed already" in said
    draft = Proposal.objects.get(state=State.DRAFT)
    assert (draft.author.username, draft.reason) == ("rep", "Brought in from words.csv")
    agreed = Version.objects.get(term__slug="campaign").content.as_data()
    assert draft.text.content.as_data() == agreed | {"why": "It decides the budget.", "for_sides": {"sales": "Ask."}}
    before = everything()
    assert "1 suggested already" in bring_in(path)[0]
    assert everything() == before
    assert not SignOff.objects.filter(revision__proposal=draft).exists()


def test_a_dry_run_says_what_would_happen_and_changes_nothing(vocabulary: None, tmp_path: Path) -> None:
    path = export(tmp_path, "csv")
    edited(path, why="new")
    path.write_text(path.read_text() + ",Brand new word" + "," * 10 + "\n")
    before = everything()
    said, wrong = bring_in(path, dry_run=True)
    assert "1 new, 1 changed, 2 agreed already" in said
    assert "2 would become drafts. Nothing was changed." in said
    assert (wrong, everything()) == ("", before)
    assert next(verify(), None) is None


def test_a_sheet_leaves_alone_what_it_has_no_column_for(vocabulary: None, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("slug,name,summary\nprospect,Prospect,somebody who may buy\n")
    bring_in(path)
    written = Proposal.objects.get(state=State.DRAFT).text.content
    assert written.summary == "somebody who may buy"
    assert written.criteria and written.examples and written.for_sides


def test_an_empty_registry_gets_the_same_texts_from_a_file(vocabulary: None, tmp_path: Path, desk: Desk) -> None:
    words = yaml.safe_load(export(tmp_path, "yaml").read_text())["terms"]
    for word in words:
        word["slug"] = f"other-{word['slug']}"
        word["name"] += " Two"
        word.get("criteria", [{}])[0].get("id") and word["criteria"][0].update(id="known_two")
    (tmp_path / "two.yaml").write_text(yaml.safe_dump({"terms": words}))
    said, wrong = bring_in(tmp_path / "two.yaml")
    assert "3 new" in said, wrong
    drafts = {draft.term.name: draft.text.content for draft in Proposal.objects.filter(state=State.DRAFT)}
    assert set(drafts) == {"Lead Two", "Prospect Two", "Campaign Two"}
    agreed = Version.objects.get(term__slug="campaign").content
    same = canonical_text(term="", base=None, effective_from=None, content=drafts["Campaign Two"])
    assert same.replace(" Two", "") == canonical_text(term="", base=None, effective_from=None, content=agreed)
    assert next(verify(), None) is None


def test_what_is_wrong_is_said_of_each_word_and_the_others_come_in(vocabulary: None, tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    words = [{"name": "Fine"}, {"name": "Odd", "colour": "red", "kind": "thing"}, 7, {"name": "Also fine"}, {}]
    path.write_text(yaml.safe_dump(words))
    said, wrong = bring_in(path)
    assert "5 words: 2 new, 0 changed, 0 agreed already, 0 suggested already, 3 refused." in said
    assert "Word 2, “Odd”: colour: " in wrong
    assert "Word 2, “Odd”: kind: Choose one of concept" in wrong
    assert "Word 3: This is not a word with named fields." in wrong
    assert "Word 5: name: " in wrong
    assert "3 could not be brought in." in wrong
    assert Proposal.objects.filter(state=State.DRAFT).count() == 2


def test_a_file_from_before_the_newest_text_takes_nothing_back(desk: Desk, tmp_path: Path) -> None:
    desk.publish("Campaign")
    path = export(tmp_path, "json")
    desk.publish("Campaign", term="campaign", why="later", effective_from=timezone.now() + timedelta(days=1))
    assert InForce.objects.count() == 2
    assert "1 agreed already" in bring_in(path)[0]


def test_signatures_in_a_file_count_for_nothing(people: SimpleNamespace, tmp_path: Path) -> None:
    seats = [{"side": side, "name": name} for side, name in (("sales", "Sam"), ("marketing", "Mia"))]
    (tmp_path / "w.yaml").write_text(yaml.safe_dump([{"name": "Forged", "version": 3, "signatures": seats}]))
    assert "1 new" in bring_in(tmp_path / "w.yaml")[0]
    assert (Version.objects.count(), SignOff.objects.count()) == (0, 0)
    assert Proposal.objects.get().state == State.DRAFT


def test_who_is_not_there_and_what_is_no_file_is_said(people: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no active person"):
        call_command("import_vocabulary", tmp_path / "w.csv", user="nobody")
    assert "cannot be read: No such file" in bring_in(tmp_path / "w.csv")[1]
    (tmp_path / "w.txt").write_text("x")
    assert "Only files that end in" in bring_in(tmp_path / "w.txt")[1]


def test_an_export_that_cannot_be_written_leaves_no_half_file(vocabulary: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        call_command("export_vocabulary", format="csv", out=tmp_path / "nowhere" / "w.csv")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_vocabulary", format="csv", out=tmp_path, stderr=io.StringIO())
    assert list(tmp_path.iterdir()) == []
