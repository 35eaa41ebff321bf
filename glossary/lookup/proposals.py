"""Proposals: one with everything needed to decide on it, and lists of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Side, User
from glossary import ledger, policy
from glossary.domain.content import Content
from glossary.domain.diff import Change, difference
from glossary.domain.lint import Readiness
from glossary.domain.merge import Conflict, merge
from glossary.domain.refusals import Refusal
from glossary.lookup.waiting import Absence, Awaited, Waited, absences_among, waited
from glossary.models import Comment, Objection, Proposal, Revision, SignOff, State, Version
from glossary.policy import Actor, Answer, Tool, Voice


@dataclass(frozen=True)
class SeatView:
    """A side's place on a proposal: the signature that counts, or who could give it, and who of them is away."""

    side: Side
    sign_off: SignOff | None
    signers: Sequence[policy.Signer] = ()
    away: Sequence[Absence] = ()

    @property
    def who_can(self) -> list[User]:
        return [signer.person for signer in self.signers]

    @property
    def state(self) -> str:
        return "given" if self.sign_off else "missing"


@dataclass(frozen=True)
class ProposalDetail:
    """A proposal as one actor sees it. `answers` holds, per action, None for yes or the refusal that says why not."""

    proposal: Proposal
    waited: Waited | None
    revision: Revision
    content: Content
    base: Version | None
    latest: Version | None
    seats: list[SeatView]
    readiness: Readiness
    objections: list[Objection]
    changes: tuple[Change, ...]
    since_signed: tuple[Change, ...] | None
    published_version: int | None
    comments: list[Comment]
    answers: Mapping[str, Answer]
    needs_rebase: bool
    change_counter: int

    @property
    def etag(self) -> str:
        return f'"{self.change_counter}"'

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The parts that this text and the newest version changed differently since the text's base."""
        if not self.needs_rebase or self.latest is None:
            return ()
        return merge(self.base.content if self.base else None, self.content, self.latest.content).conflicts

    @property
    def missing(self) -> list[Side]:
        return [seat.side for seat in self.seats if seat.sign_off is None]

    @property
    def awaited(self) -> list[Awaited]:
        """For whom it waits while it is up for signing."""
        if self.waited is None:
            return []
        since, days = self.waited.since, self.waited.days
        missing = [seat for seat in self.seats if seat.sign_off is None]
        return [Awaited(seat.side, since, days, seat.signers, seat.away) for seat in missing]


_READ_ALONG = ("term", "author__side", "keeper", "newest__base__revision", "newest__author", "ended_by")


def readable_proposal(proposal_id: int, *, by: Actor) -> Proposal:
    """The proposal with its people and texts. Raises `Refusal("not_found")`, also for one the actor may not read."""
    proposal = Proposal.objects.filter(pk=proposal_id).select_related(*_READ_ALONG).first()
    return _readable(proposal, by)


def readable_proposals(ids: Sequence[int], *, by: Actor) -> list[Proposal]:
    """The same of several, in this order. One query."""
    found = Proposal.objects.select_related(*_READ_ALONG).in_bulk(ids)
    return [_readable(found.get(proposal_id), by) for proposal_id in ids]


def _readable(proposal: Proposal | None, by: Actor) -> Proposal:
    if proposal is None:
        raise Refusal("not_found", "There is no such suggestion.")
    policy.require(policy.may_read_proposal(by, proposal))
    return proposal


def proposal_detail(proposal_id: int, *, by: Actor, at: datetime) -> ProposalDetail:
    """Everything there is to decide on, as of `at`. Raises `Refusal("not_found")`."""
    proposal = readable_proposal(proposal_id, by=by)
    revision, voice = proposal.text, policy.voice_of(by, at)
    latest = Version.objects.newest_of(proposal.term)
    needs_rebase = proposal.is_open and latest is not None and revision.base_id != latest.pk
    seats = _seats(proposal, at)
    objections = _objections(proposal)
    return ProposalDetail(
        proposal=proposal,
        waited=_waited(proposal, seats, at),
        revision=revision,
        content=revision.content,
        base=revision.base,
        latest=latest,
        seats=seats,
        readiness=policy.readiness_of(policy.draft_of(proposal), at) if proposal.is_open else Readiness((), ()),
        objections=objections,
        changes=difference(revision.base.content if revision.base else None, revision.content),
        since_signed=_since_signed(proposal, by),
        published_version=_published_version(proposal),
        comments=list(proposal.comments.select_related("author").order_by("pk")),
        answers=_answers(proposal, seats, objections, needs_rebase, by, voice, at),
        needs_rebase=needs_rebase,
        change_counter=ledger.change_counter(proposal),
    )


def _seats(proposal: Proposal, at: datetime) -> list[SeatView]:
    """Each side with a seat and the signature that counts for it; of an ended proposal, those that stood at its end."""
    revision = proposal.text
    if proposal.is_open:
        given = policy.counting([revision.pk], at).get(revision.pk, {})
    else:
        given = {sign_off.side_id: sign_off for sign_off in policy.live_sign_offs(revision)}
    sides = policy.sides_with_a_seat()
    shown = sides if proposal.is_open else seats_then(given, sides)
    asked = [side for side in shown if side.key not in given] if proposal.state == State.IN_REVIEW else []
    signers, barred = policy.signers(asked, at), policy.authors_barred(proposal)
    return [_seat(side, given.get(side.key), policy.unbarred(signers.get(side.key, ()), barred), at) for side in shown]


def unsigned(rows: Collection[Proposal], at: datetime) -> dict[int, list[Side]]:
    """Of each of these proposals, by id, the sides that have not signed its newest text, and of an ended one those
    that had not when it ended. Three queries at most.
    """
    given = policy.counting([row.text.pk for row in rows if row.is_open], at)
    ended = [row.text.pk for row in rows if not row.is_open]
    stood = set(SignOff.objects.live().filter(revision__in=ended).values_list("revision", "side"))
    sides = policy.sides_with_a_seat()
    return {
        row.pk: [
            side
            for side in sides
            if side.key not in given.get(row.text.pk, {}) and (row.text.pk, side.key) not in stood
        ]
        for row in rows
    }


def _waited(proposal: Proposal, seats: list[SeatView], at: datetime) -> Waited | None:
    if proposal.state != State.IN_REVIEW:
        return None
    missing = [seat.side for seat in seats if seat.sign_off is None]
    return waited([proposal], {proposal.pk: missing}, at)[proposal.pk]


def seats_then(given: Mapping[str, SignOff], sides: Sequence[Side]) -> list[Side]:
    """Of a suggestion that has ended, whose seats there were: those signed for, and those of today."""
    then = {sign_off.side_id: sign_off.side for sign_off in given.values()}
    missing = [side for side in sides if side.key not in then]
    return sorted([*then.values(), *missing], key=lambda side: (side.position, side.key))


def _seat(side: Side, sign_off: SignOff | None, signers: list[policy.Signer], at: datetime) -> SeatView:
    return SeatView(side, sign_off, signers, absences_among(side, [signer.person for signer in signers], at))


def _objections(proposal: Proposal) -> list[Objection]:
    """Those standing against a text of this proposal, or against the same text in another one of the term."""
    standing = Objection.objects.about(proposal).standing()
    return list(standing.select_related("objector__side", "side", "acting_for", "revision").order_by("pk"))


def _since_signed(proposal: Proposal, by: Actor) -> tuple[Change, ...] | None:
    """What changed since the text this person last signed; None when that is the newest, or when there is none."""
    own = SignOff.objects.filter(revision__proposal=proposal, signer=by.user).select_related("revision")
    last = own.order_by("-pk").first()
    if last is None or last.revision_id == proposal.text.pk:
        return None
    return difference(last.revision.content, proposal.text.content)


def _published_version(proposal: Proposal) -> int | None:
    if proposal.state != State.PUBLISHED:
        return None
    return Version.objects.filter(proposal=proposal).values_list("number", flat=True).first()


def _answers(
    proposal: Proposal,
    seats: list[SeatView],
    objections: list[Objection],
    needs_rebase: bool,
    by: Actor,
    voice: Voice,
    at: datetime,
) -> dict[str, Answer]:
    own = next((seat.sign_off for seat in seats if seat.sign_off and seat.sign_off.signer_id == by.user.pk), None)
    objection = next(iter(policy.to_withdraw(by, objections, at)), None)
    return {
        "sign": may_sign_now(proposal, seats, objections, needs_rebase, by, voice),
        "object": policy.may_object(by, proposal, voice),
        "take_back": policy.may_take_back(by, proposal, own),
        "withdraw_objection": policy.may_withdraw_objection(by, objection),
        "decline": policy.may_decline(by, proposal),
        "withdraw": policy.may_withdraw(by, proposal),
        "revise": policy.may_revise(by, proposal),
        "submit": policy.may_submit(by, proposal) or _in_the_way(proposal, objections, needs_rebase),
        "rebase": policy.may_rebase(by, proposal) or (None if needs_rebase else _ALREADY_NEWEST),
        "comment": policy.may_suggest(by),
    }


_ALREADY_NEWEST = Refusal("wrong_state", "This suggestion already starts from the newest version.")


def _in_the_way(proposal: Proposal, objections: Iterable[Objection], needs_rebase: bool) -> Answer:
    """What keeps this text from being put up and from being signed, whoever asks."""
    if needs_rebase:
        return Refusal("base_moved", "A newer version has been agreed since. Update the suggestion to the newest text.")
    if any(objection.digest == proposal.text.digest for objection in objections):
        return policy.objection_stands()
    return None


def may_sign_now(
    proposal: Proposal,
    seats: Sequence[SeatView],
    objections: Iterable[Objection],
    needs_rebase: bool,
    by: Actor,
    voice: Voice,
) -> Answer:
    """Whether somebody may sign the newest text, as policy says and as the text and its seats stand."""
    if refusal := policy.may_sign(by, proposal, voice):
        return refusal
    if refusal := _in_the_way(proposal, objections, needs_rebase):
        return refusal
    seat = voice.seat
    given = next((view.sign_off for view in seats if seat and view.side == seat.side and view.sign_off), None)
    if given is None:
        return None
    if given.signer_id == by.user.pk:
        return Refusal("seat_taken", "You have signed this text.")
    return Refusal("seat_taken", f"{given.signer.display_name} has already signed for {given.side.name}.")


def proposals(*, by: Actor, at: datetime, state: str = "", waiting_for: str = "") -> QuerySet[Proposal]:
    """The proposals this actor may read, by id; a tool sees those it opened.

    `waiting_for` is a side's key or "me" and keeps those in review whose signature of that side is missing at `at`.
    Raises `Refusal("invalid")` for a state or a side that does not exist.
    """
    related = ("term", "author", "keeper", "newest__base")
    rows: QuerySet[Proposal] = Proposal.objects.select_related(*related).order_by("id")
    if isinstance(by, Tool):
        rows = rows.filter(via_token_id=by.token.pk if by.token else None).exclude(via_token_id=None)
    if state:
        rows = rows.filter(state=_known_state(state))
    if waiting_for == "me":
        rows = waiting_for_person(rows, by.user, at)
    elif waiting_for:
        rows = waiting_for_side(rows, _known_side(waiting_for), at)
    return rows


def _known_state(state: str) -> str:
    if state not in State.values:
        raise _not_a_choice("state", f"A suggestion's state is one of: {', '.join(State.values)}.")
    return state


def _known_side(key: str) -> Side:
    side = next((side for side in policy.sides_with_a_seat() if side.key == key), None)
    if side is None:
        raise _not_a_choice("waiting_for", "Name a side whose signature is needed, or “me”.")
    return side


def _not_a_choice(path: str, message: str) -> Refusal:
    return Refusal("invalid", message, errors=[{"path": path, "code": "not_a_choice", "message": message}])


def waiting_for_side(rows: QuerySet[Proposal], side: Side, at: datetime) -> QuerySet[Proposal]:
    """Of these proposals, those in review without a signature of the side that counts at `at`."""
    given = policy.counting_sign_offs(at).filter(revision=OuterRef("newest"), side=side)
    return rows.filter(~Exists(given), state=State.IN_REVIEW)


def waiting_for_person(rows: QuerySet[Proposal], user: User, at: datetime) -> QuerySet[Proposal]:
    """Of these proposals, those this person could sign at `at`."""
    seat = policy.seat_of(user, at)
    if seat is None or not seat.side.has_seat:
        return rows.none()
    return waiting_for_side(rows, seat.side, at).exclude(policy.barred_as_author(seat, user))
