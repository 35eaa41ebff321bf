"""What a chat channel is told, what it never is, and that its address stays with us."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Side
from glossary import outbox, workflow
from glossary.domain.refusals import Refusal
from glossary.models import Attempt, Delivery, Endpoint, Message
from glossary.policy import Console
from glossary.rendering.slack import day
from tests.outbox.receiving import CHANNEL, Receiver, chat, receiver
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db

SECRET = CHANNEL.rpartition("/")[2]
PAGES = ("change", "edit", "act", "history")


@pytest.fixture(autouse=True)
def _on_this_machine(settings: LazySettings) -> None:
    settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = True
    settings.GLOSSARY_ENDPOINT_SECONDS = 1


@pytest.fixture
def channel() -> Iterator[Receiver]:
    with chat() as kept:
        yield kept


def connected(people: SimpleNamespace, url: str, *kinds: str) -> Endpoint:
    return workflow.add_channel(by=acting(people.ada), name="#revenue", url=url, kinds=kinds or list(outbox.TO_CHAT))


def said(channel: Receiver) -> list[str]:
    """The texts that arrived, all of which the chat took; their blocks say the same."""
    call_command("worker", "--once")
    assert set(outcomes()) <= {"Answered 200."}
    return [call.said["text"] for call in channel.calls]


def outcomes() -> list[str]:
    """What came of each try to tell a channel."""
    return list(Attempt.objects.filter(message__channel="chat").values_list("outcome", flat=True))


def shown(call: Any) -> str:
    """Everything that Slack shows of a message."""
    return json.dumps(call.said["blocks"], ensure_ascii=False)


# To sign


def test_a_channel_is_told_which_teams_have_not_signed_and_nothing_of_what_is_suggested(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    desk.publish("Campaign")
    connected(people, channel.url, "to_sign")
    proposal = desk.submit("Crusade", term="campaign", summary="plan to win", why="The budget.", reason="Hush.")
    desk.sign(proposal, people.sam)
    assert said(channel) == [
        "A change to “Campaign” waits for the signature of Marketing.\n"
        f"Read it, then sign or send back: http://testserver/proposals/{proposal.pk}/"
    ]
    everything = channel.calls[0].body.decode()
    assert not any(word in everything for word in ("Crusade", "win", "budget", "Hush", "Rep", "Sam", "Mia"))
    assert "“Campaign” waits for the signature of Marketing." in shown(channel.calls[0])


def test_of_a_word_that_nobody_has_signed_not_even_the_name_is_told(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    connected(people, channel.url)
    proposal = desk.submit("Secret Plan")
    (text,) = said(channel)
    assert text.startswith("A new word waits for the signature of Sales and Marketing.\n")
    assert "secret" not in channel.calls[0].body.decode().lower()
    assert f"/proposals/{proposal.pk}/" in text


def test_what_is_over_by_the_time_it_is_told_is_not(desk: Desk, people: SimpleNamespace, channel: Receiver) -> None:
    connected(people, channel.url, "to_sign")
    proposal = desk.submit("Campaign")
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="The budget."))
    desk.submit("Lead")
    workflow.withdraw(desk.submit("Funnel").pk, by=acting(people.rep))
    assert len(said(channel)) == 2, "once for the newest text of each that still waits"
    assert Message.objects.filter(channel="chat", state=Delivery.SILENCED).count() == 2
    desk.sign(proposal, people.sam, people.mia)
    assert len(said(channel)) == 2


def test_a_signature_that_is_lost_with_the_role_makes_the_channel_hear_of_it(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    connected(people, channel.url, "to_sign")
    desk.sign(desk.submit("Campaign"), people.sam)
    assert said(channel)[0].startswith("A new word waits for the signature of Marketing.")
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    assert said(channel)[1].startswith("A new word waits for the signature of Sales and Marketing.")


def test_a_channel_that_hears_late_hears_the_same_once(desk: Desk, people: SimpleNamespace, channel: Receiver) -> None:
    connected(people, channel.url, "to_sign")
    desk.sign(desk.submit("Campaign"), people.sam)
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    assert len(said(channel)) == 1


# Agreed


def test_a_channel_hears_that_a_word_is_agreed_with_both_names(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    connected(people, channel.url, "agreed")
    version = desk.publish("Campaign", reason="Because of the money.")
    assert said(channel) == [
        "🎉 Agreed: Campaign\n"
        "Sam (Sales) and Mia (Marketing) now mean the same by it.\n"
        "plan with a goal, an audience and an owner on each side\n"
        f"Version 1, in force from {day(version.in_force_from)}.\n"
        "Open the word: http://testserver/terms/campaign/?version=1"
    ]
    assert "money" not in channel.calls[0].body.decode()
    kinds = [block["type"] for block in channel.calls[0].said["blocks"]]
    assert kinds == ["header", "section", "section", "context", "section"]


def test_a_word_that_is_given_up_and_one_that_starts_later_say_so(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    desk.publish("Campaign")
    desk.publish("Blast")
    connected(people, channel.url, "agreed")
    desk.publish("Blast", term="blast", status="discouraged", replaced_by="Campaign")
    later = timezone.now().replace(year=2040, month=5, day=3)
    desk.publish("Campaign", term="campaign", why="New.", effective_from=later)
    blast, campaign = said(channel)
    assert blast.startswith(
        "Agreed: Blast\nSam (Sales) and Mia (Marketing) agreed to avoid this word. Use “Campaign” instead.\n"
    )
    assert "Version 2, in force from 3 May 2040." in campaign


def test_a_channel_that_hears_late_is_not_told_that_what_was_replaced_is_in_force(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    connected(people, channel.url, "agreed")
    desk.publish("Campaign")
    desk.publish("Campaign", term="campaign", why="Since then.")
    first, second = said(channel)
    assert "Version 1, in force from" in first and "now." not in first + second


def test_hostile_texts_are_text_in_every_message(desk: Desk, people: SimpleNamespace, channel: Receiver) -> None:
    hostile = "<!channel> *R&D* <http://evil.example|x>"
    desk.publish("Campaign", summary=f"plan {hostile}")
    connected(people, channel.url)
    people.sam.first_name = "<@U1> `Sam`\n@all"
    people.sam.save()
    Side.objects.filter(pk="sales").update(name="Sales & <!here>")
    desk.publish(f"Campaign {hostile}", term="campaign", summary=f"plan {hostile}")
    assert len(said(channel)) == 1, "the question to sign was over"
    desk.submit("Campaign", term="campaign")
    said(channel)
    for call in channel.calls:
        everything = json.dumps(call.said["blocks"], ensure_ascii=False)
        assert "<!" not in everything and "<@" not in everything and "<http://evil" not in everything
        assert "@" not in call.said["text"] and "<" not in call.said["text"] and "*" not in call.said["text"]
    assert "&lt;!channel&gt; *R&amp;D*" in shown(channel.calls[0])


# Delivery


def test_a_channel_is_told_once_in_order_and_again_by_hand(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    endpoint = connected(people, channel.url)
    desk.publish("Campaign")
    desk.publish("Campaign", term="campaign", why="Since then.")
    first, second = said(channel)
    assert "Version 1" in first and "Version 2" in second
    message = Message.objects.filter(kind="agreed", channel="chat").first()
    assert message is not None and message.event is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            kind="agreed", channel="chat", endpoint=endpoint, event=message.event, stream="x",
            written_at=timezone.now(), next_at=timezone.now(),
        )  # fmt: skip
    workflow.redeliver([message.pk], by=acting(people.ada))
    assert len(said(channel)) == 3


def test_a_chat_that_asks_to_wait_is_left_alone_for_so_long(
    desk: Desk, people: SimpleNamespace, channel: Receiver
) -> None:
    endpoint = connected(people, channel.url, "agreed")
    channel.judge, channel.status, channel.retry_after = None, 429, "120"
    desk.publish("Campaign")
    desk.publish("Lead")
    call_command("worker", "--once")
    assert len(channel.calls) == 1, "and nothing else is tried meanwhile"
    endpoint.refresh_from_db()
    message = Message.objects.filter(channel="chat", attempts=1).get()
    for waits_until in (endpoint.rests_until, message.next_at):
        assert waits_until is not None
        assert timedelta(seconds=110) < waits_until - timezone.now() <= timedelta(seconds=120)


@pytest.mark.parametrize("status", [404, 410])
def test_a_channel_that_is_gone_is_paused_at_once_with_a_mail_that_keeps_its_address(
    desk: Desk, people: SimpleNamespace, settings: LazySettings, status: int
) -> None:
    settings.GLOSSARY_RETRY_SECONDS = 0.001
    with receiver(status=status, path=CHANNEL) as gone:
        endpoint = connected(people, gone.url, "agreed")
        desk.publish("Campaign")
        call_command("worker", "--once")
        call_command("worker", "--once")
        assert len(gone.calls) == 1
    endpoint.refresh_from_db()
    assert endpoint.paused_at is not None
    (told, *_) = [sent for sent in mail.outbox if sent.subject == "Chat channel paused: #revenue"]
    assert "The chat channel “#revenue” failed once and is paused." in told.body
    assert f"Last failure: Answered {status}." in told.body and SECRET not in str(told.message())
    with chat() as there:
        workflow.change_endpoint(endpoint.pk, by=acting(people.ada), name="#revenue", url=there.url, kinds=["agreed"])
        workflow.resume_endpoint(endpoint.pk, by=acting(people.ada))
        call_command("worker", "--once")
        assert len(there.calls) == 1, "what has waited comes"


def test_a_name_that_leads_inside_and_a_redirect_reach_nothing(
    people: SimpleNamespace, channel: Receiver, settings: LazySettings
) -> None:
    with receiver(status=302, location=channel.url, path=CHANNEL) as elsewhere:
        workflow.test_endpoint(connected(people, elsewhere.url).pk, by=acting(people.ada))
        call_command("worker", "--once")
    settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = False
    inside = connected(people, f"https://localhost:{channel.port}{CHANNEL}")
    workflow.test_endpoint(inside.pk, by=acting(people.ada))
    call_command("worker", "--once")
    redirect, private = outcomes()
    assert redirect == "Answered 302, a redirect, which is not followed."
    assert private.endswith("which is not on the public internet.")
    assert channel.calls == []


# The address


def everything_kept() -> str:
    """Every row of every table, as text."""
    kept = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            kept.append(str(cursor.fetchall()))
    return "".join(kept)


def test_the_address_is_in_no_row_no_page_no_log_and_no_mail(
    people: SimpleNamespace, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.force_login(people.ada)
    with chat() as there:
        typed = {"name": "#revenue", "url": there.url, "kinds": ["agreed"]}
        added = client.post(reverse("admin:glossary_endpoint_add_channel"), typed, follow=True)
        endpoint = Endpoint.objects.get()
        client.post(reverse("admin:glossary_endpoint_edit", args=[endpoint.pk]), typed | {"name": "#words", "url": ""})
        client.post(reverse("admin:glossary_endpoint_act", args=[endpoint.pk]), {"act": "test"})
        call_command("worker", "--once")
        assert len(there.calls) == 1, "an empty address keeps the one there is"
    client.post(reverse("admin:glossary_endpoint_act", args=[endpoint.pk]), {"act": "test"})
    call_command("worker", "--once")
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.url) == ("#words", f"http://127.0.0.1:{there.port}/services/T…/B…/•••")
    assert SECRET not in everything_kept()
    history, logged = endpoint.history.first(), Message.objects.filter(channel="chat").last()
    assert logged is not None and history.url == endpoint.url
    pages = [
        *(reverse(f"admin:glossary_endpoint_{page}", args=[endpoint.pk]) for page in PAGES),
        reverse("admin:glossary_endpoint_changelist"),
        reverse("admin:glossary_endpoint_simple_history", args=[endpoint.pk, history.pk]),
        reverse("admin:glossary_message_change", args=[logged.pk]),
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200 and SECRET not in answer.content.decode(), page
    assert endpoint.url in client.get(pages[0]).content.decode()
    assert SECRET not in added.content.decode() and SECRET not in caplog.text


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("https://hooks.slack.com/services/T024/B024/Xyz", "https://hooks.slack.com/services/T…/B…/•••"),
        ("https://chat.example.com:8443/hooks/k3y/", "https://chat.example.com:8443/hooks/•••"),
        ("https://chat.example.com/hooks/64f0/t0k3n?key=s3cret", "https://chat.example.com/hooks/6…/•••"),
        ("https://chat.example.com", "https://chat.example.com/•••"),
    ],
)
def test_of_an_address_the_part_that_opens_the_channel_is_never_seen(address: str, seen: str) -> None:
    assert outbox.as_shown(address) == seen


def test_with_another_secret_key_the_address_is_asked_for_again(
    people: SimpleNamespace, channel: Receiver, settings: LazySettings
) -> None:
    endpoint = connected(people, channel.url)
    settings.SECRET_KEY = "another-key-that-is-long-enough-for-anybody-to-keep"
    workflow.test_endpoint(endpoint.pk, by=acting(people.ada))
    call_command("worker", "--once")
    assert outcomes() == ["The address cannot be read, since SECRET_KEY was changed. Please give it again."]
    assert channel.calls == []


def test_the_database_keeps_no_channel_with_its_address_open() -> None:
    for odd in ({"format": "slack"}, {"format": "webhook", "sealed_url": "x"}):
        with pytest.raises(IntegrityError, match="the_address_of_a_channel_is_sealed"), transaction.atomic():
            Endpoint.objects.create(name="#a", url="https://hooks.slack.com/•••", **odd)


def test_a_channel_is_connected_by_an_administrator_with_a_good_address(people: SimpleNamespace) -> None:
    for by, url, kinds, code in (
        (people.sam, "https://hooks.slack.com/services/a/b/c", ["agreed"], "not_permitted"),
        (people.ada, "ftp://hooks.slack.com/x", ["agreed"], "invalid"),
        (people.ada, "", ["agreed"], "invalid"),
        (people.ada, "https://hooks.slack.com/services/a/b/c", ["version.published"], "invalid"),
    ):
        with pytest.raises(Refusal) as refused:
            workflow.add_channel(by=acting(by), name="#a", url=url, kinds=kinds)
        assert refused.value.code == code
    endpoint = connected(people, "https://hooks.slack.com/services/a/b/c")
    with pytest.raises(Refusal, match="no secret but its address"):
        workflow.rotate_secret(endpoint.pk, by=acting(people.ada))
