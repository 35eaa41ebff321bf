"""What was delivered long ago goes, a little at a time; what waits, what is recent and the ledger stay."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from glossary import outbox, workflow
from glossary.ledger.verifying import verify
from glossary.models import Attempt, Channel, Delivery, Endpoint, Event, Message
from glossary.outbox.pruning import AT_ONCE
from glossary.policy import Console
from tests.portal.conftest import words
from tests.world import Desk, acting, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
LONG_AGO = timedelta(days=401)
OVER = (Delivery.SENT, Delivery.SILENCED, Delivery.GIVEN_UP)


def endpoint() -> Endpoint:
    return Endpoint.objects.create(name="CRM", url="https://tools.example.com/hooks")


def message(to: Endpoint, state: Delivery, at: datetime, **more: object) -> Message:
    """A message of that instant, tried once."""
    is_over = state in OVER
    made = Message(
        kind="version.published",
        channel=Channel.WEBHOOK,
        endpoint=to,
        state=state,
        written_at=at,
        next_at=at,
        done_at=at if is_over else None,
        lease_until=at if state == Delivery.SENDING else None,
    )
    for name, value in more.items():
        setattr(made, name, value)
    made.save(force_insert=True)
    Attempt.objects.create(message=made, at=at, took_ms=1, outcome="Once.")
    return made


def left() -> set[object]:
    return set(Message.objects.values_list("pk", flat=True))


def test_what_was_over_long_ago_goes_with_its_tries_and_nothing_else() -> None:
    now, to = timezone.now(), endpoint()
    for state in OVER:
        message(to, state, now - LONG_AGO)
    stay = {
        message(to, Delivery.WAITING, now - LONG_AGO).pk,
        message(to, Delivery.SENDING, now - LONG_AGO).pk,
        message(to, Delivery.SENT, now - timedelta(days=399)).pk,
        message(to, Delivery.GIVEN_UP, now - LONG_AGO, done_at=now).pk,
    }
    assert outbox.prune(now) == 3
    assert left() == stay
    assert set(Attempt.objects.values_list("message", flat=True)) == stay
    assert outbox.prune(now) == 0


def test_what_its_person_has_not_read_stays_in_the_inbox(people: SimpleNamespace) -> None:
    now = timezone.now()
    Message.objects.all().delete()
    at, own = now - LONG_AGO, {"channel": Channel.IN_APP, "endpoint": None, "person": people.sam}
    message(endpoint(), Delivery.SENT, at, **own, read_at=at)
    stay = {message(endpoint(), Delivery.SENT, at, **own, read_at=read).pk for read in (None, now)}
    assert outbox.prune(now) == 1
    assert left() == stay


def test_zero_days_keep_everything(settings: LazySettings) -> None:
    settings.GLOSSARY_KEEP_MESSAGES_DAYS = 0
    message(endpoint(), Delivery.SENT, timezone.now() - timedelta(days=9_999))
    assert outbox.prune(timezone.now()) == 0
    assert len(left()) == 1


def test_what_is_delivered_once_more_stays_until_it_is_over_again() -> None:
    now = timezone.now()
    kept = message(endpoint(), Delivery.SENT, now - LONG_AGO)
    assert outbox.deliver_again(Message.objects.filter(pk=kept.pk), now) == 1
    assert outbox.prune(now) == 0
    assert left() == {kept.pk}


def test_the_worker_takes_many_away_a_few_at_a_time_and_leaves_the_ledger(desk: Desk) -> None:
    desk.publish("Campaign")
    told = Message.objects.all()
    now, events = timezone.now(), Event.objects.count()
    to, before, at = endpoint(), told.count(), now - LONG_AGO
    told.update(state=Delivery.SENT, next_at=at, done_at=at, read_at=at)
    said = {"kind": "version.published", "channel": Channel.WEBHOOK, "endpoint": to, "state": Delivery.SENT}
    Message.objects.bulk_create(
        Message(**said, written_at=at, next_at=at, done_at=at) for _ in range(AT_ONCE + 1 - before)
    )
    call_command("worker", "--once")
    assert Message.objects.count() == 1, "one transaction takes a few"
    call_command("worker", "--once")
    assert not Message.objects.exists()
    assert Event.objects.filter(seq__lte=events).count() == events
    assert list(verify()) == []


def test_to_whom_a_text_was_brought_is_kept_while_it_waits(
    desk: Desk, people: SimpleNamespace, settings: LazySettings, time_machine: Any
) -> None:
    settings.GLOSSARY_KEEP_MESSAGES_DAYS = 30
    workflow.name_sponsor(person("vera").pk, by=Console(people.ada))
    time_machine.move_to(MONDAY)
    proposal, other = desk.submit("Campaign"), desk.submit("Lead")
    for day in (3, 7, 14):
        time_machine.move_to(MONDAY + timedelta(days=day))
        workflow.remind(at=timezone.now())
    workflow.withdraw(other.pk, by=acting(people.rep))
    Message.objects.update(state=Delivery.SENT, done_at=timezone.now(), read_at=timezone.now(), lease_until=None)
    time_machine.move_to(MONDAY + timedelta(days=90))
    while outbox.prune(timezone.now()):
        pass
    assert set(Message.objects.values_list("kind", "person__username")) == {("escalated", "vera")}
    browser = Client()
    browser.force_login(people.rep)
    assert "Brought to Vera on 15 March 2027 ." in words(browser.get(proposal.get_absolute_url()))
    workflow.withdraw(proposal.pk, by=acting(people.rep))
    assert outbox.prune(timezone.now()) == 2
