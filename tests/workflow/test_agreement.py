"""From a suggestion to a version: nothing is in force that both sides did not sign."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from glossary import lookup, workflow
from glossary.domain.refusals import Refusal
from glossary.ledger.verifying import verify
from glossary.models import Event, InForce, Proposal, SignOff, State, Version
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


def refusal(action: object, *args: object, **kwargs: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        action(*args, **kwargs)  # type: ignore[operator]
    return caught.value


def test_the_second_side_to_sign_makes_the_text_a_version(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    assert not Version.objects.exists()
    desk.sign(proposal, people.mia)
    version = Version.objects.get()
    assert version.number == 1
    assert [(seat["side"], seat["name"]) for seat in version.signatures] == [("sales", "Sam"), ("marketing", "Mia")]
    assert Proposal.objects.get().state == State.PUBLISHED
    assert InForce.objects.get().version == version
    assert list(verify()) == []


def test_two_owners_of_one_side_do_not_make_a_version(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    refused = refusal(desk.sign, proposal, people.sue)
    assert refused.code == "seat_taken"
    assert "Sam has already signed for Sales" in refused.sentence
    assert not Version.objects.exists()


def test_a_double_click_on_sign_does_nothing_twice(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam, people.sam, people.mia, people.mia)
    assert SignOff.objects.count() == 2
    assert Event.objects.filter(kind="sign_off.given").count() == 2
    assert Version.objects.count() == 1


def test_an_edit_after_signing_makes_both_sides_sign_again(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.revise(
        proposal.pk, by=acting(people.mia), content=draft_content("Campaign", summary="a plan both teams own")
    )
    desk.sign(proposal, people.mia)
    assert not Version.objects.exists()
    desk.sign(proposal, people.sam)
    assert Version.objects.get().content.summary == "a plan both teams own"
    assert list(verify()) == []


def test_typing_the_old_text_again_revives_no_signature(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    author = acting(people.rep)
    workflow.revise(proposal.pk, by=author, content=draft_content("Campaign", why="because"))
    workflow.revise(proposal.pk, by=author, content=draft_content("Campaign"))
    desk.sign(proposal, people.mia)
    assert not Version.objects.exists()


def test_saving_the_same_text_changes_and_records_nothing(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    before = Event.objects.count()
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign"))
    assert Event.objects.count() == before
    assert proposal.revisions.count() == 1


def test_a_text_sent_back_is_not_signed_in_another_suggestion_either(desk: Desk, people: SimpleNamespace) -> None:
    first = desk.submit("Campaign")
    twin = desk.submit("Campaign", term=first.term.slug)
    assert twin.text.digest == first.text.digest
    desk.sign(twin, people.sam)
    workflow.send_back(first.pk, by=acting(people.sue), digest=first.text.digest, reason="It counts us twice.")
    assert refusal(desk.sign, twin, people.mia).code == "objection_stands"
    seen = lookup.proposal_detail(twin.pk, by=acting(people.mia), at=timezone.now()).answers["sign"]
    assert seen is not None and seen.code == "objection_stands"
    assert not Version.objects.exists()


def test_an_objector_gives_way_on_any_page_that_shows_the_objection(desk: Desk, people: SimpleNamespace) -> None:
    first = desk.submit("Campaign")
    twin = desk.submit("Campaign", term=first.term.slug)
    workflow.send_back(first.pk, by=acting(people.sue), digest=first.text.digest, reason="It counts us twice.")
    workflow.withdraw_objection(twin.pk, by=acting(people.sue))
    desk.sign(twin, people.sam, people.mia)
    assert Version.objects.get().proposal == twin
    assert list(verify()) == []
