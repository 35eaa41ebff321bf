"""Who follows what happens: the feed exactly once while others write, lists that grow meanwhile, tags that move."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from threading import Event as Signal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django.utils.http import urlencode

from glossary import lookup, workflow
from glossary.domain.refusals import Refusal
from glossary.models import Event, Proposal
from glossary.policy import Console
from tests.api.callers import Caller, code, person, tool
from tests.races.racing import RUNNERS, racers
from tests.world import Desk, acting, draft_content

READERS = 2
WRITERS = RUNNERS - READERS
WORDS_EACH = 4


# The feed


def _write(actor: Any, name: str, done: list[str], finished: Signal) -> None:
    for number in range(WORDS_EACH):
        _raise_word(f"{name} {'abcdefgh'[number]}", actor)
    done.append(name)
    if len(done) == WRITERS:
        finished.set()


def _raise_word(name: str, actor: Any) -> None:
    """Again until there is room between the others, as the refusal says."""
    while True:
        try:
            workflow.raise_word(name, by=actor)
            return
        except Refusal as refusal:
            assert refusal.code == "busy"


def _follow(limit: int, finished: Signal) -> list[int]:
    """The numbers of the events, read piece by piece until after the last writer."""
    seen: list[int] = []
    while True:
        is_over = finished.is_set()
        found = lookup.changes(after=seen[-1] if seen else 0, limit=limit, published_only=False)
        seen += [event.seq for event in found]
        if is_over and not found:
            return seen


@pytest.mark.django_db(transaction=True)
def test_the_feed_has_every_event_once_and_in_order_while_others_write(people: SimpleNamespace) -> None:
    finished, done = Signal(), list[str]()
    writers = [
        partial(_write, acting(people.rep), f"Word of writer {'abcdefgh'[number]}", done, finished)
        for number in range(WRITERS)
    ]
    readers = [partial(_follow, limit, finished) for limit in (1, 7)]
    with racers() as running:
        outcomes = running.race(*writers, *readers)
    expected = list(range(1, Event.objects.count() + 1))
    assert len(expected) > WRITERS * WORDS_EACH
    assert outcomes[WRITERS:] == [expected] * READERS


def followed(caller: Caller, cursor: int = 0, limit: int = 3) -> tuple[list[int], int]:
    """What a tool gets that goes on from its cursor until nothing is new, and the cursor then."""
    seen: list[int] = []
    while found := json.loads(caller.get(f"changes?after={cursor}&limit={limit}").getvalue())["results"]:
        seen += [event["seq"] for event in found]
        cursor = seen[-1]
    return seen, cursor


@pytest.mark.django_db
def test_a_tool_that_followed_all_along_has_what_one_gets_that_comes_late(desk: Desk, people: SimpleNamespace) -> None:
    early, seen, cursor = tool(people.rep, "read"), [], 0
    for happen in (
        lambda: workflow.raise_word("Campaign", by=acting(people.rep)),
        lambda: workflow.label_term("campaign", by=Console(people.ada), category="Funnel", tags=[], is_required=True),
        lambda: desk.publish("Campaign", term="campaign"),
        lambda: workflow.label_term("campaign", by=Console(people.ada), category="Numbers", tags=[], is_required=True),
        lambda: desk.publish("Campaign", term="campaign", why="new"),
    ):
        happen()
        found, cursor = followed(early, cursor)
        seen += found
    assert seen == followed(tool(people.mark, "read"))[0]
    assert [event.kind for event in Event.objects.filter(seq__in=seen).order_by("seq")] == [
        "version.published",
        "term.labelled",
        "version.published",
    ]


# Lists


def walked(caller: Caller, path: str, meanwhile: Callable[[int], object]) -> Iterator[dict[str, Any]]:
    """Every row of a list of small pages, with something happening after each page."""
    following: str | None = path
    number = 0
    while following:
        page = caller.get(following.removeprefix("/api/v1/")).json()
        yield from page["results"]
        following = page["next"]
        meanwhile(number)
        number += 1


@pytest.mark.django_db
def test_what_is_added_during_a_walk_neither_hides_nor_repeats_a_row(desk: Desk, people: SimpleNamespace) -> None:
    rep, names = person(people.rep), [f"Word {letter}" for letter in "abcdefg"]
    for name in names:
        desk.open(name)

    def open_another(number: int) -> None:
        if number < 2:
            desk.open(f"Further {'ab'[number]}")

    expected = [*names, "Further a", "Further b"]
    assert [row["name"] for row in walked(rep, "proposals/?limit=2&state=draft", open_another)] == expected
    since = urlencode({"updated_since": Proposal.objects.earliest("pk").opened_at.isoformat()})
    assert [row["name"] for row in walked(rep, f"terms/?limit=2&{since}", lambda number: None)] == expected


@pytest.mark.django_db
def test_versions_and_remarks_are_walked_while_more_come(desk: Desk, people: SimpleNamespace) -> None:
    rep = person(people.rep)
    desk.publish("Campaign")
    for number in range(3):
        desk.publish("Campaign", term="campaign", why=f"reason {number}")
        workflow.comment_on_term("campaign", by=acting(people.rep), text=f"{number}")
    seen = [row["version"] for row in walked(rep, "terms/campaign/versions/?limit=2", partial(_publish_once, desk))]
    assert seen == [4, 3, 2, 1]
    more = partial(_say_once, acting(people.mark))
    assert [row["text"] for row in walked(rep, "terms/campaign/comments/?limit=2", more)] == ["0", "1", "2", "later"]


def _publish_once(desk: Desk, number: int) -> None:
    if number == 0:
        desk.publish("Campaign", term="campaign", why="while somebody walks")


def _say_once(actor: Any, number: int) -> None:
    if number == 0:
        workflow.comment_on_term("campaign", by=actor, text="later")


@pytest.mark.django_db
def test_a_word_moves_for_tools_with_what_tools_can_see_of_it(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    coming = desk.publish("Campaign", term="campaign", why="x", effective_from=timezone.now() + timedelta(days=9))

    def moved(since: Any) -> bool:
        reader = tool(people.rep, "read")  # one of now, since tokens expire
        return bool(reader.get(f"terms/?{urlencode({'updated_since': since.isoformat()})}").json()["results"])

    moment = timezone.now()
    desk.open("Campaign", term="campaign", why="only suggested")
    workflow.comment_on_term("campaign", by=acting(people.rep), text="hm")
    assert not moved(moment)
    workflow.label_term("campaign", by=Console(people.ada), category="Funnel", tags=[], is_required=False)
    assert moved(moment)
    before = coming.in_force_from - timedelta(seconds=1)
    assert not moved(before)
    with time_machine.travel(coming.in_force_from):
        assert moved(before)


# Tags


def _actions(desk: Desk, people: SimpleNamespace) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that can be done about the word Campaign, in an order in which it can."""
    sam, mia, rep = acting(people.sam), acting(people.mia), acting(people.rep)
    ada = Console(people.ada)
    yield "label", lambda: workflow.label_term("campaign", by=ada, category="Funnel", tags=["a"], is_required=True)
    yield "comment", lambda: workflow.comment_on_term("campaign", by=rep, text="hm")
    yield "open", lambda: desk.open("Campaign", term="campaign", why="new")
    draft = Proposal.objects.latest("pk").pk
    yield "remark", lambda: workflow.comment_on_proposal(draft, by=rep, text="hm")
    text = draft_content("Campaign", why="newer")
    yield "revise", lambda: workflow.revise(draft, by=rep, content=text, reason="better")
    yield "submit", lambda: workflow.submit(draft, by=rep)
    digest = Proposal.objects.get(pk=draft).text.digest
    yield "sign", lambda: workflow.sign_off(draft, by=sam, digest=digest)
    yield "take back", lambda: workflow.take_back(draft, by=sam)
    yield "object", lambda: workflow.send_back(draft, by=mia, digest=digest, reason="no")
    yield "withdraw objection", lambda: workflow.withdraw_objection(draft, by=mia)
    yield "decline", lambda: workflow.decline(draft, by=mia, reason="never mind")
    later = timezone.now() + timedelta(days=9)
    yield "publish", lambda: desk.publish("Campaign", term="campaign", why="soon", effective_from=later)


@pytest.mark.django_db
def test_the_tag_of_a_word_moves_with_every_action_on_it_and_with_no_other(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    desk.publish("Funnel")
    reader, mark = tool(people.rep, "read"), person(people.mark)

    def tags(slug: str) -> tuple[str, str]:
        return tuple(caller.get(f"terms/{slug}/").headers["ETag"] for caller in (reader, mark))  # type: ignore[return-value]

    before, other = tags("campaign"), tags("funnel")
    for name, act in _actions(desk, people):
        act()
        now = tags("campaign")
        assert now[0] != before[0] and now[1] != before[1], name
        before = now
    assert tags("funnel") == other


@pytest.mark.django_db
def test_the_tag_of_a_word_moves_with_time(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign", review_months=1)
    coming = desk.publish("Campaign", term="campaign", why="x", effective_from=timezone.now() + timedelta(days=9))
    reader = tool(people.rep, "read")
    answer = reader.get("terms/campaign/")
    assert reader.get("terms/campaign/", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
    with time_machine.travel(coming.in_force_from):
        then = tool(people.rep, "read", name="later").get(
            "terms/campaign/", **{"If-None-Match": answer.headers["ETag"]}
        )
        assert (then.status_code, then.json()["version"], then.json()["upcoming"]) == (200, 2, None)
    with time_machine.travel(coming.in_force_from + timedelta(days=400)):
        caller = tool(people.rep, "read", name="much later")
        due = caller.get("terms/campaign/", **{"If-None-Match": then.headers["ETag"]})
        assert (due.status_code, due.json()["review"]) == (200, "overdue")
        assert code(caller.get("terms/nowhere/")) == (404, "not_found")
