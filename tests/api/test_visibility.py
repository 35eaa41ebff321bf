"""Who sees what: tools and visitors what is published, people also what is under way, a tool what it opened."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from glossary import workflow
from tests.api.callers import Caller, code, person, tool
from tests.reading import reading_only
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db

SECRET = "nobody outside may read this yet"


@pytest.fixture
def under_way(desk: Desk, people: SimpleNamespace) -> Any:
    """Campaign is published and being changed; Funnel was only ever suggested; Pipeline is only wanted."""
    desk.publish("Campaign")
    desk.submit("Funnel", why=SECRET, reason=SECRET)
    workflow.raise_word("Pipeline", by=acting(people.rep), note=SECRET)
    workflow.comment_on_term("campaign", by=acting(people.rep), text=SECRET)
    return desk.submit("Campaign", term="campaign", why=SECRET)


@pytest.fixture(params=["a tool", "a visitor"])
def outsider(request: pytest.FixtureRequest, people: SimpleNamespace, settings: Any) -> Caller:
    """A tool with a `read` token, or, under open reading, anybody."""
    if request.param == "a visitor":
        settings.GLOSSARY_OPEN_READING = True
        return Caller()
    return tool(people.sam, "read")


def test_an_outsider_reads_nothing_that_is_not_published(under_way: Any, outsider: Caller) -> None:
    paths = ["terms/", "terms/?q=funnel", "terms/campaign/", "terms/campaign/versions/", "changes?limit=1000", "export"]
    paths += ["export?format=jsonl", "lookup?name=campaign", "terms/?updated_since=2020-01-01T00:00:00Z"]
    with reading_only():
        for path in paths:
            answer = outsider.get(path)
            said = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code == 200, path
            assert SECRET.encode() not in said, path
            assert b"funnel" not in said.lower(), path
            assert b"pipeline" not in said.lower(), path


def test_no_answer_is_kept_by_a_cache_that_several_share(under_way: Any, outsider: Caller) -> None:
    for path in ("terms/", "terms/campaign/", "changes", "export", "lookup?name=campaign", "terms/nope/"):
        answer = outsider.get(path)
        assert "private" in answer.headers["Cache-Control"], path
        assert "Authorization" in answer.headers["Vary"], path


def test_a_word_that_is_not_published_does_not_exist_for_an_outsider(under_way: Any, outsider: Caller) -> None:
    for slug in ("funnel", "pipeline", "never-heard-of"):
        for path in (f"terms/{slug}/", f"terms/{slug}/versions/", f"terms/{slug}/versions/1/", f"lookup?name={slug}"):
            assert code(outsider.get(path)) == (404, "not_found"), path
        assert code(outsider.get(f"terms/{slug}/diff?from=1&to=1")) == (404, "not_found")
        assert "suggestions" not in outsider.get(f"terms/{slug}/").json()


def test_why_a_word_was_raised_is_not_told_to_an_outsider_once_it_is_signed(
    desk: Desk, people: SimpleNamespace, outsider: Caller
) -> None:
    workflow.raise_word("Funnel", by=acting(people.rep), note=SECRET)
    desk.publish("Funnel", term="funnel", effective_from=timezone.now() + timedelta(days=30))
    for path in ("terms/funnel/", "terms/", "terms/?state=upcoming"):
        assert b"funnel" in outsider.get(path).content
        assert SECRET.encode() not in outsider.get(path).content, path
        assert SECRET.encode() in person(people.ada).get(path).content, path


def test_open_suggestions_are_a_number_to_an_outsider(
    under_way: Any, outsider: Caller, people: SimpleNamespace
) -> None:
    assert outsider.get("terms/campaign/").json()["open_proposals"] == 1
    inside = person(people.ada).get("terms/campaign/").json()["open_proposals"]
    assert [(item["id"], item["state"]) for item in inside] == [(under_way.pk, "in_review")]


def test_the_feed_for_an_outsider_holds_versions_and_published_words(under_way: Any, outsider: Caller) -> None:
    events = json.loads(outsider.get("changes").getvalue())["results"]
    assert [(event["kind"], event["term"]) for event in events] == [("version.published", "campaign")]
    assert all("actor" not in event for event in events)


def test_suggestions_and_threads_are_closed_to_an_outsider(under_way: Any, outsider: Caller) -> None:
    for path in ("proposals/", f"proposals/{under_way.pk}/", f"proposals/{under_way.pk}/comments/"):
        assert code(outsider.get(path))[0] in (401, 403)
    assert code(outsider.get("terms/campaign/comments/"))[0] in (401, 403)


def test_a_person_of_any_side_or_none_reads_everything(under_way: Any, people: SimpleNamespace) -> None:
    for user in (people.rep, people.mia, people.ada):
        reader = person(user)
        with reading_only():
            assert [term["slug"] for term in reader.get("terms/").json()["results"]] == [
                "campaign",
                "funnel",
                "pipeline",
            ]
            assert reader.get(f"proposals/{under_way.pk}/").json()["content"]["why"] == SECRET
            assert reader.get("terms/campaign/comments/").json()["results"][0]["text"] == SECRET
            assert len(reader.get("proposals/").json()["results"]) == 3
            assert json.loads(reader.get("changes").getvalue())["results"][0]["actor"] == "Ada"


def test_a_tool_that_suggests_sees_what_it_opened_and_nothing_else(under_way: Any, people: SimpleNamespace) -> None:
    mine, other = tool(people.rep, "read", "propose", name="CRM"), tool(people.rep, "propose", name="BI")
    made = mine.post("proposals/", {"content": draft_content("Deal"), "reason": "from the CRM"}).json()
    path = f"proposals/{made['id']}"
    assert (made["author"], made["via"]) == ("Rep", "CRM")
    assert [row["id"] for row in mine.get("proposals/").json()["results"]] == [made["id"]]
    assert other.get("proposals/").json()["results"] == []
    for stranger, theirs in ((other, path), (mine, f"proposals/{under_way.pk}")):
        for answer in (
            stranger.get(f"{theirs}/"),
            stranger.get(f"{theirs}/comments/"),
            stranger.post(f"{theirs}/comments/", {"text": "hm"}),
            stranger.post(f"{theirs}/submit"),
            stranger.post(f"{theirs}/withdraw"),
            stranger.post(f"{theirs}/rebase"),
            stranger.patch(f"{theirs}/", {"content": draft_content("Deal")}, **{"If-Match": "*"}),
        ):
            assert code(answer) == (404, "not_found")


def test_a_tool_takes_its_suggestion_as_far_as_signing(people: SimpleNamespace) -> None:
    crm = tool(people.sam, "read", "propose")
    made = crm.post("proposals/", {"content": draft_content("Deal")})
    path = f"proposals/{made.json()['id']}"
    saved = crm.patch(f"{path}/", {"content": draft_content("Deal", why="y")}, **{"If-Match": made.headers["ETag"]})
    assert crm.post(f"{path}/submit").json()["state"] == "in_review"
    assert crm.post(f"{path}/comments/", {"text": "Please sign."}).json()["via"] == "CRM"
    assert saved.json()["may"]["sign"]["allowed"] is False
    assert code(crm.post(f"{path}/sign-off", {"digest": saved.json()["digest"]})) == (403, "not_permitted")
    assert crm.post(f"{path}/withdraw").json()["state"] == "withdrawn"


def test_a_visitor_changes_nothing_under_open_reading(people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_OPEN_READING = True
    assert code(Caller().post("proposals/", {"content": draft_content("Funnel")})) == (401, "unauthenticated")
    assert code(Caller().post("terms/", {"name": "Funnel"})) == (401, "unauthenticated")
    assert code(Caller(Authorization="Bearer nonsense").get("terms/")) == (401, "unauthenticated")


def test_a_word_upcoming_exists_for_an_outsider_with_its_date(desk: Desk, outsider: Caller) -> None:
    desk.publish("Campaign", effective_from=timezone.now() + timedelta(days=3))
    detail = outsider.get("terms/campaign/").json()
    assert (detail["state"], detail["upcoming"]["version"]) == ("upcoming", 1)
    assert outsider.get("terms/campaign/versions/1/").json()["version"] == 1
    assert json.loads(b"".join(outsider.get("export").streaming_content))["terms"] == []
