"""Tools search the agreed texts, and complete names while somebody types."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.utils import timezone

from tests.api.callers import Caller, code, person, tool
from tests.lookup.test_search import HOSTILE
from tests.world import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def crm(people: SimpleNamespace) -> Caller:
    return tool(people.ada, "read")


def said(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_tool_finds_a_text_and_is_told_where_it_was_met(desk: Desk, crm: Caller) -> None:
    desk.publish("Talks", examples=["the <b>negotiations</b> with a buyer"])
    answer = said(crm.get("search?q=negotiating"))
    (found,) = answer["results"]
    text = found["snippet"]["text"]
    assert answer["query"] == "negotiating" and answer["read_as"] is None and answer["suggestions"] == []
    assert (found["slug"], found["url"], found["version"]) == ("talks", "/terms/talks/", 1)
    assert (found["kind"], found["status"], found["matched_in"]) == ("concept", "agreed", "examples")
    assert text == "the <b>negotiations</b> with a buyer"
    assert [text[start:end] for start, end in found["snippet"]["marks"]] == ["negotiations"]


def test_a_slip_says_what_it_was_taken_for_and_nothing_says_what_is_near(desk: Desk, crm: Caller) -> None:
    desk.publish("Spring Campaign")
    desk.publish("Go-to-Market")
    assert said(crm.get("search?q=spring+campagin"))["read_as"] == "spring campaign"
    near = said(crm.get("search?q=gotomarkt"))
    assert near["results"] == []
    assert near["suggestions"] == [{"slug": "go-to-market", "name": "Go-to-Market", "url": "/terms/go-to-market/"}]


def test_a_search_is_narrowed_and_bounded(desk: Desk, crm: Caller) -> None:
    desk.publish("Reply Rate", kind="metric", owner_side="sales")
    desk.publish("Reply")
    assert [each["slug"] for each in said(crm.get("search?q=reply"))["results"]] == ["reply", "reply-rate"]
    for narrowed in ("kind=metric", "owner_side=sales", "kind=metric&status=agreed"):
        assert [each["slug"] for each in said(crm.get(f"search?q=reply&{narrowed}"))["results"]] == ["reply-rate"]
    assert len(said(crm.get("search?q=reply&limit=1"))["results"]) == 1


def test_nothing_unsigned_is_found_by_anybody(desk: Desk, people: SimpleNamespace, crm: Caller) -> None:
    desk.publish("Later", effective_from=timezone.now() + timedelta(days=1), examples=["a late signal"])
    desk.submit("Suggested", examples=["a late signal"])
    for caller in (crm, person(people.sam)):
        assert said(caller.get("search?q=late+signal"))["results"] == []
    assert said(crm.get("suggest?q=la"))["results"] == said(crm.get("suggest?q=sug"))["results"] == []


def test_names_are_completed_while_somebody_types(desk: Desk, crm: Caller) -> None:
    desk.publish("Marketing Qualified Lead", abbreviations=["MQL"])
    answer = crm.get("suggest?q=mq")
    assert said(answer) == {
        "query": "mq",
        "results": [
            {
                "slug": "marketing-qualified-lead",
                "name": "Marketing Qualified Lead",
                "text": "MQL",
                "matched_on": "abbreviation",
                "url": "/terms/marketing-qualified-lead/",
            }
        ],
    }
    assert "private" in answer.headers["Cache-Control"]
    assert said(crm.get("suggest?q=zz"))["results"] == []


def test_who_may_not_read_may_not_search(desk: Desk, people: SimpleNamespace, settings: LazySettings) -> None:
    desk.publish("Campaign")
    for address in ("search?q=campaign", "suggest?q=camp"):
        assert code(Caller().get(address)) == (401, "unauthenticated")
        assert code(tool(people.ada, "propose").get(address)) == (403, "not_permitted")
    settings.GLOSSARY_OPEN_READING = True
    for address in ("search?q=campaign", "suggest?q=camp"):
        assert len(said(Caller().get(address))["results"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "search",
        "search?q=",
        "search?q=%00",
        "search?q=a%00b",
        "search?q=" + "x" * 10_000,
        "search?q=a&kind=animal",
        "search?q=a&status=wanted",
        "search?q=a&kind=%00",
        "search?q=a&owner_side=%00",
        "search?q=a&limit=51",
        "search?q=a&limit=x",
        "search?q=a&order=rank",
        "suggest",
        "suggest?q=%00",
        "suggest?q=+",
        "suggest?q=a&limit=21",
        "suggest?q=a&kind=metric",
    ],
)
def test_what_is_no_question_is_refused(wrong: str, crm: Caller) -> None:
    assert code(crm.get(wrong)) == (422, "invalid")


@pytest.mark.parametrize("query", HOSTILE)
def test_whatever_is_typed_is_answered(query: str, desk: Desk, crm: Caller) -> None:
    desk.publish("Campaign", examples=["name a b x and or not near script alert"])
    for address in ("search", "suggest"):
        assert crm.get(f"{address}?q={quote(query)}").status_code in (200, 422)


def test_asking_to_change_what_is_found_is_refused(crm: Caller) -> None:
    for address in ("search", "suggest"):
        assert code(crm.post(address, {"q": "a"})) == (405, "method_not_allowed")
