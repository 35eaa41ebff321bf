"""`/define mql` in a chat: who may ask, what is said, and what never is."""

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from glossary import workflow
from glossary.api import throttle
from glossary.api.define import LARGEST_BODY, is_signed
from glossary.models import LookupCount
from tests.outbox.receiving import slack_refuses
from tests.world import Desk, acting

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ADDRESS = "/api/chat/define"
FORM = "application/x-www-form-urlencoded"

# docs.slack.dev, "Verifying requests from Slack": the secret above, this instant and this body give this signature.
PUBLISHED_AT, PUBLISHED = 1531420618, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
PUBLISHED_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


@pytest.fixture(autouse=True)
def _connected(settings: LazySettings) -> None:
    settings.GLOSSARY_SLACK_SIGNING_SECRET = SECRET


def send(body: bytes, *, at: float | None = None, signature: str | None = None, **more: Any) -> Any:
    """A request as Slack sends it, from nobody who is signed in and with no token of a form."""
    stamp = str(int(time.time() if at is None else at))
    made = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or f"v0={made}"}
    return Client(enforce_csrf_checks=True).post(ADDRESS, body, content_type=FORM, headers=headers | more)


def body_of(text: str) -> bytes:
    sent = {"command": "/define", "text": text, "user_id": "U1", "response_url": "https://hooks.slack.com/commands/x"}
    return urlencode(sent).encode()


def define(text: str) -> dict[str, Any]:
    """What Slack gets for `/define text`; all of it is fit for Slack, and for whoever asked alone."""
    answer = send(body_of(text))
    assert answer.status_code == 200, answer.content
    said: dict[str, Any] = answer.json()
    assert not slack_refuses(said) and said["response_type"] == "ephemeral" and said["unfurl_links"] is False
    return said


# Who may ask


def test_the_signature_is_the_one_that_slack_publishes() -> None:
    at = datetime.fromtimestamp(PUBLISHED_AT, UTC)
    headers = {"X-Slack-Request-Timestamp": str(PUBLISHED_AT), "X-Slack-Signature": PUBLISHED}
    assert is_signed(PUBLISHED_BODY, headers, SECRET, at)
    assert is_signed(PUBLISHED_BODY, headers, SECRET, at + timedelta(minutes=5))
    assert not is_signed(PUBLISHED_BODY, headers, SECRET, at + timedelta(minutes=5, seconds=1))
    assert not is_signed(PUBLISHED_BODY, headers, SECRET, at - timedelta(minutes=5, seconds=1))
    assert not is_signed(PUBLISHED_BODY + b"&text=mql", headers, SECRET, at)
    assert not is_signed(PUBLISHED_BODY, headers, f"{SECRET}x", at)


@pytest.mark.django_db
def test_whoever_cannot_prove_to_be_slack_learns_nothing(desk: Desk) -> None:
    desk.publish("Campaign")
    body, now = body_of("campaign"), time.time()
    good = {"X-Slack-Request-Timestamp": str(int(now))}
    answers = [
        send(body, signature="v0="),
        send(body, signature="v0=" + "0" * 64),
        send(body, signature="ünsigned"),
        send(body, at=now - 310),
        send(body, at=now + 310),
        send(body, **{"X-Slack-Request-Timestamp": "soon"}),
        send(body, **{"X-Slack-Request-Timestamp": str(int(now) - 1)}),
        Client().post(ADDRESS, body, content_type=FORM),
        Client().post(ADDRESS, body, content_type=FORM, headers=good),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.content for answer in answers} == {answers[0].content}
    problem = answers[0].json()
    assert (answers[0]["Content-Type"], problem["code"]) == ("application/problem+json", "unauthenticated")
    assert b"ampaign" not in answers[0].content
    assert send(body).status_code == 200


@pytest.mark.django_db
def test_without_a_secret_there_is_no_such_address(settings: LazySettings) -> None:
    settings.GLOSSARY_SLACK_SIGNING_SECRET = ""
    empty = hmac.new(b"", b"", hashlib.sha256).hexdigest()
    for answer in (send(body_of("x")), send(body_of("x"), signature=f"v0={empty}"), Client().get(ADDRESS)):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.content == Client().get("/api/chat/other").content


@pytest.mark.django_db
def test_only_small_posts_are_read_and_nobody_asks_without_end(settings: LazySettings) -> None:
    got = Client().get(ADDRESS)
    assert (got.status_code, got["Allow"]) == (405, "POST")
    assert send(b"text=" + b"x" * LARGEST_BODY).status_code == 413
    settings.GLOSSARY_MAX_LOOKUPS = 1
    throttle._restored.clear()
    first, second = send(body_of("")), send(body_of(""), signature="v0=no")
    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second["Retry-After"]) >= 1


# What is said


@pytest.mark.django_db
def test_a_word_is_answered_with_what_every_team_signed_and_who(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish(
        "Marketing Qualified Lead", summary="lead that both accept",
        definition="See **fit** and [[campaign]].\n\n- one",
        abbreviations=["MQL"], aliases=["Marketing-ready lead"],
    )  # fmt: skip
    said = define(" mql ")
    today = timezone.now()
    assert said["text"] == (
        "Marketing Qualified Lead\n"
        "lead that both accept\n"
        "See fit and Campaign. one\n"
        "Also called MQL, Marketing-ready lead.\n"
        f"Version 1, in force since {today.day} {today:%B %Y}. Signed by Sam (Sales) and Mia (Marketing).\n"
        "Open the word: http://testserver/terms/marketing-qualified-lead/"
    )
    kinds = [block["type"] for block in said["blocks"]]
    assert kinds == ["header", "section", "section", "context", "context", "section"]


@pytest.mark.django_db
def test_a_long_definition_is_cut_between_words(desk: Desk) -> None:
    desk.publish("Campaign", definition="word " * 300)
    shown = define("campaign")["blocks"][2]["text"]["text"]
    assert len(shown) <= 502 and shown.endswith("word …")


@pytest.mark.django_db
def test_a_word_that_is_given_up_says_what_to_use_instead(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Blast", status="discouraged", replaced_by="Campaign", status_reason="It hurts.")
    desk.publish("Push", status="retired", status_reason="Nobody says it.")
    blast = define("blast")["text"]
    assert "Avoid this word. Use “Campaign” instead. It hurts." in blast
    assert "Open “Campaign”: http://testserver/terms/campaign/" in blast
    assert "This word is retired. Nobody says it." in define("push")["text"]


@pytest.mark.django_db
def test_a_name_that_is_shared_brings_all_of_them_and_a_slip_of_the_pen_the_nearest(desk: Desk) -> None:
    for name in ("Annual Contract Value", "Average Customer Value"):
        desk.publish(name, abbreviations=["ACV"])
    both = define("acv")["text"]
    assert both.startswith("“acv” can mean several words:\nAnnual Contract Value: plan")
    assert "Open “Average Customer Value”: http://testserver/terms/average-customer-value/" in both
    near = define("anual contract value")["text"]
    assert near.startswith(
        "No agreed word is called “anual contract value”.\nDid you mean one of these?\nAnnual Contract"
    )
    assert near.endswith("Suggest what it means: http://testserver/propose/?name=anual%20contract%20value")


@pytest.mark.django_db
def test_what_nobody_has_signed_is_as_if_it_were_not_there(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    later = timezone.now() + timedelta(days=30)
    before = {word: define(word) for word in ("Lead", "Funnel", "Pipeline", "Crusade")}
    workflow.raise_word("Lead", by=acting(people.rep))
    desk.submit("Funnel", summary="hush")
    desk.publish("Pipeline", effective_from=later)
    desk.submit("Crusade", term="campaign", summary="hush")
    assert {word: define(word) for word in before} == before
    assert "hush" not in json.dumps(define("campaign"))
    assert define("campaign")["text"].startswith("Campaign\nplan with a goal")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   ", "help"])
def test_whoever_types_no_word_is_told_how_to_ask(text: str) -> None:
    assert define(text)["text"].startswith("Type a word after the command: /define MQL\n")


@pytest.mark.django_db
def test_a_link_in_a_text_is_shown_by_the_name_that_was_signed(desk: Desk) -> None:
    desk.publish("MQL")
    desk.publish("Campaign", definition="Ends with an [[MQL]], not with [[MQL|any lead]].")
    assert "Ends with an MQL, not with any lead." in define("campaign")["text"]


@pytest.mark.django_db
def test_hostile_words_and_questions_are_text(desk: Desk) -> None:
    desk.publish("R&D <!here>", summary="plan of <@U1> *now*", definition="`x` <http://evil.example|click>")
    said = define("R&amp;D &lt;!here&gt;")
    assert said["blocks"][0]["text"]["text"] == "R&amp;D &lt;!here&gt;"
    assert "<" not in "".join(block["text"]["text"] for block in said["blocks"][:3])
    for asked in ("<!channel> *a* `b`", "a\x00b\nc\u202e", "x" * 5_000, "https://evil.example", "<@U1|bob>"):
        said = define(asked)
        assert not any(sign in said["text"] for sign in ("<!", "<@", "*", "`", "\x00", "\u202e", "https://"))
        assert "<!" not in json.dumps(said) and "<@" not in json.dumps(said)


@pytest.mark.django_db
def test_asking_changes_nothing_and_costs_few_questions(desk: Desk) -> None:
    desk.publish("Campaign", abbreviations=["CMP"])
    define("cmp")
    with CaptureQueriesContext(connection) as asked:
        define("cmp")
    assert len(asked) <= 2 and all(query["sql"].split()[0] == "SELECT" for query in asked.captured_queries)
    assert not LookupCount.objects.exists()
