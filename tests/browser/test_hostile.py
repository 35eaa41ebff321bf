"""Whatever people type into a text, a page shows it as text: nothing runs, and nothing is wider than the screen."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from glossary import workflow
from glossary.domain.content import Content
from glossary.models import Version
from glossary.policy import Console
from tests.browser.visiting import reach, signed_in
from tests.world import Desk, acting

pytestmark = pytest.mark.browser

MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)></svg>"
    "\"'><b onmouseover=alert(4)>[press](javascript:alert(5)) {{ 7|add:7 }} {% now %}"
)
LONG = "y" * 500
RIGHT_TO_LEFT = "كلمة طويلة جدا تبدأ من اليمين " * 8
EMOJI = "👩‍👩‍👧‍👦🏴‍☠️🎉" * 40
NAMES = {
    "markup": "<script>alert(0)</script><i>word</i>",
    "long": "n" * 120,
    "right to left": "قائمة العملاء المحتملين",
    "emoji": "🎉 Party lead 👩‍👩‍👧‍👦".replace("\u200d", ""),
}
TEXTS = {"markup": MARKUP, "long": LONG, "right to left": RIGHT_TO_LEFT, "emoji": EMOJI}


def full_of(kind: str) -> dict[str, Any]:
    """Every field of a Content with that text in it, hundreds of times where it is a list."""
    text, short = TEXTS[kind], TEXTS[kind][:118]
    table = f"| {short} | {short} |\n|---|---|\n| {text} | `{text}` |"
    many = [f"{number} {text}"[:500] for number in range(200)]
    return {
        "name": NAMES[kind],
        "aliases": [f"{number} {NAMES[kind]}"[:120] for number in range(30)],
        "abbreviations": [f"A{number}{NAMES[kind]}"[:120] for number in range(10)],
        "kind": "persona",
        "summary": text[:290].replace(NAMES[kind], ""),
        "definition": "\n\n".join([text, f"# {text}", f"- {text}", f"> {text}", table, f"```\n{text}\n```"]),
        "why": text,
        "for_sides": {"sales": text, "marketing": text},
        "includes": many,
        "excludes": many,
        "examples": many,
        "counter_examples": many,
        "owner_side": "both",
        "open_questions": [{"question": f"{number} {text}"[:500], "look_again": "2027-05-17"} for number in range(100)],
        "measurement": text,
        "crm_mappings": [{"system": short, "object": short, "field": short, "value": short}],
        "criteria": [
            {
                "id": f"live_{list(TEXTS).index(kind)}",
                "label": text[:300],
                "record": "deal",
                "expr": "stage = 'x'",
                "samples": [{"note": text[:300], "record": {"stage": "x"}, "expect": "true"}],
            }
        ],
        "persona": {
            "pains": many[:50],
            "delivery": text,
            "timelines": text,
            "evidence": [{"statement": text, "supplied_by": short}],
        },
        "status_reason": text,
        "status": "discouraged",
    }


def record_type(text: str) -> dict[str, Any]:
    field = {"type": "string", "unit": text[:100], "source": text[:400], "note": text[:400]}
    return {"kind": "record_type", "key": "deal", "fields": {"stage": field, "f" * 60: field}}


def stage_model(text: str) -> dict[str, Any]:
    whose = {"record": "deal", "accountable_role": text[:100], "entry": {"text": text[:400]}}
    stages = [
        {
            "key": "open",
            "order": 1,
            "name": text[:100],
            "accountable_side": "marketing",
            "exit": {"text": text[:400]},
            "next": [{"to": "won", "kind": "advance", "note": text[:300]}],
            **whose,
        },
        {"key": "won", "order": 2, "name": f"2 {text}"[:100], "accountable_side": "sales", **whose},
    ]
    return {"kind": "stage_model", "stage_model": {"note": text[:400], "stages": stages}}


@pytest.fixture
def addresses(desk: Desk) -> Iterator[list[str]]:
    """Every page that shows such a text, published and on its way, and people who are called so."""
    for user in (desk.people.sam, desk.people.rep):
        User.objects.filter(pk=user.pk).update(first_name=MARKUP[:150], last_name="z" * 150)
    desk.publish("Deal", **record_type(MARKUP))
    yield [
        "/",
        "/search/?all=1&q=y",
        "/search/?all=1&q=alert",
        f"/search/?q={LONG}",
        "/terms/record-deal/",
        *_pages_of_a_model(desk),
        *(page for kind in TEXTS for page in _pages_of_a_word(desk, kind)),
        "/queue/",
        "/mapping/",
        "/accounts/profile/",
        "/accounts/tokens/",
        "/admin/queue/",
        f"/terms/{'x' * 130}/",
        f"/{'x' * 200}",
    ]


def _pages_of_a_model(desk: Desk) -> list[str]:
    slug = desk.publish("Pipeline", **stage_model(MARKUP)).term.slug
    other = desk.publish("Long pipeline", **stage_model(LONG)).term.slug
    return [f"/stage-models/{slug}/", f"/stage-models/{other}/"]


def _pages_of_a_word(desk: Desk, kind: str) -> list[str]:
    text, content = TEXTS[kind], full_of(kind)
    first = _published(desk, content)
    _published(desk, content | {"definition": f"{text} and more", "excludes": [text[:500]]}, term=first.term.slug)
    change = content | {"why": f"{text} once more", "includes": []}
    author = acting(desk.people.rep)
    later = timezone.now() + timedelta(days=3)
    opened = workflow.open_proposal(
        by=author, content=change, term=first.term.slug, reason=text * 5, effective_from=later
    )
    workflow.submit(opened.pk, by=author)
    workflow.comment_on_proposal(opened.pk, by=author, text=text * 5)
    workflow.comment_on_term(first.term.slug, by=author, text=text * 5)
    workflow.make_token(desk.people.sue.pk, by=Console(desk.people.ada), name=text[:80], scopes=["read"], days=9)
    slug = first.term.slug
    return [
        f"/terms/{slug}/",
        f"/terms/{slug}/?version=1",
        f"/terms/{slug}/history/",
        f"/terms/{slug}/compare/?from=1&to=2",
        f"/card/{slug}/",
        f"/propose/?term={slug}",
        f"/proposals/{opened.pk}/",
        f"/proposals/{opened.pk}/edit/",
        f"/queue/sign/?proposal={opened.pk}",
        f"/admin/queue/{opened.pk}/",
    ]


def _published(desk: Desk, content: dict[str, Any], term: str | None = None) -> Version:
    author = acting(desk.people.rep)
    proposal = workflow.open_proposal(by=author, content=content, term=term, reason="A test.")
    workflow.submit(proposal.pk, by=author)
    proposal.refresh_from_db()
    for signer in (desk.people.sam, desk.people.mia):
        workflow.sign_off(proposal.pk, by=acting(signer), digest=proposal.text.digest, reservation=content["why"])
    return Version.objects.select_related("term").get(proposal=proposal)


def test_every_field_of_a_text_is_tried() -> None:
    tried = set(full_of("markup"))
    of_other_kinds = {"stage_model", "fields", "key", "dedupe_key", "role", "weights"}
    chosen = {"kind", "status", "replaced_by", "related", "review_months"}
    assert set(Content.__dataclass_fields__) - tried <= of_other_kinds | chosen


def test_a_hostile_text_runs_nowhere_and_breaks_no_page(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = signed_in(browser, live_server, "sue")
    ran = _watched(page)
    wide, missing = {}, []
    for address in addresses:
        answer = page.goto(address)
        if answer is None or not (answer.ok or "xxx" in address or "search" in address):
            missing.append(address)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.mouse.move(200, 300)
            page.mouse.move(201, 301)  # where the mouse stayed, nothing under it would notice
            if (found := reach(page)) > width:
                wide[address, width] = found
    assert not ran
    assert not wide
    assert not missing


def _watched(page: Page) -> list[str]:
    """What runs, fails or breaks the security policy on this page from now on."""
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: ran.append(f"error: {error}"))
    page.on("console", lambda said: None if "status of 404" in said.text else ran.append(f"console: {said.text}"))
    return ran
