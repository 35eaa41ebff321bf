"""What the events tell, read once, and how a row is compared with it."""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
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
}
_ROW_OF_COMPANY = {
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
_ENDS = ("version.published", "proposal.declined", "proposal.withdrawn")


class Places:
    """Where in the chain the rows of one sort are told of: sixteen bytes an event, because a chain has millions."""

    def __init__(self) -> None:
        self._rows, self._seqs = array("q"), array("q")
        self._is_sorted = True

    def add(self, row: int, seq: int) -> None:
        """The event `seq`, later in the chain than those before, tells of the row."""
        self._is_sorted = self._is_sorted and (not self._rows or self._rows[-1] <= row)
        self._rows.append(row)
        self._seqs.append(seq)

    def _sort(self) -> None:
        if not self._is_sorted:
            order = sorted(range(len(self._rows)), key=self._rows.__getitem__)
            self._rows = array("q", map(self._rows.__getitem__, order))
            self._seqs = array("q", map(self._seqs.__getitem__, order))
            self._is_sorted = True

    def of(self, row: int) -> Sequence[int]:
        """The events that tell of the row, in order of the chain."""
        self._sort()
        return self._seqs[bisect_left(self._rows, row) : bisect_right(self._rows, row)]

    def __iter__(self) -> Iterator[int]:
        """Every row that some event tells of, once, in order."""
        self._sort()
        return (row for row, _ in groupby(self._rows))


class Told:
    """What the whole chain tells of the company, and what was true when each event happened.

    The events about words are not kept: there may be millions of them. They are read again with the words; here it is
    only noted where they stand.
    """

    def __init__(self) -> None:
        self.by_row: dict[tuple[str, int], list[Event]] = defaultdict(list)
        self.places: dict[str, Places] = defaultdict(Places)
        self.sides: dict[str, str | None] = {}  # the name that each was given, where it was
        self.people: set[int] = set()
        self.is_demo = False
        self.seq = 0
        self.damaged: set[int] = set()
        self.unentitled: list[tuple[Event, str]] = []
        self.roles = Roles()
        self.published: dict[tuple[int, int], int | None] = {}  # what was agreed, until it is said to take effect
        self._seats: list[tuple[int, frozenset[str]]] = []
        self._objections: dict[int, tuple[int | None, str | None]] = {}
        self._live: dict[int, dict[int, dict[int, Signature]]] = defaultdict(lambda: defaultdict(dict))
        self._held: dict[tuple[int, int, int], dict[int, Signature]] = defaultdict(dict)

    def take(self, event: Event) -> None:
        """Take one more event into account, in order of the chain."""
        if problem := self.roles.problem_of(event) or self._problem_of_withdrawal(event):
            self.unentitled.append((event, problem))
        self.roles.tell(event)
        if not self._seats or self._seats[-1][1] != self.roles.seats:
            self._seats.append((event.seq, frozenset(self.roles.seats)))
        self._note(event, event.facts)
        if event.side_id:
            self.sides.setdefault(event.side_id, None)
        self.people |= {person for person in (event.actor_id, event.subject_id) if person}
        self.is_demo = self.is_demo or event.kind == "registry.marked_demo"

    def _problem_of_withdrawal(self, event: Event) -> str:
        """An objection is withdrawn by its objector, or by an owner of the side once the objector is gone."""
        if event.kind != "objection.withdrawn":
            return ""
        raised = self._objections.get(event.facts["objection"])
        if raised is None or event.actor_id == raised[0]:
            return ""  # without one, the row itself is named
        is_gone = not self.roles.speaks(*raised, event.at)
        stands_in = is_gone and self.roles.owns(event.actor_id, raised[1])
        return "" if stands_in else "withdrew what somebody else objected to, who could still have done so"

    def _note(self, event: Event, facts: dict[str, Any]) -> None:
        if event.kind in _ROW_OF:
            what = _ROW_OF[event.kind]
            self.places[what].add(facts[what], event.seq)
        if event.kind in _ROW_OF_COMPANY:
            what = _ROW_OF_COMPANY[event.kind]
            self.by_row[what, facts[what]].append(event)
        if event.kind == "concern.answered":
            self.places["answer"].add(facts["answer"], event.seq)
        if event.kind == "proposal.sent_back":
            self._objections[facts["objection"]] = event.actor_id, event.side_id
        if event.kind in ("side.added", "side.named") and event.side_id:
            self.sides[event.side_id] = facts["name"]
        if event.kind in ("sign_off.given", *_VOIDS):
            self._keep_signature(event, facts)
        if event.kind in ("reaffirmation.given", "reaffirmation.voided", "version.reaffirmed"):
            self._keep_reaffirmation(event, facts)
        if event.kind == "version.published" and event.term_id and event.proposal_id:
            self._take_publication(event, facts)
        if event.kind in _ENDS and event.proposal_id:
            self._live.pop(event.proposal_id, None)  # its signatures have served, or never will
        if event.kind == "version.took_effect" and event.term_id:
            self._take_announcement(event, (event.term_id, facts["version"]))

    def _take_publication(self, event: Event, facts: dict[str, Any]) -> None:
        assert event.term_id and event.proposal_id
        self.published[event.term_id, facts["version"]] = _agreed(facts)
        signatures = self._live[event.proposal_id][facts["revision"]].values()
        if not self.roles.fill_every_seat(signatures, event.at):
            self.unentitled.append((event, "was published while a seat was not filled by somebody who could then"))

    def _take_announcement(self, event: Event, version: tuple[int, int]) -> None:
        """A version is said to take effect once, after it was published and not before its time."""
        agreed = self.published.get(version)
        if version not in self.published or agreed not in (None, _agreed(event.facts)):
            self.unentitled.append((event, "tells of a version that was not published so"))
        elif agreed is None or event.at < datetime.fromisoformat(event.facts["in_force_from"]):
            self.unentitled.append((event, "says too early, or once more, that a version took effect"))
        if version in self.published:
            self.published[version] = None

    def _keep_reaffirmation(self, event: Event, facts: dict[str, Any]) -> None:
        assert event.term_id
        key = event.term_id, facts["version"], facts["round"]
        if event.kind == "reaffirmation.voided":
            self._held[key].pop(facts["reaffirmation"], None)
        elif event.kind == "reaffirmation.given":
            given = Signature(event.actor_id, event.side_id, facts["acting_for"], event.at)
            self._held[key][facts["reaffirmation"]] = given
        elif not self.roles.fill_every_seat(self._held.pop(key, {}).values(), event.at):
            self.unentitled.append((event, "was confirmed while a seat was not filled by somebody who could then"))

    def _keep_signature(self, event: Event, facts: dict[str, Any]) -> None:
        assert event.proposal_id
        live = self._live[event.proposal_id][facts["revision"]]
        if event.kind in _VOIDS:
            live.pop(facts["sign_off"], None)
        else:
            live[facts["sign_off"]] = Signature(event.actor_id, event.side_id, facts["acting_for"], event.at)

    def seats_at(self, event: Event) -> frozenset[str]:
        """The seats that needed a signature when the event happened."""
        return self._seats[bisect_right(self._seats, event.seq, key=lambda entry: entry[0]) - 1][1]

    def one(self, what: str, row: int, *kinds: str) -> Event | None:
        """The newest event of these kinds that tells of the row of the company."""
        return last(self.by_row.get((what, row), ()), *kinds)

    def rows(self, what: str) -> set[int]:
        """The ids of all rows of the company of a sort that the events tell of."""
        return {row for sort, row in self.by_row if sort == what}


def _agreed(facts: dict[str, Any]) -> int:
    """What a publication and the announcement of its effect must say alike, in a few bytes."""
    return hash((facts.get("digest"), facts.get("in_force_from")))


def last(events: Iterable[Event], *kinds: str) -> Event | None:
    """The newest of the events that is of one of these kinds."""
    return next((event for event in reversed(list(events)) if event.kind in kinds), None)
