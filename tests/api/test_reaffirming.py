"""Other tools see when a text was last confirmed; only people confirm it."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from tests.api.callers import code, person, tool
from tests.world import Desk

pytestmark = pytest.mark.django_db

ADDRESS = "terms/campaign/reaffirm"


def test_two_people_confirm_a_text_and_tools_are_told(desk: Desk, people: SimpleNamespace) -> None:
    version = desk.publish("Campaign", review_months=1)
    with time_machine.travel(version.in_force_from + timedelta(days=40)):
        read = tool(people.rep, "read", "propose")
        before = read.get("terms/campaign/")
        assert (before.json()["review"], before.json()["reaffirmed_at"]) == ("overdue", None)
        assert "review_seats" not in before.json()
        assert code(read.post(ADDRESS, {"digest": version.digest})) == (403, "not_permitted")
        sam = person(people.sam)
        assert code(sam.post(ADDRESS, {"digest": "0" * 64})) == (409, "digest_changed")
        assert code(sam.post(ADDRESS, {})) == (422, "invalid")
        half = sam.post(ADDRESS, {"digest": version.digest})
        assert [(seat["side"], seat["state"]) for seat in half.json()["review_seats"]] == [
            ("sales", "given"),
            ("marketing", "missing"),
        ]
        assert person(people.mia).post(ADDRESS, {"digest": version.digest}).json()["review"] == "ok"
        after = read.get("terms/campaign/")
        assert after.json()["review"] == "ok"
        assert after.json()["reaffirmed_at"]
        assert [row["name"] for row in after.json()["reaffirmations"]] == ["Sam", "Mia"]
        assert after.headers["ETag"] != before.headers["ETag"]
        feed = read.get("changes?after=0")
        kinds = [event["kind"] for event in json.loads(b"".join(feed.streaming_content))["results"]]
        assert kinds.count("version.reaffirmed") == 1
        assert "reaffirmation.given" not in kinds
