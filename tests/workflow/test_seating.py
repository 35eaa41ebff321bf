"""Who speaks for a side: appointed, confirmed, removed, lent and shut out, and what becomes of what they signed."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Appointment, Delegation, Role, Side, User
from glossary import policy, workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Proposal, SignOff, Version
from glossary.policy import Console
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people: SimpleNamespace) -> Console:
    return Console(people.ada)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def newest_kinds(count: int) -> list[str]:
    return list(Event.objects.order_by("-seq").values_list("kind", flat=True)[:count])[::-1]


# Appointing


def test_the_first_owner_of_a_side_is_installed_at_once(people: SimpleNamespace) -> None:
    first = Event.objects.filter(kind="owner.installed", side="sales").get()
    assert (first.subject, first.actor) == (people.sam, people.ada)
    assert Appointment.objects.get(user=people.sam).state == "confirmed"


def test_a_further_owner_waits_until_an_owner_of_the_side_confirms(people: SimpleNamespace, ada: Console) -> None:
    appointment = workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    assert (appointment.state, again(people.rep).role) == ("pending", Role.MEMBER)
    workflow.confirm_appointment(appointment.pk, by=acting(people.sue))
    assert again(people.rep).role == Role.OWNER
    assert Appointment.objects.get(pk=appointment.pk).decided_by == people.sue
    assert list(verify()) == []


def test_while_it_waits_the_appointed_person_signs_nothing(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    proposal, rep = desk.submit("Campaign"), acting(people.rep)
    with refused("not_permitted"):
        workflow.sign_off(proposal.pk, by=rep, digest=proposal.text.digest)


def test_an_owner_of_the_side_may_say_no(people: SimpleNamespace, ada: Console) -> None:
    appointment, sam = workflow.appoint_owner(people.rep.pk, by=ada, side="sales"), acting(people.sam)
    workflow.decline_appointment(appointment.pk, by=sam)
    assert again(people.rep).role == Role.MEMBER
    for decide in (workflow.confirm_appointment, workflow.decline_appointment):
        with refused("wrong_state"):
            decide(appointment.pk, by=sam)
    assert list(verify()) == []


def test_nobody_is_appointed_twice(people: SimpleNamespace, ada: Console) -> None:
    workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    with refused("wrong_state"):
        workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    with refused("wrong_state"):
        workflow.appoint_owner(people.sam.pk, by=ada, side="marketing")


def test_who_waits_for_an_owner_who_is_gone_is_installed(people: SimpleNamespace, ada: Console) -> None:
    appointment = workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    for owner in (people.sam, people.sue):
        workflow.remove_owner(owner.pk, by=ada)
    installed = workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    assert (installed.pk, installed.state, again(people.rep).role) == (appointment.pk, "confirmed", Role.OWNER)
    assert list(verify()) == []


def test_somebody_shut_out_meanwhile_is_not_confirmed(people: SimpleNamespace, ada: Console) -> None:
    appointment, sam = workflow.appoint_owner(people.rep.pk, by=ada, side="sales"), acting(people.sam)
    workflow.deactivate(people.rep.pk, by=ada)
    with refused("wrong_state"):
        workflow.confirm_appointment(appointment.pk, by=sam)
    with refused("wrong_state"):
        workflow.appoint_owner(people.rep.pk, by=ada, side="sales")


@pytest.mark.parametrize(
    "act",
    [
        lambda ada: workflow.appoint_owner(987, by=ada, side="sales"),
        lambda ada: workflow.place_member(987, by=ada, side="sales"),
        lambda ada: workflow.remove_owner(987, by=ada),
        lambda ada: workflow.deactivate(987, by=ada),
        lambda ada: workflow.remove_seat("product", by=ada),
        lambda ada: workflow.label_term("nowhere", by=ada),
        lambda ada: workflow.confirm_appointment(987, by=acting(ada.user)),
        lambda ada: workflow.end_delegation(987, by=acting(ada.user)),
        lambda ada: workflow.blank_comment(987, by=acting(ada.user)),
        lambda ada: workflow.comment_on_term("nowhere", by=acting(ada.user), text="Hm."),
    ],
)
def test_who_or_what_is_not_there_is_not_found(people: SimpleNamespace, ada: Console, act: Any) -> None:
    acting(people.ada)
    with refused("not_found"):
        act(ada)


@pytest.mark.parametrize("side", ["finance", "sales\x00"])
def test_a_person_is_seated_for_a_side_that_there_is(people: SimpleNamespace, ada: Console, side: str) -> None:
    for act in (workflow.appoint_owner, workflow.place_member):
        with refused("not_found"), nothing_changes():
            act(people.rep.pk, by=ada, side=side)


# Losing the role


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda sam, ada: workflow.remove_owner(sam.pk, by=ada), id="removed"),
        pytest.param(lambda sam, ada: workflow.deactivate(sam.pk, by=ada), id="shut out"),
        pytest.param(lambda sam, ada: workflow.place_member(sam.pk, by=ada, side="marketing"), id="moved"),
        pytest.param(lambda sam, ada: workflow.place_member(sam.pk, by=ada, side=None), id="taken out"),
        pytest.param(lambda sam, ada: workflow.place_member(sam.pk, by=ada, side="sales"), id="made a member"),
    ],
)
def test_losing_the_role_voids_the_open_signatures_and_no_others(
    desk: Desk, people: SimpleNamespace, ada: Console, lose: Any
) -> None:
    version = desk.publish("Webinar")
    open_one, closed = desk.submit("Campaign"), desk.submit("Seminar")
    for proposal in (open_one, closed):
        desk.sign(proposal, people.sam)
    workflow.decline(closed.pk, by=acting(people.mia), reason="We have a word for it.")
    lose(people.sam, ada)
    signature = SignOff.objects.get(revision__proposal=open_one)
    assert (signature.void_reason, signature.voided_by) == ("lost_role", people.ada)
    assert SignOff.objects.live().filter(signer=people.sam).count() == 2  # of the version, and of what was closed
    desk.sign(open_one, people.mia)
    assert list(Version.objects.all()) == [version]
    desk.sign(open_one, people.sue)
    assert Version.objects.count() == 2
    assert list(verify()) == []


def test_the_role_and_its_signatures_go_in_one_transaction(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    desk.sign(desk.submit("Campaign"), people.sam)
    workflow.remove_owner(people.sam.pk, by=ada)
    assert newest_kinds(2) == ["owner.removed", "sign_off.voided"]
    removed, voided = Event.objects.order_by("-seq")[:2]
    assert removed.at == voided.at


def test_gaining_the_role_voids_what_was_signed_on_loan(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    """Whoever signed for an owner signs anew in the own right."""
    now, proposal = timezone.now(), desk.submit("Campaign")
    dates = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(days=1)}
    workflow.delegate(people.rep.pk, by=acting(people.sam), **dates)
    desk.sign(proposal, people.rep)
    appointment = workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    workflow.confirm_appointment(appointment.pk, by=acting(people.sam))
    desk.sign(proposal, people.mia)
    assert not Version.objects.exists()
    desk.sign(proposal, people.rep)
    assert "acting_for" not in Version.objects.get().signatures[0]
    assert list(verify()) == []


def test_an_empty_side_blocks_and_never_stands_aside(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    for owner in (people.mia, people.max):
        workflow.remove_owner(owner.pk, by=ada)
    assert Proposal.objects.get(pk=proposal.pk).state == "in_review"
    assert not Version.objects.exists()
    workflow.appoint_owner(people.mark.pk, by=ada, side="marketing")
    desk.sign(proposal, people.mark)
    assert Version.objects.exists()
    assert list(verify()) == []


def test_a_member_is_not_removed_as_owner(people: SimpleNamespace, ada: Console) -> None:
    with refused("wrong_state"):
        workflow.remove_owner(people.rep.pk, by=ada)


def test_shutting_out_twice_changes_nothing(people: SimpleNamespace, ada: Console) -> None:
    workflow.deactivate(people.sam.pk, by=ada)
    with nothing_changes():
        workflow.deactivate(people.sam.pk, by=ada)


def test_a_person_of_no_side_is_shut_out_too(people: SimpleNamespace, ada: Console) -> None:
    guest = person("guest")
    workflow.deactivate(guest.pk, by=ada)
    assert not again(guest).is_active
    assert list(verify()) == []


def test_an_administrator_shut_out_administers_nothing(people: SimpleNamespace, ada: Console) -> None:
    workflow.deactivate(people.ada.pk, by=Console(people.max))
    with refused("not_permitted"):
        workflow.deactivate(people.sam.pk, by=ada)


def test_nobody_closes_the_own_account_so_an_administrator_is_left(people: SimpleNamespace, ada: Console) -> None:
    for own in (acting(people.ada), ada):
        with refused("not_permitted"), nothing_changes():
            workflow.deactivate(people.ada.pk, by=own)
    for other in User.objects.filter(is_staff=True).exclude(pk=people.ada.pk):
        workflow.deactivate(other.pk, by=ada)
    assert User.objects.active().filter(is_staff=True).get() == people.ada


# Lending


@pytest.mark.parametrize(
    ("to", "start", "end"),
    [
        ("sam", 0, 1),
        ("mia", 0, 1),
        ("mark", 0, 1),
        ("ada", 0, 1),
        ("sue", 0, 1),
        ("rep", 1, 1),
        ("rep", 2, 1),
        ("rep", -2, -1),
        ("rep", 0, 367),
    ],
)
def test_a_seat_is_lent_to_a_member_of_the_own_side_for_a_while(
    people: SimpleNamespace, to: str, start: int, end: int
) -> None:
    now, sam = timezone.now(), acting(people.sam)
    dates = {"starts_at": now + timedelta(days=start), "ends_at": now + timedelta(days=end)}
    with refused("invalid"):
        workflow.delegate(getattr(people, to).pk, by=sam, **dates)


def test_a_delegate_lends_the_seat_to_nobody(people: SimpleNamespace, ada: Console) -> None:
    now, colleague = timezone.now(), person("ron")
    workflow.place_member(colleague.pk, by=ada, side="sales")
    dates = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(days=1)}
    workflow.delegate(people.rep.pk, by=acting(people.sam), **dates)
    rep = acting(people.rep)
    with refused("not_permitted"):
        workflow.delegate(colleague.pk, by=rep, **dates)


def test_a_loan_ends_when_the_borrower_leaves_the_side(people: SimpleNamespace, ada: Console) -> None:
    now = timezone.now()
    dates = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(days=1)}
    loan = workflow.delegate(people.rep.pk, by=acting(people.sam), **dates)
    workflow.place_member(people.rep.pk, by=ada, side="marketing")
    assert Delegation.objects.get(pk=loan.pk).revoked_at is not None
    assert policy.seat_of(again(people.rep), timezone.now()) is None
    assert newest_kinds(2) == ["delegation.ended", "person.placed"]
    assert list(verify()) == []


# Sides


@pytest.mark.parametrize("key", ["sales", "marketing"])
def test_sales_and_marketing_always_keep_their_seat(people: SimpleNamespace, ada: Console, key: str) -> None:
    with refused("not_permitted"):
        workflow.remove_seat(key, by=ada)


def test_a_seat_is_not_taken_away_while_anything_is_being_signed(
    desk: Desk, people: SimpleNamespace, ada: Console
) -> None:
    workflow.add_side("product", by=ada, name="Product")
    workflow.appoint_owner(people.mark.pk, by=ada, side="product")
    proposal = desk.submit("Campaign")
    with refused("wrong_state"):
        workflow.remove_seat("product", by=ada)
    workflow.withdraw(proposal.pk, by=acting(people.rep))
    workflow.remove_seat("product", by=ada)
    assert not Side.objects.get(key="product").has_seat
    with nothing_changes():
        workflow.remove_seat("product", by=ada)
    assert list(verify()) == []


@pytest.mark.parametrize(("key", "name"), [("sales", "Selling"), ("selling", "SALES"), ("selling", "sa les")])
def test_no_side_is_added_that_reads_like_another(ada: Console, key: str, name: str) -> None:
    with refused("conflict"):
        workflow.add_side(key, by=ada, name=name)


def test_a_side_added_later_condemns_no_earlier_version(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    desk.publish("Campaign")
    workflow.add_side("product", by=ada, name="Product")
    assert list(verify()) == []
    assert {seat["side"] for seat in Version.objects.get().signatures} == {"sales", "marketing"}


def test_every_change_of_a_role_is_an_event_about_that_person(people: SimpleNamespace, ada: Console) -> None:
    for act, kind in (
        (lambda: workflow.place_member(people.rep.pk, by=ada, side="marketing"), "person.placed"),
        (lambda: workflow.remove_owner(people.sue.pk, by=ada), "owner.removed"),
        (lambda: workflow.appoint_owner(people.rep.pk, by=ada, side="marketing"), "owner.appointed"),
        (lambda: workflow.deactivate(people.mark.pk, by=ada), "person.deactivated"),
    ):
        before = Event.objects.count()
        act()
        event = Event.objects.filter(kind=kind).latest("seq")
        assert event.seq > before
        assert event.subject is not None
        assert event.actor == people.ada
