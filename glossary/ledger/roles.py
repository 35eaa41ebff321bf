"""Who spoke for which side, retold from the events alone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from glossary.models import Event

_BECAME_OWNER = {"owner.installed", "owner.confirmed"}
_BY_AN_OWNER = {"owner.confirmed", "owner.declined", "delegation.given"}


@dataclass(frozen=True)
class Loan:
    """A seat lent by an owner to a delegate between two instants."""

    delegation: int
    owner: int
    delegate: int
    side: str
    starts_at: datetime
    ends_at: datetime
    given_at: datetime


class Place(NamedTuple):
    """Where a person stands: side and role, both empty for somebody of no side."""

    side: str | None = None
    role: str = ""


class Signature(NamedTuple):
    """Who signed for which side, for whom and when."""

    person: int | None
    side: str | None
    acting_for: int | None
    at: datetime


@dataclass
class Roles:
    """The seats that exist and who may fill them, after the events told so far."""

    seats: set[str] = field(default_factory=lambda: {"sales", "marketing"})
    places: dict[int, Place] = field(default_factory=dict)
    inactive: set[int] = field(default_factory=set)
    loans: dict[int, Loan] = field(default_factory=dict)
    sponsor: int | None = None

    def tell(self, event: Event) -> None:
        """Take one more event into account, in order of the chain."""
        person, side = event.subject_id, event.side_id
        if event.kind in _BECAME_OWNER and person:
            self.places[person] = Place(side, "owner")
        elif event.kind in ("owner.removed", "person.placed") and person:
            self.places[person] = Place(side, "member" if side else "")
        elif event.kind == "person.deactivated" and person:
            self.inactive.add(person)
        elif event.kind == "sponsor.named":
            self.sponsor = person
        elif event.kind == "sponsor.ended":
            self.sponsor = None
        elif event.kind == "side.added" and side:
            self.seats.add(side)
        elif event.kind == "side.seat_removed" and side:
            self.seats.discard(side)
        elif event.kind == "delegation.given":
            self._lend(event)
        elif event.kind == "delegation.ended":
            self.loans.pop(event.facts["delegation"], None)

    def _lend(self, event: Event) -> None:
        facts = event.facts
        assert event.actor_id and event.subject_id and event.side_id
        self.loans[facts["delegation"]] = Loan(
            facts["delegation"],
            event.actor_id,
            event.subject_id,
            event.side_id,
            datetime.fromisoformat(facts["starts_at"]),
            datetime.fromisoformat(facts["ends_at"]),
            event.at,
        )

    def owns(self, person: int | None, side: str | None) -> bool:
        """Whether the person is an owner of the side now."""
        return person not in self.inactive and self.places.get(person or 0) == Place(side, "owner")

    def speaks(self, person: int | None, side: str | None, at: datetime) -> bool:
        """Whether the person speaks for the side at `at`, as an owner or on a loan that lasts."""
        return self.owns(person, side) or any(
            (loan.delegate, loan.side) == (person, side)
            and person not in self.inactive
            and self.owns(loan.owner, side)
            and loan.starts_at <= at < loan.ends_at
            for loan in self.loans.values()
        )

    def may_sign(self, signature: Signature, at: datetime) -> bool:
        """Whether the signature counts at `at`: given in the own right, or on a loan that has lasted since."""
        person, side, acting_for, given_at = signature
        if person is None or side not in self.seats or person in self.inactive:
            return False
        if acting_for is None:
            return self.owns(person, side)
        return self.owns(acting_for, side) and any(
            (loan.owner, loan.delegate, loan.side) == (acting_for, person, side)
            and max(loan.starts_at, loan.given_at) <= given_at
            and at < loan.ends_at
            for loan in self.loans.values()
        )

    def fill_every_seat(self, signatures: Collection[Signature], at: datetime) -> bool:
        """Whether these signatures make a version at `at`: each seat, each by another person."""
        given = [signature for signature in signatures if self.may_sign(signature, at)]
        signers = {signature.person for signature in given}
        return {signature.side for signature in given} == self.seats and len(signers) == len(given) == len(self.seats)

    def problem_of(self, event: Event) -> str:
        """Why this event should not have happened as things stood before it; empty when it could."""
        actor, side = event.actor_id, event.side_id
        if event.kind in ("sign_off.given", "reaffirmation.given", "proposal.sent_back", "concern.answered"):
            given = Signature(actor, side, event.facts["acting_for"], event.at)
            return "" if self.may_sign(given, event.at) else "by somebody who did not speak for that side then"
        if event.kind in _BY_AN_OWNER and not self.owns(actor, side):
            return "by somebody who was no owner of that side then"
        if event.kind in ("ruling.recorded", "ruling.ended") and actor != self.sponsor:
            return "by somebody who was not the sponsor then"
        if event.kind == "owner.installed" and any(self.owns(person, side) for person in self.places):
            return "made somebody an owner, though the side had one who would have had to confirm"
        return ""
