"""The slash command of a chat: `/define mql`, asked as Slack asks and answered with what every team has signed.

Who asks proves it by a signature over the request (docs.slack.dev, "Verifying requests from Slack"). There is no
token and no session, nothing is changed, and the `response_url` that comes along is never called.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from glossary import lookup
from glossary.api import throttle
from glossary.api.inputs import raw_body
from glossary.api.problems import Problem, nothing_here, told_as_problems
from glossary.lookup import Defined, Meaning
from glossary.rendering.searchable import plain
from glossary.rendering.slack import (
    Link,
    Paragraph,
    Part,
    Remark,
    Title,
    composed,
    day,
    line,
    shortened,
    signers,
)

OLDEST_SECONDS = 300  # of a request, so that one that was overheard is soon worth nothing
LARGEST_BODY = 64 * 1024
LONGEST_ASKED, LONGEST_DEFINITION, LONGEST_REASON = 120, 500, 300  # characters that are said again
MOST_MEANINGS = 5


@csrf_exempt
@told_as_problems
def define(request: HttpRequest) -> HttpResponse:
    """Answer one command, to whoever typed it alone. There is no such address without a signing secret."""
    if not settings.GLOSSARY_SLACK_SIGNING_SECRET:
        raise nothing_here()
    if request.method != "POST":
        raise Problem(405, "method_not_allowed", "A chat asks with POST.", {"Allow": "POST"})
    throttle.check(None, request)
    now = timezone.now()
    raw = raw_body(request, LARGEST_BODY)
    if not is_signed(raw, request.headers, settings.GLOSSARY_SLACK_SIGNING_SECRET, now):
        raise Problem(401, "unauthenticated", "This request is not signed as it should be.", NOT_SIGNED)
    command, asked = _typed(raw)
    answer = {"response_type": "ephemeral", **composed(_said(command, asked, now))}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


NOT_SIGNED = {"WWW-Authenticate": "Slack-Signature"}


def is_signed(raw: bytes, headers: Any, secret: str, now: datetime) -> bool:
    """Whether whoever knows the secret sent exactly this body within the last five minutes."""
    sent_at = headers.get("X-Slack-Request-Timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", sent_at) or abs(now.timestamp() - int(sent_at)) > OLDEST_SECONDS:
        return False
    signed = b"v0:%s:%s" % (sent_at.encode(), raw)
    expected = f"v0={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
    return constant_time_compare(headers.get("X-Slack-Signature", ""), expected)


def _typed(raw: bytes) -> tuple[str, str]:
    """The command and what was typed after it. Slack sends three signs of it as entities."""
    sent = parse_qs(raw.decode(errors="replace"))
    command, text = (sent.get(field, [""])[0].strip() for field in ("command", "text"))
    return command, text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _said(command: str, asked: str, now: datetime) -> Sequence[Part]:
    found = lookup.defined(asked, at=now) if asked else None
    if found is None or (not found.meanings and asked.casefold() == "help"):
        return _how_to_ask(command)
    if not found.meanings:
        return _none(asked, found.near)
    if len(found.meanings) == 1:
        return _one(found.meanings[0], found.sides)
    return _several(asked, found)


def _how_to_ask(command: str) -> Sequence[Part]:
    how = line("Type a word after the command: {command} MQL", command=command or "/define")
    return [
        Paragraph(how),
        Remark(line("You alone see the answer: what every team has signed.")),
        Link(line("All agreed words"), _at_site("/")),
    ]


def _one(meaning: Meaning, sides: dict[str, str]) -> Sequence[Part]:
    body = meaning.body
    since = day(datetime.fromisoformat(body["in_force_from"]))
    who = signers(body["signatures"], sides)
    others = [*body.get("abbreviations", ()), *body.get("aliases", ())]
    return [
        Title(line("{name}", name=body["name"])),
        *_verdict(meaning),
        Paragraph(line("{text}", text=body.get("summary", ""))),
        Paragraph(line("{text}", text=shortened(plain(body.get("definition", ""), meaning.names), LONGEST_DEFINITION))),
        *([Remark(line("Also called {others}.", others=", ".join(others)))] if others else []),
        Remark(line(f"Version {body['version']}, in force since {since}. Signed by {{who}}.", who=who)),
        Link(line("Open the word"), _at_site(body["url"])),
        *_to_use(meaning),
    ]


def _verdict(meaning: Meaning) -> Sequence[Part]:
    """What both teams say of a word that is not to be used any more."""
    body = meaning.body
    if body["status"] == "agreed":
        return []
    says = "Avoid this word." if body["status"] == "discouraged" else "This word is retired."
    use = line("")
    if meaning.instead:
        name = meaning.instead[1]
        use = line(" Use “{name}” instead.", name=name) if name else line(" What to use instead is not in force yet.")
    reason = shortened(plain(body.get("status_reason", ""), meaning.names), LONGEST_REASON)
    return [Paragraph(line(f"{says}{{use}} {{reason}}", use=use, reason=reason))]


def _to_use(meaning: Meaning) -> Sequence[Part]:
    if not meaning.instead or not meaning.instead[1]:
        return []
    slug, name = meaning.instead
    return [Link(line("Open “{name}”", name=name), _at_site(f"/terms/{slug}/"))]


def _several(asked: str, found: Defined) -> Sequence[Part]:
    parts: list[Part] = [Paragraph(line("“{asked}” can mean several words:", asked=_short(asked)))]
    for meaning in found.meanings[:MOST_MEANINGS]:
        body = meaning.body
        parts += [
            Paragraph(line("{name}: {summary}", name=body["name"], summary=body.get("summary", ""))),
            *_verdict(meaning),
            Link(line("Open “{name}”", name=body["name"]), _at_site(body["url"])),
        ]
    if len(found.meanings) > MOST_MEANINGS:
        parts.append(Link(line(f"All {len(found.meanings)}"), _at_site(f"/search/?q={quote(_short(asked))}")))
    return parts


def _none(asked: str, near: Sequence[tuple[str, str]]) -> Sequence[Part]:
    """The same whether or not somebody has asked for the word, or suggested it, already."""
    parts: list[Part] = [Paragraph(line("No agreed word is called “{asked}”.", asked=_short(asked)))]
    if near:
        parts.append(Paragraph(line("Did you mean one of these?")))
        parts += [Link(line("{name}", name=name), _at_site(f"/terms/{slug}/")) for slug, name in near]
    return [*parts, Link(line("Suggest what it means"), _at_site(f"/propose/?name={quote(_short(asked), safe='')}"))]


def _short(asked: str) -> str:
    return shortened(asked, LONGEST_ASKED)


def _at_site(path: str) -> str:
    return f"{settings.GLOSSARY_SITE_URL}{path}"
