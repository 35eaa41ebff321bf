"""The rules of agreement once more, as plain Python over plain values: what the real write path is held against.

Written from the contract and knowing nothing of the code it judges. A question answers with the codes of all reasons
there are to refuse, since the contract does not say which of several comes first; an empty set means yes. An action
is told only once it has been allowed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

Codes = set[str]

OPEN = ("draft", "in_review")
SIGNING_MAX_AGE = timedelta(hours=12)
WORDED = ("name", "alias", "summary", "why")


def folded(name: str) -> str:
    return name.lower().replace(" ", "").replace("-", "")


@dataclass
class Person:
    name: str
    side: str | None
    role: str
    is_staff: bool
    signed_in_at: datetime
    is_active: bool = True

    @property
    def is_owner(self) -> bool:
        return self.is_active and self.role == "owner"


@dataclass(eq=False)
class Loan:
    """A seat lent by an owner, from one instant to another."""

    owner: str
    delegate: str
    side: str
    starts_at: datetime
    ends_at: datetime
    step: int
    is_ended: bool = False

    def is_live(self, at: datetime) -> bool:
        return not self.is_ended and self.starts_at <= at < self.ends_at


@dataclass(eq=False)
class Naming:
    """A person named as owner of a side."""

    person: str
    side: str
    state: str


@dataclass(frozen=True)
class Text:
    """One exact text: what its digest stands for."""

    term: str
    base: int
    effective: datetime | None
    name: str
    alias: str | None
    summary: str
    why: str | None

    def worded(self) -> dict[str, str | None]:
        return {part: getattr(self, part) for part in WORDED}


@dataclass(frozen=True)
class Written:
    """A text of a proposal, with who wrote it and when."""

    text: Text
    by: str
    at: datetime


@dataclass(frozen=True)
class Signature:
    """Given on one text; `at` and `step` say when: steps tell apart what happens at the same instant."""

    side: str
    signer: str
    acting_for: str | None
    at: datetime = field(compare=False)
    step: int = field(compare=False)


@dataclass(eq=False)
class Proposal:
    term: str
    author: str
    written: list[Written]
    state: str = "draft"
    signatures: list[Signature] = field(default_factory=list)  # live ones, on the newest text
    keeper: str | None = None

    @property
    def in_charge(self) -> str:
        return self.keeper or self.author

    @property
    def answerable(self) -> set[str]:
        return {self.author, self.in_charge}

    @property
    def text(self) -> Text:
        return self.written[-1].text


@dataclass(eq=False)
class Objection:
    proposal: Proposal
    text: Text
    objector: str
    side: str
    stands: bool = True


@dataclass(frozen=True)
class Version:
    text: Text
    seats: frozenset[Signature]
    in_force_from: datetime


@dataclass(eq=False)
class Remark:
    author: str
    is_blank: bool = False


class Rules:
    """A registry in the mind: people, sides, words and suggestions, and what may happen to them."""

    def __init__(self, people: list[Person], now: datetime, *, author_may_sign: bool) -> None:
        self.people = {person.name: person for person in people}
        self.now = now
        self.step = 0
        self.author_may_sign = author_may_sign
        self.has_seat = {"sales": True, "marketing": True}
        self.loans: list[Loan] = []
        self.namings: list[Naming] = []
        self.first_names: dict[str, str] = {}  # folded first name → word
        self.claims: dict[str, str] = {}  # folded agreed name → word
        self.versions: dict[str, list[Version]] = {}
        self.proposals: list[Proposal] = []
        self.objections: list[Objection] = []
        self.remarks: list[Remark] = []

    # --- What is true -----------------------------------------------------------------------------------------------

    def seats(self) -> list[str]:
        return [side for side, signs in self.has_seat.items() if signs]

    def owners_of(self, side: str) -> list[Person]:
        return [person for person in self.people.values() if person.is_owner and person.side == side]

    def capacities(self, name: str) -> list[Signature]:
        """The signatures this person could give now: in the own right, or for each owner who lent the own seat."""
        person = self.people[name]
        if not person.is_active or person.side is None:
            return []
        if person.role == "owner":
            return [Signature(person.side, name, None, self.now, self.step)]
        lenders = [loan.owner for loan in self.loans if loan.delegate == name and self._counts(loan)]
        return [Signature(person.side, name, lender, self.now, self.step) for lender in lenders]

    def _counts(self, loan: Loan) -> bool:
        owner, delegate = self.people[loan.owner], self.people[loan.delegate]
        return loan.is_live(self.now) and owner.is_owner and owner.side == delegate.side == loan.side

    def is_eligible(self, signature: Signature) -> bool:
        """Whether it counts now. What was signed on a loan does not come back to life with the next loan."""
        if signature not in self.capacities(signature.signer):
            return False
        return signature.acting_for is None or any(
            (loan.owner, loan.delegate) == (signature.acting_for, signature.signer)
            and self._counts(loan)
            and loan.starts_at <= signature.at
            and loan.step <= signature.step
            for loan in self.loans
        )

    def is_complete(self, proposal: Proposal) -> bool:
        counting = [signature for signature in proposal.signatures if self.is_eligible(signature)]
        seated = {signature.side for signature in counting}
        return seated >= set(self.seats()) and len({s.signer for s in counting}) == len(counting)

    def newest(self, term: str) -> int:
        return len(self.versions.get(term, []))

    def holder_of(self, name: str) -> str | None:
        return self.claims.get(folded(name)) or self.first_names.get(folded(name))

    def in_force(self, term: str, at: datetime) -> int | None:
        """The number in force: the highest among those that have begun, since a higher number ends a lower one."""
        begun = [n for n, version in enumerate(self.versions.get(term, []), 1) if version.in_force_from <= at]
        return max(begun, default=None)

    # --- Questions: every reason to refuse --------------------------------------------------------------------------

    def _unless(self, is_fine: bool, code: str) -> Codes:
        return set() if is_fine else {code}

    def _active(self, by: str) -> Codes:
        return self._unless(self.people[by].is_active, "not_permitted")

    def against_administering(self, by: str) -> Codes:
        return self._unless(self.people[by].is_active and self.people[by].is_staff, "not_permitted")

    def against_closing(self, by: str, account: str) -> Codes:
        return self.against_administering(by) or self._unless(by != account, "not_permitted")

    def _in(self, proposal: Proposal, *states: str) -> Codes:
        return self._unless(proposal.state in states, "wrong_state")

    def _name_problems(self, text: Text) -> Codes:
        holder = {self.claims.get(folded(text.name)), self.first_names.get(folded(text.name))} - {None, text.term}
        alias = {self.claims.get(folded(text.alias))} - {None, text.term} if text.alias else set()
        return self._unless(not holder and not alias, "duplicate_name")

    @staticmethod
    def form_problems(name: str, alias: str | None) -> Codes:
        return {"invalid"} if alias and alias.casefold() == name.casefold() else set()

    def _is_objected_to(self, text: Text) -> bool:
        return any(objection.stands and objection.text == text for objection in self.objections)

    def readiness_problems(self, proposal: Proposal, text: Text, by: str) -> Codes:
        """What submitting asks of a text, written by this person, and what every new text under review is asked."""
        authors = set() if self.author_may_sign else {*proposal.answerable, by}
        staffed = all({owner.name for owner in self.owners_of(side)} - authors for side in self.seats())
        typed = min([w.at for w in proposal.written if w.text.effective == text.effective], default=self.now)
        in_time = text.effective is None or text.effective > typed
        return (
            self._unless(text.base == self.newest(text.term), "base_moved")
            | self._unless(not self._is_objected_to(text), "objection_stands")
            | self._unless(staffed and in_time, "not_ready")
            | self._name_problems(text)
        )

    def against_raising(self, by: str, name: str) -> Codes:
        return self._active(by) | self._unless(self.holder_of(name) is None, "duplicate_name")

    def against_opening(self, by: str, text: Text, *, is_new: bool, seen: int | None) -> Codes:
        return (
            self._active(by)
            | self.form_problems(text.name, text.alias)
            | self._unless(not is_new or self.holder_of(text.name) is None, "duplicate_name")
            | self._unless(seen in (None, self.newest(text.term)), "base_moved")
        )

    def against_revising(self, by: str, proposal: Proposal, text: Text) -> Codes:
        codes = self._in(proposal, *OPEN) | self._active(by) | self.form_problems(text.name, text.alias)
        if proposal.state == "in_review":
            codes |= self._unless(by in proposal.answerable or self.people[by].is_owner, "not_permitted")
            codes |= self.readiness_problems(proposal, text, by) if text != proposal.text else set()
        return codes

    def against_submitting(self, by: str, proposal: Proposal) -> Codes:
        person = self.people[by]
        entitled = by in proposal.answerable or person.is_owner or person.is_staff
        return (
            self._in(proposal, "draft")
            | self._active(by)
            | self._unless(entitled, "not_permitted")
            | self.readiness_problems(proposal, proposal.text, proposal.written[-1].by)
        )

    def _against_speaking(self, by: str) -> Codes:
        """What signing and sending back have in common."""
        capacities = self.capacities(by)
        has_seat = bool(capacities) and self.has_seat[capacities[0].side]
        fresh = self.now - self.people[by].signed_in_at <= SIGNING_MAX_AGE
        return self._unless(has_seat, "not_permitted") | self._unless(fresh, "reauthenticate") | self._active(by)

    def has_signed(self, by: str, proposal: Proposal, text: Text) -> bool:
        """Signing the same again is fine, also after publication, and changes nothing."""
        own = [signature for signature in proposal.signatures if signature.signer == by]
        if not own or text != proposal.text or not self.people[by].is_active:
            return False
        if proposal.state == "published":
            return True
        return proposal.state == "in_review" and self.is_eligible(own[0])

    def _wrote_it(self, by: str, proposal: Proposal) -> bool:
        authors = {*proposal.answerable, proposal.written[-1].by}
        return by in authors or any(signature.acting_for in authors for signature in self.capacities(by)[:1])

    def against_signing(self, by: str, proposal: Proposal, text: Text) -> Codes:
        if self.has_signed(by, proposal, text):
            return set()
        codes = self._in(proposal, "in_review") | self._against_speaking(by)
        codes |= self._unless(text == proposal.text, "digest_changed")
        codes |= self._unless(proposal.text.base == self.newest(proposal.term), "base_moved")
        codes |= self._unless(self.author_may_sign or not self._wrote_it(by, proposal), "not_permitted")
        codes |= self._unless(not self._is_objected_to(proposal.text), "objection_stands")
        if not codes:
            codes |= self._against_this_seat(self.capacities(by)[0], proposal)
        return codes

    def _against_this_seat(self, signature: Signature, proposal: Proposal) -> Codes:
        others = [s for s in proposal.signatures if s.side == signature.side and s.signer != signature.signer]
        taken = any(self.is_eligible(other) for other in others)
        after = replace(proposal, signatures=[*self._still_standing(proposal, signature), signature])
        codes = self._unless(not taken, "seat_taken")
        return codes | (self._name_problems(proposal.text) if self.is_complete(after) else set())

    def _still_standing(self, proposal: Proposal, signature: Signature) -> list[Signature]:
        """The others' signatures on other seats: one that makes way on the same seat is void."""
        return [s for s in proposal.signatures if s.side != signature.side and s.signer != signature.signer]

    def against_objecting(self, by: str, proposal: Proposal, text: Text, reason: str) -> Codes:
        return (
            self._in(proposal, "in_review")
            | self._against_speaking(by)
            | self._unless(text == proposal.text, "digest_changed")
            | self._unless(bool(reason), "invalid")
        )

    def standing_objections(self, by: str, proposal: Proposal) -> list[Objection]:
        """The own ones, and for an owner those of the side whose objector speaks for it no longer."""
        own = [o for o in self.objections if o.stands and (o.objector == by or self._stands_in(by, o))]
        return [o for o in own if o.proposal is proposal or o.text == proposal.text]

    def _stands_in(self, by: str, objection: Objection) -> bool:
        speaks = any(signature.side == objection.side for signature in self.capacities(objection.objector))
        return self.people[by].is_owner and self.people[by].side == objection.side and not speaks

    def against_handing_over(self, by: str, proposal: Proposal, to: str) -> Codes:
        is_entitled = by in proposal.answerable or self.people[by].is_staff
        has_signed = any(to in (signature.signer, signature.acting_for) for signature in proposal.signatures)
        fit = self.people[to].is_active and to != proposal.in_charge and (self.author_may_sign or not has_signed)
        return (
            self._in(proposal, *OPEN)
            | self._active(by)
            | self._unless(is_entitled, "not_permitted")
            | self._unless(fit, "wrong_state")
        )

    def against_withdrawing_objection(self, by: str, proposal: Proposal) -> Codes:
        return self._active(by) | self._unless(bool(self.standing_objections(by, proposal)), "wrong_state")

    def against_taking_back(self, by: str, proposal: Proposal) -> Codes:
        signed = any(signature.signer == by for signature in proposal.signatures)
        return self._in(proposal, "in_review") | self._active(by) | self._unless(signed, "wrong_state")

    def against_declining(self, by: str, proposal: Proposal, reason: str) -> Codes:
        return (
            self._in(proposal, *OPEN)
            | self._unless(self.people[by].is_owner, "not_permitted")
            | self._unless(bool(reason), "invalid")
        )

    def against_withdrawing(self, by: str, proposal: Proposal) -> Codes:
        return self._in(proposal, *OPEN) | self._active(by) | self._unless(by in proposal.answerable, "not_permitted")

    def against_rebasing(self, by: str, proposal: Proposal, choice: str | None) -> Codes:
        codes = self._in(proposal, *OPEN) | self._active(by)
        codes |= self._unless(by in proposal.answerable or self.people[by].is_owner, "not_permitted")
        if proposal.text.base == self.newest(proposal.term):
            return codes | {"wrong_state"}  # it starts from the newest version already
        if self.conflicts(proposal) and choice is None:
            return codes | {"conflict"}
        text = self.merged(proposal, choice)
        codes |= self.form_problems(text.name, text.alias)
        return codes | (self.readiness_problems(proposal, text, by) if proposal.state == "in_review" else set())

    def _three(self, proposal: Proposal) -> list[dict[str, str | None]]:
        """The wording of the base, of the suggestion and of the newest version; nothing where there is none."""
        versions, base = self.versions.get(proposal.term, []), proposal.text.base
        nothing: dict[str, str | None] = dict.fromkeys(WORDED)
        origin = versions[base - 1].text.worded() if base else nothing
        return [origin, proposal.text.worded(), versions[-1].text.worded() if versions else nothing]

    def conflicts(self, proposal: Proposal) -> list[str]:
        origin, mine, theirs = self._three(proposal)
        return [p for p in WORDED if origin[p] != mine[p] and origin[p] != theirs[p] and mine[p] != theirs[p]]

    def merged(self, proposal: Proposal, choice: str | None) -> Text:
        origin, mine, theirs = self._three(proposal)
        whole = {part: theirs[part] if mine[part] == origin[part] else mine[part] for part in WORDED}
        if choice == "theirs":
            whole |= {part: theirs[part] for part in self.conflicts(proposal)}
        return replace(proposal.text, base=self.newest(proposal.term), **whole)  # type: ignore[arg-type]

    def against_appointing(self, by: str, name: str, side: str) -> Codes:
        person = self.people[name]
        waits = any(n.state == "pending" and (n.person, n.side) == (name, side) for n in self.namings)
        fit = person.is_active and person.role != "owner" and not (waits and self.owners_of(side))
        return self.against_administering(by) | self._unless(fit, "wrong_state")

    def against_deciding(self, by: str, naming: Naming) -> Codes:
        owns = self.people[by].is_owner and self.people[by].side == naming.side
        return self._unless(owns, "not_permitted") | self._unless(naming.state == "pending", "wrong_state")

    def against_confirming(self, by: str, naming: Naming) -> Codes:
        person = self.people[naming.person]
        fit = person.is_active and person.role != "owner"
        return self.against_deciding(by, naming) | self._unless(fit, "wrong_state")

    def against_removing_owner(self, by: str, name: str) -> Codes:
        return self.against_administering(by) | self._unless(self.people[name].role == "owner", "wrong_state")

    def against_lending(self, by: str, colleague: str, starts_at: datetime, ends_at: datetime) -> Codes:
        lender, borrower = self.people[by], self.people[colleague]
        same_side = borrower.is_active and borrower.side == lender.side and borrower.role != "owner"
        fit = same_side and by != colleague and ends_at > max(starts_at, self.now)
        return self._unless(lender.is_owner, "not_permitted") | self._unless(fit, "invalid")

    def against_ending(self, by: str, loan: Loan) -> Codes:
        lasts = not loan.is_ended and loan.ends_at > self.now
        return self._active(by) | self._unless(by == loan.owner, "not_permitted") | self._unless(lasts, "wrong_state")

    def against_adding_side(self, by: str, key: str) -> Codes:
        return self.against_administering(by) | self._unless(key not in self.has_seat, "conflict")

    def against_removing_seat(self, by: str, key: str) -> Codes:
        quiet = all(proposal.state != "in_review" for proposal in self.proposals)
        return (
            self.against_administering(by)
            | self._unless(key in self.has_seat, "not_found")
            | self._unless(key not in ("sales", "marketing"), "not_permitted")
            | self._unless(quiet, "wrong_state")
        )

    def against_remarking(self, by: str, text: str) -> Codes:
        return self._active(by) | self._unless(bool(text), "invalid")

    def against_blanking(self, by: str, remark: Remark) -> Codes:
        return self._active(by) | self._unless(by == remark.author, "not_permitted")

    # --- What happens -----------------------------------------------------------------------------------------------

    def raise_word(self, term: str, name: str) -> None:
        self.first_names[folded(name)] = term

    def open(self, by: str, text: Text, *, is_new: bool) -> Proposal:
        if is_new:
            self.raise_word(text.term, text.name)
        self.proposals.append(Proposal(text.term, by, [Written(text, by, self.now)]))
        return self.proposals[-1]

    def write(self, by: str, proposal: Proposal, text: Text) -> None:
        """A new text leaves the signatures behind; the same text again is none."""
        if text != proposal.text:
            proposal.written.append(Written(text, by, self.now))
            proposal.signatures = []

    def sign(self, by: str, proposal: Proposal) -> None:
        signature = self.capacities(by)[0]
        proposal.signatures = [*self._still_standing(proposal, signature), signature]
        if self.is_complete(proposal):
            self._publish(proposal)

    def _publish(self, proposal: Proposal) -> None:
        text = proposal.text
        seats = frozenset(s for s in proposal.signatures if s.side in self.seats())
        starts = max(text.effective or self.now, self.now)
        self.versions.setdefault(proposal.term, []).append(Version(text, seats, starts))
        self.claims.setdefault(folded(text.name), proposal.term)
        proposal.state = "published"

    def object(self, by: str, proposal: Proposal) -> None:
        self.objections.append(Objection(proposal, proposal.text, by, self.people[by].side or ""))
        proposal.state, proposal.signatures = "draft", []

    def withdraw_objection(self, by: str, proposal: Proposal) -> None:
        for objection in self.standing_objections(by, proposal):
            objection.stands = False

    def take_back(self, by: str, proposal: Proposal) -> None:
        proposal.signatures = [signature for signature in proposal.signatures if signature.signer != by]

    def appoint(self, name: str, side: str) -> Naming:
        """At once where the side has no owner, also for somebody who waited for one to confirm."""
        naming = next((n for n in self.namings if (n.person, n.side, n.state) == (name, side, "pending")), None)
        if naming is None:
            naming = Naming(name, side, "pending")
            self.namings.append(naming)
        if not self.owners_of(side):
            self.confirm(naming)
        return naming

    def confirm(self, naming: Naming) -> None:
        naming.state = "confirmed"
        self.seat(naming.person, naming.side, "owner")

    def seat(self, name: str, side: str | None, role: str) -> None:
        """Whoever changes roles loses what was signed in the old one on open suggestions, and every loan with it."""
        person = self.people[name]
        was_owner = person.role == "owner"
        person.side, person.role = side, role
        self._void(lambda signature: name in (signature.signer, signature.acting_for))
        for loan in self.loans:
            if loan.ends_at > self.now and (loan.delegate == name or (was_owner and loan.owner == name)):
                loan.is_ended = True

    def _void(self, is_lost: Callable[[Signature], bool]) -> None:
        for proposal in self.proposals:
            if proposal.state in OPEN:
                proposal.signatures = [s for s in proposal.signatures if not is_lost(s)]

    def deactivate(self, name: str) -> None:
        person = self.people[name]
        person.is_active = False
        for naming in self.namings:
            if (naming.person, naming.state) == (name, "pending"):
                naming.state = "ended"
        self.seat(name, person.side, "member" if person.side else "")

    def lend(self, by: str, colleague: str, starts_at: datetime, ends_at: datetime) -> Loan:
        self.loans.append(Loan(by, colleague, self.people[by].side or "", starts_at, ends_at, self.step))
        return self.loans[-1]

    def end(self, loan: Loan) -> None:
        loan.is_ended = True
        self._void(lambda signature: (signature.signer, signature.acting_for) == (loan.delegate, loan.owner))
