"""People try a suggestion on a file of records before they sign it, and read on the version what was seen."""

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from glossary import workflow
from glossary.models import ImpactUpload, Proposal, SignOff
from tests.portal.conftest import Browse, hidden, words
from tests.workflow.test_weighing import LEAD, LEADS, criterion
from tests.world import Desk, acting

CSV = """email,fit,known,score,phone
ann@secret.example,A,yes,55,0171-555-1
bob@secret.example,B,yes,50,0171-555-2
cid@secret.example,A,yes,90,0171-555-3
dan@secret.example,A,no,55,0171-555-4
eve@secret.example,B,,55,0171-555-5
fay@secret.example,B,yes,lots,0171-555-6
"""


@pytest.fixture
def lower(desk: Desk) -> Proposal:
    """A suggestion, up for signing, that lowers the score of an agreed criterion from 60 to 50."""
    desk.publish("Lead", **LEAD)
    desk.publish("Ready Lead", criteria=[criterion(60)])
    return desk.submit("Ready Lead", term="ready-lead", criteria=[criterion(50)])


def address(proposal: Proposal) -> str:
    return f"/proposals/{proposal.pk}/"


def upload(browser: Client, proposal: Proposal, text: str = CSV, name: str = "leads.csv", **more: str) -> Any:
    form = {"action": "weigh", "record": "lead", "file": SimpleUploadedFile(name, text.encode()), **more}
    return browser.post(f"{address(proposal)}impact/", form, follow=True)


def test_a_file_is_uploaded_and_the_page_says_what_would_change(
    lower: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    mark = at_browser(people.mark)
    before = words(mark.get(address(lower)))
    assert "Try it on your own records" in before and "it needs the columns known , score" in before
    answer = upload(mark, lower, segment="fit")
    assert answer.redirect_chain[-1][0].endswith(f"{address(lower)}#impact")
    said = words(answer)
    assert "6 records are counted. They are deleted when this suggestion ends." in said
    assert "What it would do to records On 6 lead records Ready to talk" in said
    assert "meet it anew +2" in said and "no longer meet it 0" in said and "can no longer be told 1" in said
    assert "Before 1 of 6 meet it" in said and "With this text 3 of 6 meet it" in said
    assert "The 2 that meet it anew" in said
    assert "1 value did not fit and counts as empty" in said and "Record 6, score: Give a whole number" in said
    assert "0171" not in said and "secret.example" not in said
    assert "uploaded by Mark" in said


def test_the_reader_groups_as_they_like_and_nothing_changes(
    lower: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    upload(at_browser(people.mark), lower, segment="fit")
    sam = at_browser(people.sam)
    as_kept, otherwise = sam.get(address(lower)), sam.get(f"{address(lower)}?group=known")
    assert "fit records anew" in words(as_kept) and "known records anew" in words(otherwise)
    assert hidden(as_kept, "impact") == hidden(otherwise, "impact")
    assert "records anew" not in words(sam.get(f"{address(lower)}?group="))
    assert sam.get(f"{address(lower)}?group=email%00").status_code == 200


def test_who_signs_below_the_numbers_is_said_to_have_seen_them(
    lower: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    sam, mia = at_browser(people.sam), at_browser(people.mia)
    upload(sam, lower)
    other = workflow.weigh(lower.pk, by=acting(people.sam), record="lead", records=LEADS, at=lower.opened_at)
    workflow.forget_records(lower.pk, other.pk, by=acting(people.sam))
    page = sam.get(address(lower))
    assert "Beside them stands what would change" in words(page)
    form = {"action": "sign", "digest": hidden(page, "digest"), "impact": hidden(page, "impact")}
    sam.post(address(lower), form)
    mia.post(address(lower), {"action": "sign", "digest": hidden(page, "digest")})
    seen = {sign_off.signer.username: sign_off.impact for sign_off in SignOff.objects.filter(revision=lower.text)}
    assert seen == {"sam": form["impact"], "mia": ""}
    said = words(sam.get("/terms/ready-lead/"))
    assert said.count("having seen the effect on 6 lead records: +2 −0") == 1
    ended = words(sam.get(address(lower)))
    assert "What it did to records" in ended and "The records themselves are deleted." in ended
    assert "On 6 lead records" in ended and "1 value did not fit" in ended
    assert "meet it anew +2" in ended and "that meet it anew" not in ended and "Try it on" not in ended


def test_a_visitor_is_not_told_how_many_records_there_are(
    lower: Proposal, people: SimpleNamespace, at_browser: Browse, settings: LazySettings
) -> None:
    settings.GLOSSARY_OPEN_READING = True
    sam = at_browser(people.sam)
    upload(sam, lower)
    page = sam.get(address(lower))
    sam.post(address(lower), {"action": "sign", "digest": hidden(page, "digest"), "impact": hidden(page, "impact")})
    workflow.sign_off(lower.pk, by=acting(people.mia), digest=lower.text.digest)
    assert "lead records" not in words(Client().get("/terms/ready-lead/"))


def test_records_are_deleted_by_a_button_that_only_some_have(
    lower: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    mark, sam = at_browser(people.mark), at_browser(people.sam)
    upload(mark, lower)
    form = {"action": "delete", "upload": str(ImpactUpload.objects.get().pk)}
    assert 'value="delete"' not in sam.get(address(lower)).content.decode()
    refused = sam.post(f"{address(lower)}impact/", form)
    assert (refused.status_code, ImpactUpload.objects.count()) == (403, 1)
    assert 'value="delete"' in mark.get(address(lower)).content.decode()
    assert "The records are deleted." in words(mark.post(f"{address(lower)}impact/", form, follow=True))
    assert not ImpactUpload.objects.exists()


@pytest.mark.parametrize(
    ("text", "name", "status", "sentence"),
    [
        (CSV, "leads.pdf", 422, "Only files that end in .csv, .jsonl or .xlsx"),
        ("", "leads.csv", 422, "empty"),
        ("email,fit\n", "leads.csv", 422, "There are no records in it."),
        ("phone\n0171\n", "leads.csv", 422, "None of these columns is a field of the record type."),
        ('{"score": [1]}\n', "leads.jsonl", 422, "give text, a number"),
        ("score\n" + "1\n" * 20_001, "leads.csv", 413, "more than 20,000 records"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_to_be_so(
    text: str, name: str, status: int, sentence: str, lower: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    answer = upload(at_browser(people.mark), lower, text, name, segment="fit")
    assert (answer.status_code, ImpactUpload.objects.count()) == (status, 0)
    assert sentence in words(answer)
    assert '<option value="fit" selected>' in answer.content.decode(), "what was chosen is still chosen"


def test_a_form_without_a_file_is_answered_in_words(
    lower: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    mark = at_browser(people.mark)
    answer = mark.post(f"{address(lower)}impact/", {"action": "weigh", "record": "lead"})
    assert (answer.status_code, "Choose the file" in words(answer)) == (422, True)
    assert mark.get(f"{address(lower)}impact/").status_code == 302
    assert mark.post(f"{address(lower)}impact/", {"action": "delete", "upload": "x"}).status_code == 404
    assert mark.post("/proposals/4711/impact/", {"action": "weigh"}).status_code == 404


def test_hostile_text_shows_inert(desk: Desk, people: SimpleNamespace, at_browser: Browse) -> None:
    script = "<script>alert(1)</script>"
    fields = {**LEAD["fields"], "note": {"type": "string", "source": "CRM"}}
    desk.publish("Lead", **(LEAD | {"fields": fields}))
    noted = {"id": "noted", "label": script, "record": "lead", "expr": "note IS NOT NULL"}
    proposal = desk.submit("Noted Lead", criteria=[noted])
    mark = at_browser(people.mark)
    answer = upload(mark, proposal, f"note\n{script}\n" * 6, segment="note")
    page = answer.content.decode()
    assert script not in page and "&lt;script&gt;alert(1)" in page


def test_a_suggestion_without_a_criterion_has_no_such_section(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    page = words(at_browser(people.sam).get(address(desk.submit("Campaign"))))
    assert "your own records" not in page and "What it would do" not in page


def test_as_many_questions_are_asked_whatever_is_uploaded(
    lower: Proposal, people: SimpleNamespace, at_browser: Browse
) -> None:
    mark = at_browser(people.mark)
    asked = []
    for text in (CSV, CSV + "z@x.example,A,yes,55,1\n" * 200):
        upload(mark, lower, text, segment="fit")
        mark.get(address(lower))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            mark.get(address(lower))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_picture_says_in_words_what_it_shows(lower: Proposal, people: SimpleNamespace, at_browser: Browse) -> None:
    page = upload(at_browser(people.mark), lower).content.decode()
    [drawing] = re.findall(r'<svg role="img" viewBox="0 0 1000 20".*?</svg>', page, re.DOTALL)[1:]
    assert "<title" in drawing and "3 of 6 records meet it" in drawing
    widths = [int(width) for width in re.findall(r'width="(\d+)"', drawing)]
    assert sum(widths) == 1_000 and "style=" not in drawing


def test_an_excel_file_is_read_as_well(lower: Proposal, people: SimpleNamespace, at_browser: Browse) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (["known", "score"], [True, 55], [True, 50]):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    file = SimpleUploadedFile("leads.xlsx", kept.getvalue())
    form = {"action": "weigh", "record": "lead", "file": file}
    answer = at_browser(people.mark).post(f"{address(lower)}impact/", form, follow=True)
    assert "meet it anew +2" in words(answer)
