"""How often agreeing on a word asks the database. Written down so that it changes on purpose only."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from glossary import workflow
from glossary.models import Proposal
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db

ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")
LEAD = {"kind": "record_type", "key": "lead", "fields": {"score": {"type": "int", "source": "CRM"}}}
IS_WARM = {
    "id": "is_warm",
    "label": "Counts as warm",
    "record": "lead",
    "expr": "score >= 60",
    "samples": [
        {"note": "keen", "record": {"score": 72}, "expect": "true"},
        {"note": "cool", "record": {"score": 5}, "expect": "false"},
    ],
}


def asked(act: Callable[[], Any]) -> int:
    """How many statements about rows it takes; transactions and locks are each engine's own."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum(query["sql"].startswith(ROWS) for query in captured.captured_queries)


def agreeing(people: SimpleNamespace, name: str, term: str | None = None, **more: Any) -> dict[str, int]:
    """What each step asks from the first draft to a version."""
    rep, sam, mia = (acting(user) for user in (people.rep, people.sam, people.mia))
    steps: dict[str, int] = {}
    content = draft_content(name, **more)
    steps["open"] = asked(lambda: workflow.open_proposal(by=rep, content=content, term=term))
    newest = Proposal.objects.select_related("newest").latest("pk")
    digest = newest.text.digest
    steps["submit"] = asked(lambda: workflow.submit(newest.pk, by=rep))
    steps["sign"] = asked(lambda: workflow.sign_off(newest.pk, by=sam, digest=digest))
    steps["publish"] = asked(lambda: workflow.sign_off(newest.pk, by=mia, digest=digest))
    return steps


def test_a_new_word(people: SimpleNamespace) -> None:
    asks = agreeing(people, "Campaign", aliases=["push"])
    assert asks == {"open": 17, "submit": 18, "sign": 12, "publish": 30}


def test_the_next_version(people: SimpleNamespace, desk: Desk) -> None:
    desk.publish("Campaign", aliases=["push"])
    asks = agreeing(people, "Campaign", term="campaign", aliases=["push"], summary="plan that both teams know")
    assert asks == {"open": 11, "submit": 18, "sign": 12, "publish": 36}


def test_a_metric_with_a_criterion(people: SimpleNamespace, desk: Desk) -> None:
    desk.publish("Lead", **LEAD)
    asks = agreeing(people, "Warm lead", kind="metric", criteria=[IS_WARM])
    assert asks == {"open": 17, "submit": 21, "sign": 12, "publish": 34}


def test_the_versions_that_there_are_make_none_dearer(people: SimpleNamespace, desk: Desk) -> None:
    for name in ("Lead", "Churn"):
        desk.publish(name)
    asks = [
        agreeing(
            people, "Campaign", term="campaign" if number else None, definition=f"A [[lead]], a [[churn]], {number}."
        )
        for number in range(4)
    ]
    assert asks[1] == asks[2] == asks[3]
