"""What tools are sent. Each shape is typed once; the OpenAPI description is made from the same types."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from json.encoder import encode_basestring as _quoted
from typing import Any, Literal, NotRequired, TypedDict

from accounts.models import Side
from glossary import lookup
from glossary.domain.criteria import WORDS
from glossary.domain.diff import Change
from glossary.domain.refusals import Refusal
from glossary.lookup import (
    Awaited,
    Entry,
    Hit,
    Piece,
    ProposalDetail,
    Results,
    SeatView,
    Suggestion,
    TermDetail,
    TermSummary,
    Usage,
    Voiced,
)
from glossary.models import Comment, ConcernAnswer, Objection, Proposal, Reaffirmation, Renewal, SignOff, Term, Version
from glossary.policy import Signer
from glossary.rendering.instants import iso

ProposalState = Literal["draft", "in_review", "published", "declined", "withdrawn"]
TermState = Literal["wanted", "in_review", "upcoming", "agreed", "discouraged", "retired"]


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None


# Words


class SignatureOut(TypedDict):
    """A signature on a version, as it was given; `impact` is the digest of the effect that the signer saw."""

    side: str
    name: str
    at: str
    acting_for: NotRequired[str]
    reservation: NotRequired[str]
    impact: NotRequired[str]


class VersionBound(TypedDict):
    """What a version says of itself beside its Content."""

    slug: str
    url: str
    version: int
    digest: str
    definition_html: str
    in_force_from: str
    published_at: str
    signatures: list[SignatureOut]


class Live(TypedDict):
    """What of a word may change while its version stays. A word that was never agreed has only these and its name."""

    state: TermState
    review_by: NotRequired[str | None]
    review: NotRequired[Literal["ok", "due", "overdue"] | None]
    reaffirmed_at: NotRequired[str | None]
    reaffirmations: NotRequired[list[SignatureOut]]
    review_seats: NotRequired["list[SeatOut]"]
    upcoming: NotRequired["UpcomingOut | None"]
    open_proposals: NotRequired["list[OpenProposalOut] | int"]
    concerns: NotRequired[int]
    ruling: NotRequired[str | None]
    category: NotRequired[str]
    tags: NotRequired[list[str]]
    is_required: NotRequired[bool]
    usage: NotRequired["UsageOut"]


class UpcomingOut(TypedDict):
    """The version that is signed and takes effect later."""

    version: int
    in_force_from: str
    name: str


class UsageOut(TypedDict):
    """Which tools looked a word up in the last days, by name, and how often. Told to signed-in people only."""

    tools: list[str]
    times: int
    days: int


class OpenProposalOut(TypedDict):
    """A suggestion under way."""

    id: int
    url: str
    state: ProposalState
    opened_at: str


class MatchedOn(TypedDict):
    """How a query met a word."""

    matched_on: Literal["name", "former_name", "alias", "abbreviation", "loose"]


class AnsweredAsOf(TypedDict):
    """The instant an answer is about; provisional while it lies ahead."""

    as_of: str
    provisional: bool


class WordOut(TypedDict):
    """A word that was written down."""

    slug: str
    url: str
    name: str
    state: TermState
    note: NotRequired[str]


def bare_term(term: Term, state: str, *, published_only: bool) -> dict[str, Any]:
    """A word that has nothing in force. Why it was raised is no signed text: with `published_only` it is not said."""
    said = {"slug": term.slug, "url": term.get_absolute_url(), "name": term.name, "state": state}
    return said | ({"note": term.note} if term.note and not published_only else {})


def term(detail: TermDetail, *, published_only: bool) -> dict[str, Any]:
    """A word with its version in force and what is live."""
    bare = bare_term(detail.term, detail.state, published_only=published_only) | {"name": detail.name}
    body = detail.served or bare
    opened = [open_proposal(proposal) for proposal in detail.open_proposals]
    return body | {
        "state": detail.state,
        "review_by": detail.review_by.isoformat() if detail.review_by else None,
        "review": detail.review,
        "reaffirmed_at": iso(detail.renewal.at) if detail.renewal else None,
        "reaffirmations": _reaffirmations(detail.renewal),
        **_review_seats(detail, published_only=published_only),
        "upcoming": _upcoming(detail),
        "open_proposals": detail.open_count if published_only else opened,
        "concerns": detail.concerns,
        "ruling": detail.ruling.get_absolute_url() if detail.ruling else None,
        "category": detail.term.category,
        "tags": detail.term.tags,
        "is_required": detail.term.is_required,
        **_usage(detail.usage),
    }


def _reaffirmations(renewal: Renewal | None) -> list[dict[str, Any]]:
    shown = ("side", "name", "at", "acting_for")
    return [{key: seat[key] for key in shown if key in seat} for seat in renewal.signatures] if renewal else []


def _review_seats(detail: TermDetail, *, published_only: bool) -> dict[str, list[dict[str, Any]]]:
    """Who has confirmed the text so far and whose word is missing; a round under way is told to people alone."""
    if published_only or detail.review not in ("due", "overdue"):
        return {}
    given = {row.side_id: row for row in detail.reaffirmations}
    return {"review_seats": [_review_seat(side.key, given.get(side.key)) for side in detail.sides]}


def _review_seat(side: str, row: Reaffirmation | None) -> dict[str, Any]:
    if row is None:
        return {"side": side, "state": "missing"}
    instead = {"acting_for": row.acting_for.display_name} if row.acting_for else {}
    return {"side": side, "state": "given", "name": row.signer.display_name, "at": iso(row.at)} | instead


def _usage(usage: Usage | None) -> dict[str, UsageOut]:
    return {"usage": {"tools": list(usage.tools), "times": usage.times, "days": usage.days}} if usage else {}


def _upcoming(detail: TermDetail) -> UpcomingOut | None:
    row = detail.upcoming
    if row is None:
        return None
    return {"version": row.version.number, "in_force_from": iso(row.from_at), "name": row.name}


def open_proposal(proposal: Proposal) -> OpenProposalOut:
    return {
        "id": proposal.pk,
        "url": proposal.get_absolute_url(),
        "state": proposal.state,  # type: ignore[typeddict-item]
        "opened_at": iso(proposal.opened_at),
    }


def term_line(summary: TermSummary, *, published_only: bool) -> dict[str, Any]:
    """A word in a list."""
    if summary.in_force:
        return json.loads(summary.in_force.body) | {"state": summary.state}
    named = {"name": summary.upcoming.name} if summary.upcoming else {}
    return bare_term(summary.term, summary.state, published_only=published_only) | named


def version(row: Version) -> dict[str, Any]:
    """One version, whether or not it is in force."""
    return lookup.served_version(row)


class ChangeOut(TypedDict):
    """One field that differs; texts have `words`, lists and structures `items`, as [same, added or removed; text]."""

    field: str
    label: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any
    words: list[list[str]]
    items: list[list[str]]


class DifferenceOut(TypedDict):
    """What changed from one version to another."""

    slug: str
    from_version: int
    to_version: int
    changes: list[ChangeOut]


def changes_out(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [change.as_data() for change in changes]


# Suggestions


class SeatOut(TypedDict):
    """A side's place: its signature, or who could give it."""

    side: str
    state: Literal["missing", "given"]
    name: NotRequired[str]
    at: NotRequired[str]
    acting_for: NotRequired[str]
    reservation: NotRequired[str]
    impact: NotRequired[str]
    who_can: NotRequired[list[str]]


class FindingOut(TypedDict):
    """Something to mend, or to know, before a text is signed."""

    code: str
    path: str
    message: str
    mend: str


class ReadinessOut(TypedDict):
    """Errors keep a text from being put up for signing; warnings are shown to the signers."""

    errors: list[FindingOut]
    warnings: list[FindingOut]


class ObjectionOut(TypedDict):
    """A no that stands against a text."""

    id: int
    side: str
    name: str
    at: str
    reason: str
    digest: str
    revision: int
    acting_for: NotRequired[str]


class AnswerOut(TypedDict):
    """Whether the caller may do this now; if not, the code and the sentence it would be refused with."""

    allowed: bool
    code: NotRequired[str]
    detail: NotRequired[str]


class ExpectedOut(TypedDict):
    """Somebody who could sign: for which owners, if on loan, and the last day of an absence."""

    name: str
    acting_for: NotRequired[list[str]]
    away_until: NotRequired[str]


class AwaitedOut(TypedDict):
    """A side that a text waits for: since when, how many working days that is, and who could sign for it now."""

    side: str
    since: str
    working_days: int
    people: list[ExpectedOut]


class ProposalLine(TypedDict):
    """A suggestion in a list. It waits for nobody (`waiting_for`) unless it is up for signing."""

    id: int
    url: str
    term: str
    name: str
    state: ProposalState
    revision: int
    digest: str
    base_version: int | None
    effective_from: str | None
    reason: str
    author: str
    keeper: str | None
    via: str
    opened_at: str
    submitted_at: str | None
    ended_at: str | None
    missing: list[str]
    waiting_for: list[AwaitedOut]


class ProposalOut(ProposalLine):
    """A suggestion with all that is needed to decide on it."""

    content: Any
    published_version: int | None
    ended_by: str | None
    end_reason: str
    seats: list[SeatOut]
    readiness: ReadinessOut
    objections: list[ObjectionOut]
    changes: list[ChangeOut]
    since_signed: list[ChangeOut] | None
    needs_rebase: bool
    may: dict[str, AnswerOut]


def proposal_line(proposal: Proposal, missing: Iterable[Side], waiting_for: Iterable[Awaited]) -> ProposalLine:
    """A suggestion in short, with the sides that have not signed its newest text, and those it waits for."""
    revision = proposal.text
    return {
        "id": proposal.pk,
        "url": proposal.get_absolute_url(),
        "term": proposal.term.slug,
        "name": revision.content.name,
        "state": proposal.state,  # type: ignore[typeddict-item]
        "revision": revision.number,
        "digest": revision.digest,
        "base_version": revision.base.number if revision.base else None,
        "effective_from": _iso(revision.effective_from),
        "reason": proposal.reason,
        "author": proposal.author.display_name,
        "keeper": proposal.keeper.display_name if proposal.keeper else None,
        "via": proposal.via,
        "opened_at": iso(proposal.opened_at),
        "submitted_at": _iso(proposal.submitted_at),
        "ended_at": _iso(proposal.ended_at),
        "missing": [side.key for side in missing],
        "waiting_for": [awaited(item) for item in waiting_for],
    }


def awaited(item: Awaited) -> AwaitedOut:
    until = {absence.person: absence.until for absence in item.away}
    return {
        "side": item.side.key,
        "since": iso(item.since),
        "working_days": item.days,
        "people": [_expected(signer, until.get(signer.person)) for signer in item.signers],
    }


def _expected(signer: Signer, away_until: date | None) -> ExpectedOut:
    said: ExpectedOut = {"name": signer.person.display_name}
    if signer.acting_for:
        said["acting_for"] = [owner.display_name for owner in signer.acting_for]
    if away_until:
        said["away_until"] = away_until.isoformat()
    return said


def proposal(detail: ProposalDetail) -> dict[str, Any]:
    """A suggestion in full."""
    row = detail.proposal
    return {
        **proposal_line(row, detail.missing, detail.awaited),
        "name": detail.content.name,
        "content": detail.content.as_data(),
        "published_version": detail.published_version,
        "ended_by": row.ended_by.display_name if row.ended_by else None,
        "end_reason": row.end_reason,
        "seats": [seat(view) for view in detail.seats],
        "readiness": detail.readiness.as_data(),
        "objections": [objection(item) for item in detail.objections],
        "changes": changes_out(detail.changes),
        "since_signed": None if detail.since_signed is None else changes_out(detail.since_signed),
        "needs_rebase": detail.needs_rebase,
        "may": {action: answer(refusal) for action, refusal in detail.answers.items()},
    }


def seat(view: SeatView) -> SeatOut:
    if view.sign_off is None:
        empty: SeatOut = {"side": view.side.key, "state": "missing"}
        return empty | {"who_can": [user.display_name for user in view.who_can]} if view.who_can else empty
    return {"side": view.side.key, "state": "given", **_given(view.sign_off)}  # type: ignore[typeddict-item]


def _given(sign_off: SignOff) -> dict[str, str]:
    said = {
        "name": sign_off.signer.display_name,
        "at": iso(sign_off.at),
        "acting_for": sign_off.acting_for.display_name if sign_off.acting_for else "",
        "reservation": sign_off.reservation,
        "impact": sign_off.impact,
    }
    return {key: value for key, value in said.items() if value}


def objection(row: Objection) -> ObjectionOut:
    said: ObjectionOut = {
        "id": row.pk,
        "side": row.side_id,
        "name": row.objector.display_name,
        "at": iso(row.at),
        "reason": row.reason,
        "digest": row.digest,
        "revision": row.revision.number,
    }
    return said | {"acting_for": row.acting_for.display_name} if row.acting_for else said


def answer(refusal: Refusal | None) -> AnswerOut:
    if refusal is None:
        return {"allowed": True}
    return {"allowed": False, "code": refusal.code, "detail": refusal.sentence}


class OutcomeOut(TypedDict):
    """What became of one of several signatures: 200, or the refusal."""

    proposal: int
    status: int
    code: NotRequired[str]
    detail: NotRequired[str]


class OutcomesOut(TypedDict):
    """In the order in which they were asked."""

    results: list[OutcomeOut]


def outcome(proposal_id: int, refusal: Refusal | None) -> OutcomeOut:
    if refusal is None:
        return {"proposal": proposal_id, "status": 200}
    return {"proposal": proposal_id, "status": refusal.status, "code": refusal.code, "detail": refusal.sentence}


# What was said, what happened


class ConcernAnswerOut(TypedDict):
    """A side's place on a concern: its answer, or that it is missing. What it says is told to people alone."""

    side: str
    state: Literal["missing", "given"]
    name: NotRequired[str]
    at: NotRequired[str]
    acting_for: NotRequired[str]
    text: NotRequired[str]


class ConcernOut(TypedDict):
    """What somebody says hurts about a version in force. `verdict` is what the test in force says of the record now."""

    id: int
    url: str
    term: str
    version: int
    by: str
    via: str
    at: str
    state: Literal["open", "answered", "withdrawn", "removed"]
    text: str
    criterion: str
    expected: Literal["", "true", "false", "unknown"]
    record: dict[str, Any] | None
    verdict: Literal["true", "false", "unknown"] | None
    answers: list[ConcernAnswerOut]


def concern(item: Voiced, *, with_words: bool) -> ConcernOut:
    """A concern; `with_words` also what was answered."""
    row, said = item.concern, item.said
    given = [_concern_answer(answer, with_words=with_words) for answer in item.answers]
    missing: list[ConcernAnswerOut] = [{"side": side.key, "state": "missing"} for side in item.missing]
    return {
        "id": row.pk,
        "url": row.get_absolute_url(),
        "term": row.term.slug,
        "version": row.version.number,
        "by": row.raised_by.display_name,
        "via": row.via,
        "at": iso(row.at),
        "state": item.state,  # type: ignore[typeddict-item]
        "text": row.text,
        "criterion": row.criterion,
        "expected": row.expected,  # type: ignore[typeddict-item]
        "record": row.values or None,
        "verdict": WORDS[said.verdict] if said and not said.problem else None,
        "answers": [*given, *missing],
    }


def _concern_answer(answer: ConcernAnswer, *, with_words: bool) -> ConcernAnswerOut:
    told: ConcernAnswerOut = {"side": answer.side_id, "state": "given"}
    if not with_words:
        return told
    told |= {"name": answer.author.display_name, "at": iso(answer.at), "text": answer.text}
    return told | {"acting_for": answer.acting_for.display_name} if answer.acting_for else told


class CommentOut(TypedDict):
    """A remark; of one that was removed the text is empty."""

    id: int
    author: str
    via: str
    at: str
    text: str
    is_removed: bool


def comment(row: Comment) -> CommentOut:
    return {
        "id": row.pk,
        "author": row.author.display_name,
        "via": row.via,
        "at": iso(row.at),
        "text": row.text,
        "is_removed": row.blanked_at is not None,
    }


class EventOut(TypedDict):
    """One entry of the ledger. Who did it is said to signed-in people; signatures carry their names anyway."""

    seq: int
    kind: str
    at: str
    term: str | None
    proposal: int | None
    side: str | None
    data: dict[str, Any]
    hash: str
    actor: NotRequired[str | None]
    subject: NotRequired[str | None]
    via: NotRequired[str]


class EventsOut(TypedDict):
    """A piece of the feed; `next` is the cursor to go on from, also when nothing is new."""

    results: list[EventOut]
    next: int


_text_of = json.JSONEncoder(ensure_ascii=False).encode


EVENTS_AT_ONCE = 100


def events(entries: Sequence[Entry], after: int, *, published_only: bool) -> Iterator[str]:
    """`EventsOut` as JSON text, in pieces: what an event says is stored as JSON, and put in as it is."""
    yield '{"results":['
    for start in range(0, len(entries), EVENTS_AT_ONCE):
        told = [_event(entry, published_only=published_only) for entry in entries[start : start + EVENTS_AT_ONCE]]
        yield f"{',' if start else ''}{','.join(told)}"
    yield f'],"next":{after}}}'


def _event(entry: Entry, *, published_only: bool) -> str:
    """`EventOut` as JSON text."""
    said = (
        f'"seq":{entry.seq},"kind":"{entry.kind}","at":"{iso(entry.at)}","term":{_or_null(entry.term)},'
        f'"proposal":{entry.proposal or "null"},"side":{_or_null(entry.side)},"data":{entry.data},"hash":"{entry.hash}"'
    )
    if not published_only:
        people = {"actor": entry.actor, "subject": entry.subject, "via": entry.via}
        said += f",{_text_of(people)[1:-1]}"
    return f"{{{said}}}"


def _or_null(text: str | None) -> str:
    return "null" if text is None else _quoted(text)


# Search


class SnippetOut(TypedDict):
    """Plain text around what was met. Each mark is [start, end) in characters of the text."""

    text: str
    marks: list[list[int]]


class FoundOut(TypedDict):
    """A word that was found, and where: name, former_name, alias, abbreviation, or a field of the content."""

    slug: str
    url: str
    name: str
    kind: str
    status: str
    replaced_by: NotRequired[str]
    summary: NotRequired[str]
    version: int
    matched_in: str
    snippet: SnippetOut


class NearOut(TypedDict):
    """A word whose name is near what was asked."""

    slug: str
    name: str
    url: str


class SearchOut(TypedDict):
    """What was found, nearest first. `read_as` is what a mistyped query was taken for."""

    query: str
    read_as: str | None
    results: list[FoundOut]
    suggestions: list[NearOut]


class BeginsOut(TypedDict):
    """A word with a name, `text`, that begins as typed."""

    slug: str
    name: str
    url: str
    text: str
    matched_on: Literal["name", "former_name", "alias", "abbreviation", "loose"]


class SuggestOut(TypedDict):
    """The names that begin so, in their order."""

    query: str
    results: list[BeginsOut]


_SHOWN = ("slug", "url", "name", "kind", "status", "replaced_by", "summary", "version")


def search(query: str, results: Results) -> dict[str, Any]:
    """What a search found."""
    near = [{"slug": slug, "name": name, "url": f"/terms/{slug}/"} for slug, name in results.suggestions]
    found = [_found(hit) for hit in results.hits]
    return {"query": query, "read_as": results.read_as or None, "results": found, "suggestions": near}


def _found(hit: Hit) -> dict[str, Any]:
    said = {key: hit.served[key] for key in _SHOWN if key in hit.served}
    return said | {"matched_in": hit.place, "snippet": _snippet(hit.pieces)}


def _snippet(pieces: Iterable[Piece]) -> SnippetOut:
    text, marks = "", []
    for piece in pieces:
        if piece.is_match:
            marks.append([len(text), len(text) + len(piece.text)])
        text += piece.text
    return {"text": text, "marks": marks}


def suggest(typed: str, found: Iterable[Suggestion]) -> dict[str, Any]:
    """The names that begin as typed."""
    results = [
        {"slug": slug, "name": name, "text": text, "matched_on": how, "url": f"/terms/{slug}/"}
        for slug, name, text, how in found
    ]
    return {"query": typed, "results": results}
