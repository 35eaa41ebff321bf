"""When it is time to look again, every team says that the same text still holds, each through another person."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Token
from glossary import lookup, workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Reaffirmation, Renewal, Version
from glossary.policy import Console, Tool
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(desk: Desk) -> Version:
    return desk.publish("Campaign", review_months=1)


@pytest.fixture
def later(campaign: Version) -> Iterator[time_machine.Traveller]:
    """The day after the review fell due."""
    with time_machine.travel(campaign.in_force_from + timedelta(days=40)) as traveller:
        yield traveller


def state() -> str | None:
    return lookup.term_detail("campaign", at=timezone.now()).review


def test_a_review_is_due_on_its_day_and_overdue_from_the_day_after(campaign: Version) -> None:
    day = lookup.term_detail("campaign", at=campaign.in_force_from).review_by
    assert day is not None
    since = campaign.in_force_from
    to_go = (day - since.date()).days
    seen = [lookup.term_detail("campaign", at=since + timedelta(days=to_go + more)) for more in (-1, 0, 1)]
    assert [each.review for each in seen] == ["ok", "due", "overdue"]
    assert len({each.etag for each in seen}) == 3


def test_both_teams_confirm_and_the_next_review_counts_from_then(
    campaign: Version, later: time_machine.Traveller, people: SimpleNamespace
) -> None:
    before = lookup.term_detail("campaign", at=timezone.now()).etag
    workflow.reaffirm("campaign", by=acting(people.sam), digest=campaign.digest)
    assert (state(), Renewal.objects.count()) == ("overdue", 0)
    workflow.reaffirm("campaign", by=acting(people.mia), digest=campaign.digest)
    detail = lookup.term_detail("campaign", at=timezone.now())
    assert (detail.review, detail.version, Version.objects.count()) == ("ok", campaign, 1)
    assert detail.renewal is not None
    assert [seat["name"] for seat in detail.renewal.signatures] == ["Sam", "Mia"]
    assert detail.etag != before
    event = Event.objects.latest("seq")
    assert (event.kind, event.facts["version"], event.facts["round"]) == ("version.reaffirmed", 1, 1)
    assert list(verify()) == []
    later.shift(timedelta(days=40))
    assert state() == "overdue"
    for person in (people.sue, people.max):
        workflow.reaffirm("campaign", by=acting(person), digest=campaign.digest)
    assert (state(), [row.round for row in Renewal.objects.order_by("pk")]) == ("ok", [1, 2])
    assert list(verify()) == []


@pytest.mark.usefixtures("later")
def test_the_same_again_changes_nothing(campaign: Version, people: SimpleNamespace) -> None:
    sam, mia = acting(people.sam), acting(people.mia)
    first = workflow.reaffirm("campaign", by=sam, digest=campaign.digest)
    with nothing_changes():
        assert workflow.reaffirm("campaign", by=sam, digest=campaign.digest) == first
    last = workflow.reaffirm("campaign", by=mia, digest=campaign.digest)
    with nothing_changes():
        assert workflow.reaffirm("campaign", by=mia, digest=campaign.digest) == last


@pytest.mark.usefixtures("later")
def test_one_person_never_speaks_for_both_teams(campaign: Version, people: SimpleNamespace) -> None:
    workflow.reaffirm("campaign", by=acting(people.sam), digest=campaign.digest)
    workflow.place_member(people.sam.pk, by=Console(people.ada), side="marketing")
    workflow.appoint_owner(people.sam.pk, by=Console(people.ada), side="marketing")
    workflow.confirm_appointment(people.sam.appointments.latest("pk").pk, by=acting(people.mia))
    people.sam.refresh_from_db()
    workflow.reaffirm("campaign", by=acting(people.sam), digest=campaign.digest)
    assert not Renewal.objects.exists()
    live = [(row.signer, row.side_id) for row in Reaffirmation.objects.live()]
    assert live == [(people.sam, "marketing")]
    assert list(verify()) == []


@pytest.mark.usefixtures("later")
def test_who_may_not_confirm(campaign: Version, people: SimpleNamespace) -> None:
    token, _ = Token.objects.create(user=people.sam, name="CRM", scopes=["read", "propose"])
    rep, stale = acting(people.rep), acting(people.sam)
    tools = [Tool(people.sam, via="CRM", token=token), Console(people.sam)]
    for by in (rep, *tools):
        with refused("not_permitted"):
            workflow.reaffirm("campaign", by=by, digest=campaign.digest)  # type: ignore[arg-type]
    with refused("not_found"):
        workflow.reaffirm("nowhere", by=stale, digest=campaign.digest)
    with time_machine.travel(timezone.now() + timedelta(hours=13)), refused("reauthenticate"):
        workflow.reaffirm("campaign", by=stale, digest=campaign.digest)


@pytest.mark.usefixtures("later")
def test_another_text_than_the_one_in_force_is_not_confirmed(campaign: Version, people: SimpleNamespace) -> None:
    sam = acting(people.sam)
    with refused("digest_changed"):
        workflow.reaffirm("campaign", by=sam, digest="0" * 64)


def test_nobody_confirms_before_it_is_time(campaign: Version, people: SimpleNamespace) -> None:
    sam = acting(people.sam)
    with refused("wrong_state"):
        workflow.reaffirm("campaign", by=sam, digest=campaign.digest)


@pytest.mark.usefixtures("later")
def test_a_seat_holds_one_confirmation(campaign: Version, people: SimpleNamespace) -> None:
    workflow.reaffirm("campaign", by=acting(people.sam), digest=campaign.digest)
    sue = acting(people.sue)
    with refused("seat_taken"):
        workflow.reaffirm("campaign", by=sue, digest=campaign.digest)


@pytest.mark.usefixtures("later")
def test_whoever_loses_the_role_has_confirmed_nothing(campaign: Version, people: SimpleNamespace) -> None:
    workflow.reaffirm("campaign", by=acting(people.sam), digest=campaign.digest)
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    assert [event.kind for event in Event.objects.order_by("-seq")[:1]] == ["reaffirmation.voided"]
    workflow.reaffirm("campaign", by=acting(people.mia), digest=campaign.digest)
    assert state() == "overdue"
    workflow.reaffirm("campaign", by=acting(people.sue), digest=campaign.digest)
    assert state() == "ok"
    assert list(verify()) == []


@pytest.mark.usefixtures("later")
def test_what_is_complete_stays_when_somebody_loses_the_role(campaign: Version, people: SimpleNamespace) -> None:
    for person in (people.sam, people.mia):
        workflow.reaffirm("campaign", by=acting(person), digest=campaign.digest)
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    assert (state(), Reaffirmation.objects.live().count()) == ("ok", 2)
    assert list(verify()) == []


@pytest.mark.usefixtures("later")
def test_a_newer_text_ends_the_round(campaign: Version, people: SimpleNamespace, desk: Desk) -> None:
    workflow.reaffirm("campaign", by=acting(people.sam), digest=campaign.digest)
    soon = timezone.now() + timedelta(days=3)
    newer = desk.publish("Campaign", term="campaign", why="Words moved.", effective_from=soon)
    mia = acting(people.mia)
    with refused("wrong_state"):
        workflow.reaffirm("campaign", by=mia, digest=campaign.digest)
    with time_machine.travel(newer.in_force_from):
        late = acting(people.mia)
        with refused("digest_changed"):
            workflow.reaffirm("campaign", by=late, digest=campaign.digest)


@pytest.mark.usefixtures("later")
def test_several_words_are_confirmed_in_one_act(campaign: Version, people: SimpleNamespace) -> None:
    held = workflow.reaffirm_several([("campaign", campaign.digest), ("nowhere", "")], by=acting(people.sam))
    assert [(each.slug, each.refusal and each.refusal.code) for each in held] == [
        ("campaign", None),
        ("nowhere", "not_found"),
    ]


@pytest.mark.usefixtures("later")
def test_the_database_renews_nothing_that_one_team_confirmed(campaign: Version, people: SimpleNamespace) -> None:
    workflow.reaffirm("campaign", by=acting(people.sam), digest=campaign.digest)
    with pytest.raises(IntegrityError, match="every_side_holds_to_it"), transaction.atomic():
        Renewal.objects.create(version=campaign, round=1, seats="[]", at=timezone.now())
    connection.check_constraints()
