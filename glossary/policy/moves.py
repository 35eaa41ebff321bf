"""Which moves a proposal may make. One table; the diagram in the docs is drawn from it."""

from typing import NamedTuple

from glossary.domain.refusals import Refusal
from glossary.models import Proposal, State


class Move(NamedTuple):
    sources: frozenset[State]
    target: State
    words: str


OPEN = frozenset({State.DRAFT, State.IN_REVIEW})

MOVES: dict[str, Move] = {
    "submit": Move(frozenset({State.DRAFT}), State.IN_REVIEW, "put up for signing"),
    "send_back": Move(frozenset({State.IN_REVIEW}), State.DRAFT, "sent back"),
    "publish": Move(frozenset({State.IN_REVIEW}), State.PUBLISHED, "agreed"),
    "decline": Move(OPEN, State.DECLINED, "closed"),
    "withdraw": Move(OPEN, State.WITHDRAWN, "cancelled"),
}

_NOW = {
    State.DRAFT: "is a draft",
    State.IN_REVIEW: "is being signed",
    State.PUBLISHED: "has been agreed",
    State.DECLINED: "was closed without change",
    State.WITHDRAWN: "was cancelled by its author",
}


def wrong_state(proposal: Proposal, words: str) -> Refusal:
    """The refusal that says where the proposal stands and what therefore cannot be done."""
    now = _NOW[State(proposal.state)]
    return Refusal("wrong_state", f"This suggestion {now}, so it cannot be {words}.", state=proposal.state)


def move(proposal: Proposal, name: str) -> None:
    """Set the state that the named move leads to (the caller saves).

    Raises `Refusal("wrong_state")` when the table has no such move from where the proposal stands.
    """
    to = MOVES[name]
    if proposal.state not in to.sources:
        raise wrong_state(proposal, to.words)
    proposal.state = to.target
