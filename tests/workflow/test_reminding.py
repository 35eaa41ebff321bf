"""Whoever is waited for is reminded, in the end the sponsor is told, and waiting never agrees to anything."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from glossary import policy, workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Message, Proposal, Reminder, SignOff, Version, WorkingCalendar, usual_calendar
from glossary.policy import Console
from tests.clocks import CHANGES, Change
from tests.races.racing import RUNNERS, racers
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)

Walk = Callable[..., dict[str, list[str]]]


@pytest.fixture
def desk(desk: Desk, time_machine: Any) -> Desk:
    """The people at work on a Monday morning, with Vera as their sponsor."""
    time_machine.move_to(MONDAY)
    workflow.name_sponsor(person("vera").pk, by=Console(desk.people.ada))
    Message.objects.all().delete()
    return desk


@pytest.fixture
def walk(time_machine: Any) -> Walk:
    """Let time pass day by day, at noon, with a worker that looks; who is reminded of what on which day."""

    def days(start: datetime, end: datetime, step: timedelta = DAY) -> dict[str, list[str]]:
        noon = start.replace(hour=12)
        while noon < end:
            time_machine.move_to(noon)
            workflow.remind(at=timezone.now())
            noon += step
        return told(start)

    return days


def told(since: datetime = MONDAY) -> dict[str, list[str]]:
    """By day, the kinds of reminders that are mailed, and their people."""
    found: dict[str, list[str]] = {}
    rows = Message.objects.filter(reminder__isnull=False, channel="mail", written_at__gte=since)
    for message in rows.select_related("person").order_by("written_at", "kind", "person__username"):
        assert message.person is not None
        found.setdefault(f"{message.written_at:%a %d %b}", []).append(f"{message.kind} {message.person.username}")
    return found


def test_whoever_can_still_sign_is_reminded_every_third_working_day_until_the_sponsor_is_told(
    desk: Desk, people: SimpleNamespace, walk: Walk
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    both = ["reminder max", "reminder mia"]
    assert walk(MONDAY, MONDAY + 60 * DAY) == {
        "Thu 04 Mar": both,
        "Tue 09 Mar": both,
        "Fri 12 Mar": both,
        "Mon 15 Mar": ["escalated vera", *both],
    }
    assert SignOff.objects.count() == 1


def test_several_texts_are_one_mail_in_the_morning(desk: Desk, people: SimpleNamespace, walk: Walk) -> None:
    for name in ("Campaign", "Lead", "Churn"):
        desk.submit(name)
    assert walk(MONDAY, MONDAY + 4 * DAY) == {
        "Thu 04 Mar": ["reminder max", "reminder mia", "reminder sam", "reminder sue"]
    }
    assert Reminder.objects.count() == 3
    kept = Message.objects.filter(kind="reminder").values_list("channel", flat=True)
    assert sorted(kept) == ["in_app"] * 4 + ["mail"] * 4, "and once in the inbox of each"


def test_time_counts_anew_from_a_text_that_is_new_and_from_a_signature_that_is_lost(
    desk: Desk, people: SimpleNamespace, walk: Walk
) -> None:
    proposal = desk.submit("Campaign")
    walk(MONDAY, MONDAY + 2 * DAY)
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="The budget."))
    desk.sign(
        proposal,
        people.sam,
    )
    assert walk(MONDAY + 2 * DAY, MONDAY + 4 * DAY) == {}
    workflow.take_back(proposal.pk, by=acting(people.sam))  # on Thursday
    assert list(walk(MONDAY + 4 * DAY, MONDAY + 9 * DAY)) == ["Tue 09 Mar"]


@pytest.mark.parametrize(
    ("lent", "reminded"),
    [
        pytest.param(16 * DAY, ["Mon 22 Mar", "Thu 25 Mar", "Tue 30 Mar"], id="after the sponsor was told"),
        pytest.param(9 * DAY, ["Mon 15 Mar", "Thu 18 Mar", "Tue 23 Mar", "Wed 24 Mar"], id="before"),
    ],
)
def test_time_counts_anew_from_the_end_of_the_loan_on_which_was_signed(
    lent: timedelta, reminded: list[str], desk: Desk, people: SimpleNamespace, walk: Walk
) -> None:
    proposal = desk.submit("Campaign")
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=MONDAY, ends_at=MONDAY + lent)
    desk.sign(proposal, people.rep)
    days = walk(MONDAY, MONDAY + 30 * DAY)
    assert [day for day, each in days.items() if "reminder sam" in each] == reminded
    assert "escalated vera" in days["Mon 15 Mar" if lent > 14 * DAY else "Wed 24 Mar"]
    wait = policy.waits(Proposal.objects.all(), timezone.now(), usual_calendar())[0]
    assert wait.since == MONDAY + lent and "sales" in {side.key for side in wait.missing}


def test_a_signature_that_another_of_the_side_gives_instead_restarts_nothing(
    desk: Desk, people: SimpleNamespace, walk: Walk
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    walk(MONDAY, MONDAY + 2 * DAY)
    workflow.take_back(proposal.pk, by=acting(people.sam))
    desk.sign(proposal, people.sue)
    assert list(walk(MONDAY + 2 * DAY, MONDAY + 4 * DAY)) == ["Thu 04 Mar"]


def test_what_passed_while_no_worker_ran_is_not_made_up_for(desk: Desk, time_machine: Any) -> None:
    desk.submit("Campaign")
    time_machine.move_to(MONDAY + 11 * DAY)
    assert (workflow.remind(at=timezone.now()), workflow.remind(at=timezone.now())) == (1, 0)
    time_machine.move_to(MONDAY + 90 * DAY)
    assert (workflow.remind(at=timezone.now()), workflow.remind(at=timezone.now())) == (1, 0)
    assert [day for day, people in told().items() if "reminder sam" in people] == ["Fri 12 Mar", "Sun 30 May"]


def test_what_is_over_or_cannot_be_signed_reminds_nobody(
    desk: Desk, people: SimpleNamespace, walk: Walk, time_machine: Any
) -> None:
    desk.publish("Campaign")
    overtaken = desk.submit("Campaign", term="campaign", why="The budget.")
    desk.publish("Campaign", term="campaign", why="The goal.")
    sent_back = desk.submit("Lead")
    workflow.send_back(sent_back.pk, by=acting(people.mia), digest=sent_back.text.digest, reason="Whose?")
    assert walk(MONDAY, MONDAY + 30 * DAY) == {}
    rebased = workflow.rebase(overtaken.pk, by=acting(people.rep), resolutions={"why": "mine"})
    assert walk(timezone.now(), rebased.text.at + 5 * DAY) != {}, "updated, it can be signed"


@pytest.mark.parametrize("never", [0, 10**10])
@pytest.mark.parametrize("setting", ["GLOSSARY_REMIND_AFTER_DAYS", "GLOSSARY_ESCALATE_AFTER_DAYS"])
def test_each_can_be_switched_off(setting: str, never: int, desk: Desk, walk: Walk, settings: LazySettings) -> None:
    setattr(settings, setting, never)
    desk.submit("Campaign")
    days = walk(MONDAY, MONDAY + 60 * DAY)
    kinds = {each.split()[0] for day in days.values() for each in day}
    if setting == "GLOSSARY_REMIND_AFTER_DAYS":
        assert list(days) == ["Mon 15 Mar"] and "escalated" in kinds
    else:
        assert kinds == {"reminder"} and len(days) == 12, "it ends at some time"


def test_without_a_sponsor_who_is_here_the_administrators_are_told(
    desk: Desk, people: SimpleNamespace, walk: Walk
) -> None:
    vera = User.objects.get(username="vera")
    workflow.go_away(by=acting(vera), last_day=date(2027, 4, 1))
    desk.submit("Campaign")
    monday = walk(MONDAY, MONDAY + 15 * DAY)["Mon 15 Mar"]
    above = [each for each in monday if each.startswith("escalated")]
    assert above == ["escalated ada", "escalated vera"], "not those administrators who are waited for themselves"
    workflow.end_sponsorship(vera.pk, by=Console(people.ada))
    desk.submit("Lead")
    escalated = walk(MONDAY + 15 * DAY, MONDAY + 31 * DAY)["Mon 29 Mar"]
    assert "escalated ada" in escalated and "escalated vera" not in escalated


@pytest.mark.parametrize("authors_sign", [True, False])
def test_many_texts_take_no_more_questions_than_few(
    authors_sign: bool, desk: Desk, time_machine: Any, settings: LazySettings
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = authors_sign

    def asked(texts: int, later: timedelta) -> int:
        for number in range(texts):
            desk.submit(f"Campaign {Proposal.objects.count()} {number}")
        time_machine.move_to(timezone.now() + later)
        with CaptureQueriesContext(connection) as asked:
            assert workflow.remind(at=timezone.now()) >= texts
        return len(asked)

    assert asked(2, 4 * DAY) == asked(20, 6 * DAY)


def test_a_day_on_which_nobody_works_does_not_count(desk: Desk, walk: Walk) -> None:
    calendar = WorkingCalendar.objects.create(key="de", name="Germany", time_zone="Europe/Berlin", is_default=True)
    workflow.add_holidays("de", [(date(2027, 3, 3), "Founders’ day")])
    assert calendar.is_default
    desk.submit("Campaign")
    assert list(walk(MONDAY, MONDAY + 6 * DAY)) == ["Fri 05 Mar"]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_reminder_comes_when_work_begins_also_after_the_clocks_were_changed(
    change: Change, desk: Desk, time_machine: Any
) -> None:
    WorkingCalendar.objects.create(key="here", name="Here", time_zone=change.zone, is_default=True)
    time_machine.move_to(change.asked_at())
    desk.submit("Campaign")
    begins = change.at(time(9))
    time_machine.move_to(begins - timedelta(seconds=30))
    assert workflow.remind(at=timezone.now()) == 0
    time_machine.move_to(begins)
    assert workflow.remind(at=timezone.now()) == 1


def test_a_year_of_waiting_agrees_to_nothing_and_ends_in_silence(
    desk: Desk, people: SimpleNamespace, walk: Walk
) -> None:
    desk.publish("Lead", review_months=1)
    for signers in ((), (people.sam,), (people.mia,)):
        desk.sign(desk.submit(f"Campaign {len(signers)} {signers[:1]}"), *signers)
    before = (Event.objects.count(), SignOff.objects.count(), Version.objects.count())
    workflow.announce(at=timezone.now())
    walk(MONDAY, MONDAY + 90 * DAY)
    walk(MONDAY + 91 * DAY, MONDAY + 366 * DAY, step=7 * DAY)
    days = told()
    assert (Event.objects.exclude(kind="version.took_effect").count(), SignOff.objects.count()) == before[:2]
    assert Version.objects.count() == before[2]
    assert set(Proposal.objects.exclude(term__slug="lead").values_list("state", flat=True)) == {"in_review"}
    assert len(days) == 4 + 8, "three reminders and the sponsor; then a review that eight mails ask about"
    assert list(verify()) == []


# Reviews


def test_a_review_reminds_the_sides_that_have_not_said_so_week_by_week_until_both_have(
    desk: Desk, people: SimpleNamespace, walk: Walk
) -> None:
    version = desk.publish("Campaign", review_months=1)  # to be looked at again on Thursday 1 April
    desk.publish("Lead", review_months=1)
    everybody = ["review_due max", "review_due mia", "review_due sam", "review_due sue"]
    assert walk(MONDAY, MONDAY + 38 * DAY) == {"Thu 01 Apr": everybody}
    workflow.reaffirm("campaign", by=acting(people.sam), digest=version.digest)
    workflow.reaffirm("lead", by=acting(people.sam), digest=Version.objects.of("lead").get().digest)
    of_marketing = ["review_due max", "review_due mia"]
    assert walk(MONDAY + 38 * DAY, MONDAY + 46 * DAY) == {"Thu 08 Apr": of_marketing, "Thu 15 Apr": of_marketing}
    for slug in ("campaign", "lead"):
        workflow.reaffirm(slug, by=acting(people.mia), digest=Version.objects.of(slug).get().digest)
    assert walk(MONDAY + 46 * DAY, MONDAY + 60 * DAY) == {}


def test_a_review_that_falls_due_on_a_weekend_is_asked_about_on_monday(
    desk: Desk, walk: Walk, time_machine: Any
) -> None:
    time_machine.move_to(MONDAY + 2 * DAY)
    desk.publish("Campaign", review_months=1)  # Wednesday 3 March: a Saturday in April
    assert list(walk(MONDAY + 2 * DAY, MONDAY + 36 * DAY)) == ["Mon 05 Apr"]


# However many workers


def test_the_database_lets_no_occasion_be_used_twice(desk: Desk, time_machine: Any) -> None:
    desk.publish("Lead", review_months=1)
    desk.submit("Campaign")
    time_machine.move_to(MONDAY + 40 * DAY)
    assert workflow.remind(at=timezone.now()) == 2
    for row in Reminder.objects.all():
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    message = Message.objects.filter(kind="reminder").first()
    assert message is not None
    again = {name: getattr(message, name) for name in ("kind", "channel", "person", "reminder", "stream")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(written_at=timezone.now(), next_at=timezone.now(), **again)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_that_look_at_the_same_instant_remind_once(desk: Desk, time_machine: Any) -> None:
    desk.submit("Campaign")
    time_machine.move_to(MONDAY + 3 * DAY)
    with racers() as running:
        reminded = running.race(*[partial(workflow.remind, at=timezone.now())] * RUNNERS)
    assert sorted(reminded) == [*[0] * (RUNNERS - 1), 1]
    assert told() == {"Thu 04 Mar": [f"reminder {who}" for who in ("max", "mia", "sam", "sue")]}
