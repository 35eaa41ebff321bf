"""What the events tell, read once, and how a row is compared with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from glossary.ledger.roles import Roles, Signature
from glossary.models import Event


class Fault(NamedTuple):
    """One thing that is not as it was written: where, and what."""

    term: str
    row: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.term or 'registry'} · {self.row}: {self.sentence}"


Pair = tuple[str, object, object]


def differs(event: Event | None, pairs: Iterable[Pair]) -> Iterator[str]:
    """A sentence for each (name, as kept, as told) that is not the same; one alone where no event tells of the row."""
    if event is None:
        yield "no event tells of it"
        return
    for name, kept, told in pairs:
        if kept != told:
            yield f"{name} is not what its event says"


_ROW_OF = {
    "sign_off.given": "sign_off",
    "sign_off.voided": "sign_off",
    "sign_off.taken_back": "sign_off",
    "proposal.sent_back": "objection",
    "objection.withdrawn": "objection",
    "reaffirmation.given": "reaffirmation",
    "reaffirmation.voided": "reaffirmation",
    "comment.written": "comment",
    "comment.blanked": "comment",
    "concern.raised": "concern",
    "concern.answered": "concern",
    "concern.settled": "concern",
    "concern.withdrawn": "concern",
    "concern.blanked": "concern",
    "ruling.recorded": "ruling",
    "ruling.ended": "ruling",
    "owner.appointed": "appointment",
    "owner.installed": "appointment",
    "owner.confirmed": "appointment",
    "owner.declined": "appointment",
    "owner.withdrawn": "appointment",
    "delegation.given": "delegation",
    "delegation.ended": "delegation",
    "sponsor.named": "sponsorship",
    "sponsor.ended": "sponsorship",
}
_VOIDS = ("sign_off.voided", "sign_off.taken_back")


class Told:
    """The events of the whole chain: by row they speak of, and what was true when they happened."""

    def __init__(self) -> None:
        self.by_proposal: dict[int, list[Event]] = defaultdict(list)
        self.by_term: dict[int, list[Event]] = defaultdict(list)
        self.by_side: dict[str, list[Event]] = defaultdict(list)
        self.by_row: dict[tuple[str, int], list[Event]] = defaultdict(list)
        self.published: dict[tuple[int, int], Event] = {}
        self.announced: set[tuple[int, int]] = set()
        self.renewed: dict[tuple[int, int, int], Event] = {}
        self._held: dict[tuple[int, int, int], dict[int, Signature]] = defaultdict(dict)
        self.seats_at: dict[int, frozenset[str]] = {}
        self.people: set[int] = set()
        self.is_demo = False
        self.unentitled: list[tuple[Event, str]] = []
        self.roles = Roles()
        self._live: dict[tuple[int, int], dict[int, Signature]] = defaultdict(dict)

    def take(self, event: Event) -> None:
        """Take one more event into account, in order of the chain."""
        if problem := self.roles.problem_of(event) or self._problem_of_withdrawal(event):
            self.unentitled.append((event, problem))
        self.roles.tell(event)
        self._index(event, event.facts)
        if event.proposal_id:
            self.by_proposal[event.proposal_id].append(event)
        if event.term_id:
            self.by_term[event.term_id].append(event)
        if event.side_id:
            self.by_side[event.side_id].append(event)
        self.people |= {person for person in (event.actor_id, event.subject_id) if person}
        self.is_demo = self.is_demo or event.kind == "registry.marked_demo"

    def _problem_of_withdrawal(self, event: Event) -> str:
        """An objection is withdrawn by its objector, or by an owner of the side once the objector is gone."""
        if event.kind != "objection.withdrawn":
            return ""
        raised = self.one("objection", event.facts["objection"], "proposal.sent_back")
        if raised is None or event.actor_id == raised.actor_id:
            return ""  # without one, the row itself is named
        is_gone = not self.roles.speaks(raised.actor_id, raised.side_id, event.at)
        stands_in = is_gone and self.roles.owns(event.actor_id, raised.side_id)
        return "" if stands_in else "withdrew what somebody else objected to, who could still have done so"

    def _index(self, event: Event, facts: dict[str, Any]) -> None:
        if event.kind in _ROW_OF:
            what = _ROW_OF[event.kind]
            self.by_row[what, facts[what]].append(event)
        if event.kind == "concern.answered":
            self.by_row["answer", facts["answer"]].append(event)
        if event.kind in ("sign_off.given", *_VOIDS):
            self._keep_signature(event, facts)
        if event.kind in ("reaffirmation.given", "reaffirmation.voided", "version.reaffirmed"):
            self._keep_reaffirmation(event, facts)
        if event.kind == "version.published" and event.term_id and event.proposal_id:
            self.published[event.term_id, facts["version"]] = event
            self.seats_at[event.seq] = frozenset(self.roles.seats)
            signatures = self._live[event.proposal_id, facts["revision"]].values()
            if not self.roles.fill_every_seat(signatures, event.at):
                self.unentitled.append((event, "was published while a seat was not filled by somebody who could then"))

        if event.kind == "version.took_effect" and event.term_id:
            self._take_announcement(event, (event.term_id, facts["version"]))

    def _take_announcement(self, event: Event, version: tuple[int, int]) -> None:
        """A version is said to take effect once, after it was published and not before its time."""
        published = self.published.get(version)
        agreed = {} if published is None else published.facts
        if any(event.facts[name] != agreed.get(name) for name in ("digest", "in_force_from")):
            self.unentitled.append((event, "tells of a version that was not published so"))
        elif event.at < datetime.fromisoformat(event.facts["in_force_from"]) or version in self.announced:
            self.unentitled.append((event, "says too early, or once more, that a version took effect"))
        self.announced.add(version)

    def _keep_reaffirmation(self, event: Event, facts: dict[str, Any]) -> None:
        assert event.term_id
        held = self._held[event.term_id, facts["version"], facts["round"]]
        if event.kind == "reaffirmation.voided":
            held.pop(facts["reaffirmation"], None)
        elif event.kind == "reaffirmation.given":
            held[facts["reaffirmation"]] = Signature(event.actor_id, event.side_id, facts["acting_for"], event.at)
        else:
            self.renewed[event.term_id, facts["version"], facts["round"]] = event
            if not self.roles.fill_every_seat(held.values(), event.at):
                self.unentitled.append((event, "was confirmed while a seat was not filled by somebody who could then"))

    def renewed_rounds(self, term: int) -> set[tuple[int, int]]:
        """The (version, round) pairs of a term that the events say every side completed."""
        return {(version, done) for of, version, done in self.renewed if of == term}

    def _keep_signature(self, event: Event, facts: dict[str, Any]) -> None:
        assert event.proposal_id
        live = self._live[event.proposal_id, facts["revision"]]
        if event.kind in _VOIDS:
            live.pop(facts["sign_off"], None)
        else:
            live[facts["sign_off"]] = Signature(event.actor_id, event.side_id, facts["acting_for"], event.at)

    def one(self, what: str, row: int, *kinds: str) -> Event | None:
        """The newest event of these kinds that tells of the row."""
        return last(self.by_row.get((what, row), ()), *kinds)

    def rows(self, what: str) -> set[int]:
        """The ids of all rows of a sort that the events tell of."""
        return {row for sort, row in self.by_row if sort == what}


def last(events: Iterable[Event], *kinds: str) -> Event | None:
    """The newest of the events that is of one of these kinds."""
    return next((event for event in reversed(list(events)) if event.kind in kinds), None)
