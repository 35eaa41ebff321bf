"""Whether concerns, their answers and rulings are what their events tell."""

from collections.abc import Iterator

from glossary.ledger.gathering import Words
from glossary.ledger.telling import Fault, differs
from glossary.models import Concern, ConcernAnswer, Event, Ruling, Term
from glossary.rendering.instants import iso


def dispute_faults(term: Term, words: Words) -> Iterator[Fault]:
    """What is wrong with the concerns about one word, what was answered, and the rulings on its suggestions."""
    for concern in words.concerns[term.pk]:
        for sentence in _concern(concern, words):
            yield Fault(term.slug, f"concern {concern.pk}", sentence)
    for answer in words.answers[term.pk]:
        for sentence in _answer(answer, words):
            yield Fault(term.slug, f"answer {answer.pk}", sentence)
    for ruling in words.rulings[term.pk]:
        for sentence in _ruling(ruling, words):
            yield Fault(term.slug, f"ruling {ruling.pk}", sentence)


def _concern(concern: Concern, words: Words) -> Iterator[str]:
    raised, withdrawn, blanked = (
        words.one("concern", concern.pk, f"concern.{kind}") for kind in ("raised", "withdrawn", "blanked")
    )
    settled = words.one("concern", concern.pk, "concern.answered", "concern.settled")
    if settled and not settled.facts.get("settles", True):
        settled = None
    facts = raised.facts if raised else {}
    yield from differs(
        raised,
        [
            ("word", concern.term_id, raised and raised.term_id),
            ("version", concern.version.number, facts.get("version")),
            ("word of the version", concern.version.term_id, concern.term_id),
            ("digest of the version", concern.version.digest, facts.get("digest")),
            ("person", concern.raised_by_id, raised and raised.actor_id),
            ("tool", concern.via, raised and raised.via),
            ("token", concern.via_token_id, facts.get("token")),
            ("test", concern.criterion, facts.get("criterion")),
            ("expectation", concern.expected, facts.get("expected")),
            ("instant", concern.at, raised and raised.at),
            ("settled at", concern.settled_at, settled and settled.at),
            ("withdrawn at", concern.withdrawn_at, withdrawn and withdrawn.at),
            ("blanked at", concern.blanked_at, blanked and blanked.at),
        ],
    )
    if blanked is None:
        yield from _texts(words, raised, text=concern.text, record=concern.record)
    elif concern.text or concern.record:
        yield "has a text, though it was removed"


def _answer(answer: ConcernAnswer, words: Words) -> Iterator[str]:
    event = words.one("answer", answer.pk, "concern.answered")
    yield from differs(
        event,
        [
            ("concern", answer.concern_id, event and event.facts["concern"]),
            ("side", answer.side_id, event and event.side_id),
            ("person", answer.author_id, event and event.actor_id),
            ("acting for", answer.acting_for_id, event and event.facts["acting_for"]),
            ("instant", answer.at, event and event.at),
        ],
    )
    yield from _texts(words, event, text=answer.text)


def _ruling(ruling: Ruling, words: Words) -> Iterator[str]:
    recorded, ended = (words.one("ruling", ruling.pk, f"ruling.{kind}") for kind in ("recorded", "ended"))
    facts = recorded.facts if recorded else {}
    yield from differs(
        recorded,
        [
            ("suggestion", ruling.proposal_id, recorded and recorded.proposal_id),
            ("suggestion of the text", ruling.revision.proposal_id, ruling.proposal_id),
            ("text", ruling.revision.number, facts.get("revision")),
            ("digest", ruling.revision.digest, facts.get("digest")),
            ("sponsor", ruling.sponsor_id, recorded and recorded.actor_id),
            ("instant", ruling.at, recorded and recorded.at),
            ("expiry", iso(ruling.expires_at), facts.get("expires_at")),
            ("ended at", ruling.ended_at, ended and ended.at),
            ("ended by", ruling.ended_by_id, ended and ended.actor_id),
        ],
    )
    yield from _texts(words, recorded, text=ruling.text, reasons=ruling.reasons)


def _texts(words: Words, event: Event | None, **texts: str) -> Iterator[str]:
    """Free texts against their salted hashes."""
    for field, text in texts.items() if event else ():
        if not words.is_text(event, field, text):
            yield f"{field} is not what its event says"
