"""The sponsor: one person above the teams, named on the record, who signs for none of them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Sponsorship, User
from glossary import policy, workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Message
from glossary.policy import Console
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people: SimpleNamespace) -> Console:
    return Console(people.ada)


@pytest.fixture
def vera(people: SimpleNamespace) -> User:
    return person("vera")


def test_an_administrator_names_the_sponsor_and_the_owners_are_told(ada: Console, vera: User) -> None:
    workflow.name_sponsor(vera.pk, by=ada)
    event = Event.objects.latest("seq")
    assert (policy.sponsor(), event.kind, event.subject) == (vera, "sponsor.named", vera)
    told = set(Message.objects.filter(event=event).values_list("person__username", flat=True))
    assert told == {"sam", "sue", "mia", "max", "vera"}
    assert list(verify()) == []


def test_there_is_one_sponsor_at_a_time(people: SimpleNamespace, ada: Console, vera: User) -> None:
    workflow.name_sponsor(vera.pk, by=ada)
    workflow.name_sponsor(people.rep.pk, by=ada)
    assert policy.sponsor() == people.rep
    assert Sponsorship.objects.get(user=vera).ended_by == people.ada
    with pytest.raises(IntegrityError, match=r"one_sponsor_at_a_time|UNIQUE"), transaction.atomic():
        Sponsorship.objects.create(user=vera, named_by=people.ada, named_at=timezone.now())


def test_naming_the_same_again_changes_nothing(ada: Console, vera: User) -> None:
    first = workflow.name_sponsor(vera.pk, by=ada)
    with nothing_changes():
        assert workflow.name_sponsor(vera.pk, by=ada) == first


def test_the_sponsorship_is_ended_once(ada: Console, vera: User) -> None:
    workflow.name_sponsor(vera.pk, by=ada)
    workflow.end_sponsorship(vera.pk, by=ada)
    assert policy.sponsor() is None
    with refused("wrong_state"):
        workflow.end_sponsorship(vera.pk, by=ada)


def test_ending_the_sponsorship_of_one_does_not_end_that_of_another(
    people: SimpleNamespace, ada: Console, vera: User
) -> None:
    workflow.name_sponsor(vera.pk, by=ada)
    workflow.name_sponsor(people.rep.pk, by=ada)
    with refused("wrong_state"), nothing_changes():
        workflow.end_sponsorship(vera.pk, by=ada)
    assert policy.sponsor() == people.rep


def test_only_an_administrator_names_one(people: SimpleNamespace, vera: User) -> None:
    sam = acting(people.sam)
    with refused("not_permitted"):
        workflow.name_sponsor(vera.pk, by=sam)
    with refused("not_permitted"):
        workflow.end_sponsorship(vera.pk, by=sam)


def test_whoever_signs_for_a_team_cannot_be_the_sponsor(people: SimpleNamespace, ada: Console) -> None:
    now, sam = timezone.now(), acting(people.sam)
    workflow.delegate(people.rep.pk, by=sam, starts_at=now, ends_at=now + timedelta(days=2))
    for signer in (people.sam, people.rep):
        with refused("wrong_state"):
            workflow.name_sponsor(signer.pk, by=ada)


def test_the_sponsor_is_lent_no_seat(people: SimpleNamespace, ada: Console) -> None:
    workflow.name_sponsor(people.rep.pk, by=ada)
    now, sam = timezone.now(), acting(people.sam)
    with refused("invalid"):
        workflow.delegate(people.rep.pk, by=sam, starts_at=now, ends_at=now + timedelta(days=2))


def test_whoever_becomes_an_owner_or_leaves_is_the_sponsor_no_longer(people: SimpleNamespace, ada: Console) -> None:
    workflow.name_sponsor(people.rep.pk, by=ada)
    appointment = workflow.appoint_owner(people.rep.pk, by=ada, side="sales")
    assert policy.sponsor() == people.rep
    workflow.confirm_appointment(appointment.pk, by=acting(people.sam))
    assert policy.sponsor() is None
    workflow.name_sponsor(people.mark.pk, by=ada)
    workflow.deactivate(people.mark.pk, by=ada)
    assert policy.sponsor() is None
    assert list(verify()) == []


def test_being_the_sponsor_fills_no_seat(desk: Desk, people: SimpleNamespace, ada: Console, vera: User) -> None:
    workflow.name_sponsor(vera.pk, by=ada)
    proposal, sponsor = desk.submit("Campaign"), acting(vera)
    with refused("not_permitted"):
        workflow.sign_off(proposal.pk, by=sponsor, digest=proposal.text.digest)
