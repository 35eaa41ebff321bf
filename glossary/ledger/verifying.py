"""Recomputing everything: the chain, and whether every kept row is what its events say it is, both ways.

A database administrator can take the guards away and change rows. What cannot be done without being seen here is
changing one thing and leaving the rest consistent: the chain covers the events, the events cover the rows.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, models

from glossary.domain.content import canonical_text, digest_of
from glossary.domain.names import FOLD_VERSION, fold
from glossary.ledger.chain import event_hash
from glossary.ledger.company import company_faults
from glossary.ledger.disputes import dispute_faults
from glossary.ledger.effects import effect_faults
from glossary.ledger.gathering import Words, in_turn
from glossary.ledger.handing import handing_faults
from glossary.ledger.moment import one_moment
from glossary.ledger.renewals import renewal_faults
from glossary.ledger.telling import Fault, Told, differs, last
from glossary.models import (
    Comment,
    Concern,
    ConcernAnswer,
    Event,
    LedgerHead,
    NameLikeness,
    Objection,
    Proposal,
    Reaffirmation,
    Revision,
    Ruling,
    SignOff,
    State,
    Term,
    Version,
    WordLikeness,
)
from glossary.models.event import GENESIS
from glossary.models.search import index_is_sound
from glossary.rendering.instants import iso
from glossary.rendering.projections import (
    criterion_rows,
    in_force_rows,
    mapping_rows,
    name_likenesses,
    name_rows,
    search_entries,
    word_likenesses,
)

Tell = Callable[[str, int], None]


def verify(*, term: str = "", since: str = "", tell: Tell = lambda part, done: None) -> Iterator[Fault]:
    """Every fault there is, in the order found: chain, people, words with all that hangs on them, projections.

    `term` limits the rows to one slug (the chain is always walked), `since` is a head printed earlier
    (`seq:hash`) that the chain must still contain, `tell` hears (part, how many so far). Chain and rows are read as of
    one moment, so that what others write meanwhile is no fault, and nobody waits.
    """
    with one_moment(connection):
        yield from _of_chain_and_rows(term, since, tell)
    if not term and not index_is_sound(connection):
        yield Fault("", "search", "the index is not what its tables say; run manage.py rebuild")


def _of_chain_and_rows(term: str, since: str, tell: Tell) -> Iterator[Fault]:
    told = Told()
    yield from _chain(told, since, tell)
    yield from company_faults(told)
    terms = Term.objects.filter(slug=term) if term else Term.objects.all()
    if term and not terms.exists():
        yield Fault(term, "word", "there is none with this address")
    for done, (row, words) in enumerate(in_turn(terms, told), start=1):
        yield from _term(row, words)
        tell("words", done)
    if not term:
        yield from _orphans(told)


def head() -> str:
    """The end of the chain as people keep it outside: `seq:hash`."""
    return str(LedgerHead.objects.get(pk=1))


def _chain(told: Told, since: str, tell: Tell) -> Iterator[Fault]:
    seq, previous, at = 0, GENESIS, None
    number, _, kept = since.partition(":")
    wanted = int(number) if number.isdecimal() else -1
    is_there = (wanted, kept) == (0, GENESIS)
    for event in Event.objects.order_by("seq").iterator(chunk_size=500):
        row = f"event {event.seq}"
        if event.seq != seq + 1:
            yield Fault("", row, f"event {seq + 1} should stand here")
        if event.previous != previous:
            yield Fault("", row, "does not follow from the event before it")
        is_sound = event.hash == event_hash(event)
        if not is_sound:
            yield Fault("", row, "has another content than its hash says")
        if at is not None and event.at < at:
            yield Fault("", row, "lies before the event before it")
        seq, previous, at = event.seq, event.hash, event.at
        is_there = is_there or (wanted, kept) == (seq, previous)
        if is_sound:  # what a damaged event tells is not worth comparing with
            yield from _taken(event, told)
        else:
            told.damaged.add(seq)
        tell("events", seq)
    told.seq = seq
    if list(LedgerHead.objects.values_list("pk", "seq", "hash", "at")) != [(1, seq, previous, at)]:
        yield Fault("", "head", "is not the end of the chain")
    if since and not is_there:
        yield Fault("", f"event {number}", "is missing or another one than when this head was printed")
    for event, problem in told.unentitled:
        yield Fault("", f"event {event.seq}", problem)


def _taken(event: Event, told: Told) -> Iterator[Fault]:
    try:
        told.take(event)
    except (KeyError, TypeError, ValueError, OverflowError):
        told.damaged.add(event.seq)
        yield Fault("", f"event {event.seq}", "does not tell what its kind tells")


def _faults(term: Term, row: str, sentences: Iterable[str]) -> Iterator[Fault]:
    return (Fault(term.slug, row, sentence) for sentence in sentences)


def _term(term: Term, words: Words) -> Iterator[Fault]:
    first = words.by_term[term.pk][0] if words.by_term[term.pk] else None
    facts = first.facts if first else {}
    pairs = [
        ("slug", term.slug, facts.get("slug")),
        ("name", term.name, facts.get("name")),
        ("folded name", term.folded, fold(str(facts.get("name", "")))),
        ("namespace", term.namespace, facts.get("namespace")),
        ("raised by", term.raised_by_id, first and first.actor_id),
        ("raised at", term.raised_at, first and first.at),
    ]
    yield from _faults(term, "word", differs(first, pairs))
    yield from _text(term, "word", first, "note", term.note, words)
    if _keys(words.likenesses[term.pk]) != _keys(name_likenesses([term])):
        yield Fault(term.slug, "likeness", "its keys are not those of its name; run manage.py rebuild")
    yield from _labels(term, words)
    for proposal in words.proposals[term.pk]:
        yield from _proposal(term, proposal, words)
    yield from _comments(term, words)
    yield from _versions(term, words)
    yield from renewal_faults(term, words)
    yield from dispute_faults(term, words)
    if words.are_sound(term):
        yield from _claims(term, words)
        yield from _projections(term, words)


def _labels(term: Term, words: Words) -> Iterator[Fault]:
    labels = {"category": "", "tags": [], "is_required": False}
    for event in words.by_term[term.pk]:
        if event.kind == "term.labelled":
            labels |= event.facts
    for field, value in labels.items():
        if getattr(term, field) != value:
            yield Fault(term.slug, "word", f"{field} is not what its events say")


def _text(term: Term, row: str, event: Event | None, field: str, text: str, words: Words) -> Iterator[Fault]:
    """A free text against its salted hash, as long as the salt has not been forgotten with a blanked text."""
    if not words.is_text(event, field, text):
        yield Fault(term.slug, row, f"{field} is not what its event says")


_STATES = {
    "proposal.opened": State.DRAFT,
    "proposal.submitted": State.IN_REVIEW,
    "proposal.sent_back": State.DRAFT,
    "proposal.declined": State.DECLINED,
    "proposal.withdrawn": State.WITHDRAWN,
    "version.published": State.PUBLISHED,
}


def _proposal(term: Term, proposal: Proposal, words: Words) -> Iterator[Fault]:
    row = f"suggestion {proposal.pk}"
    events = words.by_proposal[proposal.pk]
    opened, moved = last(events, "proposal.opened"), last(events, *_STATES)
    submitted = last(events, "proposal.submitted")
    ended = last(events, "proposal.declined", "proposal.withdrawn", "version.published")
    pairs = [
        ("word", proposal.term_id, opened and opened.term_id),
        ("author", proposal.author_id, opened and opened.actor_id),
        ("tool", proposal.via, opened and opened.via),
        ("token", proposal.via_token_id, opened and opened.facts["token"]),
        ("opened at", proposal.opened_at, opened and opened.at),
        ("state", proposal.state, moved and _STATES[moved.kind]),
        ("submitted at", proposal.submitted_at, submitted and submitted.at),
        ("ended at", proposal.ended_at, ended and ended.at),
        ("ended by", proposal.ended_by_id, ended and ended.actor_id),
    ]
    yield from _faults(term, row, differs(opened, pairs))
    yield from _faults(term, row, handing_faults(proposal, events))
    reasoned = last(events, "proposal.opened", "proposal.revised")
    yield from _text(term, row, reasoned, "reason", proposal.reason, words)
    declined = last(events, "proposal.declined")
    yield from _text(term, row, declined, "reason", proposal.end_reason, words)
    yield from _revisions(term, proposal, words)
    for sign_off in words.sign_offs[proposal.pk]:
        yield from _sign_off(term, sign_off, words)
    for objection in words.objections[proposal.pk]:
        yield from _objection(term, objection, words)
    yield from effect_faults(term, proposal, words)


def _revisions(term: Term, proposal: Proposal, words: Words) -> Iterator[Fault]:
    written: dict[int, Event] = {}
    for event in words.by_proposal[proposal.pk]:
        if event.kind in ("proposal.opened", "proposal.revised", "proposal.rebased"):
            written.setdefault(event.facts["revision"], event)
    revisions = words.revisions[proposal.pk]
    if [revision.number for revision in revisions] != sorted(written):
        yield Fault(term.slug, f"suggestion {proposal.pk}", "its texts are not those that the events tell")
    if not revisions or proposal.newest_id != revisions[-1].pk:
        yield Fault(term.slug, f"suggestion {proposal.pk}", "does not point to its newest text")
    for revision in revisions:
        row = f"suggestion {proposal.pk}, text {revision.number}"
        yield from _faults(term, row, _revision(term, revision, written.get(revision.number)))


def _revision(term: Term, revision: Revision, event: Event | None) -> Iterator[str]:
    if revision.digest != digest_of(revision.text):
        yield "the text is not the one its digest names"
        return
    if event is None or revision.digest != event.facts["digest"]:
        yield "no event tells of this text"
        return
    signed = revision.signed
    again = canonical_text(
        term=signed.term, base=signed.base, effective_from=signed.effective_from, content=signed.content
    )
    if again != revision.text:
        yield "the text is not in its canonical form"
    base = revision.base
    yield from differs(
        event,
        [
            ("base", base and base.number, event.facts["base"]),
            ("author", revision.author_id, event.actor_id),
            ("tool", revision.via, event.via),
            ("instant", revision.at, event.at),
            ("word in the text", signed.term, term.slug),
            ("base in the text", signed.base, base and base.digest),
            ("date in the text", signed.effective_from, revision.effective_from),
        ],
    )


def _sign_off(term: Term, sign_off: SignOff, words: Words) -> Iterator[Fault]:
    row = f"signature {sign_off.pk}"
    event = words.one("sign_off", sign_off.pk, "sign_off.given")
    voided = words.one("sign_off", sign_off.pk, "sign_off.voided", "sign_off.taken_back")
    facts = event.facts if event else {}
    pairs = [
        ("proposal", sign_off.revision.proposal_id, event and event.proposal_id),
        ("text", sign_off.revision.number, facts.get("revision")),
        ("side", sign_off.side_id, event and event.side_id),
        ("signer", sign_off.signer_id, event and event.actor_id),
        ("acting for", sign_off.acting_for_id, facts.get("acting_for")),
        ("digest", sign_off.digest, facts.get("digest")),
        ("digest of the text", sign_off.digest, sign_off.revision.digest),
        ("effect seen", sign_off.impact, facts.get("impact", "")),
        ("instant", sign_off.at, event and event.at),
        ("voided at", sign_off.voided_at, voided and voided.at),
        ("voided by", sign_off.voided_by_id, voided and voided.actor_id),
        ("void reason", sign_off.void_reason, voided.facts["reason"] if voided else ""),
    ]
    yield from _faults(term, row, differs(event, pairs))
    yield from _text(term, row, event, "reservation", sign_off.reservation, words)


def _objection(term: Term, objection: Objection, words: Words) -> Iterator[Fault]:
    row = f"objection {objection.pk}"
    event = words.one("objection", objection.pk, "proposal.sent_back")
    withdrawn = words.one("objection", objection.pk, "objection.withdrawn")
    facts = event.facts if event else {}
    pairs = [
        ("word", objection.term_id, event and event.term_id),
        ("proposal", objection.revision.proposal_id, event and event.proposal_id),
        ("text", objection.revision.number, facts.get("revision")),
        ("digest", objection.digest, facts.get("digest")),
        ("side", objection.side_id, event and event.side_id),
        ("objector", objection.objector_id, event and event.actor_id),
        ("acting for", objection.acting_for_id, facts.get("acting_for")),
        ("instant", objection.at, event and event.at),
        ("withdrawn at", objection.withdrawn_at, withdrawn and withdrawn.at),
    ]
    yield from _faults(term, row, differs(event, pairs))
    yield from _text(term, row, event, "reason", objection.reason, words)


def _comments(term: Term, words: Words) -> Iterator[Fault]:
    for comment in words.comments[term.pk]:
        row = f"comment {comment.pk}"
        event, blanked = (words.one("comment", comment.pk, f"comment.{kind}") for kind in ("written", "blanked"))
        pairs = [
            ("word", comment.term_id, event and event.term_id),
            ("proposal", comment.proposal_id, event and event.proposal_id),
            ("author", comment.author_id, event and event.actor_id),
            ("tool", comment.via, event and event.via),
            ("instant", comment.at, event and event.at),
            ("blanked at", comment.blanked_at, blanked and blanked.at),
        ]
        yield from _faults(term, row, differs(event, pairs))
        if blanked is None:
            yield from _text(term, row, event, "text", comment.text, words)
        elif comment.text:
            yield Fault(term.slug, row, "has a text, though it was removed")


def _versions(term: Term, words: Words) -> Iterator[Fault]:
    versions = words.versions[term.pk]
    if [version.number for version in versions] != list(range(1, len(versions) + 1)):
        yield Fault(term.slug, "versions", "their numbers are not 1, 2, 3 … without a gap")
    before: datetime | None = None
    for version in versions:
        row = f"version {version.number}"
        yield from _faults(term, row, _version(version, words))
        if before and version.published_at <= before:
            yield Fault(term.slug, row, "was published before the version before it")
        before = version.published_at


def _version(version: Version, words: Words) -> Iterator[str]:
    event = words.published.get((version.term_id, version.number))
    facts = event.facts if event else {}
    revision, base = version.revision, version.revision.base
    starts = max(revision.effective_from or version.published_at, version.published_at)
    yield from differs(
        event,
        [
            ("proposal", version.proposal_id, event and event.proposal_id),
            ("proposal of the text", version.proposal_id, revision.proposal_id),
            ("newest text", version.revision_id, version.proposal.newest_id),
            ("digest", version.digest, facts.get("digest")),
            ("digest of the text", version.digest, revision.digest),
            ("text", revision.number, facts.get("revision")),
            ("base", base.number if base else None, facts.get("base")),
            ("base number", base.number if base else 0, version.number - 1),
            ("publication", iso(version.published_at), facts.get("published_at")),
            ("start", iso(version.in_force_from), facts.get("in_force_from")),
            ("start by the text", version.in_force_from, starts),
            ("seats", digest_of(version.seats), facts.get("seats_digest")),
        ],
    )
    if event and words.is_sound(version):
        yield from _seats(version, words.told.seats_at(event), words)


def _seats(version: Version, needed: frozenset[str], words: Words) -> Iterator[str]:
    """Every seat that existed then is filled, by different people, with a standing signature on exactly this text."""
    seats = version.signatures
    if {seat["side"] for seat in seats} != set(needed):
        yield "its seats are not those that needed a signature then"
    if len({seat["person"] for seat in seats}) != len(seats):
        yield "one person fills two seats"
    signatures = {sign_off.pk: sign_off for sign_off in words.sign_offs[version.revision.proposal_id]}
    for seat in seats:
        sign_off = signatures.get(seat["sign_off"])
        if sign_off and (sign_off.voided_at or sign_off.revision_id != version.revision_id):
            sign_off = None
        kept = sign_off and (sign_off.side_id, sign_off.signer_id, sign_off.digest, sign_off.impact)
        if kept != (seat["side"], seat["person"], version.digest, seat.get("impact", "")):
            yield f"the seat of {seat['side']} has no such signature"


def _claims(term: Term, words: Words) -> Iterator[Fault]:
    wanted: dict[tuple[str, str, int], int] = {}
    for version in words.versions[term.pk]:
        wanted.setdefault((term.namespace, fold(version.content.name), FOLD_VERSION), version.pk)
    claims = words.claims[term.pk]
    if {(claim.namespace, claim.folded, claim.fold_version): claim.version_id for claim in claims} != wanted:
        yield Fault(term.slug, "claimed names", "are not the names of its versions")


def _projections(term: Term, words: Words) -> Iterator[Fault]:
    versions = words.versions[term.pk]
    told = ("slug", "etag", "name", "status", "kind", "owner_side", "review_by", "body")
    compared = ("version_id", "from_at", "until_at", *told)
    wanted = sorted(_values(in_force_rows(versions, words.called), compared))
    if sorted(_values(words.in_force[term.pk], compared)) != wanted:
        yield Fault(term.slug, "in force", "the projection is not what the versions say; run manage.py rebuild")
    columns = ("key", "tier", "text", "from_at", "until_at")
    names = sorted(_values(name_rows(versions), columns))
    if sorted(_values(words.names[term.pk], columns)) != names:
        yield Fault(term.slug, "names", "the projection is not what the versions say; run manage.py rebuild")
    stated = ("version_id", "key", "record", "label", "expr", "from_at", "until_at")
    criteria = sorted(_values(criterion_rows(versions), stated))
    if sorted(_values(words.criteria[term.pk], stated)) != criteria:
        yield Fault(term.slug, "criteria", "the projection is not what the versions say; run manage.py rebuild")
    held = ("version_id", "key", "from_at", "until_at")
    if sorted(_values(words.mappings[term.pk], held)) != sorted(_values(mapping_rows(versions), held)):
        yield Fault(term.slug, "mapping", "the projection is not what the versions say; run manage.py rebuild")
    kept = ("version_id", "lexemes", "place")
    entries = sorted(_values(search_entries(versions), kept))
    spoken, known = words.search_words(term), words.known_words
    are_known = spoken.keys() <= known.keys() and all(
        known[word].in_name or not in_name for word, in_name in spoken.items()
    )
    found_by = words.keys_of_words
    if any(_keys(found_by[word]) != _keys(word_likenesses([known[word]])) for word in spoken.keys() & known.keys()):
        yield Fault(term.slug, "likeness", "the keys of its words are not those of these; run manage.py rebuild")
    if not are_known or sorted(_values(words.search_entries[term.pk], kept)) != entries:
        yield Fault(term.slug, "search", "the projection is not what the versions say; run manage.py rebuild")


def _values(rows: Iterable[models.Model], columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(row, column)) for column in columns) for row in rows]


def _orphans(told: Told) -> Iterator[Fault]:
    """Rows that events tell of and that are gone."""
    for missing in sorted(set(_gone_from(told, Proposal, "proposal_id"))):
        yield Fault("", f"suggestion {missing}", "is gone")
    gone: list[tuple[str, str, type[models.Model]]] = [
        ("signature", "sign_off", SignOff),
        ("objection", "objection", Objection),
        ("comment", "comment", Comment),
        ("reaffirmation", "reaffirmation", Reaffirmation),
        ("concern", "concern", Concern),
        ("answer", "answer", ConcernAnswer),
        ("ruling", "ruling", Ruling),
    ]
    for row, what, model in gone:
        there = model._default_manager.order_by("pk").values_list("pk", flat=True).iterator()
        for missing in _missing(told.places[what], there):
            yield Fault("", f"{row} {missing}", "is gone")
    there_versions = Version.objects.order_by("term_id", "number").values_list("term_id", "number").iterator()
    for term_id, number in _missing(sorted(told.published), there_versions):
        yield Fault("", f"version {number} of word {term_id}", "is gone")
    if any(_gone_from(told, Term, "term_id")):
        yield Fault("", "words", "a word that the events tell of is gone")


def _keys(rows: Iterable[NameLikeness | WordLikeness]) -> list[int]:
    return sorted(row.key for row in rows)


def _gone_from(told: Told, model: type[models.Model], column: str) -> Iterator[int]:
    """What the column of the events points to, and is no longer there; as often as it is told of."""
    there = model._default_manager.filter(pk=models.OuterRef(column))
    astray = Event.objects.exclude(**{column: None}).filter(~models.Exists(there), seq__lte=told.seq)
    for seq, pk in astray.values_list("seq", column).iterator():
        if seq not in told.damaged:
            yield pk


def _missing(told: Iterable[Any], there: Iterator[Any]) -> Iterator[Any]:
    """Those of the first that are not among the second, both in ascending order."""
    at = next(there, None)
    for wanted in told:
        while at is not None and at < wanted:
            at = next(there, None)
        if at != wanted:
            yield wanted
