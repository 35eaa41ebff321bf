"""Chat channels: what one is told, in words that hold nothing unsigned, and how it is sent there."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.models import Side
from glossary import policy
from glossary.models import Endpoint, Event, InForce, Message, Proposal, State, Term, Version
from glossary.outbox import posting
from glossary.outbox.kinds import TEST, TO_CHAT
from glossary.outbox.letters import at_site
from glossary.outbox.results import Delivered, NotNow
from glossary.rendering.slack import Line, Link, Paragraph, Part, Remark, Title, composed, day, line, signers, teams

HEADERS = {"Content-Type": "application/json", "User-Agent": "Accord-Chat/1"}
GONE = (404, 410)  # `no_service`, `channel_not_found`, `channel_is_archived`: nobody is there any more


def send(message: Message, at: datetime) -> Delivered | NotNow:
    """Write the message into its channel; not at all when what it asks for is over, or the channel has been removed.

    Raises `NotDelivered` when the answer is anything but a plain success.
    """
    endpoint = posting.endpoint_of(message)
    body = payload(message, endpoint, at) if endpoint else None
    if endpoint is None or body is None:
        return NotNow(None)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return posting.post(endpoint, text, HEADERS, at, gone=GONE)


def payload(message: Message, endpoint: Endpoint, at: datetime) -> dict[str, Any] | None:
    """What is written into the channel at `at`; None when what it would ask for is over."""
    if message.kind == TEST:
        return composed(_test(endpoint))
    event = message.event
    assert event is not None
    if message.kind == "agreed":
        return composed(_agreed(event, at))
    parts = [] if _is_said_later(message) else _to_sign(event, at)
    return composed(parts) if parts else None


def _is_said_later(message: Message) -> bool:
    """Whether a later message asks for signatures on the same suggestion: it will say what is missing then."""
    later = Message.objects.filter(endpoint=message.endpoint_id, kind=message.kind, proposal=message.proposal_id)
    return later.filter(sequence__gt=message.sequence).exists()


def _test(endpoint: Endpoint) -> Sequence[Part]:
    told = " ".join(words for kind, words in TO_CHAT.items() if kind in endpoint.kinds)
    return [Paragraph(line("Accord can write into this channel. This was a test.")), Remark(line(f"Told here: {told}"))]


def _to_sign(event: Event, at: datetime) -> Sequence[Part]:
    """Which word, in its signed name, and which teams have not signed; nothing of what is suggested."""
    assert event.proposal_id is not None
    proposal = Proposal.objects.select_related("term", "newest").get(pk=event.proposal_id)
    if proposal.state != State.IN_REVIEW or event.facts.get("revision") != proposal.text.number:
        return []
    filled = policy.counting([proposal.text.pk], at).get(proposal.text.pk, {})
    missing = [side.name for side in policy.sides_with_a_seat() if side.key not in filled]
    if not missing:
        return []
    return [
        Paragraph(
            line("{what} waits for the signature of {teams}.", what=_what(proposal.term, at), teams=teams(missing))
        ),
        Link(line("Read it, then sign or send back"), at_site(proposal.get_absolute_url())),
    ]


def _what(term: Term, at: datetime) -> Line:
    name = signed_name(term, at)
    return line("A change to “{name}”", name=name) if name else line("A new word")


def signed_name(term: Term, at: datetime) -> str:
    """What the word is called by its version in force at `at`, else by its newest; empty for one never published."""
    in_force = InForce.objects.at(at).filter(term=term).values_list("name", flat=True).first()
    if in_force is not None:
        return in_force
    newest = Version.objects.of(term.slug).select_related("revision").order_by("-number").first()
    return newest.content.name if newest else ""


def _agreed(event: Event, at: datetime) -> Sequence[Part]:
    """A version as every team signed it: name, summary, who signed, from when."""
    version = Version.objects.select_related("term", "revision").get(term=event.term_id, number=event.facts["version"])
    content = version.content
    sides = {side.key: side.name for side in Side.objects.all()}
    who = signers(version.signatures, sides)
    cheer = "🎉 " if content.status == "agreed" else ""  # nobody cheers when a word goes
    return [
        Title(line(f"{cheer}Agreed: {{name}}", name=content.name)),
        Paragraph(_news(version, who, at)),
        Paragraph(line("{summary}", summary=content.summary or "")),
        Remark(line(f"Version {version.number}, in force from {day(version.in_force_from)}.")),
        Link(line("Open the word"), at_site(version.get_absolute_url())),
    ]


def _news(version: Version, who: Line, at: datetime) -> Line:
    content = version.content
    if content.status == "agreed":
        return line("{who} now mean the same by it.", who=who)
    verdict = "to avoid this word" if content.status == "discouraged" else "to retire this word"
    successor = Term.objects.filter(slug=content.replaced_by).first() if content.replaced_by else None
    instead = signed_name(successor, at) if successor else ""
    use = line(" Use “{name}” instead.", name=instead) if instead else line("")
    if successor and not instead:
        use = line(" What to use instead is not agreed yet.")
    return line(f"{{who}} agreed {verdict}.{{use}}", who=who, use=use)
