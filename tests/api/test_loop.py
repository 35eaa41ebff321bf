"""The loop through the API: suggest, put up, sign twice, and it is in force."""

from types import SimpleNamespace

import pytest
from django.utils.http import urlencode

from glossary.ledger.verifying import verify
from glossary.models import Event, Proposal, Version
from tests.api.callers import Caller, code, person, tool
from tests.world import Desk, draft_content

pytestmark = pytest.mark.django_db


def in_review(author: Caller, name: str, **extra: object) -> dict[str, object]:
    made = author.post("proposals/", {"content": draft_content(name), **extra}).json()
    return author.post(f"proposals/{made['id']}/submit").json()


def test_a_word_is_in_force_once_both_sides_have_signed_it(people: SimpleNamespace) -> None:
    rep, sam, mia = person(people.rep), person(people.sam), person(people.mia)
    made = rep.post("proposals/", {"content": draft_content("Marketing Campaign", aliases=["push"]), "reason": "x"})
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/proposals/{made.json()['id']}/"
    path = f"proposals/{made.json()['id']}"
    assert [seat["state"] for seat in made.json()["seats"]] == ["missing", "missing"]

    submitted = rep.post(f"{path}/submit")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "in_review")
    assert submitted.json()["seats"][0]["who_can"] == ["Sam", "Sue"]

    signed = sam.post(f"{path}/sign-off", {"digest": made.json()["digest"], "reservation": "for one quarter"})
    assert signed.json()["missing"] == ["marketing"]
    assert signed.json()["seats"][0]["reservation"] == "for one quarter"
    done = mia.post(f"{path}/sign-off", {"digest": made.json()["digest"]})
    assert (done.json()["state"], done.json()["published_version"]) == ("published", 1)

    served = tool(people.ada, "read").get("lookup?name=push").json()
    assert served["query"] == "push"
    (match,) = served["matches"]
    assert (match["name"], match["version"], match["matched_on"]) == ("Marketing Campaign", 1, "alias")
    assert [signature["name"] for signature in match["signatures"]] == ["Sam", "Mia"]
    assert list(verify()) == []


def test_a_second_version_is_served_at_once_and_the_first_stays_readable(people: SimpleNamespace, desk: Desk) -> None:
    first = desk.publish("Campaign")
    second = desk.publish("Campaign", term="campaign", summary="plan that both teams own")
    reader = tool(people.ada, "read")
    (match,) = reader.get("lookup?name=campaign").json()["matches"]
    assert (match["version"], match["summary"]) == (2, "plan that both teams own")
    assert reader.get("terms/campaign/versions/1/").json()["digest"] == first.digest
    before = urlencode({"as_of": first.published_at.isoformat()})
    assert reader.get(f"terms/campaign/?{before}").json()["version"] == 1
    assert reader.get(f"lookup?name=campaign&{before}").json()["matches"][0]["version"] == 1
    changes = reader.get("terms/campaign/diff?from=1&to=2").json()["changes"]
    assert [change["field"] for change in changes] == ["summary"]
    versions = reader.get("terms/campaign/versions/").json()["results"]
    assert [version["version"] for version in versions] == [second.number, first.number]


def test_several_are_signed_in_one_act_each_with_its_own_answer(people: SimpleNamespace) -> None:
    rep = person(people.rep)
    one, two = in_review(rep, "Campaign"), in_review(rep, "Funnel")
    items = [
        {"proposal": one["id"], "digest": one["digest"]},
        {"proposal": two["id"], "digest": "0" * 64},
        {"proposal": 4_000_000, "digest": "0" * 64},
    ]
    answer = person(people.sam).post("sign-offs", {"items": items})
    assert answer.status_code == 200
    said = [(result["status"], result.get("code")) for result in answer.json()["results"]]
    assert said == [(200, None), (409, "digest_changed"), (404, "not_found")]
    assert answer.json()["results"][1]["detail"].startswith("The text has changed")


def test_sent_back_with_a_reason_it_cannot_be_put_up_again_until_the_objector_says_so(people: SimpleNamespace) -> None:
    rep, sam = person(people.rep), person(people.sam)
    made = in_review(rep, "Campaign")
    path = f"proposals/{made['id']}"
    back = sam.post(f"{path}/object", {"digest": made["digest"], "reason": "Too vague for us."})
    assert (back.json()["state"], back.json()["objections"][0]["reason"]) == ("draft", "Too vague for us.")
    assert code(rep.post(f"{path}/submit")) == (409, "objection_stands")
    assert code(person(people.mia).post(f"{path}/withdraw-objection")) == (409, "wrong_state")
    assert sam.post(f"{path}/withdraw-objection").json()["objections"] == []
    assert rep.post(f"{path}/submit").json()["state"] == "in_review"


def test_a_signature_is_taken_back_and_a_suggestion_closed_or_cancelled(people: SimpleNamespace) -> None:
    rep, sam = person(people.rep), person(people.sam)
    made = in_review(rep, "Campaign")
    path = f"proposals/{made['id']}"
    sam.post(f"{path}/sign-off", {"digest": made["digest"]})
    assert sam.post(f"{path}/withdraw-sign-off").json()["missing"] == ["sales", "marketing"]
    closed = sam.post(f"{path}/decline", {"reason": "We say Funnel."}).json()
    assert (closed["state"], closed["ended_by"], closed["end_reason"]) == ("declined", "Sam", "We say Funnel.")
    other = in_review(rep, "Pipeline")
    assert rep.post(f"proposals/{other['id']}/withdraw").json()["state"] == "withdrawn"


def test_a_new_text_needs_the_tag_of_the_text_it_replaces(people: SimpleNamespace) -> None:
    rep = person(people.rep)
    made = rep.post("proposals/", {"content": draft_content("Campaign")})
    path, newer = f"proposals/{made.json()['id']}/", {"content": draft_content("Campaign", why="It is ours.")}
    assert code(rep.patch(path, newer)) == (428, "precondition_required")
    assert code(rep.patch(path, newer, **{"If-Match": '"1"'})) == (412, "precondition_failed")
    assert code(rep.patch(path, newer, **{"If-Match": "nonsense"})) == (412, "precondition_failed")
    saved = rep.patch(path, newer, **{"If-Match": made.headers["ETag"]})
    assert (saved.status_code, saved.json()["revision"]) == (200, 2)
    assert saved.headers["ETag"] != made.headers["ETag"]
    assert code(rep.patch(path, newer, **{"If-Match": made.headers["ETag"]})) == (412, "precondition_failed")
    same = rep.patch(path, newer, **{"If-Match": saved.headers["ETag"]})
    assert (same.json()["revision"], same.headers["ETag"]) == (2, saved.headers["ETag"])


def test_after_another_version_it_is_updated_field_by_field(people: SimpleNamespace, desk: Desk) -> None:
    desk.publish("Campaign")
    rep, sam = person(people.rep), person(people.sam)
    mine = in_review_change(rep, summary="plan of mine")
    desk.publish("Campaign", term="campaign", summary="plan of theirs")
    path = f"proposals/{mine['id']}"
    assert rep.get(f"{path}/").json()["needs_rebase"] is True
    assert code(sam.post(f"{path}/sign-off", {"digest": mine["digest"]})) == (409, "base_moved")
    refused = rep.post(f"{path}/rebase")
    assert code(refused) == (409, "conflict")
    assert [conflict["field"] for conflict in refused.json()["conflicts"]] == ["summary"]
    updated = rep.post(f"{path}/rebase", {"resolutions": {"summary": "mine"}}).json()
    assert (updated["base_version"], updated["content"]["summary"]) == (2, "plan of mine")


def in_review_change(author: Caller, **changed: str) -> dict[str, object]:
    content = draft_content("Campaign", **changed)
    made = author.post("proposals/", {"term": "campaign", "base_version": 1, "content": content}).json()
    return author.post(f"proposals/{made['id']}/submit").json()


def test_the_same_key_has_one_effect_and_the_same_answer(people: SimpleNamespace) -> None:
    rep, key = person(people.rep), {"Idempotency-Key": "one"}
    sent = {"content": draft_content("Campaign")}
    first, again = rep.post("proposals/", sent, **key), rep.post("proposals/", sent, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["ETag"] == again.headers["ETag"]
    assert Proposal.objects.count() == 1
    other = rep.post("proposals/", {"content": draft_content("Funnel")}, **key)
    assert code(other) == (422, "key_reused")
    path = f"proposals/{first.json()['id']}/comments/"
    said = [rep.post(path, {"text": "Why?"}, **{"Idempotency-Key": "two"}).json()["id"] for _ in range(2)]
    assert said[0] == said[1]


def test_a_missing_word_is_raised_and_then_proposed_for(people: SimpleNamespace) -> None:
    rep = person(people.rep)
    raised = rep.post("terms/", {"name": "Dark Funnel", "note": "heard it in every call"})
    assert (raised.status_code, raised.json()["state"]) == (201, "wanted")
    again = rep.post("terms/", {"name": "dark-funnel"})
    assert code(again) == (409, "duplicate_name")
    assert again.json()["url"] == "/terms/dark-funnel/"
    made = rep.post("proposals/", {"term": "dark-funnel", "content": draft_content("Dark Funnel")})
    assert made.json()["term"] == "dark-funnel"


def test_a_new_text_keeps_its_date_unless_another_or_none_is_given(people: SimpleNamespace) -> None:
    rep, date = person(people.rep), "2099-01-01T00:00:00Z"
    made = rep.post("proposals/", {"content": draft_content("Campaign"), "effective_from": date, "reason": "why"})
    path, known = f"proposals/{made.json()['id']}/", {"If-Match": "*"}
    saved = rep.patch(path, {"content": draft_content("Campaign", why="new")}, **known).json()
    assert (saved["effective_from"], saved["reason"]) == (date, "why")
    cleared = rep.patch(path, {"content": draft_content("Campaign"), "effective_from": None}, **known).json()
    assert cleared["effective_from"] is None


def test_signing_again_changes_nothing(people: SimpleNamespace) -> None:
    made, sam = in_review(person(people.rep), "Campaign"), person(people.sam)
    path = f"proposals/{made['id']}/sign-off"
    sam.post(path, {"digest": made["digest"]})
    before = Event.objects.count()
    assert sam.post(path, {"digest": made["digest"]}).status_code == 200
    assert Event.objects.count() == before


def test_a_date_is_kept_and_the_version_waits_for_it(people: SimpleNamespace) -> None:
    made = in_review(person(people.rep), "Campaign", effective_from="2099-01-01T00:00:00+01:00")
    for owner in (people.sam, people.mia):
        person(owner).post(f"proposals/{made['id']}/sign-off", {"digest": made["digest"]})
    assert Version.objects.get().in_force_from.isoformat() == "2098-12-31T23:00:00+00:00"
    reader = tool(people.ada, "read")
    assert code(reader.get("lookup?name=Campaign"))[0] == 404
    detail = reader.get("terms/campaign/").json()
    assert (detail["state"], detail["upcoming"]["version"]) == ("upcoming", 1)
    ahead = reader.get("lookup?name=Campaign&as_of=2100-01-01T00:00:00Z").json()
    assert (ahead["provisional"], ahead["as_of"]) == (True, "2100-01-01T00:00:00Z")
