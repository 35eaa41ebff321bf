"""What a reminder says, to whom, and that what is over by then is not said."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.preferences import keep_notifications
from glossary import workflow
from glossary.models import Delivery, Message, WorkingCalendar
from glossary.policy import Console
from tests.clocks import CHANGES, Change
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def desk(desk: Desk, time_machine: Any) -> Desk:
    """The people at work on a Monday morning, with Vera as their sponsor."""
    time_machine.move_to(MONDAY)
    workflow.name_sponsor(person("vera").pk, by=Console(desk.people.ada))
    Message.objects.all().delete()
    return desk


def nothing_waits() -> None:
    """What was said so far is out of the way."""
    Message.objects.all().delete()


def mailed() -> dict[str, Any]:
    """What a worker sends now, by user name; one mail to each at most."""
    mail.outbox.clear()
    call_command("worker", "--once")
    found = {each.to[0].partition("@")[0]: each for each in mail.outbox}
    assert len(found) == len(mail.outbox), [(each.to, each.subject) for each in mail.outbox]
    return found


def test_whoever_looks_after_a_suggestion_is_named_beside_its_author(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    proposal = desk.submit("Campaign")
    workflow.hand_over([proposal.pk], to=people.mark.pk, by=acting(people.rep))
    assert "Rep suggests “Campaign”. Mark looks after it." in mailed()["mia"].body
    time_machine.move_to(MONDAY + 3 * DAY)
    said = "“Campaign”, suggested by Rep and looked after by Mark, has waited for your team’s signature"
    assert said in mailed()["mia"].body


def test_a_reminder_says_who_is_waited_for_since_when_and_that_signing_needs_the_person(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    proposal = desk.submit("Campaign", reason="We argue about money.")
    desk.sign(proposal, people.sam)
    workflow.go_away(by=acting(people.max), last_day=date(2027, 5, 3))
    nothing_waits()
    time_machine.move_to(MONDAY + 3 * DAY)
    sent = mailed()
    assert list(sent) == ["mia"]
    assert sent["mia"].subject == "Still yours to sign: Campaign"
    for layout in (sent["mia"].body, str(sent["mia"].alternatives[0][0])):
        for text in (
            "suggested by Rep, has waited for your team’s signature since 1 March 2027 (3 working days)",
            "Mia or Max (away until 3 May 2027) can sign",
            "Sam has signed",
            "We argue about money.",
            f"http://testserver/proposals/{proposal.pk}/",
            "Signing needs you",
        ):
            assert text in layout
    assert "brought to" not in sent["mia"].body
    assert "/accounts/notifications/off/" in sent["mia"].extra_headers["List-Unsubscribe"]


def test_the_sponsor_reads_which_team_is_waited_for_and_who_can_sign(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    nothing_waits()
    time_machine.move_to(MONDAY + 14 * DAY)
    sent = mailed()
    assert sorted(sent) == ["max", "mia", "vera"]
    assert sent["vera"].subject == "Waits for Marketing: Campaign"
    for text in (
        "has waited for the signature of Marketing since 1 March 2027 (10 working days)",
        "Marketing: Mia or Max can sign",
        "Sales: Sam has signed",
        "Nothing is agreed by waiting, and nobody can sign in their place.",
        "You are told as the sponsor.",
    ):
        assert text in sent["vera"].body
    assert "It has been brought to Vera." in sent["mia"].body


def test_without_a_sponsor_it_is_said_which_administrator_was_told(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    workflow.end_sponsorship(User.objects.get(username="vera").pk, by=Console(people.ada))
    desk.submit("Campaign")
    nothing_waits()
    time_machine.move_to(MONDAY + 14 * DAY)
    sent = mailed()
    assert sorted(sent) == ["ada", "max", "mia", "sam", "sue"]
    assert "You are told as an administrator: no sponsor is here." in sent["ada"].body
    for owner in ("max", "mia", "sam", "sue"):
        assert "It has been brought to Ada." in sent[owner].body and "sponsor" not in sent[owner].body


def test_a_team_that_nobody_signs_for_is_said_so(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    desk.submit("Campaign")
    for owner in (people.mia, people.max):
        workflow.remove_owner(owner.pk, by=Console(people.ada))
    nothing_waits()
    time_machine.move_to(MONDAY + 14 * DAY)
    assert "Marketing: nobody can sign until an administrator appoints an owner" in mailed()["vera"].body


def test_several_are_listed_in_one_mail(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    for number in range(26):
        desk.submit(f"Campaign {number}")
    nothing_waits()
    time_machine.move_to(MONDAY + 14 * DAY)
    sent = mailed()
    assert sent["mia"].subject == "Still yours to sign: 26 suggestions"
    assert "Campaign 7: has waited for Sales and Marketing since 1 March 2027 (10 working days)" in sent["mia"].body
    assert "1 more at the link" in sent["mia"].body and "http://testserver/queue/" in sent["mia"].body
    assert sent["vera"].subject == "Waiting for long: 26 suggestions"
    assert "Sales: Sam or Sue can sign" in sent["vera"].body and "Marketing: Mia or Max can sign" in sent["vera"].body


def test_what_is_over_by_the_time_of_delivery_is_not_said(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    signed, changed, closed, _ = (desk.submit(name) for name in ("Campaign", "Lead", "Churn", "Funnel"))
    nothing_waits()
    time_machine.move_to(MONDAY + 14 * DAY)
    workflow.remind(at=timezone.now())
    desk.sign(signed, people.mia)
    workflow.revise(changed.pk, by=acting(people.rep), content=draft_content("Lead", why="Money."))
    workflow.decline(closed.pk, by=acting(people.sam), reason="Not now.")
    Message.objects.exclude(kind__in=["reminder", "escalated"]).delete()
    sent = mailed()
    assert sent["mia"].subject == "Still yours to sign: Funnel"
    assert sent["vera"].subject == "Waiting for long: 2 suggestions" and "Lead" not in sent["vera"].body


def test_a_newer_reminder_of_the_same_takes_the_place_of_one_that_waits(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    keep_notifications(people.mia, modes={}, weekdays_only=False, quiet=(time(0), time(23, 59)), digest_at=time(8))
    desk.submit("Campaign")
    nothing_waits()
    for day in (3, 8):
        time_machine.move_to(MONDAY + day * DAY)
        mailed()
    assert Message.objects.filter(person=people.mia, state=Delivery.WAITING).count() == 2
    time_machine.move_to(datetime(2027, 3, 9, 23, 59, 30, tzinfo=UTC))
    assert "6 working days" in mailed()["mia"].body


def test_a_review_asks_each_side_once_about_all_that_is_due(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    version = desk.publish("Campaign", review_months=1)
    desk.publish("Lead", review_months=1)
    nothing_waits()
    time_machine.move_to(datetime(2027, 4, 1, 9, 0, tzinfo=UTC))
    workflow.remind(at=timezone.now())
    workflow.reaffirm("campaign", by=acting(people.sam), digest=version.digest)
    sent = mailed()
    assert sent["mia"].subject == "Do they still hold? 2 words"
    assert sent["sue"].subject == "Does it still hold? Lead"
    assert "Lead: to be looked at again on 1 April 2027" in sent["sue"].body
    assert "http://testserver/reviews/" in sent["sue"].body
    assert "it stays in force" in sent["sue"].body


def test_hostile_names_and_reasons_are_text(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    User.objects.filter(pk=people.rep.pk).update(first_name="Rep\r\nBcc: eve@example.com", last_name="<b>x</b>")
    desk.submit("[x](http://evil.example)", reason="<script>alert(1)</script>")
    nothing_waits()
    time_machine.move_to(MONDAY + 14 * DAY)
    for sent in mailed().values():
        html = str(sent.alternatives[0][0])
        assert "<script>" not in html and "<b>x" not in html and 'href="http://evil' not in html
        assert "Bcc" not in sent.message() and "\n" not in sent.subject


def test_each_kind_can_be_off_or_in_the_digest(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    kept = {"weekdays_only": False, "quiet": None, "digest_at": time(8)}
    keep_notifications(people.mia, modes={"reminder": "digest"}, **kept)
    keep_notifications(people.sam, modes={"reminder": "off"}, **kept)
    for name in ("Campaign", "Lead"):
        desk.submit(name)
    nothing_waits()
    time_machine.move_to(MONDAY + 3 * DAY)
    assert sorted(mailed()) == ["max", "sue"]
    time_machine.move_to(MONDAY + 4 * DAY - timedelta(hours=1, minutes=59))
    assert mailed()["mia"].subject == "Still yours to sign: 2 suggestions"


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_quiet_hours_and_digest_hold_for_reminders_over_a_change_of_clocks(
    change: Change, desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    WorkingCalendar.objects.create(key="here", name="Here", time_zone=change.zone, is_default=True)
    User.objects.update(time_zone=change.zone)
    kept = {"weekdays_only": True, "digest_at": time(9, 30)}
    keep_notifications(people.mia, modes={}, quiet=(time(18), time(9, 30)), **kept)
    keep_notifications(people.sam, modes={"reminder": "digest"}, quiet=None, **kept)
    time_machine.move_to(change.asked_at())
    desk.submit("Campaign")
    nothing_waits()
    moment = change.at(time(9, 30))
    time_machine.move_to(moment - timedelta(minutes=30))
    assert sorted(mailed()) == ["max", "sue"]
    time_machine.move_to(moment - timedelta(seconds=20))
    assert mailed() == {}
    time_machine.move_to(moment + timedelta(seconds=1))
    assert sorted(mailed()) == ["mia", "sam"]
