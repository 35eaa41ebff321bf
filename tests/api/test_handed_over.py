"""A suggestion that was handed over, and an objection of somebody who is gone, as the API tells and takes them."""

from types import SimpleNamespace

import pytest

from glossary import workflow
from glossary.policy import Console
from tests.api.callers import code, person, tool
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


def test_whoever_looks_after_a_suggestion_is_named_and_may_what_the_author_may(
    desk: Desk, people: SimpleNamespace
) -> None:
    proposal = desk.open("Campaign")
    path, mark = f"proposals/{proposal.pk}", person(people.mark)
    assert mark.get(f"{path}/").json()["keeper"] is None
    assert code(mark.post(f"{path}/submit")) == (403, "not_permitted")
    before = mark.get(f"{path}/").headers["ETag"]
    workflow.hand_over([proposal.pk], to=people.mark.pk, by=acting(people.rep))
    told = mark.get(f"{path}/")
    assert (told.json()["author"], told.json()["keeper"]) == ("Rep", "Mark")
    assert told.headers["ETag"] != before
    assert mark.get("proposals/").json()["results"][0]["keeper"] == "Mark"
    assert mark.post(f"{path}/submit").json()["state"] == "in_review"
    assert mark.post(f"{path}/withdraw").json()["state"] == "withdrawn"


def test_a_tool_goes_on_with_what_it_opened_and_another_one_sees_nothing(people: SimpleNamespace) -> None:
    crm, other = tool(people.rep, "read", "propose"), tool(people.mark, "read", "propose", name="Sheet")
    made = crm.post("proposals/", {"content": draft_content("Campaign")}).json()
    workflow.hand_over([made["id"]], to=people.mark.pk, by=acting(people.rep))
    path = f"proposals/{made['id']}"
    assert code(other.post(f"{path}/submit")) == (404, "not_found")
    assert code(crm.post(f"{path}/hand-over", {"to": "mark"})) == (404, "not_found")
    assert crm.post(f"{path}/submit").json()["keeper"] == "Mark"


def test_an_owner_ends_the_objection_of_somebody_who_is_gone(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    workflow.send_back(proposal.pk, by=acting(people.max), digest=proposal.text.digest, reason="Not ours.")
    path, mia = f"proposals/{proposal.pk}", person(people.mia)
    assert not mia.get(f"{path}/").json()["may"]["withdraw_objection"]["allowed"]
    workflow.deactivate(people.max.pk, by=Console(people.ada))
    assert mia.get(f"{path}/").json()["may"]["withdraw_objection"]["allowed"]
    assert code(person(people.sam).post(f"{path}/withdraw-objection")) == (409, "wrong_state")
    assert mia.post(f"{path}/withdraw-objection").json()["objections"] == []
