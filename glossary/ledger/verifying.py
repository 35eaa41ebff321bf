"""Recomputing everything: the chain, and whether every kept row is what its events say it is, both ways.

A database administrator can take the guards away and change rows. What cannot be done without being seen here is
changing one thing and leaving the rest consistent: the chain covers the events, the events cover the rows.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import connection, models

from glossary.domain.content import canonical_text, digest_of, read
from glossary.domain.names import FOLD_VERSION, fold
from glossary.ledger.chain import event_hash, text_hash
from glossary.ledger.company import company_faults
from glossary.ledger.disputes import dispute_faults
from glossary.ledger.effects import effect_faults
from glossary.ledger.handing import handing_faults
from glossary.ledger.renewals import renewal_faults
from glossary.ledger.telling import Fault, Told, differs, last
from glossary.models import (
    Comment,
    Concern,
    ConcernAnswer,
    CriterionInForce,
    Event,
    InForce,
    LedgerHead,
    MappingInForce,
    Name,
    NameClaim,
    NameLikeness,
    Objection,
    Proposal,
    Reaffirmation,
    Revision,
    Ruling,
    Salt,
    SearchEntry,
    SearchWord,
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
    search_words,
    word_likenesses,
)

Tell = Callable[[str, int], None]


def verify(*, term: str = "", since: str = "", tell: Tell = lambda part, done: None) -> Iterator[Fault]:
    """Every fault there is, in the order found: chain, people, words with all that hangs on them, projections.

    `term` limits the rows to one slug (the chain is always walked), `since` is a head printed earlier
    (`seq:hash`) that the chain must still contain, `tell` hears (part, how many so far).
    """
    told = Told()
    yield from _chain(told, since, tell)
    yield from company_faults(told)
    terms = Term.objects.order_by("pk")
    if term and not terms.filter(slug=term).exists():
        yield Fault(term, "word", "there is none with this address")
    for done, row in enumerate(terms.filter(slug=term) if term else terms, start=1):
        yield from _term(row, told)
        tell("words", done)
    if not term:
        yield from _orphans(told)
        if not index_is_sound(connection):
            yield Fault("", "search", "the index is not what its tables say; run manage.py rebuild")


def head() -> str:
    """The end of the chain as people keep it outside: `seq:hash`."""
    return str(LedgerHead.objects.get(pk=1))


def _chain(told: Told, since: str, tell: Tell) -> Iterator[Fault]:
    seq, previous, at = 0, GENESIS, None
    hashes = {0: GENESIS}
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
        hashes[seq] = event.hash
        if is_sound:  # what a damaged event tells is not worth comparing with
            yield from _taken(event, told)
        tell("events", seq)
    if list(LedgerHead.objects.values_list("pk", "seq", "hash", "at")) != [(1, seq, previous, at)]:
        yield Fault("", "head", "is not the end of the chain")
    number, _, kept = since.partition(":")
    if since and (not number.isdigit() or hashes.get(int(number)) != kept):
        yield Fault("", f"event {number}", "is missing or another one than when this head was printed")
    for event, problem in told.unentitled:
        yield Fault("", f"event {event.seq}", problem)


def _taken(event: Event, told: Told) -> Iterator[Fault]:
    try:
        told.take(event)
    except (KeyError, TypeError, ValueError):
        yield Fault("", f"event {event.seq}", "does not tell what its kind tells")


def _faults(term: Term, row: str, sentences: Iterable[str]) -> Iterator[Fault]:
    return (Fault(term.slug, row, sentence) for sentence in sentences)


def _term(term: Term, told: Told) -> Iterator[Fault]:
    first = told.by_term[term.pk][0] if told.by_term[term.pk] else None
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
    yield from _text(term, "word", first, "note", term.note)
    if _keys(NameLikeness.objects.filter(term=term)) != _keys(name_likenesses([term])):
        yield Fault(term.slug, "likeness", "its keys are not those of its name; run manage.py rebuild")
    yield from _labels(term, told)
    for proposal in Proposal.objects.filter(term=term).select_related("newest").order_by("pk"):
        yield from _proposal(term, proposal, told)
    yield from _comments(term, told)
    versions = list(Version.objects.filter(term=term).select_related("term", "revision__base", "proposal"))
    yield from _versions(term, versions, told)
    yield from renewal_faults(term, told)
    yield from dispute_faults(term, told)
    if all(_is_sound(version, told) for version in versions):
        yield from _claims(term, versions)
        yield from _projections(term, versions)


def _labels(term: Term, told: Told) -> Iterator[Fault]:
    labels = {"category": "", "tags": [], "is_required": False}
    for event in told.by_term[term.pk]:
        if event.kind == "term.labelled":
            labels |= event.facts
    for field, value in labels.items():
        if getattr(term, field) != value:
            yield Fault(term.slug, "word", f"{field} is not what its events say")


def _is_sound(version: Version, told: Told) -> bool:
    """Whether text and seats are those that the event names: what was damaged cannot be read any further."""
    event = told.published.get((version.term_id, version.number))
    kept = (digest_of(version.revision.text), digest_of(version.seats))
    return event is not None and kept == (event.facts["digest"], event.facts["seats_digest"])


def _text(term: Term, row: str, event: Event | None, field: str, text: str) -> Iterator[Fault]:
    """A free text against its salted hash, as long as the salt has not been forgotten with a blanked text."""
    salt = Salt.objects.filter(event=event, field=field).first() if event else None
    hashed = event.facts.get(f"{field}_hash") if event else None
    is_other = bool(text) if hashed is None else salt is None or text_hash(salt.salt, text) != hashed
    if is_other:
        yield Fault(term.slug, row, f"{field} is not what its event says")


_STATES = {
    "proposal.opened": State.DRAFT,
    "proposal.submitted": State.IN_REVIEW,
    "proposal.sent_back": State.DRAFT,
    "proposal.declined": State.DECLINED,
    "proposal.withdrawn": State.WITHDRAWN,
    "version.published": State.PUBLISHED,
}


def _proposal(term: Term, proposal: Proposal, told: Told) -> Iterator[Fault]:
    row = f"suggestion {proposal.pk}"
    events = told.by_proposal[proposal.pk]
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
    yield from _text(term, row, reasoned, "reason", proposal.reason)
    declined = last(events, "proposal.declined")
    yield from _text(term, row, declined, "reason", proposal.end_reason)
    yield from _revisions(term, proposal, events)
    for sign_off in SignOff.objects.filter(revision__proposal=proposal).select_related("revision").order_by("pk"):
        yield from _sign_off(term, sign_off, told)
    for objection in Objection.objects.filter(revision__proposal=proposal).select_related("revision").order_by("pk"):
        yield from _objection(term, objection, told)
    yield from effect_faults(term, proposal, events)


def _revisions(term: Term, proposal: Proposal, events: list[Event]) -> Iterator[Fault]:
    written: dict[int, Event] = {}
    for event in events:
        if event.kind in ("proposal.opened", "proposal.revised", "proposal.rebased"):
            written.setdefault(event.facts["revision"], event)
    revisions = list(Revision.objects.filter(proposal=proposal).select_related("base").order_by("number"))
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
    signed = read(revision.text)
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


def _sign_off(term: Term, sign_off: SignOff, told: Told) -> Iterator[Fault]:
    row = f"signature {sign_off.pk}"
    event = told.one("sign_off", sign_off.pk, "sign_off.given")
    voided = told.one("sign_off", sign_off.pk, "sign_off.voided", "sign_off.taken_back")
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
    yield from _text(term, row, event, "reservation", sign_off.reservation)


def _objection(term: Term, objection: Objection, told: Told) -> Iterator[Fault]:
    row = f"objection {objection.pk}"
    event = told.one("objection", objection.pk, "proposal.sent_back")
    withdrawn = told.one("objection", objection.pk, "objection.withdrawn")
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
    yield from _text(term, row, event, "reason", objection.reason)


def _comments(term: Term, told: Told) -> Iterator[Fault]:
    for comment in Comment.objects.filter(term=term).order_by("pk"):
        row = f"comment {comment.pk}"
        event, blanked = (told.one("comment", comment.pk, f"comment.{kind}") for kind in ("written", "blanked"))
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
            yield from _text(term, row, event, "text", comment.text)
        elif comment.text:
            yield Fault(term.slug, row, "has a text, though it was removed")


def _versions(term: Term, versions: list[Version], told: Told) -> Iterator[Fault]:
    if [version.number for version in versions] != list(range(1, len(versions) + 1)):
        yield Fault(term.slug, "versions", "their numbers are not 1, 2, 3 … without a gap")
    before: datetime | None = None
    for version in versions:
        row = f"version {version.number}"
        yield from _faults(term, row, _version(version, told.published.get((term.pk, version.number)), told))
        if before and version.published_at <= before:
            yield Fault(term.slug, row, "was published before the version before it")
        before = version.published_at


def _version(version: Version, event: Event | None, told: Told) -> Iterator[str]:
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
    if event and _is_sound(version, told):
        yield from _seats(version, told.seats_at[event.seq])


def _seats(version: Version, needed: frozenset[str]) -> Iterator[str]:
    """Every seat that existed then is filled, by different people, with a standing signature on exactly this text."""
    seats = version.signatures
    if needed is None or {seat["side"] for seat in seats} != set(needed):
        yield "its seats are not those that needed a signature then"
    if len({seat["person"] for seat in seats}) != len(seats):
        yield "one person fills two seats"
    for seat in seats:
        sign_off = SignOff.objects.live().filter(pk=seat["sign_off"], revision=version.revision).first()
        kept = sign_off and (sign_off.side_id, sign_off.signer_id, sign_off.digest, sign_off.impact)
        if kept != (seat["side"], seat["person"], version.digest, seat.get("impact", "")):
            yield f"the seat of {seat['side']} has no such signature"


def _claims(term: Term, versions: list[Version]) -> Iterator[Fault]:
    wanted: dict[tuple[str, str, int], int] = {}
    for version in versions:
        wanted.setdefault((term.namespace, fold(version.content.name), FOLD_VERSION), version.pk)
    claims = NameClaim.objects.filter(term=term)
    if {(claim.namespace, claim.folded, claim.fold_version): claim.version_id for claim in claims} != wanted:
        yield Fault(term.slug, "claimed names", "are not the names of its versions")


def _projections(term: Term, versions: list[Version]) -> Iterator[Fault]:
    told = ("slug", "etag", "name", "status", "kind", "owner_side", "review_by", "body")
    compared = ("version_id", "from_at", "until_at", *told)
    wanted = sorted(_values(in_force_rows(versions), compared))
    if sorted(_values(InForce.objects.filter(term=term), compared)) != wanted:
        yield Fault(term.slug, "in force", "the projection is not what the versions say; run manage.py rebuild")
    columns = ("key", "tier", "text", "from_at", "until_at")
    names = sorted(_values(name_rows(versions), columns))
    if sorted(_values(Name.objects.filter(term=term), columns)) != names:
        yield Fault(term.slug, "names", "the projection is not what the versions say; run manage.py rebuild")
    stated = ("version_id", "key", "record", "label", "expr", "from_at", "until_at")
    criteria = sorted(_values(criterion_rows(versions), stated))
    if sorted(_values(CriterionInForce.objects.filter(term=term), stated)) != criteria:
        yield Fault(term.slug, "criteria", "the projection is not what the versions say; run manage.py rebuild")
    held = ("version_id", "key", "from_at", "until_at")
    if sorted(_values(MappingInForce.objects.filter(term=term), held)) != sorted(_values(mapping_rows(versions), held)):
        yield Fault(term.slug, "mapping", "the projection is not what the versions say; run manage.py rebuild")
    kept = ("version_id", "lexemes", "place")
    entries = sorted(_values(search_entries(versions), kept))
    words = search_words(versions)
    kept_words = SearchWord.objects.in_bulk(list(words), field_name="word")
    are_known = words.keys() == kept_words.keys() and all(kept_words[word].in_name or not words[word] for word in words)
    likenesses = WordLikeness.objects.filter(word__in=kept_words.values()).select_related("word")
    if _keys(likenesses) != _keys(word_likenesses(kept_words.values())):
        yield Fault(term.slug, "likeness", "the keys of its words are not those of these; run manage.py rebuild")
    if not are_known or sorted(_values(SearchEntry.objects.filter(term=term), kept)) != entries:
        yield Fault(term.slug, "search", "the projection is not what the versions say; run manage.py rebuild")


def _values(rows: Iterable[models.Model], columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(row, column)) for column in columns) for row in rows]


def _orphans(told: Told) -> Iterator[Fault]:
    """Rows that events tell of and that are gone."""
    gone: list[tuple[str, Iterable[int], type[models.Model]]] = [
        ("suggestion", told.by_proposal, Proposal),
        ("signature", told.rows("sign_off"), SignOff),
        ("objection", told.rows("objection"), Objection),
        ("comment", told.rows("comment"), Comment),
        ("reaffirmation", told.rows("reaffirmation"), Reaffirmation),
        ("concern", told.rows("concern"), Concern),
        ("answer", told.rows("answer"), ConcernAnswer),
        ("ruling", told.rows("ruling"), Ruling),
    ]
    for what, ids, model in gone:
        there = set(model._default_manager.values_list("pk", flat=True))
        for missing in sorted(set(ids) - there):
            yield Fault("", f"{what} {missing}", "is gone")
    there_versions = set(Version.objects.values_list("term_id", "number"))
    for term_id, number in sorted(set(told.published) - there_versions):
        yield Fault("", f"version {number} of word {term_id}", "is gone")
    if set(told.by_term) - set(Term.objects.values_list("pk", flat=True)):
        yield Fault("", "words", "a word that the events tell of is gone")


def _keys(rows: Iterable[NameLikeness | WordLikeness]) -> set[tuple[int, str]]:
    return {(row.key, str(row.word if isinstance(row, WordLikeness) else row.term)) for row in rows}
