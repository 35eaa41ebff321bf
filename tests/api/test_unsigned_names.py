"""A name that nobody signed reaches no visitor, tool, chat or webhook: every address is walked, and every way out."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from glossary import outbox, workflow
from glossary.api import urls as api_urls
from glossary.exchange.formats import FORMATS
from glossary.ledger.verifying import verify
from glossary.models import Delivery, Message
from glossary.portal import urls as portal_urls
from tests.api.callers import tool
from tests.api.test_define import SECRET, define
from tests.outbox.receiving import Receiver, chat, receiver
from tests.portal.conftest import words
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db

UNSAID, SLUG = "Zèbra Ünsaid", "zebra-unsaid"  # a text that refers to the word holds its address, and no more of it
TELLS = re.compile(r"z(?:è|\\u00e8|&egrave;|&#(?:232|xe8);|%C3%A8)bra", re.IGNORECASE)
ASKED = ("zebra unsaid", "zebra", "unsa", "blast", "striped", "campaign")


def written_down(desk: Desk) -> None:
    workflow.raise_word(UNSAID, by=acting(desk.people.rep), note=f"We need {UNSAID}.")


def put_up_for_signing(desk: Desk) -> None:
    desk.submit(UNSAID, aliases=[f"the {UNSAID}"], reason=f"We need {UNSAID}.")


def agreed_under_another_name(desk: Desk) -> None:
    desk.publish("Striped", term=SLUG)


def agreed_for_later_under_another_name(desk: Desk) -> None:
    desk.publish("Striped", term=SLUG, effective_from=timezone.now() + timedelta(days=30))


def agreed_and_put_up_under_the_first_name(desk: Desk) -> None:
    agreed_under_another_name(desk)
    desk.submit(UNSAID, term=SLUG, aliases=[f"the {UNSAID}"], reason=f"We need {UNSAID}.")


Step = Callable[[Desk], None]
STAGES: dict[str, tuple[Step, Step | None]] = {
    "wanted": (written_down, None),
    "in review": (put_up_for_signing, None),
    "agreed under another name": (written_down, agreed_under_another_name),
    "agreed for later under another name": (written_down, agreed_for_later_under_another_name),
    "agreed, and a change of its name in review": (written_down, agreed_and_put_up_under_the_first_name),
}


@pytest.fixture(params=STAGES)
def told(request: pytest.FixtureRequest, desk: Desk, settings: LazySettings) -> Iterator[list[Receiver]]:
    """Campaign refers to the word in its text and Blast is to be avoided for it; a webhook and a channel are told."""
    settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = True
    settings.GLOSSARY_SLACK_SIGNING_SECRET = SECRET
    first, then = STAGES[request.param]
    ada = acting(desk.people.ada)
    with receiver() as hook, chat() as channel:
        workflow.add_endpoint(by=ada, name="CRM", url=hook.url, kinds=list(outbox.TO_TOOLS))
        workflow.add_channel(by=ada, name="#revenue", url=channel.url, kinds=list(outbox.TO_CHAT))
        desk.publish("Blast")
        first(desk)
        leads_to = {"definition": f"Leads to [[{SLUG}]].", "includes": [f"what became [[{SLUG}]]"]}
        desk.publish("Campaign", **leads_to, related=[{"relation": "feeds", "term": SLUG}])
        desk.publish("Blast", term="blast", status="discouraged", replaced_by=SLUG, status_reason=f"See [[{SLUG}]].")
        desk.publish("Campaign", term="campaign", **leads_to, why="Newer.")
        if then:
            then(desk)
        yield [hook, channel]


def addresses() -> list[str]:
    """Every address of pages and of the API, with each word where one is named, as asked for by GET."""
    found = []
    for prefix, patterns in (("", portal_urls.urlpatterns), ("api:", api_urls.urlpatterns)):
        for named in patterns:
            places = named.pattern.converters if named.name else None
            for slug in (SLUG, "blast", "campaign") if places and "slug" in places else ("",):
                if places is not None:
                    given = {place: _something_at(place, slug) for place in places}
                    found.append(reverse(f"{prefix}{named.name}", kwargs=given))
    questions = [f"{path}?{key}={word}" for path, key in _QUESTIONS for word in ASKED]
    return [*found, *questions, *_WITH_MORE, *(f"/api/v1/export?format={key}" for key in FORMATS)]


def _something_at(place: str, slug: str) -> Any:
    known = {"slug": slug, "key": "live", "message_id": "9f2c0a52-0000-4000-8000-000000000000"}
    return known.get(place, 1)


_QUESTIONS = (
    ("/search/", "q"),
    ("/search/names/", "q"),
    ("/api/v1/search", "q"),
    ("/api/v1/suggest", "q"),
    ("/api/v1/lookup", "name"),
    ("/api/v1/terms/", "q"),
    ("/words/", "letter"),
)
_WITH_MORE = (
    *(f"/words/?state={state}" for state in ("wanted", "in_review", "upcoming", "agreed")),
    *(f"/api/v1/terms/?state={state}" for state in ("wanted", "in_review", "upcoming", "agreed")),
    "/api/v1/terms/?as_of=2099-01-01T00:00:00Z",
    "/api/v1/lookup?name=zebra+unsaid&as_of=2099-01-01T00:00:00Z",
    "/api/v1/terms/campaign/diff?from=1&to=2",
    "/terms/campaign/?version=1",
    "/terms/campaign/compare/?from=1&to=2",
    f"/terms/{SLUG}/?as_of=2099-01-01",
    "/nowhere/zebra-unsaid/",
    "/sitemap.xml",
    "/robots.txt",
)


def body_of(answer: Any) -> str:
    """All that was answered, an Excel workbook unpacked."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            raw = b"\n".join(packed.read(name) for name in packed.namelist())
    return raw.decode(errors="replace") + str(answer.headers)


@pytest.mark.parametrize("outsider", ["a visitor", "a tool"])
def test_no_address_says_it_to_an_outsider(
    told: list[Receiver], outsider: str, people: SimpleNamespace, settings: LazySettings
) -> None:
    settings.GLOSSARY_OPEN_READING = outsider == "a visitor"
    headers = {} if outsider == "a visitor" else tool(people.sam, "read").headers
    client, answered = Client(), 0
    for address in addresses():
        answer = client.get(address, headers=headers)
        said = body_of(answer)
        assert not TELLS.search(said), (address, TELLS.search(said))
        answered += answer.status_code == 200
    assert answered > 20, "the walk has to meet pages that say something"


def test_questions_that_are_posted_do_not_say_it(told: list[Receiver], people: SimpleNamespace) -> None:
    reading = tool(people.sam, "read")
    for path, asked in (
        ("lookup", {"names": list(ASKED)}),
        ("mapping-check", {"system": "CRM", "object": "Lead", "field": "Status", "values": ["zebra unsaid"]}),
    ):
        assert not TELLS.search(body_of(reading.post(path, asked))), path


def test_a_tool_that_suggests_is_not_told_what_others_wrote_down(told: list[Receiver], people: SimpleNamespace) -> None:
    crm = tool(people.sam, "read", "propose")
    for content in (
        draft_content("Zebra Unsayd"),  # near it
        draft_content("Zebra-Unsaid", summary="not the same letters"),  # near it too
        draft_content("Stray", definition=f"Leads to [[{SLUG}]].", aliases=["Zebra Unsaid"], abbreviations=["ZU"]),
    ):
        made = crm.post("proposals/", {"content": content})
        assert made.status_code == 201, made.content
        path = f"proposals/{made.json()['id']}"
        for answer in (made, crm.get(f"{path}/"), crm.post(f"{path}/submit"), crm.get("proposals/")):
            assert not TELLS.search(body_of(answer)), body_of(answer)
    onto_it = crm.post("proposals/", {"content": draft_content("Another"), "term": SLUG})
    assert not TELLS.search(body_of(onto_it) + body_of(crm.get("proposals/")))


def test_neither_a_webhook_nor_a_channel_is_told_it(told: list[Receiver]) -> None:
    call_command("worker", "--once")
    hook, channel = told
    assert len(hook.calls) >= 4 and len(channel.calls) >= 4
    assert not Message.objects.filter(channel__in=["webhook", "chat"], state=Delivery.WAITING).exists()
    assert not Message.objects.filter(state=Delivery.GIVEN_UP).exists()
    for call in (*hook.calls, *channel.calls):
        assert not TELLS.search(call.body.decode() + str(call.headers))


@pytest.mark.parametrize("asked", ASKED)
def test_a_chat_that_asks_is_not_told_it(told: list[Receiver], asked: str) -> None:
    assert not TELLS.search(str(define(asked)))


def test_a_text_shows_in_its_place_what_was_signed(desk: Desk, settings: LazySettings, people: SimpleNamespace) -> None:
    """Of a word that nobody signed that is its address, which the text holds; once it is signed, pages name it."""
    settings.GLOSSARY_OPEN_READING, settings.GLOSSARY_SLACK_SIGNING_SECRET = True, SECRET
    desk.publish("Blast")
    written_down(desk)
    desk.publish("Campaign", definition=f"Leads to [[{SLUG}]], not to [[{SLUG}|that]].")
    desk.publish("Blast", term="blast", status="discouraged", replaced_by=SLUG, status_reason=f"See [[{SLUG}]].")
    visitor, reading = Client(), tool(people.sam, "read")
    served = '<p>Leads to <a class="term" href="/terms/zebra-unsaid/">zebra unsaid</a>, not to '
    assert served in reading.get("terms/campaign/").json()["definition_html"]
    instead = "What to use instead is not agreed yet."
    unfurled = f'<meta property="og:description" content="Avoid this word. {instead} plan with'
    for reader in (visitor, signed_in(people.rep)):
        page = reader.get("/terms/blast/").content.decode()
        assert unfurled in page and page.count(instead) == 2, "in what unfolds, and on the page"
        assert served in reader.get("/terms/campaign/").content.decode()
        assert instead in reader.get("/card/blast/").content.decode()
        markdown = reader.get("/terms/blast/markdown/").content.decode()
        assert f"**Avoid this word.** {instead} See zebra unsaid." in markdown
    assert "Avoid this word. What to use instead is not in force yet." in words(visitor.get("/print/"))
    docs = body_of(reading.get("export?format=dbt-docs"))
    assert "**Avoid this word. What to use instead is not in force yet.**" in docs and "Leads to zebra unsaid" in docs
    assert "Avoid this word. What to use instead is not in force yet. See zebra unsaid." in define("blast")["text"]
    agreed_under_another_name(desk)
    assert "Use Striped instead. plan with" in visitor.get("/terms/blast/").content.decode()
    assert ">Striped</a>, not to" in visitor.get("/terms/campaign/").content.decode()
    assert served in reading.get("terms/campaign/").json()["definition_html"], "what was answered once stays"
    assert "Use “Striped” instead. See Striped." in define("blast")["text"]
    assert list(verify()) == []


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
