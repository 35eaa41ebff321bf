"""The question a page asks to show a button is the one that the action asks: they never answer differently."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from glossary import policy, workflow
from glossary.domain.refusals import Refusal
from glossary.models import Proposal, SignOff, State
from glossary.policy import MOVES, Actor, Console, SignedIn
from tests.unchanged import refused
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db

PEOPLE = ("ada", "rep", "mark", "sam", "sue", "mia")
Question = Callable[[Any, Proposal], Refusal | None]
Act = Callable[[Any, Proposal], object]


def _own(by: Actor, proposal: Proposal) -> SignOff | None:
    return proposal.text.sign_offs.live().filter(signer=by.user).first()


PAIRS: dict[str, tuple[Question, Act]] = {
    "revise": (
        policy.may_revise,
        lambda by, p: workflow.revise(p.pk, by=by, content=draft_content(p.term.name, why="Because.")),
    ),
    "submit": (policy.may_submit, lambda by, p: workflow.submit(p.pk, by=by)),
    "sign": (
        lambda by, p: policy.may_sign(by, p, policy.voice_of(by, timezone.now())),
        lambda by, p: workflow.sign_off(p.pk, by=by, digest=p.text.digest),
    ),
    "send back": (
        lambda by, p: policy.may_object(by, p, policy.voice_of(by, timezone.now())),
        lambda by, p: workflow.send_back(p.pk, by=by, digest=p.text.digest, reason="No."),
    ),
    "take back": (
        lambda by, p: policy.may_take_back(by, p, _own(by, p)),
        lambda by, p: workflow.take_back(p.pk, by=by),
    ),
    "decline": (policy.may_decline, lambda by, p: workflow.decline(p.pk, by=by, reason="No.")),
    "withdraw": (policy.may_withdraw, lambda by, p: workflow.withdraw(p.pk, by=by)),
    "hand over": (
        policy.may_hand_over,
        lambda by, p: workflow.hand_over([p.pk], to=User.objects.get(username="max").pk, by=by),
    ),
}


def refusal_of(act: Act, by: Actor, proposal: Proposal) -> tuple[str, str] | None:
    """What the action says, undone whatever it did."""
    with transaction.atomic():
        try:
            act(by, proposal)
            said = None
        except Refusal as refusal:
            said = refusal.code, refusal.sentence
        transaction.set_rollback(True)
    return said


def in_state(desk: Desk, state: str) -> Proposal:
    proposal = desk.open("Campaign") if state == "draft" else desk.submit("Campaign")
    if state == "published":
        desk.sign(proposal, desk.people.sam, desk.people.mia)
    if state == "declined":
        workflow.decline(proposal.pk, by=acting(desk.people.sam), reason="No.")
    if state == "withdrawn":
        workflow.withdraw(proposal.pk, by=acting(desk.people.rep))
    return Proposal.objects.select_related("term", "author", "newest").get(pk=proposal.pk)


@pytest.mark.parametrize("state", State.values)
def test_question_and_action_answer_alike(desk: Desk, people: SimpleNamespace, state: str) -> None:
    proposal = in_state(desk, state)
    if state == "in_review":
        desk.sign(proposal, people.mia)
    for name in PEOPLE:
        by = acting(getattr(people, name))
        for what, (question, act) in PAIRS.items():
            answer = question(by, proposal)
            said = refusal_of(act, by, proposal)
            if what == "sign" and _own(by, proposal):
                assert said is None  # a second click is answered with the signature there is
            else:
                assert said == (answer and (answer.code, answer.sentence)), (name, what)


def test_the_table_of_moves_ends_every_suggestion_once() -> None:
    ends = {State.PUBLISHED, State.DECLINED, State.WITHDRAWN}
    assert not any(move.sources & ends for move in MOVES.values())
    assert {move.target for move in MOVES.values()} == set(State)


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", State)
def test_a_move_that_the_table_lacks_is_refused_in_words(name: str, state: State) -> None:
    proposal = Proposal(state=state)
    if state in MOVES[name].sources:
        policy.move(proposal, name)
        assert proposal.state == MOVES[name].target
        return
    with pytest.raises(Refusal) as caught:
        policy.move(proposal, name)
    assert caught.value.code == "wrong_state"
    assert proposal.state == state


# Who acts


def request_of(user: Any, session_key: str | None = None) -> Any:
    request: Any = RequestFactory().get("/")
    request.user, request.session = user, SessionStore(session_key)
    return request


def test_a_request_of_nobody_is_told_to_sign_in(db: None) -> None:
    with refused("unauthenticated"):
        policy.signed_in(request_of(AnonymousUser()))


def test_a_request_of_somebody_shut_out_is_told_to_sign_in(people: SimpleNamespace) -> None:
    people.rep.is_active = False
    with refused("unauthenticated"):
        policy.signed_in(request_of(people.rep))


def test_a_request_with_a_session_is_that_person(people: SimpleNamespace) -> None:
    key = acting(people.rep).session_key
    assert policy.signed_in(request_of(people.rep, key)) == SignedIn(people.rep, session_key=key)


# Seats


def test_who_can_sign_for_a_side_are_its_owners_and_those_they_lend_to(people: SimpleNamespace) -> None:
    now = timezone.now()
    side = people.sam.side
    workflow.delegate(
        people.rep.pk, by=acting(people.sam), starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2)
    )
    assert policy.who_can_sign(side, now) == [people.sam, people.sue]
    assert policy.who_can_sign(side, now + timedelta(days=1)) == [people.sam, people.sue, people.rep]
    assert policy.who_can_sign(side, now + timedelta(days=2)) == [people.sam, people.sue]


def test_a_seat_on_loan_is_the_owners(people: SimpleNamespace) -> None:
    now = timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + timedelta(days=2))
    with time_machine.travel(now + timedelta(days=1)):
        seat = policy.seat_of(people.rep, timezone.now())
    assert seat is not None
    assert (seat.side, seat.acting_for) == (people.sam.side, people.sam)


def test_people_without_a_side_have_no_seat(people: SimpleNamespace) -> None:
    assert policy.seat_of(people.ada, timezone.now()) is None
    assert policy.seat_of(person("guest"), timezone.now()) is None


def test_a_side_without_owners_is_named(people: SimpleNamespace) -> None:
    workflow.add_side("product", by=Console(people.ada), name="Product")
    assert [side.key for side in policy.sides_without_owner()] == ["product"]
