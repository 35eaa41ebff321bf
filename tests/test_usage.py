"""Which tools use which words: noted without a write, written in batches, added up, and shown where people sign."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as installed
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import Token
from glossary import lookup, usage
from glossary.lookup import Usage
from glossary.models import LookupCount, Term
from tests.api.callers import Caller, person, token_of, tool
from tests.crash.serving import database_in_use, environment
from tests.reading import reading_only
from tests.world import Desk

AN_HOUR = 3_600


@pytest.fixture(autouse=True)
def _usage_is_counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Counted, and written only where a test says so."""
    settings.GLOSSARY_USAGE_SECONDS = AN_HOUR
    monkeypatch.setattr(usage, "SECONDS_OF_A_LOOK", AN_HOUR)
    usage._noted = usage.Noted()
    yield
    usage._noted = usage.Noted()


def counts() -> dict[tuple[str, str], int]:
    return {(row.token.name, row.term.slug): row.count for row in LookupCount.objects.select_related("token", "term")}


@pytest.mark.django_db
def test_lookups_are_counted_by_tool_and_word_without_a_write_in_the_request(
    desk: Desk, people: SimpleNamespace
) -> None:
    desk.publish("Campaign", aliases=["push"])
    desk.publish("Funnel")
    crm, bi = tool(people.ada, "read", name="CRM sync"), tool(people.ada, "read", name="BI")
    with reading_only():
        tag = crm.get("lookup?name=campaign").headers["ETag"]
        assert crm.get("lookup?name=push", **{"If-None-Match": tag}).status_code == 304
        crm.post("lookup", {"names": ["campaign", "funnel", "nothing", "push"]})
        bi.get("lookup?name=funnel")
        bi.get("lookup?name=nothing")
    assert counts() == {}
    usage.flush()
    assert counts() == {("CRM sync", "campaign"): 4, ("CRM sync", "funnel"): 1, ("BI", "funnel"): 1}
    crm.get("lookup?name=campaign")
    usage.flush()
    usage.flush()
    assert counts()["CRM sync", "campaign"] == 5


@pytest.mark.django_db
def test_the_last_use_of_a_token_is_known_and_is_no_change_of_it(people: SimpleNamespace) -> None:
    token, key = token_of(people.ada, "read")
    caller = Caller(Authorization=f"Bearer {key}")
    began = timezone.now()
    for path in ("lookup?name=nothing", "suggest?q=no", "terms/"):
        Token.objects.update(last_used_at=None)
        caller.get(path)
        usage.flush()
        token.refresh_from_db()
        assert token.last_used_at is not None and began <= token.last_used_at <= timezone.now(), path
    assert token.history.count() == 1
    later = timezone.now() + timedelta(days=1)
    Token.objects.update(last_used_at=later)  # as another process may have written meanwhile
    caller.get("terms/")
    usage.flush()
    token.refresh_from_db()
    assert token.last_used_at == later


@pytest.mark.django_db
def test_what_visitors_look_up_is_not_counted(desk: Desk, settings: Any) -> None:
    desk.publish("Campaign")
    settings.GLOSSARY_OPEN_READING = True
    assert Caller().get("lookup?name=campaign").status_code == 200
    usage.flush()
    assert counts() == {}


@pytest.mark.django_db
def test_a_busy_database_loses_no_count(desk: Desk, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish("Campaign")
    token, _ = token_of(people.ada, "read")
    usage.note(token.pk, ["campaign"])

    def busy(execute: Any, *rest: Any) -> Any:
        raise OperationalError("database is locked")

    with connection.execute_wrapper(busy):
        usage.flush()
    usage.note(token.pk, ["campaign"])
    usage.flush()
    assert counts() == {("CRM", "campaign"): 2}


@pytest.mark.django_db
def test_a_day_is_a_day_in_utc(desk: Desk, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish("Campaign")
    token, _ = token_of(people.ada, "read")
    for instant in (datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)):
        monkeypatch.setattr(usage, "time", instant.timestamp)
        usage.note(token.pk, ["campaign"])
    usage.flush()
    assert list(LookupCount.objects.order_by("day").values_list("day", "count")) == [
        (date(2026, 3, 1), 1),
        (date(2026, 3, 2), 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_thread_writes_by_itself(desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    desk.publish("Campaign")
    settings.GLOSSARY_USAGE_SECONDS = 0.05
    tool(people.ada, "read").get("lookup?name=campaign")
    usage._threads[0.05].join(30)
    assert counts() == {("CRM", "campaign"): 1}


# Several processes

FLUSHES = """
import django; django.setup()
from glossary import usage
for _ in range(20):
    for token_id, slugs in {noted!r}:
        usage.note(token_id, slugs)
    usage.flush()
assert not usage._noted.used
"""
ENDS = """
import django, multiprocessing, os, signal, sys; django.setup()
from glossary import usage
def work():
    usage.note({token_id}, ["campaign"])
{end}
"""
# How a process may end: by itself, by leaving, as a worker that was forked, by being killed.
WAYS_TO_END = {
    "work()": 1,
    "work(); sys.exit(3)": 2,
    "worker = multiprocessing.get_context('fork').Process(target=work); worker.start(); worker.join()": 3,
    "work(); os.kill(os.getpid(), signal.SIGKILL)": 3,
}


def _process(code: str) -> subprocess.Popen[str]:
    """Python on the database of this test, with usage counted."""
    counted = f"from django.conf import settings; settings.GLOSSARY_USAGE_SECONDS = {AN_HOUR}\n"
    words = [sys.executable, "-c", counted + code]
    return subprocess.Popen(words, cwd=installed.BASE_DIR, env=environment(database_in_use()), text=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_lose_no_count(desk: Desk, people: SimpleNamespace) -> None:
    words = [desk.publish(name).term.slug for name in ("Campaign", "Funnel", "Lead")]
    tokens = [token_of(people.ada, "read", name=name)[0].pk for name in ("CRM", "BI")]
    noted = [(token, words) for token in tokens]
    running = [_process(FLUSHES.format(noted=noted if place % 2 else noted[::-1])) for place in range(4)]
    assert [process.wait(120) for process in running] == [0, 0, 0, 0]
    assert counts() == {(name, word): 80 for name in ("CRM", "BI") for word in words}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_process_that_ends_writes_what_it_noted_and_one_that_is_killed_loses_only_that(
    desk: Desk, people: SimpleNamespace
) -> None:
    desk.publish("Campaign")
    token_id = token_of(people.ada, "read")[0].pk
    for end, wanted in WAYS_TO_END.items():
        _process(ENDS.format(token_id=token_id, end=end)).wait(120)
        assert counts() == {("CRM", "campaign"): wanted}, end


# Where it is shown


def used(slug: str, **times: int) -> None:
    """As if the tools had looked the word up today."""
    term = Term.objects.get(slug=slug)
    owner = term.raised_by
    for name, count in times.items():
        token, _ = token_of(owner, "read", name=name.replace("_", " "))
        LookupCount.objects.create(token=token, term=term, day=timezone.now().date(), count=count)


@pytest.mark.django_db
def test_usage_adds_up_the_days_and_the_keys_of_a_tool(desk: Desk) -> None:
    term, now = desk.publish("Campaign").term, timezone.now()
    used("campaign", CRM_sync=2, BI=10)
    used("campaign", CRM_sync=9)
    LookupCount.objects.create(token=Token.objects.first(), term=term, day=now.date() - timedelta(days=29), count=1)
    LookupCount.objects.create(token=Token.objects.first(), term=term, day=now.date() - timedelta(days=30), count=100)
    assert lookup.usage_of(term, now) == Usage(("CRM sync", "BI"), 22, 30)
    assert lookup.usage_of(term, now, days=31).times == 122


@pytest.mark.parametrize(
    ("tools", "times", "sentence"),
    [
        (0, 0, ""),
        (1, 1, "Used by A, once in 30 days"),
        (2, 20, "Used by A and one other, 20 times in 30 days"),
        (3, 1240, "Used by A and two others, 1,240 times in 30 days"),
        (26, 99, "Used by A and 25 others, 99 times in 30 days"),
    ],
)
def test_usage_is_said_in_a_sentence(tools: int, times: int, sentence: str) -> None:
    assert Usage(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:tools]), times, 30).sentence == sentence


@pytest.mark.django_db
def test_people_read_it_on_the_word_and_where_they_sign(desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    desk.publish("Campaign")
    used("campaign", CRM_sync=1_200, BI=30, Wiki=10)
    proposal = desk.submit("Campaign", term="campaign", why="new")
    sam, visitor = Client(), Client()
    sam.force_login(people.sam)
    sentence = "Used by CRM sync and two others, 1,240 times in 30 days"
    for path in ("/terms/campaign/", f"/proposals/{proposal.pk}/"):
        assert sentence in sam.get(path).content.decode(), path
    settings.GLOSSARY_OPEN_READING = True
    shown = visitor.get("/terms/campaign/").content.decode()
    assert "Campaign" in shown and "CRM sync" not in shown and "1,240" not in shown


@pytest.mark.django_db
def test_the_api_tells_people_and_no_tool(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    used("campaign", CRM_sync=3)
    answer = person(people.rep).get("terms/campaign/")
    assert answer.json()["usage"] == {"tools": ["CRM sync"], "times": 3, "days": 30}
    assert "usage" not in tool(people.ada, "read").get("terms/campaign/").json()
    used("campaign", BI=1)
    again = person(people.rep).get("terms/campaign/", **{"If-None-Match": answer.headers["ETag"]})
    assert again.json()["usage"]["times"] == 4


@pytest.mark.django_db
def test_administrators_see_when_a_tool_was_last_here(people: SimpleNamespace) -> None:
    token_of(people.ada, "read", name="CRM sync")
    Token.objects.update(last_used_at=datetime(2026, 5, 4, 12, tzinfo=UTC))
    ada = Client()
    ada.force_login(people.ada)
    assert "4 May 2026" in ada.get("/admin/accounts/token/").content.decode()
