"""Every action by the wrong person, in the wrong state, without a session: the stated code, and nothing changed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Token, User
from accounts.sessions import SIGNED_IN_AT
from glossary import workflow
from glossary.models import Proposal
from glossary.policy import Actor, Console, SignedIn, Tool
from tests.lived import happened_once
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting, company, draft_content

pytestmark = pytest.mark.django_db

STATES = ("draft", "in_review", "published", "declined", "withdrawn")
ENDED = ("published", "declined", "withdrawn")


def staged() -> SimpleNamespace:
    """Suggestions of Rep in every state, an objection, a remark, a loan and an appointment that wait."""
    people = company()
    desk = Desk(people)
    now = timezone.now()
    suggestions = {state: _in_state(desk, state) for state in STATES}
    desk.sign(suggestions["in_review"], people.sam)
    sent_back = desk.submit("Sent Back")
    workflow.send_back(sent_back.pk, by=acting(people.mia), digest=sent_back.text.digest, reason="Not like this.")
    key, _ = Token.objects.create(user=people.sam, name="CRM sync", scopes=["read", "propose"])
    reader, _ = Token.objects.create(user=people.rep, name="Dashboard", scopes=["read"])
    return SimpleNamespace(
        people=people,
        desk=desk,
        suggestions=suggestions,
        sent_back=sent_back,
        remark=workflow.comment_on_term("published", by=acting(people.rep), text="Good."),
        loan=workflow.delegate(
            people.rep.pk, by=acting(people.sue), starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=10)
        ),
        appointment=workflow.appoint_owner(people.rep.pk, by=Console(people.ada), side="sales"),
        key=key,
        reader=reader,
    )


def _in_state(desk: Desk, state: str) -> Proposal:
    people = desk.people
    proposal = desk.open(state.replace("_", " ").capitalize())
    if state in ("in_review", "published"):
        workflow.submit(proposal.pk, by=acting(people.rep))
    if state == "published":
        desk.sign(proposal, people.sam, people.mia)
    if state == "declined":
        workflow.decline(proposal.pk, by=acting(people.sam), reason="We have a word for it.")
    if state == "withdrawn":
        workflow.withdraw(proposal.pk, by=acting(people.rep))
    return proposal


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with happened_once(django_db_blocker, staged) as stage:
        yield stage


@pytest.fixture
def stage(once: SimpleNamespace, db: None) -> SimpleNamespace:
    return once


# What can be done to a suggestion, said so that only who and when can be wrong

Act = Callable[[Any, Proposal], object]


def _digest(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).text.digest


def _revise(by: Any, proposal: Proposal) -> object:
    return workflow.revise(proposal.pk, by=by, content=draft_content(proposal.term.name, why="Because."))


ACTS: dict[str, Act] = {
    "revise": _revise,
    "submit": lambda by, p: workflow.submit(p.pk, by=by),
    "sign": lambda by, p: workflow.sign_off(p.pk, by=by, digest=_digest(p)),
    "send back": lambda by, p: workflow.send_back(p.pk, by=by, digest=_digest(p), reason="No."),
    "withdraw the objection": lambda by, p: workflow.withdraw_objection(p.pk, by=by),
    "take back": lambda by, p: workflow.take_back(p.pk, by=by),
    "decline": lambda by, p: workflow.decline(p.pk, by=by, reason="No."),
    "withdraw": lambda by, p: workflow.withdraw(p.pk, by=by),
    "rebase": lambda by, p: workflow.rebase(p.pk, by=by),
    "comment": lambda by, p: workflow.comment_on_proposal(p.pk, by=by, text="Hm."),
}


# In the wrong state

WRONG_STATES = [
    *[("revise", "rep", state) for state in ENDED],
    *[("submit", "rep", state) for state in ("in_review", *ENDED)],
    *[("sign", "sue", state) for state in ("draft", *ENDED)],
    *[("send back", "sue", state) for state in ("draft", *ENDED)],
    *[("withdraw the objection", "mia", state) for state in STATES],
    *[("take back", "sam", state) for state in ("draft", *ENDED)],
    ("take back", "mia", "in_review"),
    *[("decline", "sam", state) for state in ENDED],
    *[("withdraw", "rep", state) for state in ENDED],
    *[("rebase", "rep", state) for state in STATES],
]


@pytest.mark.parametrize(("act", "who", "state"), WRONG_STATES)
def test_an_action_in_the_wrong_state_is_refused(stage: SimpleNamespace, act: str, who: str, state: str) -> None:
    by = acting(getattr(stage.people, who))
    with refused("wrong_state"):
        ACTS[act](by, stage.suggestions[state])


@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_there_is_not_found(stage: SimpleNamespace, act: str) -> None:
    nowhere = Proposal(pk=987_654, term=stage.suggestions["draft"].term)
    by = acting(stage.people.sam)
    by_number: dict[str, Act] = {
        **ACTS,
        "sign": lambda by, p: workflow.sign_off(p.pk, by=by, digest="0" * 64),
        "send back": lambda by, p: workflow.send_back(p.pk, by=by, digest="0" * 64, reason="No."),
    }
    with refused("not_found"):
        by_number[act](by, nowhere)


# By the wrong person

WRONG_PEOPLE = [
    *[("revise", who, "in_review") for who in ("mark", "ada")],
    ("submit", "mark", "draft"),
    *[("sign", who, "in_review") for who in ("rep", "mark", "ada")],
    *[("send back", who, "in_review") for who in ("rep", "mark", "ada")],
    *[("decline", who, state) for who in ("rep", "mark", "ada") for state in ("draft", "in_review")],
    *[("withdraw", who, state) for who in ("sam", "mark", "ada") for state in ("draft", "in_review")],
]


@pytest.mark.parametrize(("act", "who", "state"), WRONG_PEOPLE)
def test_an_action_by_the_wrong_person_is_refused(stage: SimpleNamespace, act: str, who: str, state: str) -> None:
    by = acting(getattr(stage.people, who))
    with refused("not_permitted"):
        ACTS[act](by, stage.suggestions[state])


@pytest.mark.parametrize("who", ["mark", "ada"])
def test_only_author_and_owners_update_to_the_newest_text(stage: SimpleNamespace, who: str) -> None:
    late = stage.desk.open("Published", term="published", why="Because.")
    stage.desk.publish("Published", term="published", review_months=6)
    by = acting(getattr(stage.people, who))
    with refused("not_permitted"):
        workflow.rebase(late.pk, by=by)


def test_nobody_withdraws_the_objection_of_another(stage: SimpleNamespace) -> None:
    for who in ("sam", "max", "rep", "ada"):
        by = acting(getattr(stage.people, who))
        with refused("wrong_state"):
            workflow.withdraw_objection(stage.sent_back.pk, by=by)


@pytest.mark.parametrize("who", ["mark", "sam", "ada"])
def test_nobody_removes_the_remark_of_another(stage: SimpleNamespace, who: str) -> None:
    by = acting(getattr(stage.people, who))
    with refused("not_permitted"):
        workflow.blank_comment(stage.remark.pk, by=by)


@pytest.mark.parametrize("who", ["mia", "rep", "mark", "ada"])
@pytest.mark.parametrize("decide", [workflow.confirm_appointment, workflow.decline_appointment])
def test_only_an_owner_of_the_side_decides_an_appointment(stage: SimpleNamespace, who: str, decide: Any) -> None:
    by = acting(getattr(stage.people, who))
    with refused("not_permitted"):
        decide(stage.appointment.pk, by=by)


@pytest.mark.parametrize("who", ["rep", "mark", "ada"])
def test_only_an_owner_lends_a_seat(stage: SimpleNamespace, who: str) -> None:
    by, now = acting(getattr(stage.people, who)), timezone.now()
    with refused("not_permitted"):
        workflow.delegate(stage.people.mark.pk, by=by, starts_at=now, ends_at=now + timedelta(days=1))


@pytest.mark.parametrize("who", ["sam", "mia", "rep", "ada"])
def test_only_the_lender_takes_the_seat_back(stage: SimpleNamespace, who: str) -> None:
    by = acting(getattr(stage.people, who))
    with refused("not_permitted"):
        workflow.end_delegation(stage.loan.pk, by=by)


ADMINISTERING: dict[str, Callable[[Any, SimpleNamespace], object]] = {
    "place": lambda by, people: workflow.place_member(people.rep.pk, by=by, side="marketing"),
    "appoint": lambda by, people: workflow.appoint_owner(people.mark.pk, by=by, side="marketing"),
    "remove": lambda by, people: workflow.remove_owner(people.sue.pk, by=by),
    "deactivate": lambda by, people: workflow.deactivate(people.rep.pk, by=by),
    "add a side": lambda by, people: workflow.add_side("product", by=by, name="Product"),
    "take a seat away": lambda by, people: workflow.remove_seat("product", by=by),
    "label": lambda by, people: workflow.label_term("published", by=by, category="Numbers"),
    "mark as demo": lambda by, people: workflow.mark_as_demo(by=by),
}


@pytest.mark.parametrize("who", ["sam", "mia", "rep"])
@pytest.mark.parametrize("act", ADMINISTERING)
def test_only_administrators_administer(stage: SimpleNamespace, act: str, who: str) -> None:
    by = acting(getattr(stage.people, who))
    with refused("not_permitted"):
        ADMINISTERING[act](by, stage.people)


@pytest.mark.parametrize("act", ADMINISTERING)
def test_no_token_administers(stage: SimpleNamespace, act: str) -> None:
    token, _ = Token.objects.create(user=stage.people.ada, name="Robot", scopes=["read", "propose"])
    with refused("not_permitted"):
        ADMINISTERING[act](Tool(stage.people.ada, via="Robot", token=token), stage.people)


# Who is not a person in their own session

IN_PERSON = ("sign", "send back", "withdraw the objection", "take back", "decline")


def _superuser() -> User:
    root: User = User.objects.create_superuser("root", "root@example.com", "accord-demo")
    return root


NOT_IN_PERSON: dict[str, Callable[[SimpleNamespace], Actor]] = {
    "a tool of an owner": lambda stage: Tool(stage.people.sam, via="CRM sync", token=stage.key),
    "a tool without a token": lambda stage: Tool(stage.people.sam, via="CRM sync"),
    "an owner at the console": lambda stage: Console(stage.people.sam),
    "a superuser at the console": lambda stage: Console(_superuser()),
    "an actor of no kind": lambda stage: Actor(stage.people.sam),
}


@pytest.mark.parametrize("actor", NOT_IN_PERSON)
@pytest.mark.parametrize("state", ["draft", "in_review", "published"])
@pytest.mark.parametrize("act", IN_PERSON)
def test_what_takes_a_person_is_refused_to_everything_else(
    stage: SimpleNamespace, act: str, state: str, actor: str
) -> None:
    by = NOT_IN_PERSON[actor](stage)
    with refused("not_permitted"):
        ACTS[act](by, stage.suggestions[state])


@pytest.mark.parametrize("actor", NOT_IN_PERSON)
def test_seats_are_lent_and_confirmed_by_persons_only(stage: SimpleNamespace, actor: str) -> None:
    by: Any = NOT_IN_PERSON[actor](stage)
    now = timezone.now()
    with refused("not_permitted"):
        workflow.confirm_appointment(stage.appointment.pk, by=by)
    with refused("not_permitted"):
        workflow.delegate(stage.people.rep.pk, by=by, starts_at=now, ends_at=now + timedelta(days=1))
    with refused("not_permitted"):
        workflow.end_delegation(stage.loan.pk, by=by)


def test_a_superuser_in_person_signs_nothing(stage: SimpleNamespace) -> None:
    by = acting(_superuser())
    for act in ("sign", "send back", "decline"):
        with refused("not_permitted"):
            ACTS[act](by, stage.suggestions["in_review"])


def _made_up(stage: SimpleNamespace) -> SignedIn:
    return SignedIn(stage.people.mia)


def _with_a_key_of_nobody(stage: SimpleNamespace) -> SignedIn:
    return SignedIn(stage.people.mia, session_key="x" * 32)


def _in_the_session_of_another(stage: SimpleNamespace) -> SignedIn:
    return SignedIn(stage.people.mia, session_key=acting(stage.people.rep).session_key)


def _signed_out(stage: SimpleNamespace) -> SignedIn:
    by = acting(stage.people.mia)
    SessionStore(by.session_key).delete()
    return by


def _in_a_session_run_out(stage: SimpleNamespace) -> SignedIn:
    by = acting(stage.people.mia)
    Session.objects.filter(pk=by.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    return by


NO_SESSION = [_made_up, _with_a_key_of_nobody, _in_the_session_of_another, _signed_out, _in_a_session_run_out]


@pytest.mark.parametrize("actor", NO_SESSION)
@pytest.mark.parametrize("act", ACTS)
def test_whoever_has_no_session_of_their_own_does_nothing(
    stage: SimpleNamespace, act: str, actor: Callable[[SimpleNamespace], SignedIn]
) -> None:
    by = actor(stage)
    with refused("unauthenticated"):
        ACTS[act](by, stage.suggestions["in_review"])


@pytest.mark.parametrize("act", ["sign", "send back"])
def test_a_sign_in_too_long_ago_has_to_be_repeated(stage: SimpleNamespace, act: str, settings: Settings) -> None:
    by = acting(stage.people.mia)
    with time_machine.travel(timezone.now() + settings.GLOSSARY_SIGNING_MAX_AGE + timedelta(minutes=1)):
        with refused("reauthenticate"):
            ACTS[act](by, stage.suggestions["in_review"])
        again = acting(stage.people.mia)
        ACTS[act](again, stage.suggestions["in_review"])


@pytest.mark.parametrize("act", ["sign", "send back"])
def test_how_long_a_sign_in_is_good_for_is_a_setting(stage: SimpleNamespace, act: str, settings: Settings) -> None:
    settings.GLOSSARY_SIGNING_MAX_AGE = timedelta(minutes=5)
    by = acting(stage.people.mia)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)), refused("reauthenticate"):
        ACTS[act](by, stage.suggestions["in_review"])


@pytest.mark.parametrize("act", ["sign", "send back"])
def test_a_session_without_our_stamp_signs_nothing(stage: SimpleNamespace, act: str) -> None:
    by = acting(stage.people.mia)
    session = SessionStore(by.session_key)
    assert session[SESSION_KEY] == str(stage.people.mia.pk)
    del session[SIGNED_IN_AT]
    session.save()
    with refused("reauthenticate"):
        ACTS[act](by, stage.suggestions["in_review"])


@pytest.mark.parametrize("act", ACTS)
def test_whoever_was_shut_out_a_moment_ago_does_nothing(stage: SimpleNamespace, act: str) -> None:
    by = acting(stage.people.sam)
    workflow.deactivate(stage.people.sam.pk, by=Console(stage.people.ada))
    with refused("not_permitted"):
        ACTS[act](by, stage.suggestions["in_review"])


def test_a_role_taken_away_a_moment_ago_signs_nothing(stage: SimpleNamespace) -> None:
    by = acting(stage.people.mia)
    workflow.remove_owner(stage.people.mia.pk, by=Console(stage.people.ada))
    with refused("not_permitted"):
        ACTS["sign"](by, stage.suggestions["in_review"])


# Tools


@pytest.mark.parametrize("act", [act for act in ACTS if act not in IN_PERSON])
@pytest.mark.parametrize("state", STATES)
def test_a_tool_does_not_see_what_others_opened(stage: SimpleNamespace, act: str, state: str) -> None:
    with refused("not_found"):
        ACTS[act](Tool(stage.people.sam, via="CRM sync", token=stage.key), stage.suggestions[state])


def test_a_tool_may_not_act_for_what_its_own_person_opened_elsewhere(stage: SimpleNamespace) -> None:
    own = stage.desk.open("By Hand", by=stage.people.sam)
    for act in ("revise", "submit", "withdraw", "rebase", "comment"):
        with refused("not_found"):
            ACTS[act](Tool(stage.people.sam, via="CRM sync", token=stage.key), own)


def test_a_reading_token_suggests_nothing(stage: SimpleNamespace) -> None:
    reader = Tool(stage.people.rep, via="Dashboard", token=stage.reader)
    with refused("not_permitted"):
        workflow.open_proposal(by=reader, content=draft_content("Seminar"))
    with refused("not_permitted"):
        workflow.raise_word("Seminar", by=reader)
    with refused("not_permitted"):
        workflow.comment_on_term("published", by=reader, text="Hm.")


def test_a_token_revoked_or_expired_a_moment_ago_suggests_nothing(stage: SimpleNamespace) -> None:
    tool = Tool(stage.people.sam, via="CRM sync", token=Token.objects.get(pk=stage.key.pk))
    Token.objects.filter(pk=stage.key.pk).update(revoked_at=timezone.now())
    with refused("unauthenticated"):
        workflow.open_proposal(by=tool, content=draft_content("Seminar"))
    Token.objects.filter(pk=stage.key.pk).update(revoked_at=None, expiry=timezone.now())
    with refused("unauthenticated"):
        workflow.open_proposal(by=tool, content=draft_content("Seminar"))


def test_a_tool_goes_the_whole_way_to_the_signatures_and_no_further(stage: SimpleNamespace) -> None:
    tool = Tool(stage.people.sam, via="CRM sync", token=stage.key)
    proposal = workflow.open_proposal(by=tool, content=draft_content("Seminar"))
    ACTS["revise"](tool, proposal)
    ACTS["comment"](tool, proposal)
    ACTS["submit"](tool, proposal)
    for act in IN_PERSON:
        with refused("not_permitted"):
            ACTS[act](tool, proposal)
    ACTS["withdraw"](tool, proposal)
    assert Proposal.objects.get(pk=proposal.pk).state == "withdrawn"


def test_a_tool_that_lost_its_scope_ends_nothing_any_more(stage: SimpleNamespace) -> None:
    tool = Tool(stage.people.sam, via="CRM sync", token=stage.key)
    proposal = workflow.open_proposal(by=tool, content=draft_content("Seminar"))
    Token.objects.filter(pk=stage.key.pk).update(scopes=["read"])
    for act in ("revise", "submit", "withdraw", "comment"):
        with refused("not_permitted"):
            ACTS[act](tool, proposal)


# Bad input


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 6_000, None, 5, ["a"]])
def test_a_reason_is_a_sentence(stage: SimpleNamespace, text: Any) -> None:
    proposal, mia = stage.suggestions["in_review"], acting(stage.people.mia)
    with refused("invalid"):
        workflow.send_back(proposal.pk, by=mia, digest=_digest(proposal), reason=text)
    with refused("invalid"):
        workflow.decline(proposal.pk, by=mia, reason=text)
    with refused("invalid"):
        workflow.comment_on_proposal(proposal.pk, by=mia, text=text)


@pytest.mark.parametrize("text", ["\x00", "x" * 6_000, 5])
def test_a_reservation_is_text_and_an_unfit_one_keeps_the_signature_away(stage: SimpleNamespace, text: Any) -> None:
    proposal, mia = stage.suggestions["in_review"], acting(stage.people.mia)
    with refused("invalid"):
        workflow.sign_off(proposal.pk, by=mia, digest=_digest(proposal), reservation=text)


@pytest.mark.parametrize("digest", ["", "0" * 64, None, 7, ["x"]])
def test_only_the_digest_that_was_read_is_signed_or_sent_back(stage: SimpleNamespace, digest: Any) -> None:
    proposal, mia = stage.suggestions["in_review"], acting(stage.people.mia)
    with refused("digest_changed") as caught:
        workflow.sign_off(proposal.pk, by=mia, digest=digest)
    assert caught.value.details["digest"] == _digest(proposal)
    with refused("digest_changed"):
        workflow.send_back(proposal.pk, by=mia, digest=digest, reason="No.")


@pytest.mark.parametrize(
    ("key", "name", "path"),
    [
        ("", "Product", "key"),
        ("Product", "Product", "key"),
        ("pro duct", "Product", "key"),
        ("prödukt", "Product", "key"),
        ("both", "Both", "key"),
        ("p" * 41, "Product", "key"),
        ("product", "x" * 61, "name"),
        ("product", "Pro\u202educt", "name"),
        ("product", "", "name"),
    ],
)
def test_a_side_has_a_key_and_a_name_that_can_be_kept(stage: SimpleNamespace, key: str, name: str, path: str) -> None:
    with refused("invalid") as caught:
        workflow.add_side(key, by=Console(stage.people.ada), name=name)
    assert [error["path"] for error in caught.value.errors] == [path]


@pytest.mark.parametrize(("key", "name"), [("sales", "Another"), ("another", "Sales")])
def test_a_side_is_added_once(stage: SimpleNamespace, key: str, name: str) -> None:
    with refused("conflict"):
        workflow.add_side(key, by=Console(stage.people.ada), name=name)


def test_a_label_that_is_too_long_is_refused(stage: SimpleNamespace) -> None:
    with refused("invalid"):
        workflow.label_term("published", by=Console(stage.people.ada), category="x" * 61)
    with refused("invalid"):
        workflow.label_term("published", by=Console(stage.people.ada), tags=["fine", "x" * 61])


def test_what_changes_nothing_records_nothing(stage: SimpleNamespace) -> None:
    """Acts that are allowed, and were done already."""
    people, ada = stage.people, Console(stage.people.ada)
    workflow.label_term("published", by=ada, category="Funnel")
    workflow.mark_as_demo(by=ada)
    in_review = stage.suggestions["in_review"]
    rep, sam = acting(people.rep), acting(people.sam)
    workflow.blank_comment(stage.remark.pk, by=rep)
    with nothing_changes():
        workflow.label_term("published", by=ada, category="Funnel")
        workflow.mark_as_demo(by=ada)
        workflow.blank_comment(stage.remark.pk, by=rep)
        workflow.place_member(people.rep.pk, by=ada, side="sales")
        workflow.sign_off(in_review.pk, by=sam, digest=_digest(in_review))
        workflow.revise(in_review.pk, by=rep, content=draft_content("In review"))
