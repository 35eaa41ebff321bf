"""One worker holds a message at a time, in order per word and recipient, and what fails is tried again, later."""

from datetime import datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from glossary import outbox
from glossary.models import Attempt, Delivery, Endpoint, Message
from glossary.outbox import claiming
from tests.outbox.receiving import Receiver, receiver

pytestmark = pytest.mark.django_db


def endpoint(url: str = "https://tools.example.com/hooks", **more: object) -> Endpoint:
    return Endpoint.objects.create(name="CRM", url=url, **more)


def waiting(to: Endpoint, number: int = 1, *, stream: str = "campaign", **more: object) -> Message:
    """A message to the endpoint as the test button sends it, in a stream of its own making."""
    now = timezone.now()
    defaults = {"written_at": now, "next_at": now, "sequence": number, "stream": f"webhook:{to.pk}:{stream}"}
    return Message.objects.create(kind="version.published", channel="webhook", endpoint=to, **defaults | more)


def soon(seconds: float = 1) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def test_a_message_is_held_by_one_worker_until_its_lease_ends(settings: LazySettings) -> None:
    kept = waiting(endpoint())
    assert claiming.claim(soon()) == kept
    assert claiming.claim(soon()) is None
    assert outbox.take_up_what_was_left(soon(10)) == 0
    assert outbox.take_up_what_was_left(soon(settings.GLOSSARY_DELIVERY_LEASE_SECONDS + 5)) == 1
    again = claiming.claim(soon(settings.GLOSSARY_DELIVERY_LEASE_SECONDS + 6))
    assert again is not None and (again.pk, again.attempts) == (kept.pk, 2)


def test_a_worker_that_comes_late_changes_nothing_about_what_another_took_over() -> None:
    waiting(endpoint())
    slow = claiming.claim(soon())
    assert slow is not None
    outbox.take_up_what_was_left(soon(100_000))
    quick = claiming.claim(soon(100_001))
    assert quick is not None
    claiming.failed(slow, "Too late.", timezone.now(), for_good=True)
    quick.refresh_from_db()
    assert quick.state == Delivery.SENDING
    claiming.done(quick, timezone.now())
    quick.refresh_from_db()
    assert quick.state == Delivery.SENT


def test_messages_of_one_word_to_one_recipient_go_in_order_and_others_pass_by() -> None:
    to = endpoint()
    first, second = waiting(to, 1), waiting(to, 2)
    other = waiting(to, 3, stream="lead")
    taken = claiming.claim(soon())
    assert taken == first
    assert claiming.claim(soon()) == other
    assert claiming.claim(soon()) is None, "the second of the word waits for the first"
    claiming.failed(taken, "Answered 500.", timezone.now())
    assert claiming.claim(soon()) is None, "also while the first waits to be tried again"
    Message.objects.filter(pk=first.pk).update(state=Delivery.SENT)
    assert claiming.claim(soon()) == second


def test_what_waits_for_a_better_hour_holds_nothing_up() -> None:
    to = endpoint()
    waiting(to, 1, next_at=soon(3_600))
    next_one = waiting(to, 2)
    assert claiming.claim(soon()) == next_one


def test_each_failure_waits_about_twice_as_long_and_no_two_alike(settings: LazySettings) -> None:
    settings.GLOSSARY_RETRY_SECONDS = 10
    for attempts, seconds in [(1, 10), (2, 20), (5, 160), (40, settings.GLOSSARY_LONGEST_RETRY_SECONDS)]:
        pauses = {claiming.pause_after(attempts).total_seconds() for _ in range(20)}
        assert len(pauses) == 20
        assert all(seconds * 0.5 <= pause <= seconds * 1.5 for pause in pauses)


def test_after_the_last_attempt_it_is_given_up_for_all_to_see(settings: LazySettings) -> None:
    settings.GLOSSARY_DELIVERY_ATTEMPTS, settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = 3, True
    settings.GLOSSARY_RETRY_SECONDS = 0.001
    with receiver(status=500) as broken:
        kept = waiting(endpoint(broken.url))
        for _ in range(3):
            assert outbox.deliver_next(soon())
        assert not outbox.deliver_next(soon(100_000))
    kept.refresh_from_db()
    assert (kept.state, kept.attempts, kept.error) == (Delivery.GIVEN_UP, 3, "Answered 500.")
    assert [attempt.answer for attempt in Attempt.objects.filter(message=kept)] == [500, 500, 500]
    assert outbox.lag(timezone.now()).given_up == 1


@pytest.fixture
def taking(settings: LazySettings) -> object:
    settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = True
    with receiver() as kept:
        yield kept


def test_it_is_delivered_again_by_hand_under_the_same_id(taking: Receiver) -> None:
    kept = waiting(endpoint(taking.url), state=Delivery.GIVEN_UP)
    said = StringIO()
    call_command("redeliver", "--given-up", stdout=said)
    call_command("worker", "--once")
    call_command("redeliver", str(kept.pk), stdout=said)
    call_command("worker", "--once")
    assert [call.id for call in taking.calls] == [str(kept.pk)] * 2
    assert said.getvalue().count("1 message will be delivered again") == 2
    with pytest.raises(CommandError, match="no message with this id"):
        call_command("redeliver", str(uuid4()))


def test_a_fault_of_our_own_stops_one_message_and_never_the_worker(taking: Receiver) -> None:
    to = endpoint(taking.url)
    person = User.objects.create(username="pia", email="pia@example.com")
    broken = Message.objects.create(
        kind="no such kind",
        channel="mail",
        person=person,
        stream="x",
        written_at=timezone.now(),
        next_at=timezone.now(),
    )
    fine = waiting(to)
    call_command("worker", "--once")
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (fine.state, broken.state, broken.error) == ("sent", "waiting", "A fault of the registry itself: KeyError.")


@pytest.mark.parametrize("silent", [{"paused_at": timezone.now()}, {"rests_until": timezone.now() + timedelta(days=9)}])
def test_what_is_left_for_an_endpoint_that_was_removed_ends_and_goes_in_time(silent: dict[str, datetime]) -> None:
    """Also what was written in a transaction that saw the endpoint before it went."""
    gone = endpoint(**silent)
    left = [waiting(gone), waiting(gone, 2)]
    call_command("worker", "--once")
    assert not Message.objects.exclude(state=Delivery.WAITING).exists(), "it may be resumed"
    Endpoint.objects.filter(pk=gone.pk).update(is_removed=True)
    call_command("worker", "--once")
    states = Message.objects.filter(pk__in=[each.pk for each in left]).values_list("state", flat=True)
    assert list(states) == [Delivery.SILENCED] * 2
    assert outbox.lag(timezone.now()).given_up == 0
    assert outbox.prune(timezone.now() + timedelta(days=900)) == 2
