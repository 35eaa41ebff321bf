"""Who spoke for which side, retold from the events alone."""

from dataclasses import dataclass, field
from datetime import datetime

from glossary.models import Event

_BECAME_OWNER = {"owner.installed", "owner.confirmed"}
_CEASED = {"owner.removed", "person.deactivated"}


@dataclass(frozen=True)
class Loan:
    """A seat lent by an owner to a delegate between two instants."""

    delegation: int
    owner: int
    delegate: int
    side: str
    starts_at: datetime
    ends_at: datetime


@dataclass
class Roles:
    """The seats that exist and who may fill them, after the events told so far."""

    seats: set[str] = field(default_factory=lambda: {"sales", "marketing"})
    owners: dict[int, str] = field(default_factory=dict)
    loans: dict[int, Loan] = field(default_factory=dict)

    def tell(self, event: Event) -> None:
        """Take one more event into account, in order of the chain."""
        person, side = event.subject_id, event.side_id
        if event.kind in _BECAME_OWNER and person and side:
            self.owners[person] = side
        elif event.kind in _CEASED and person:
            self.owners.pop(person, None)
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
        )

    def may_sign(self, person: int | None, side: str | None, acting_for: int | None, at: datetime) -> bool:
        """Whether this person could fill this side's seat at `at`, in the own right or for the named owner."""
        if person is None or side not in self.seats:
            return False
        if acting_for is None:
            return self.owners.get(person) == side
        return self.owners.get(acting_for) == side and any(
            loan.owner == acting_for
            and loan.delegate == person
            and loan.side == side
            and loan.starts_at <= at < loan.ends_at
            for loan in self.loans.values()
        )
