"""Reading through the API: the hot lookup, pages, tags, the feed, the export, and what each costs in queries."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from django.utils.http import urlencode

from glossary import workflow
from glossary.models import InForce
from tests.api.callers import Caller, code, person, tool
from tests.reading import counted, reading_only
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(people: SimpleNamespace) -> Caller:
    return tool(people.ada, "read")


def test_a_lookup_serves_the_stored_text_and_how_it_was_met(desk: Desk, reader: Caller) -> None:
    desk.publish("Café “Lead”", abbreviations=["CL"])
    answer = reader.get("lookup?name=CL")
    stored = json.loads(InForce.objects.get().body)
    assert answer.json() == {"query": "CL", "matches": [stored | {"matched_on": "abbreviation"}]}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert "Cookie" not in answer.headers.get("Vary", "") and not answer.cookies
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_shared_abbreviation_answers_with_every_word(desk: Desk, reader: Caller) -> None:
    desk.publish("Sales Accepted Lead", abbreviations=["SAL"])
    one = reader.get("lookup?name=sal").headers["ETag"]
    desk.publish("Service Activity Log", abbreviations=["SAL"])
    answer = reader.get("lookup?name=sal")
    assert [match["slug"] for match in answer.json()["matches"]] == ["sales-accepted-lead", "service-activity-log"]
    assert answer.headers["ETag"] != one


def test_what_is_known_already_is_not_sent_again(desk: Desk, reader: Caller) -> None:
    desk.publish("Campaign")
    for path in ("lookup?name=campaign", "terms/campaign/", "terms/campaign/versions/1/"):
        tag = reader.get(path).headers["ETag"]
        for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            known = reader.get(path, **{"If-None-Match": header})
            assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag), (path, header)
        assert reader.get(path, **{"If-None-Match": '"other"'}).status_code == 200
    tag = reader.get("lookup?name=campaign").headers["ETag"]
    desk.publish("Campaign", term="campaign", why="new")
    assert reader.get("lookup?name=campaign", **{"If-None-Match": tag}).status_code == 200


def test_a_name_that_nobody_uses_gets_suggestions(desk: Desk, reader: Caller) -> None:
    desk.publish("Marketing Campaign")
    answer = reader.get("lookup?name=marketing%20campain")
    assert code(answer) == (404, "not_found")
    near = {"slug": "marketing-campaign", "name": "Marketing Campaign", "url": "/terms/marketing-campaign/"}
    assert answer.json()["suggestions"] == [near]


def test_names_in_bulk_are_answered_in_order(desk: Desk, reader: Caller) -> None:
    desk.publish("Campaign", aliases=["push"])
    names = ["push", "nothing", "", "Campaign", "\x00"]
    answer = reader.post("lookup", {"names": names}).json()
    assert [result["query"] for result in answer["results"]] == names
    met = [[match["matched_on"] for match in result["matches"]] for result in answer["results"]]
    assert met == [["alias"], [], [], ["name"], []]
    ahead = reader.post("lookup?as_of=2100-01-01T00:00:00Z", {"names": ["push"]}).json()
    assert ahead["provisional"] is True


def test_the_past_is_final_and_a_plus_sign_may_go_unescaped(desk: Desk, reader: Caller) -> None:
    version = desk.publish("Campaign")
    later = version.published_at + timedelta(microseconds=5)
    asked = reader.get(f"lookup?name=campaign&as_of={later.isoformat()}")
    assert (asked.json()["provisional"], asked.json()["matches"][0]["version"]) == (False, 1)
    before = urlencode({"as_of": (version.published_at - timedelta(microseconds=1)).isoformat()})
    assert code(reader.get(f"lookup?name=campaign&{before}")) == (404, "not_found")
    assert code(reader.get(f"terms/campaign/?{before}")) == (404, "not_found")
    assert reader.get(f"terms/?{before}").json()["results"] == []


def test_a_list_is_walked_page_by_page_without_loss_while_it_grows(desk: Desk, people: SimpleNamespace) -> None:
    for letter in "abcde":
        desk.open(f"Word {letter}")
    rep = person(people.rep)
    page = rep.get("terms/?limit=2&state=wanted").json()
    seen = [term["slug"] for term in page["results"]]
    desk.open("Word f")
    while page["next"]:
        page = rep.get(page["next"].removeprefix("/api/v1/")).json()
        seen += [term["slug"] for term in page["results"]]
    assert seen == [f"word-{letter}" for letter in "abcdef"]


def test_the_feed_is_walked_exactly_once(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    rep, seen, cursor = person(people.rep), [], 0
    while True:
        answer = json.loads(rep.get(f"changes?after={cursor}&limit=4").getvalue())
        if not answer["results"]:
            break
        seen += [event["seq"] for event in answer["results"]]
        cursor = answer["next"]
    assert seen == list(range(1, len(seen) + 1))
    assert json.loads(rep.get(f"changes?after={cursor}").getvalue()) == {"results": [], "next": cursor}


def test_everything_in_force_is_exported_as_served(desk: Desk, reader: Caller) -> None:
    desk.publish("Campaign")
    desk.publish("Funnel")
    desk.publish("Pipeline", effective_from=timezone.now() + timedelta(days=1))
    whole = json.loads(b"".join(reader.get("export").streaming_content))
    lines = b"".join(reader.get("export?format=jsonl").streaming_content).decode().splitlines()
    assert [json.loads(line) for line in lines] == whole["terms"]
    assert [term["slug"] for term in whole["terms"]] == ["campaign", "funnel"]
    assert whole["terms"][0] == json.loads(InForce.objects.get(term__slug="campaign").body)
    assert code(reader.get("export?format=xml")) == (422, "invalid")


# How many questions each read asks; to be changed here on purpose, and never with the number of rows.
QUERIES = {
    "lookup?name=word%20a": 1,
    "terms/word-a/": 5,
    "terms/": 3,
    "terms/word-a/versions/": 3,
    "changes": 2,
}
QUERIES_OF_A_PERSON = {
    "terms/": 4,
    "terms/word-a/": 7,
    "proposals/": 10,
    "proposals/?waiting_for=me": 10,
    "proposals/{pk}/": 21,
    "changes": 4,
}


def costs(caller: Caller, paths: Any) -> dict[str, int]:
    found = {}
    for path in paths:
        with counted() as said:
            assert caller.get(path).status_code == 200
        found[path] = len(said)
    return found


def test_reads_ask_a_fixed_number_of_questions(desk: Desk, people: SimpleNamespace, reader: Caller) -> None:
    desk.publish("Word a")
    proposal = desk.submit("Word a", term="word-a", why="new")
    sam = person(people.sam)
    of_a_person = {path.format(pk=proposal.pk): count for path, count in QUERIES_OF_A_PERSON.items()}
    assert costs(reader, QUERIES) == QUERIES
    assert costs(sam, of_a_person) == of_a_person
    desk.publish("Word b", aliases=["word"])
    for number in range(3):
        desk.submit(f"Further word {number}")
        desk.open(f"Other word {number}")
        workflow.comment_on_proposal(proposal.pk, by=acting(people.rep), text="hm")
    assert costs(reader, QUERIES) == QUERIES
    assert costs(sam, of_a_person) == of_a_person


def test_a_lookup_asks_no_more_for_many_names(desk: Desk, reader: Caller) -> None:
    desk.publish("Word a")
    with counted() as said:
        reader.post("lookup", {"names": ["word a"] + [f"name {number}" for number in range(200)]})
    assert len(said) == 3  # who asks, the exact keys, the looser ones of names not met


def test_reading_with_a_token_leaves_no_trace(desk: Desk, reader: Caller) -> None:
    desk.publish("Campaign")
    with reading_only():
        for path in ("lookup?name=campaign", "terms/", "terms/campaign/", "changes", "export"):
            assert reader.get(path).status_code == 200
