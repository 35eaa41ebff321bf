"""How often tools and people may ask: told in headers, refused in words, and forgiven with time."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache

from glossary import settings as real
from glossary.api import throttle
from glossary.api.throttle import Quota
from tests.api.callers import Caller, code, person, tool
from tests.world import Desk

pytestmark = pytest.mark.django_db

REQUESTS_OF_THE_DEMO = 400  # of all its people, in less than a minute
SIX_A_MINUTE = Quota("changes", 6, 60)


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> Iterator[None]:
    throttle._restored.clear()
    yield
    throttle._restored.clear()


def test_a_quota_may_be_used_at_once_and_comes_back_evenly() -> None:
    restored, now = 0.0, 1_000.0
    for left in (5, 4, 3, 2, 1, 0):
        restored, said, wait = SIX_A_MINUTE.take(restored, now)
        assert (said, wait) == (left, 0)
    assert SIX_A_MINUTE.take(restored, now).wait == pytest.approx(10)
    assert SIX_A_MINUTE.take(restored, now + 4).wait == pytest.approx(6)
    assert SIX_A_MINUTE.take(restored, now + 10) == pytest.approx((restored + 10, 0, 0))
    assert SIX_A_MINUTE.take(restored, now + 60).left == 5


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    used_up = SIX_A_MINUTE.take(2_000_000.0, 1_000.0)
    assert (used_up.left, used_up.wait) == (5, 0)


def test_a_tool_that_changes_too_much_is_told_when_to_try_again(people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_MAX_CHANGES = 2
    crm, bi = tool(people.rep, "propose", name="CRM"), tool(people.rep, "propose", name="BI")
    first = crm.post("terms/", {"name": "Campaign"})
    assert first.status_code == 201
    assert (first.headers["RateLimit-Policy"], first.headers["RateLimit"]) == (
        '"changes";q=2;w=60',
        '"changes";r=1;t=30',
    )
    crm.post("terms/", {"name": "Funnel"})
    refused = crm.post("terms/", {"name": "Lead"})
    assert code(refused) == (429, "rate_limited")
    assert refused.json()["detail"] == "This is more than 2 changes a minute. Please try again in 30 seconds."
    assert refused.headers["Retry-After"] == "30"
    assert refused.headers["RateLimit"] == '"changes";r=0;t=30'
    assert crm.get("changes").status_code in (200, 403)
    assert bi.post("terms/", {"name": "Lead"}).status_code == 201


def test_building_the_demo_fits_into_the_quota() -> None:
    assert real.GLOSSARY_MAX_CHANGES >= REQUESTS_OF_THE_DEMO


def test_changes_are_counted_by_all_processes_together(people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_MAX_CHANGES = 1
    rep = person(people.rep)
    rep.post("terms/", {"name": "Campaign"})
    throttle._restored.clear()  # as in another process
    assert code(rep.post("terms/", {"name": "Funnel"})) == (429, "rate_limited")
    cache.clear()
    assert rep.post("terms/", {"name": "Funnel"}).status_code == 201


def test_reading_has_a_limit_of_its_own(desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_MAX_READS = 2
    reader = tool(people.ada, "read")
    assert [reader.get("terms/").status_code for _ in range(3)] == [200, 200, 429]
    assert reader.get("lookup?name=nothing").status_code == 404
    settings.GLOSSARY_MAX_READS = 0
    assert "RateLimit" not in reader.get("terms/").headers


def test_lookups_are_limited_by_token(desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    desk.publish("Campaign")
    settings.GLOSSARY_MAX_LOOKUPS = 1
    crm, bi = tool(people.ada, "read", name="CRM"), tool(people.ada, "read", name="BI")
    assert crm.get("lookup?name=campaign").status_code == 200
    refused = crm.post("lookup", {"names": ["campaign"]})
    assert code(refused) == (429, "rate_limited")
    assert refused.json()["detail"] == "This is more than 1 lookups a second. Please try again in a second."
    assert (refused.headers["Retry-After"], refused.headers["RateLimit-Policy"]) == ("1", '"lookups";q=1;w=1')
    assert bi.get("lookup?name=campaign").status_code == 200


def test_visitors_are_limited_by_address(desk: Desk, settings: Any) -> None:
    desk.publish("Campaign")
    settings.GLOSSARY_OPEN_READING, settings.GLOSSARY_MAX_LOOKUPS, settings.GLOSSARY_MAX_READS = True, 1, 1
    visitor = Caller()
    for path in ("lookup?name=campaign", "terms/"):
        said = [visitor.client.get(f"/api/v1/{path}", REMOTE_ADDR=place).status_code for place in PLACES]
        assert said == [200, 429, 200, 200, 429], path


PLACES = ("192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8:1::1", "2001:db8:1::2")


def test_an_address_in_a_header_is_believed_only_behind_a_proxy(settings: Any, rf: Any) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "198.51.100.7, 192.0.2.9"})
    assert throttle.address_of(request) == "127.0.0.1"
    settings.GLOSSARY_BEHIND_PROXY = True
    assert throttle.address_of(request) == "192.0.2.9"


def test_a_crowd_of_addresses_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_CALLERS", 3)
    for caller in range(10):
        throttle.take_here(SIX_A_MINUTE, caller)
    assert len(throttle._restored) <= 3
