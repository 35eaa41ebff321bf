"""Somebody is away for a while: nobody asks them by mail, others are asked, and everybody sees until when."""

from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Delegation, User
from glossary import lookup, policy, workflow
from glossary.models import Delivery, Message, SignOff
from tests.portal.conftest import Browse, hidden, words
from tests.world import Desk, acting, draft_content

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def desk(desk: Desk, time_machine: Any) -> Desk:
    """The people at work on a Monday morning; what was said while they were seated is out of the way."""
    time_machine.move_to(MONDAY)
    Message.objects.all().delete()
    return desk


def mailed() -> list[str]:
    """Whoever a worker sends mail to now, with its subject."""
    mail.outbox.clear()
    call_command("worker", "--once")
    return sorted(f"{parseaddr(each.to[0])[1].partition('@')[0]}: {each.subject}" for each in mail.outbox)


def test_what_asks_for_a_signature_waits_for_the_return_and_is_still_true_then(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    User.objects.filter(pk=people.mia.pk).update(time_zone="Europe/Berlin")
    workflow.go_away(by=acting(people.mia), last_day=date(2027, 3, 14))
    kept, signed = desk.submit("Campaign"), desk.submit("Lead")
    assert "mia: Yours to sign: Campaign" not in mailed()
    for day in range(1, 13):
        time_machine.move_to(MONDAY + day * DAY)
        assert not [each for each in mailed() if each.startswith("mia")]
    desk.sign(signed, people.max)
    time_machine.move_to(datetime(2027, 3, 14, 22, 59, tzinfo=UTC))
    assert not [each for each in mailed() if each.startswith("mia")]
    time_machine.move_to(datetime(2027, 3, 14, 23, 0, 10, tzinfo=UTC))
    assert mailed() == ["mia: Yours to sign: Campaign"], "asked once, not asked and reminded, and not of what is signed"
    sent = Message.objects.get(person=people.mia, kind="to_sign", channel="mail", state=Delivery.SENT)
    assert sent.proposal == kept


def test_whoever_comes_back_early_is_told_at_once_and_what_waits_for_a_better_hour_waits_on(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    mia = at_browser(people.mia)
    mia.post("/accounts/profile/", {"action": "away", "away_until": "2027-03-14"})
    desk.submit("Campaign")
    assert not [each for each in mailed() if each.startswith("mia")]
    page = mia.get("/queue/")
    assert "You are away until 14 March 2027" in words(page)
    assert "Welcome back." in words(mia.post("/accounts/profile/", {"action": "back"}, follow=True))
    assert "You are away" not in words(mia.get("/queue/"))
    assert mailed() == ["mia: Yours to sign: Campaign"]


def test_signing_ends_the_absence_and_being_away_takes_no_right(desk: Desk, people: SimpleNamespace) -> None:
    workflow.go_away(by=acting(people.mia), last_day=date(2027, 3, 14))
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.mia)
    assert User.objects.get(pk=people.mia.pk).away_until is None
    workflow.go_away(by=acting(people.sam), last_day=date(2027, 3, 14))
    assert [policy.seat_of(each, timezone.now()) for each in (people.mark, people.rep)] == [None, None]
    assert SignOff.objects.count() == 1


def test_the_delegate_is_reminded_instead(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    desk.submit("Campaign")
    mailed()
    now = timezone.now()
    workflow.go_away(by=acting(people.mia), last_day=date(2027, 3, 14))
    workflow.delegate(people.mark.pk, by=acting(people.mia), starts_at=now, ends_at=now + 14 * DAY)
    mailed()
    time_machine.move_to(MONDAY + 3 * DAY)
    assert mailed() == [f"{who}: Still yours to sign: Campaign" for who in ("mark", "max", "sam", "sue")]


def test_everybody_sees_who_is_away_and_who_can_sign_meanwhile(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    proposal = desk.submit("Campaign")
    workflow.go_away(by=acting(people.mia), last_day=date(2027, 5, 3))
    said = "Mia is away until 3 May 2027 . Max can sign for Marketing."
    rep = at_browser(people.rep)
    assert said in words(rep.get(f"/proposals/{proposal.pk}/"))
    assert said in words(rep.get("/queue/"))
    assert "Mia (away until 3 May 2027 )" in words(rep.get("/accounts/profile/"))
    workflow.go_away(by=acting(people.max), last_day=date(2027, 5, 2))
    assert "Nobody else can sign for Marketing meanwhile." in words(rep.get(f"/proposals/{proposal.pk}/"))


def test_an_owner_who_lent_the_seat_to_nobody_is_offered_to(
    desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    mia = at_browser(people.mia)
    mia.post("/accounts/profile/", {"action": "away", "away_until": "2027-03-14"})
    page = mia.get("/accounts/profile/")
    assert "Meanwhile Max can sign for Marketing. You have lent your seat to nobody" in words(page)
    assert 'name="last_day" value="2027-03-14"' in page.content.decode()
    sent = {"action": "lend", "form_key": hidden(page, "form_key"), "delegate": people.mark.pk}
    mia.post("/accounts/profile/", sent | {"first_day": "2027-03-01", "last_day": "2027-03-14"})
    assert "You have lent your seat to nobody" not in words(mia.get("/accounts/profile/"))


@pytest.mark.parametrize("typed", ["", "soon", "2027-02-28", "2028-06-01", "2027-02-30"])
def test_a_day_that_cannot_be_is_refused_in_words(
    typed: str, desk: Desk, people: SimpleNamespace, at_browser: Browse
) -> None:
    answer = at_browser(people.mia).post("/accounts/profile/", {"action": "away", "away_until": typed})
    assert answer.status_code == 422
    assert answer.context["refusal"].sentence in words(answer)
    assert User.objects.get(pk=people.mia.pk).away_until is None


def test_when_somebody_was_away_is_kept_in_no_history_and_told_to_the_person(
    desk: Desk, people: SimpleNamespace
) -> None:
    before = people.mia.history.count()
    workflow.go_away(by=acting(people.mia), last_day=date(2027, 3, 14))
    assert people.mia.history.count() == before
    mia = User.objects.get(pk=people.mia.pk)
    told = {table: list(rows) for table, rows in lookup.told_about(mia, to_themself=True)}
    assert told["accounts.User"][0]["away_until"] == date(2027, 3, 14)
    workflow.come_back(by=acting(people.mia))
    assert not hasattr(people.mia.history.first(), "away_until")


# Clocks that are changed meanwhile. Each row: the zone, the first and the last day, and the first instant after.

CHANGES = [
    ("Europe/Berlin", "2027-03-26", "2027-03-28", "2027-03-28T22:00"),
    ("Europe/Berlin", "2027-10-29", "2027-10-31", "2027-10-31T23:00"),
    ("America/New_York", "2027-03-12", "2027-03-14", "2027-03-15T04:00"),
    ("America/New_York", "2027-11-05", "2027-11-07", "2027-11-08T05:00"),
    ("Australia/Lord_Howe", "2027-04-02", "2027-04-04", "2027-04-04T13:30"),
    ("Australia/Lord_Howe", "2027-10-01", "2027-10-03", "2027-10-03T13:00"),
]


@pytest.mark.parametrize(("zone", "first", "last", "over"), CHANGES)
def test_an_absence_and_a_loan_end_with_the_last_day_on_the_own_clock(
    zone: str,
    first: str,
    last: str,
    over: str,
    desk: Desk,
    people: SimpleNamespace,
    at_browser: Browse,
    time_machine: Any,
) -> None:
    after = datetime.fromisoformat(f"{over}+00:00")
    time_machine.move_to(datetime.fromisoformat(f"{first}T12:00").replace(tzinfo=ZoneInfo(zone)))
    User.objects.filter(pk=people.mia.pk).update(time_zone=zone)
    mia = at_browser(people.mia)
    mia.post("/accounts/profile/", {"action": "away", "away_until": last})
    page = mia.get("/accounts/profile/")
    sent = {"action": "lend", "form_key": hidden(page, "form_key"), "delegate": people.mark.pk}
    mia.post("/accounts/profile/", sent | {"first_day": first, "last_day": last})
    assert Delegation.objects.get().ends_at == after
    desk.submit("Campaign", by=people.rep)
    mailed()
    time_machine.move_to(after - timedelta(seconds=5))
    assert policy.seat_of(people.mark, timezone.now()) is not None
    assert "mia: Yours to sign: Campaign" not in mailed()
    time_machine.move_to(after)
    assert policy.seat_of(people.mark, timezone.now()) is None
    assert "mia: Yours to sign: Campaign" in mailed()


def test_a_text_that_changes_while_its_signer_is_away_is_told_on_return(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.mia)
    mailed()
    workflow.go_away(by=acting(people.mia), last_day=date(2027, 3, 2))
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="The budget."))
    assert not [each for each in mailed() if each.startswith("mia")]
    time_machine.move_to(MONDAY + 2 * DAY)
    assert "mia: Your signature no longer counts: Campaign" in mailed()
