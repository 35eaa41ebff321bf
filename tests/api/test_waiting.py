"""What waits since when, and for whom: as the page says it, to people and to the tool that opened it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.preferences import keep_away
from glossary import workflow
from glossary.models import Proposal
from glossary.rendering.instants import iso
from tests.api.callers import Caller, code, person, tool
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


def listed(caller: Caller, query: str = "") -> dict[int, dict[str, Any]]:
    return {line["id"]: line for line in caller.get(f"proposals/{query}").json()["results"]}


def one(caller: Caller, proposal: Proposal) -> dict[str, Any]:
    return caller.get(f"proposals/{proposal.pk}/").json()


def test_a_text_says_which_teams_it_waits_for_since_when_and_who_can_sign(desk: Desk, people: SimpleNamespace) -> None:
    proposal, mark = desk.submit("Campaign"), person(people.mark)
    (sales, marketing) = listed(mark)[proposal.pk]["waiting_for"]
    proposal.refresh_from_db()
    assert (sales["side"], marketing["side"]) == ("sales", "marketing")
    assert sales["since"] == marketing["since"] == iso(proposal.submitted_at or proposal.opened_at)
    assert sales["working_days"] == 0
    assert sales["people"] == [{"name": "Sam"}, {"name": "Sue"}]
    desk.sign(proposal, people.sam)
    assert [each["side"] for each in listed(mark)[proposal.pk]["waiting_for"]] == ["marketing"]


def test_who_is_away_and_who_holds_a_seat_on_loan_is_said(desk: Desk, people: SimpleNamespace) -> None:
    proposal, now = desk.submit("Campaign"), timezone.now()
    last_day = now.date() + timedelta(days=3)
    workflow.delegate(people.mark.pk, by=acting(people.mia), starts_at=now, ends_at=now + timedelta(days=2))
    keep_away(people.mia, last_day)
    said = listed(person(people.rep), "?waiting_for=marketing")[proposal.pk]["waiting_for"][1]["people"]
    assert said[0] == {"name": "Mia", "away_until": last_day.isoformat()}
    assert said[-1] == {"name": "Mark", "acting_for": ["Mia"]}


def test_the_list_and_the_detail_say_the_same_in_every_state(desk: Desk, people: SimpleNamespace) -> None:
    draft, in_review, closed = desk.open("Campaign"), desk.submit("Funnel"), desk.submit("Pipeline")
    desk.sign(in_review, people.sam)
    desk.sign(closed, people.mia)
    workflow.decline(closed.pk, by=acting(people.sam), reason="We say Funnel.")
    published = desk.publish("Quota").proposal
    caller = person(people.sam)
    lines = listed(caller)
    for proposal in (draft, in_review, closed, published):
        detail = one(caller, proposal)
        assert {key: detail[key] for key in ("missing", "waiting_for")} == {
            key: lines[proposal.pk][key] for key in ("missing", "waiting_for")
        }
    assert [lines[each.pk]["missing"] for each in (draft, in_review, closed, published)] == [
        ["sales", "marketing"],
        ["marketing"],
        ["sales"],
        [],
    ]
    assert [bool(lines[each.pk]["waiting_for"]) for each in (draft, in_review, closed, published)] == [
        False,
        True,
        False,
        False,
    ]


def test_whoever_may_not_sign_as_author_is_not_waited_for(desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    now = timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + timedelta(days=2))
    proposal, other = desk.submit("Campaign", by=people.sam), desk.submit("Funnel", by=people.mark)
    caller = person(people.mark)
    for said in (listed(caller), {each.pk: one(caller, each) for each in (proposal, other)}):
        names = {pk: [each["name"] for each in line["waiting_for"][0]["people"]] for pk, line in said.items()}
        assert names == {proposal.pk: ["Sue"], other.pk: ["Sam", "Sue", "Rep"]}


def test_it_is_told_to_the_tool_that_opened_it_and_to_no_other(people: SimpleNamespace) -> None:
    mine, other = tool(people.rep, "propose"), tool(people.mark, "propose", name="Other")
    made = mine.post("proposals/", {"content": draft_content("Campaign")}).json()
    mine.post(f"proposals/{made['id']}/submit")
    assert [each["side"] for each in listed(mine)[made["id"]]["waiting_for"]] == ["sales", "marketing"]
    assert listed(mine, "?waiting_for=sales").keys() == {made["id"]}
    assert listed(other) == listed(other, "?waiting_for=sales") == {}
    assert code(other.get(f"proposals/{made['id']}/")) == (404, "not_found")
    assert code(tool(people.ada, "read").get("proposals/?waiting_for=sales")) == (403, "not_permitted")
