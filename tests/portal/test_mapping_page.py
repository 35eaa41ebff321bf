"""RevOps compares the picklists of the CRM with what is agreed, at a browser without scripts."""

import re
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from glossary.models import Event
from tests.exchange.files import workbook
from tests.portal.conftest import Browse, words
from tests.reading import counted
from tests.world import Desk

PAGE = "/mapping/"
HEADING = "System,OBJECT,field,Value,Label\n"
PLACE = {"system": "salesforce", "object": "Lead", "field": "Status"}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def ada(people: SimpleNamespace, desk: Desk, at_browser: Browse) -> Client:
    """Ada, in a company whose words Lead and SAL are mapped to values of the CRM."""
    deal = {"system": "hubspot", "object": "deal", "field": "dealstage", "value": "won"}
    desk.publish("Lead", crm_mappings=[PLACE | {"value": "Open"}, deal])
    desk.publish("Sales Accepted Lead", crm_mappings=[PLACE | {"value": "Working"}])
    return at_browser(people.ada)


def send(browser: Client, text: str | bytes, name: str = "picklist.csv") -> HttpResponse:
    content = text.encode() if isinstance(text, str) else text
    return browser.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def test_the_page_shows_what_is_mapped_and_takes_a_file(ada: Client) -> None:
    page = ada.get(PAGE)
    assert "HubSpot deal.dealstage 1" in words(page) and "Salesforce Lead.Status 2" in words(page)
    assert 'enctype="multipart/form-data"' in page.content.decode()
    assert f'href="{PAGE}"' in ada.get("/agenda/").content.decode()
    assert ada.get("/terms/lead/").content.decode().count(f'href="{PAGE}"') == 2, "at the foot, and where it is mapped"


def test_a_value_that_two_words_hold_is_shown_without_a_file(ada: Client, desk: Desk) -> None:
    assert "Mapped twice" not in words(ada.get(PAGE))
    desk.publish("Prospect", crm_mappings=[PLACE | {"value": "Open", "object": "lead"}])
    page = ada.get(PAGE)
    assert "Mapped twice No report can tell" in words(page)
    assert "Open Salesforce Lead.Status Lead Prospect Take it out of one:" in words(page)
    assert '<a href="/propose/?term=prospect">change Prospect</a>' in page.content.decode()


def test_each_finding_says_what_it_is_and_what_to_do(ada: Client, desk: Desk) -> None:
    desk.publish("Prospect", crm_mappings=[PLACE | {"value": "Open"}])
    answer = send(ada, f"{HEADING}Salesforce,Lead,Status,Open,x\nsalesforce,Lead,Status,{HOSTILE},\n")
    said = words(answer)
    assert answer.status_code == 200
    assert "1 missing, 1 extra, 1 mapped twice, 1 the same. 0 of 1 field agrees." in said
    assert "Missing Working Sales Accepted Lead Add it in the CRM." in said
    assert "Extra <script>alert(1)</script> Find the word that it means" in said
    assert "Mapped twice Open Lead Prospect No report can tell which one a record means." in said
    assert (
        "Not in your file Values of these fields are mapped too. They were not compared. HubSpot deal.dealstage" in said
    )
    page = answer.content.decode()
    assert HOSTILE not in page
    assert '<a href="/propose/?term=sales-accepted-lead">change Sales Accepted Lead</a>' in page


def test_a_renamed_value_is_told_with_both_names(ada: Client) -> None:
    said = words(send(ada, f"{HEADING}salesforce,Lead,Status,Open,\nsalesforce,Lead,Status,WORKING,\n"))
    assert "Renamed Working WORKING Sales Accepted Lead Call it “Working” in the CRM again" in said


def test_a_crm_that_offers_just_what_is_agreed_is_told_so(ada: Client) -> None:
    rows = [["system", "object", "field", "value"], ["salesforce", "Lead", "Status", "Working"]]
    answer = send(ada, workbook([*rows, ["salesforce", "Lead", "Status", "Open"]]).getvalue(), "picklist.XLSX")
    assert "The CRM offers just what we agreed. 2 values are the same in 1 field." in words(answer)
    assert "Fields that agree Salesforce Lead.Status 2 values" in words(answer)


def test_the_file_to_fill_in_agrees_when_it_is_sent_back(ada: Client) -> None:
    sample = ada.get("/mapping/picklist.csv")
    assert "attachment" in sample.headers["Content-Disposition"]
    assert "The CRM offers just what we agreed. 3 values are the same in 2 fields." in words(send(ada, sample.content))


def test_the_file_to_fill_in_runs_nothing_in_a_spreadsheet(ada: Client, desk: Desk) -> None:
    desk.publish("Prospect", crm_mappings=[PLACE | {"value": "=HYPERLINK(1)"}])
    assert ",'=HYPERLINK(1)\r\n" in ada.get("/mapping/picklist.csv").content.decode()


def test_where_nothing_is_mapped_the_page_says_how_to_and_gives_an_example(
    people: SimpleNamespace, at_browser: Browse
) -> None:
    rep = at_browser(people.rep)
    assert "No word in force says which value of the CRM means it." in words(rep.get(PAGE))
    assert "salesforce,Lead,Status,Open - Not Contacted" in rep.get("/mapping/picklist.csv").content.decode()


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("", "picklist.csv", "The file is empty."),
        ("system,object,field\n", "picklist.csv", "The file has no column “value”."),
        (HEADING, "picklist.csv", "There is nothing to compare"),
        (HEADING + "a,,c,d,\n", "picklist.csv", "Record 1 has nothing in “object”."),
        (HEADING, "picklist.pdf", "Only files that end in .csv, .jsonl or .xlsx can be read here."),
        (HEADING, "picklist.xlsx", "This cannot be read as an Excel workbook"),
        ('{"system": [1]}', "picklist.jsonl", "Line 1, field system: give text"),
        ("gr\xf6\xdfe".encode("latin-1"), "picklist.csv", "The file is not written in UTF-8."),
        (HEADING + "a,b,c,d,\n" * 20_001, "picklist.csv", "The file has more than 20,000 records."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(ada: Client, text: str, name: str, sentence: str) -> None:
    answer = send(ada, text, name)
    assert answer.status_code in (413, 422)
    assert sentence in words(answer)
    assert "What is mapped now" in words(answer)


def test_sending_no_file_is_answered(ada: Client) -> None:
    for typed in ({}, {"file": "picklist.csv"}):
        answer = ada.post(PAGE, typed)
        assert (answer.status_code, "Choose the file first" in words(answer)) == (422, True)


def test_a_file_may_be_larger_than_other_requests_but_not_any_size(ada: Client, settings: LazySettings) -> None:
    settings.GLOSSARY_MAX_BODY = 1_000
    large = HEADING + "salesforce,Lead,Status,Open,\n" * 100
    assert send(ada, large).status_code == 200
    settings.GLOSSARY_MAX_UPLOAD = 2_000
    assert send(ada, large).status_code == 413


def test_very_many_findings_stay_one_readable_page(ada: Client) -> None:
    rows = "".join(f"salesforce,Lead,Field {number % 700},Value {number},\n" for number in range(2_000))
    answer = send(ada, HEADING + rows)
    assert "2000 extra" in words(answer) and "And 1500 more." in words(answer)
    assert len(re.findall(r'<tr role="row">', answer.content.decode())) < 1_100
    assert len(answer.content) < 1_000_000


def test_comparing_writes_nothing_and_asks_once(ada: Client) -> None:
    before = Event.objects.count()
    with counted() as statements:
        send(ada, f"{HEADING}salesforce,Lead,Status,Open,\n")
    assert len([said for said in statements if "glossary_inforce" in said]) == 1
    assert len(statements) <= 6
    assert Event.objects.count() == before


def test_a_visitor_signs_in_first_and_a_foreign_form_is_refused(people: SimpleNamespace) -> None:
    assert Client().get(PAGE).headers["Location"].startswith("/accounts/login/")
    assert send(Client(), HEADING).headers["Location"].startswith("/accounts/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.ada)
    assert send(strict, HEADING).status_code == 403
