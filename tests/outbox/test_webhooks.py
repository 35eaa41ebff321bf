"""What tools are told, how they can be sure who says it, and that nothing inside can be reached by an address."""

import ipaddress
import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from glossary import outbox, workflow
from glossary.domain.refusals import Refusal
from glossary.models import Attempt, Delivery, Endpoint, Message
from glossary.outbox.requesting import is_public, post, stay_away
from glossary.outbox.results import NotDelivered
from tests.outbox.receiving import Call, Receiver, receiver
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_this_machine(settings: LazySettings) -> None:
    settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = True
    settings.GLOSSARY_RETRY_SECONDS = 0.001
    settings.GLOSSARY_ENDPOINT_SECONDS = 1


@pytest.fixture
def taking() -> Iterator[Receiver]:
    with receiver() as kept:
        yield kept


def connected(people: SimpleNamespace, url: str, *kinds: str) -> tuple[Endpoint, str]:
    return workflow.add_endpoint(by=acting(people.ada), name="CRM", url=url, kinds=kinds or list(outbox.TO_TOOLS))


def checked(call: Call, secret: str) -> dict[str, Any]:
    """The body, as a receiver reads it that checks the signature with the library of the standard."""
    body: dict[str, Any] = Webhook(secret).verify(call.body, call.headers)
    return body


def test_a_tool_is_told_of_what_is_published_with_ids_and_no_text(
    desk: Desk, people: SimpleNamespace, taking: Receiver
) -> None:
    _, secret = connected(people, taking.url)
    desk.open("Secret plans")
    version = desk.publish("Campaign", reason="Because of the budget.")
    workflow.label_term("campaign", by=acting(people.ada), category="Demand")
    call_command("worker", "--once")
    published, labelled, in_force = sorted(
        (checked(call, secret) for call in taking.calls), key=lambda body: body["data"]["event"]
    )
    assert published["type"] == "version.published"
    assert published["data"] | {"event": 0, "in_force_from": ""} == {
        "event": 0,
        "term": "campaign",
        "url": "http://testserver/terms/campaign/",
        "api_url": "http://testserver/api/v1/terms/campaign/versions/1/",
        "version": 1,
        "digest": version.digest,
        "in_force_from": "",
    }
    assert (labelled["type"], labelled["data"]["term"]) == ("term.labelled", "campaign")
    assert (in_force["type"], in_force["data"]["version"]) == ("version.took_effect", 1)
    sent = b" ".join(call.body for call in taking.calls)
    assert b"plans" not in sent and b"budget" not in sent and b"Both teams" not in sent and b"Sam" not in sent
    assert json.loads(taking.calls[0].body), "and the id of the message is that of every copy"
    assert {call.id for call in taking.calls} == {
        str(pk) for pk in Message.objects.filter(channel="webhook").values_list("pk", flat=True)
    }


def test_a_word_that_nobody_has_signed_is_told_to_no_tool(
    desk: Desk, people: SimpleNamespace, taking: Receiver
) -> None:
    connected(people, taking.url)
    desk.submit("Campaign")
    workflow.raise_word("Lead", by=acting(people.rep))
    workflow.label_term("lead", by=acting(people.ada), category="Demand")
    call_command("worker", "--once")
    assert taking.calls == []


def test_a_tool_is_told_of_what_it_subscribed_to(desk: Desk, people: SimpleNamespace, taking: Receiver) -> None:
    connected(people, taking.url, "version.took_effect")
    desk.publish("Campaign")
    call_command("worker", "--once")
    assert [json.loads(call.body)["type"] for call in taking.calls] == ["version.took_effect"]


def test_during_a_rotation_both_secrets_sign_and_afterwards_the_new_one(
    people: SimpleNamespace, taking: Receiver, time_machine: Any
) -> None:
    endpoint, old = connected(people, taking.url)
    _, new = workflow.rotate_secret(endpoint.pk, by=acting(people.ada))
    assert old != new
    workflow.test_endpoint(endpoint.pk, by=acting(people.ada))
    call_command("worker", "--once")
    assert checked(taking.calls[0], old) == checked(taking.calls[0], new)
    with pytest.raises(Refusal, match="less than a day ago"):
        workflow.rotate_secret(endpoint.pk, by=acting(people.ada))
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    workflow.test_endpoint(endpoint.pk, by=acting(people.ada))
    call_command("worker", "--once")
    checked(taking.calls[1], new)
    with pytest.raises(WebhookVerificationError):
        checked(taking.calls[1], old)


def test_no_secret_is_in_any_row(people: SimpleNamespace, taking: Receiver) -> None:
    _, secret = connected(people, taking.url)
    rows = str([*Endpoint.objects.values(), *Endpoint.history.values()])
    assert secret not in rows and secret.removeprefix("whsec_") not in rows
    assert Endpoint.history.get().history_user == people.ada


# What goes wrong


def one_failure(people: SimpleNamespace, url: str) -> Attempt:
    """The log of the one try to send a test message there."""
    Message.objects.all().delete()
    endpoint, _ = connected(people, url)
    workflow.test_endpoint(endpoint.pk, by=acting(people.ada))
    assert outbox.deliver_next()
    assert Message.objects.filter(channel="webhook").get().state in (Delivery.WAITING, Delivery.GIVEN_UP)
    return Attempt.objects.get()


def test_a_redirect_is_not_followed(people: SimpleNamespace, taking: Receiver) -> None:
    with receiver(status=307, location=taking.url) as elsewhere:
        log = one_failure(people, elsewhere.url)
    assert (log.answer, log.outcome) == (307, "Answered 307, a redirect, which is not followed.")
    assert taking.calls == []


def test_an_error_is_written_down_with_its_status(people: SimpleNamespace) -> None:
    with receiver(status=500) as broken:
        assert one_failure(people, broken.url).outcome == "Answered 500."


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_an_address_that_never_finishes_is_left_after_a_second(people: SimpleNamespace, how: str) -> None:
    with receiver(**{how: True}) as slow:
        log = one_failure(people, slow.url)
    assert log.outcome == "The address did not answer within 1 seconds."
    assert log.took_ms < 20_000, "and the address was not waited for"


def test_an_address_at_which_nobody_listens(people: SimpleNamespace) -> None:
    assert one_failure(people, "http://127.0.0.1:1/").outcome == "Nothing answers at the address."


def test_a_certificate_that_is_none_is_not_believed(people: SimpleNamespace, taking: Receiver) -> None:
    log = one_failure(people, taking.url.replace("http://", "https://"))
    assert log.outcome in (
        "The address has no certificate that this machine trusts.",
        "The address ended the connection.",
    )
    assert taking.calls == []


def test_an_endpoint_that_fails_rests_and_holds_no_other_one_up(
    people: SimpleNamespace, taking: Receiver, settings: LazySettings
) -> None:
    settings.GLOSSARY_RETRY_SECONDS = 60
    with receiver(hangs=True) as slow:
        ends = [connected(people, slow.url)[0], connected(people, taking.url)[0]]
        now = timezone.now()
        for number in range(10):
            for end in ends:
                Message.objects.create(
                    kind="version.published", channel="webhook", endpoint=end, stream=f"{end.pk}:{number}",
                    written_at=now, next_at=now,
                )  # fmt: skip
        call_command("worker", "--once")
    assert len(taking.calls) == 10
    assert Attempt.objects.filter(message__endpoint=ends[0]).count() == 1, "then it rested"


def test_after_repeated_failure_it_is_paused_and_administrators_get_a_mail(
    desk: Desk, people: SimpleNamespace, settings: LazySettings
) -> None:
    settings.GLOSSARY_ENDPOINT_FAILURES = 3
    with receiver(status=503) as broken:
        endpoint, _ = connected(people, broken.url, "version.published")
        desk.publish("Campaign")
        for _ in range(200):
            outbox.deliver_next(timezone.now() + timedelta(seconds=5))
        assert len(broken.calls) == 3
        endpoint.refresh_from_db()
        assert endpoint.paused_at is not None
        told = [sent for sent in mail.outbox if sent.subject == "Webhook paused: CRM"]
        assert sorted(sent.to[0] for sent in told) == ["ada@example.com", "max@example.com", "sue@example.com"]
        assert "Last failure: Answered 503." in told[0].body
        broken.status = 200
        workflow.test_endpoint(endpoint.pk, by=acting(people.ada))
        call_command("worker", "--once")
        assert len(broken.calls) == 4, "a test goes out all the same"
        workflow.resume_endpoint(endpoint.pk, by=acting(people.ada))
        call_command("worker", "--once")
        assert len(broken.calls) == 5
    assert not Message.objects.filter(channel="webhook").exclude(state=Delivery.SENT).exists()


def test_what_failed_before_a_pause_is_tried_at_once_when_the_endpoint_is_resumed(
    desk: Desk, people: SimpleNamespace, settings: LazySettings
) -> None:
    settings.GLOSSARY_ENDPOINT_FAILURES = 2
    settings.GLOSSARY_RETRY_SECONDS = settings.GLOSSARY_LONGEST_RETRY_SECONDS = 6 * 3600
    with receiver(status=503) as broken, receiver(status=503) as other:
        endpoint, _ = connected(people, broken.url, "version.published")
        connected(people, other.url, "version.published")
        desk.publish("Campaign")
        desk.publish("Lead")
        call_command("worker", "--once")
        for each in Endpoint.objects.all():
            workflow.pause_endpoint(each.pk, by=acting(people.ada))
        broken.status = other.status = 200
        workflow.resume_endpoint(endpoint.pk, by=acting(people.ada))
        call_command("worker", "--once")
        assert [json.loads(call.body)["data"]["term"] for call in broken.calls[-2:]] == ["campaign", "lead"]
        assert not any(message.endpoint == endpoint for message in Message.objects.filter(state=Delivery.WAITING))
        assert len(other.calls) == 1, "nothing else is brought forward"


def test_a_pause_by_hand_brings_no_message_of_an_earlier_pause_back(
    people: SimpleNamespace, settings: LazySettings
) -> None:
    settings.GLOSSARY_ENDPOINT_FAILURES = 1
    with receiver(status=503) as broken:
        endpoint, _ = connected(people, broken.url)
        workflow.test_endpoint(endpoint.pk, by=acting(people.ada))
        call_command("worker", "--once")
    message = Message.objects.in_the_inbox_of(people.ada).get(kind="endpoint_paused")
    letter = outbox.letter_of(message)
    assert letter is not None and letter.subject == "Webhook paused: CRM"
    workflow.resume_endpoint(endpoint.pk, by=acting(people.ada))
    workflow.pause_endpoint(endpoint.pk, by=acting(people.ada))
    assert outbox.letter_of(Message.objects.get(pk=message.pk)) is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0), ("120", 120), ("999999999", 21_600), ("Thu, 03 May 2040 10:00:30 GMT", 30),
        ("Thu, 03 May 2040 09:00:00 GMT", 0), ("", None), ("soon", None), ("-1", None), ("1.5", None), ("١٢", None),
        ("Wed, 21 Oct 99999999999999999999 07:28:00 GMT", None), ("Fri, 31 Dec 9999 23:59:59 -2359", 21_600),
    ],
)  # fmt: skip
def test_an_answer_that_asks_to_wait_is_understood(said: str, seconds: int | None) -> None:
    asked = stay_away(said, datetime(2040, 5, 3, 10, tzinfo=UTC))
    assert (None if asked is None else asked.total_seconds()) == seconds


def test_what_was_taken_is_sent_once_whatever_else_the_answer_says(desk: Desk, people: SimpleNamespace) -> None:
    with receiver(retry_after="Wed, 21 Oct 99999999999999999999 07:28:00 GMT") as strange:
        connected(people, strange.url, "version.published")
        desk.publish("Campaign")
        call_command("worker", "--once")
        assert len(strange.calls) == 1
        strange.status = 503
        desk.publish("Lead")
        call_command("worker", "--once")
    log = Attempt.objects.filter(message__channel="webhook").values_list("outcome", flat=True)
    assert set(log) == {"Answered 200.", "Answered 503."}


# Where no request ever goes


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "fe80::1", "fd00::1", "ff02::1", "224.0.0.1", "255.255.255.255", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:7f00:1::1", "::127.0.0.1", "192.0.2.1",
        "fec0::1", "192.88.99.1", "2002:c058:6301::", "64:ff9b::c058:6301", "64:ff9b:1::5db8:d70e", "::ffff:0:a00:1",
        "198.18.0.1", "100::1", "100:0:0:1::1", "2001:db8::1", "3fff::1", "5f00::1", "2001:0:808:808::1",
    ],
)  # fmt: skip
def test_places_inside_are_told_from_the_internet(place: str) -> None:
    assert not is_public(ipaddress.ip_address(place))


@pytest.mark.parametrize(
    "place",
    ["93.184.215.14", "2606:4700:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"],
)
def test_places_on_the_internet_are_reached(place: str) -> None:
    assert is_public(ipaddress.ip_address(place))


def _resolving_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """A name server (not ours) that gives one answer after the other; the names it was asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        place = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        family = socket.AF_INET6 if ":" in place else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (place, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("place", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1"])
def test_a_name_that_leads_inside_reaches_nothing_and_the_log_says_why(
    people: SimpleNamespace, taking: Receiver, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = False
    _resolving_to(monkeypatch, place)
    log = one_failure(people, f"https://tools.example.com:{taking.port}/hooks")
    assert log.outcome == f"The address leads to {ipaddress.ip_address(place)}, which is not on the public internet."
    assert taking.calls == []


def test_a_name_that_points_elsewhere_a_moment_later_is_asked_once(
    people: SimpleNamespace, taking: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was checked: a second answer of the name server is never asked for."""
    asked = _resolving_to(monkeypatch, "127.0.0.1", "127.0.0.2")
    endpoint, _ = connected(people, f"http://tools.example.com:{taking.port}/hooks")
    workflow.test_endpoint(endpoint.pk, by=acting(people.ada))
    call_command("worker", "--once")
    assert asked == ["tools.example.com"]
    assert taking.calls[0].headers["host"] == f"tools.example.com:{taking.port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://tools.example.com/", "ftp://tools.example.com/", "https://", "https://me:secret@tools.example.com/",
        "https://tools.example.com/#a", "https://tools.example.com/a b", "https://tools.example.com/\r\nX: y",
        "https://tools.example.com:99999/", "https://[::1/", "javascript:alert(1)", "https://" + "a" * 600,
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_are_refused_when_they_are_typed(
    people: SimpleNamespace, settings: LazySettings, url: str
) -> None:
    settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = False
    with pytest.raises(Refusal) as refused:
        connected(people, url)
    assert [error["path"] for error in refused.value.errors] == ["url"]


# Who may, and the pages of the administration


def test_only_administrators_who_signed_in_lately_connect_a_tool(
    people: SimpleNamespace, settings: LazySettings
) -> None:
    url = "https://tools.example.com/"
    with pytest.raises(Refusal) as refused:
        workflow.add_endpoint(by=acting(people.sam), name="CRM", url=url, kinds=["version.published"])
    assert refused.value.code == "not_permitted"
    settings.GLOSSARY_SIGNING_MAX_AGE = timedelta(0)
    with pytest.raises(Refusal) as refused:
        connected(people, url)
    assert refused.value.code == "reauthenticate"


@pytest.fixture
def ada(client: Client, people: SimpleNamespace) -> Client:
    client.force_login(people.ada)
    return client


def test_an_administrator_adds_tests_rotates_and_removes_a_webhook(
    ada: Client, people: SimpleNamespace, taking: Receiver
) -> None:
    typed = {"name": "CRM {0} {x", "url": taking.url, "kinds": ["version.published"]}
    made = ada.post(reverse("admin:glossary_endpoint_add"), typed).content.decode()
    endpoint = Endpoint.objects.get()
    assert outbox.secret_of(endpoint) in made and "The secret of CRM {0} {x" in made
    page = reverse("admin:glossary_endpoint_change", args=[endpoint.pk])
    act = reverse("admin:glossary_endpoint_act", args=[endpoint.pk])
    shown = ada.get(page).content.decode()
    assert outbox.secret_of(endpoint) not in shown and act in shown
    ada.post(act, {"act": "test"})
    call_command("worker", "--once")
    assert len(taking.calls) == 1
    log = ada.get(reverse("admin:glossary_message_change", args=[taking.calls[0].id])).content.decode()
    assert "Answered 200." in log
    ada.post(
        reverse("admin:glossary_message_changelist"),
        {"action": "deliver_again", "_selected_action": [taking.calls[0].id]},
    )
    call_command("worker", "--once")
    assert [call.id for call in taking.calls] == [taking.calls[0].id] * 2
    rotated = ada.post(act, {"act": "rotate"}).content.decode()
    endpoint.refresh_from_db()
    assert outbox.secret_of(endpoint) in rotated and endpoint.generation == 2
    ada.post(reverse("admin:glossary_endpoint_edit", args=[endpoint.pk]), typed | {"name": "Warehouse"})
    ada.post(act, {"act": "remove"})
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.is_removed) == ("Warehouse", True)


def test_a_wrong_address_is_said_beside_what_was_typed(ada: Client) -> None:
    typed = {"name": "CRM", "url": "gopher://x", "kinds": ["version.published"]}
    page = ada.post(reverse("admin:glossary_endpoint_add"), typed).content.decode()
    assert "The address starts with https://" in page and "gopher://x" in page
    assert not Endpoint.objects.exists()


def test_nobody_else_sees_webhooks_or_messages(client: Client, people: SimpleNamespace) -> None:
    client.force_login(people.sam)
    for name in ("glossary_endpoint_changelist", "glossary_endpoint_add", "glossary_message_changelist"):
        assert client.get(reverse(f"admin:{name}")).status_code in (302, 403)


# What a hostile place could draw out


def test_a_name_that_nobody_answers_for_holds_a_worker_no_longer_than_any_other_address(
    people: SimpleNamespace, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GLOSSARY_ENDPOINT_SECONDS = 0.3
    answers = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers.wait(20))
    began = time.monotonic()
    log = one_failure(people, "https://slow.example.com/hooks")
    answers.set()
    assert log.outcome == "The name of the address was not found out within 0.3 seconds."
    assert time.monotonic() - began < 10


def test_name_connection_and_answer_share_one_limit(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GLOSSARY_ENDPOINT_SECONDS = 1
    found = socket.getaddrinfo

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.7)
        return found(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with receiver(hangs=True) as silent:
        began = time.monotonic()
        with pytest.raises(NotDelivered, match="did not answer within 1 seconds"):
            post(silent.url, body=b"{}", headers={})
        assert time.monotonic() - began < 1.6


def test_an_address_in_figures_of_ipv6_is_reached(people: SimpleNamespace, taking: Receiver) -> None:
    assert post(f"http://[::ffff:127.0.0.1]:{taking.port}/hooks", body=b"{}", headers={}) == (200, None)
    assert len(taking.calls) == 1
