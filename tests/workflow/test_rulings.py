"""Disagreement that does not end: what counts as stuck, and what the sponsor may say about it, which signs nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from glossary import lookup, policy, workflow
from glossary.ledger.verifying import verify
from glossary.models import Endpoint, Event, Message, Proposal, Ruling, SignOff, Version
from glossary.policy import Console
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db

SAYS = {"text": "Until then count only answered leads.", "reasons": "The board needs one number."}


@pytest.fixture(autouse=True)
def _the_ledger_tells_it(db: None) -> Iterator[None]:
    yield
    assert list(verify()) == []


@pytest.fixture
def vera(people: SimpleNamespace) -> User:
    """The sponsor."""
    vera = person("vera")
    workflow.name_sponsor(vera.pk, by=Console(people.ada))
    return vera


def send_back(proposal: Proposal, *people: User, why: str = "It hurts our count.") -> Proposal:
    """Sent back by each of them in turn, with another text put up in between."""
    for who in people:
        if Proposal.objects.get(pk=proposal.pk).state == "draft":
            text = draft_content(proposal.term.name, why=f"Try {Event.objects.count()}.")
            workflow.revise(proposal.pk, by=acting(proposal.author), content=text)
            workflow.submit(proposal.pk, by=acting(proposal.author))
        digest = Proposal.objects.get(pk=proposal.pk).text.digest
        workflow.send_back(proposal.pk, by=acting(who), digest=digest, reason=why)
    return Proposal.objects.get(pk=proposal.pk)


def told_of_it() -> list[User | None]:
    """Who gets a mail that the teams do not agree."""
    return [message.person for message in Message.objects.filter(kind="stuck", channel="mail")]


def stuck() -> list[int]:
    return [item.proposal.pk for item in lookup.impasses(at=timezone.now())]


def rule(proposal: Proposal, by: User, **more: Any) -> Ruling:
    said = SAYS | {"expires_at": timezone.now() + timedelta(days=90)} | more
    return workflow.record_ruling(proposal.pk, by=acting(by), **said)


@pytest.fixture
def disputed(desk: Desk, people: SimpleNamespace) -> Proposal:
    return send_back(desk.submit("Campaign"), people.mia, people.sam)


# What is stuck


def test_the_second_objection_makes_it_stuck_and_tells_the_sponsor_once(
    desk: Desk, people: SimpleNamespace, vera: User
) -> None:
    proposal = send_back(desk.submit("Campaign"), people.mia)
    assert (stuck(), told_of_it()) == ([], [])
    send_back(proposal, people.sam)
    assert stuck() == [proposal.pk]
    assert told_of_it() == [vera]
    send_back(proposal, people.mia)
    assert told_of_it() == [vera]


def test_a_withdrawn_objection_still_counts_and_what_waits_for_its_author_is_not_stuck(
    disputed: Proposal, people: SimpleNamespace
) -> None:
    for objector in (people.mia, people.sam):
        workflow.withdraw_objection(disputed.pk, by=acting(objector))
    assert stuck() == []
    workflow.submit(disputed.pk, by=acting(disputed.author))
    assert stuck() == [disputed.pk]


def test_starting_anew_and_two_suggestions_against_each_other_count_together(
    desk: Desk, people: SimpleNamespace
) -> None:
    first = send_back(desk.submit("Campaign"), people.mia)
    workflow.withdraw(first.pk, by=acting(people.rep))
    again = desk.submit("Campaign", term="campaign", why="Once more.")
    assert stuck() == []
    send_back(again, people.mia)
    assert stuck() == [again.pk]
    rival = send_back(desk.submit("Campaign", term="campaign", by=people.mark, why="Ours."), people.sam)
    assert stuck() == [again.pk, rival.pk]


def test_once_the_word_is_agreed_counting_begins_anew(desk: Desk, people: SimpleNamespace, disputed: Proposal) -> None:
    workflow.withdraw(disputed.pk, by=acting(disputed.author))
    desk.publish("Campaign", term="campaign", why="At last.")
    fresh = send_back(desk.submit("Campaign", term="campaign", why="Better."), people.mia)
    assert stuck() == []
    send_back(fresh, people.mia)
    assert stuck() == [fresh.pk]


@pytest.mark.parametrize("days", [0, 10**10])
def test_that_age_makes_nothing_stuck_can_be_said_and_no_number_is_too_large(
    days: int, desk: Desk, settings: Any
) -> None:
    settings.GLOSSARY_DISPUTE_AFTER_DAYS = days
    desk.submit("Campaign")
    with time_machine.travel(timezone.now() + timedelta(days=4_000)):
        assert stuck() == []


def test_what_is_open_too_long_is_stuck_counted_from_the_first_time(
    desk: Desk, people: SimpleNamespace, settings: Any
) -> None:
    settings.GLOSSARY_DISPUTE_AFTER_DAYS = 10
    proposal, draft = desk.submit("Campaign"), desk.open("Draft alone")
    put_up = proposal.submitted_at
    assert put_up is not None
    with time_machine.travel(put_up + timedelta(days=8)):
        send_back(proposal, people.mia)
        text = draft_content("Campaign", why="Better.")
        workflow.revise(proposal.pk, by=acting(people.rep), content=text)
        workflow.submit(proposal.pk, by=acting(people.rep))
        assert stuck() == []
    with time_machine.travel(put_up + timedelta(days=10, seconds=1)):
        assert stuck() == [proposal.pk]
        assert draft.pk not in stuck()
        workflow.decline(proposal.pk, by=acting(people.sam), reason="Enough.")
        assert stuck() == []


# The ruling


def test_the_sponsor_rules_and_everybody_concerned_is_told(
    disputed: Proposal, people: SimpleNamespace, vera: User
) -> None:
    ruling = rule(disputed, vera)
    event = Event.objects.latest("seq")
    assert (event.kind, event.facts["digest"]) == ("ruling.recorded", disputed.text.digest)
    assert "board" not in event.data
    told = Message.objects.filter(event=event).values_list("kind", "person__username")
    assert set(told) == {("ruling", name) for name in ("rep", "sam", "sue", "mia", "max")}
    assert lookup.impasses(at=timezone.now())[0].ruling == ruling


def test_a_ruling_fills_no_seat_publishes_nothing_and_reaches_no_tool(
    desk: Desk, disputed: Proposal, people: SimpleNamespace, vera: User
) -> None:
    Endpoint.objects.create(name="Hook", url="https://example.com", kinds=["version.published", "term.labelled"])
    before = Proposal.objects.filter(pk=disputed.pk).values().get()
    counter = lookup.proposal_detail(disputed.pk, by=acting(people.rep), at=timezone.now()).etag
    rule(disputed, vera)
    assert (SignOff.objects.count(), Version.objects.count()) == (0, 0)
    assert Proposal.objects.filter(pk=disputed.pk).values().get() == before
    assert lookup.proposal_detail(disputed.pk, by=acting(people.rep), at=timezone.now()).etag == counter
    assert not Message.objects.exclude(person__isnull=False).exists()
    assert lookup.changes(after=0, limit=1000, published_only=True) == []
    workflow.revise(disputed.pk, by=acting(people.rep), content=draft_content("Campaign", why="Both."))
    workflow.submit(disputed.pk, by=acting(people.rep))
    digest = Proposal.objects.get(pk=disputed.pk).text.digest
    with refused("not_permitted"), nothing_changes():
        workflow.sign_off(disputed.pk, by=acting(vera), digest=digest)
    desk.sign(disputed, people.mia)
    assert Version.objects.count() == 0
    desk.sign(disputed, people.sam)
    version = Version.objects.get()
    assert "board" not in version.seats and "answered leads" not in version.revision.text
    assert not Ruling.objects.standing(timezone.now()).exists()


@pytest.mark.parametrize("who", ["sam", "rep", "ada"])
def test_nobody_but_the_sponsor_rules(disputed: Proposal, people: SimpleNamespace, vera: User, who: str) -> None:
    with refused("not_permitted"), nothing_changes():
        rule(disputed, getattr(people, who))


def test_a_ruling_needs_a_sponsor_in_person_signed_in_recently(
    disputed: Proposal, people: SimpleNamespace, vera: User, settings: Any
) -> None:
    said = SAYS | {"expires_at": timezone.now() + timedelta(days=9)}
    with refused("not_permitted"), nothing_changes():
        workflow.record_ruling(disputed.pk, by=Console(vera), **said)  # type: ignore[arg-type]
    settings.GLOSSARY_SIGNING_MAX_AGE = timedelta(0)
    with refused("reauthenticate"), nothing_changes():
        rule(disputed, vera)
    settings.GLOSSARY_SIGNING_MAX_AGE = timedelta(hours=1)
    workflow.end_sponsorship(vera.pk, by=Console(people.ada))
    with refused("not_permitted"), nothing_changes():
        rule(disputed, vera)


def test_a_ruling_is_for_what_is_stuck(desk: Desk, people: SimpleNamespace, vera: User, disputed: Proposal) -> None:
    young = desk.submit("Webinar")
    with refused("wrong_state"), nothing_changes():
        rule(young, vera)
    workflow.decline(disputed.pk, by=acting(people.sam), reason="Enough.")
    with refused("wrong_state"), nothing_changes():
        rule(disputed, vera)


@pytest.mark.parametrize(
    "more",
    [
        {"text": " "},
        {"reasons": ""},
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"expires_at": datetime(9999, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_ruling_says_what_why_and_for_how_long(disputed: Proposal, vera: User, more: dict[str, Any]) -> None:
    with refused("invalid"), nothing_changes():
        rule(disputed, vera, **more)


def test_one_ruling_at_a_time_and_it_expires_by_itself(disputed: Proposal, vera: User) -> None:
    first = rule(disputed, vera, expires_at=timezone.now() + timedelta(days=2))
    with refused("wrong_state"), nothing_changes():
        rule(disputed, vera)
    row = {"proposal": disputed, "revision": disputed.text, "sponsor": vera, "text": "x", "reasons": "y"}
    soon = first.at + timedelta(hours=1)
    with pytest.raises(IntegrityError, match="one_ruling_at_a_time"), transaction.atomic():
        Ruling.objects.create(**row, at=soon, expires_at=soon + timedelta(days=9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Ruling.objects.create(**row, at=first.expires_at, expires_at=first.expires_at)
    detail = lookup.term_detail("campaign", at=timezone.now())
    assert detail.ruling == first
    assert lookup.term_detail("campaign", at=first.expires_at).ruling is None
    assert lookup.term_detail("campaign", at=first.expires_at).etag != detail.etag
    with time_machine.travel(first.expires_at):
        assert rule(disputed, vera).pk != first.pk


def test_the_sponsor_of_now_ends_a_ruling_early(disputed: Proposal, people: SimpleNamespace, vera: User) -> None:
    ruling, olga = rule(disputed, vera), person("olga")
    workflow.name_sponsor(olga.pk, by=Console(people.ada))
    with refused("not_permitted"), nothing_changes():
        workflow.end_ruling(ruling.pk, by=acting(vera))
    workflow.end_ruling(ruling.pk, by=acting(olga))
    assert Ruling.objects.get().ended_by == olga
    with refused("wrong_state"), nothing_changes():
        workflow.end_ruling(ruling.pk, by=acting(olga))
    assert lookup.ruling(ruling.pk, by=acting(people.rep), at=timezone.now()).over == "ended"
    rule(disputed, olga)


def test_asking_what_is_stuck_takes_the_same_queries_however_much_there_is(
    desk: Desk, people: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    for name in ("One", "Two", "Three"):
        send_back(desk.submit(name), people.mia, people.sam)
    with django_assert_num_queries(4):
        assert len(policy.stuck(Proposal.objects.all(), timezone.now())) == 3
