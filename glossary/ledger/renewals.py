"""Whether what the sides said once more of a version is what its events tell."""

from collections.abc import Iterator

from glossary.domain.content import digest_of
from glossary.ledger.gathering import Words
from glossary.ledger.telling import Fault, differs
from glossary.models import Reaffirmation, Renewal, Term
from glossary.rendering.instants import iso


def renewal_faults(term: Term, words: Words) -> Iterator[Fault]:
    """What is wrong with the reaffirmations of one word and with the rounds that they completed."""
    for row in words.reaffirmations[term.pk]:
        for sentence in _reaffirmation(row, words):
            yield Fault(term.slug, f"reaffirmation {row.pk}", sentence)
    renewals = words.renewals[term.pk]
    for renewal in renewals:
        for sentence in _renewal(renewal, words):
            yield Fault(term.slug, f"version {renewal.version.number}, round {renewal.round}", sentence)
    told = {(version, done) for of, version, done in words.renewed if of == term.pk}
    there = {(renewal.version.number, renewal.round) for renewal in renewals}
    for number, done in sorted(told - there):
        yield Fault(term.slug, f"version {number}, round {done}", "is gone")


def _reaffirmation(row: Reaffirmation, words: Words) -> Iterator[str]:
    event = words.one("reaffirmation", row.pk, "reaffirmation.given")
    voided = words.one("reaffirmation", row.pk, "reaffirmation.voided")
    facts = event.facts if event else {}
    yield from differs(
        event,
        [
            ("word", row.version.term_id, event and event.term_id),
            ("version", row.version.number, facts.get("version")),
            ("round", row.round, facts.get("round")),
            ("side", row.side_id, event and event.side_id),
            ("giver", row.signer_id, event and event.actor_id),
            ("acting for", row.acting_for_id, facts.get("acting_for")),
            ("digest", row.digest, facts.get("digest")),
            ("digest of the version", row.digest, row.version.digest),
            ("instant", row.at, event and event.at),
            ("voided at", row.voided_at, voided and voided.at),
            ("voided by", row.voided_by_id, voided and voided.actor_id),
        ],
    )


def _renewal(renewal: Renewal, words: Words) -> Iterator[str]:
    event = words.renewed.get((renewal.version.term_id, renewal.version.number, renewal.round))
    facts = event.facts if event else {}
    yield from differs(
        event,
        [
            ("digest of the version", renewal.version.digest, facts.get("digest")),
            ("instant", iso(renewal.at), facts.get("reaffirmed_at")),
            ("seats", digest_of(renewal.seats), facts.get("seats_digest")),
        ],
    )
