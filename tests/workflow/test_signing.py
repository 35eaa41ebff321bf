"""Signing, sending back and taking back: whose yes counts, on which text, and for how long."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from glossary import workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Objection, Proposal, SignOff, Version
from glossary.policy import Console
from glossary.workflow import Wish
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_related("newest").get(pk=proposal.pk)


def lend(people: SimpleNamespace, *, days: int = 7, owner: str = "sam", delegate: str = "rep") -> object:
    now = timezone.now()
    return workflow.delegate(
        getattr(people, delegate).pk,
        by=acting(getattr(people, owner)),
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=days),
    )


def live(proposal: Proposal) -> set[tuple[str, str]]:
    signatures = SignOff.objects.live().filter(revision=fresh(proposal).text).select_related("signer")
    return {(signature.side_id, signature.signer.username) for signature in signatures}


# Publication


def test_a_version_keeps_its_seats_as_they_were(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    lend(people)
    digest = proposal.text.digest
    workflow.sign_off(proposal.pk, by=acting(people.rep), digest=digest, reservation=" Look again in June. ")
    desk.sign(proposal, people.mia)
    seats = {seat["side"]: seat for seat in Version.objects.get().signatures}
    assert set(seats) == {"sales", "marketing"}
    assert (seats["sales"]["name"], seats["sales"]["acting_for"]) == ("Rep", "Sam")
    assert seats["sales"]["reservation"] == "Look again in June."
    assert (seats["marketing"]["role"], seats["sales"]["role"]) == ("owner", "member")
    workflow.remove_owner(people.mia.pk, by=Console(people.ada))
    assert {seat["side"]: seat for seat in Version.objects.get().signatures} == seats
    assert list(verify()) == []


def test_the_last_signature_writes_two_events(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    before = Event.objects.count()
    desk.sign(proposal, people.mia)
    assert list(Event.objects.order_by("seq").values_list("kind", flat=True)[before:]) == [
        "sign_off.given",
        "version.published",
    ]


def test_the_digest_of_an_earlier_text_is_refused_and_the_newest_named(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    read, mia = proposal.text.digest, acting(people.mia)
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="Because."))
    with refused("digest_changed") as caught:
        workflow.sign_off(proposal.pk, by=mia, digest=read)
    assert caught.value.details["digest"] == fresh(proposal).text.digest
    with refused("digest_changed"):
        workflow.send_back(proposal.pk, by=mia, digest=read, reason="No.")


def test_numbers_grow_one_by_one_and_time_never_goes_back(desk: Desk) -> None:
    now = timezone.now()
    desk.publish("Campaign")
    with time_machine.travel(now - timedelta(days=1)):  # the server's clock was set back
        for why in ("One.", "Two."):
            desk.publish("Campaign", term="campaign", why=why)
    versions = list(Version.objects.order_by("number"))
    assert [version.number for version in versions] == [1, 2, 3]
    assert versions[0].published_at < versions[1].published_at < versions[2].published_at
    assert list(verify()) == []


def test_of_two_suggestions_on_one_version_one_wins_and_the_other_is_told(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    first, second = (desk.submit("Campaign", term="campaign", why=why) for why in ("One.", "Two."))
    for proposal in (first, second):
        desk.sign(proposal, people.sam)
    desk.sign(first, people.mia)
    mia = acting(people.mia)
    with refused("base_moved"):
        workflow.sign_off(second.pk, by=mia, digest=second.text.digest)
    assert Version.objects.latest("number").content.why == "One."


# Several in one act


def test_several_are_signed_in_one_act_each_for_itself(desk: Desk, people: SimpleNamespace) -> None:
    proposals = [desk.submit(name) for name in ("Campaign", "Webinar", "Seminar")]
    desk.sign(proposals[0], people.sam)
    desk.sign(proposals[1], people.sue)
    wishes = [Wish(p.pk, p.text.digest) for p in proposals] + [Wish(4711, "0" * 64), Wish(proposals[2].pk, "0" * 64)]
    outcomes = workflow.sign_several(wishes, by=acting(people.sam))
    assert [outcome.refusal and outcome.refusal.code for outcome in outcomes] == [
        None,
        "seat_taken",
        None,
        "not_found",
        "digest_changed",
    ]
    assert [live(p) for p in proposals] == [{("sales", "sam")}, {("sales", "sue")}, {("sales", "sam")}]


def test_several_in_one_act_by_nobody_sign_nothing(desk: Desk, people: SimpleNamespace) -> None:
    proposals = [desk.submit(name) for name in ("Campaign", "Webinar")]
    by = acting(people.rep)
    with nothing_changes():
        outcomes = workflow.sign_several([Wish(p.pk, p.text.digest) for p in proposals], by=by)
    assert {outcome.refusal.code for outcome in outcomes if outcome.refusal} == {"not_permitted"}


# Seats


def test_the_seat_of_a_side_is_held_by_whoever_signed_first(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    sue = acting(people.sue)
    with refused("seat_taken"):
        workflow.sign_off(proposal.pk, by=sue, digest=proposal.text.digest)


def test_owner_and_delegate_are_one_seat(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    lend(people)
    desk.sign(proposal, people.rep)
    sam = acting(people.sam)
    with refused("seat_taken"):
        workflow.sign_off(proposal.pk, by=sam, digest=proposal.text.digest)


def test_a_person_who_changed_sides_never_fills_both_seats(desk: Desk, people: SimpleNamespace) -> None:
    proposal, ada = desk.submit("Campaign"), Console(people.ada)
    desk.sign(proposal, people.sam)
    workflow.place_member(people.sam.pk, by=ada, side="marketing")
    appointment = workflow.appoint_owner(people.sam.pk, by=ada, side="marketing")
    workflow.confirm_appointment(appointment.pk, by=acting(people.mia))
    desk.sign(proposal, people.sam)
    assert live(proposal) == {("marketing", "sam")}
    assert not Version.objects.exists()
    desk.sign(proposal, people.sue)
    assert {seat["name"] for seat in Version.objects.get().signatures} == {"Sam", "Sue"}
    assert list(verify()) == []


def test_a_third_side_opens_an_empty_seat_on_everything_open(desk: Desk, people: SimpleNamespace) -> None:
    ada, proposal = Console(people.ada), desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.add_side("product", by=ada, name="Product")
    desk.sign(proposal, people.mia)
    assert not Version.objects.exists()
    workflow.appoint_owner(people.mark.pk, by=ada, side="product")
    desk.sign(proposal, people.mark)
    assert {seat["side"] for seat in Version.objects.get().signatures} == {"sales", "marketing", "product"}
    assert list(verify()) == []


def test_a_side_without_a_seat_neither_signs_nor_sends_back(desk: Desk, people: SimpleNamespace) -> None:
    ada = Console(people.ada)
    workflow.add_side("product", by=ada, name="Product")
    workflow.appoint_owner(people.mark.pk, by=ada, side="product")
    workflow.remove_seat("product", by=ada)
    proposal, mark = desk.submit("Campaign"), acting(people.mark)
    with refused("not_permitted"):
        workflow.sign_off(proposal.pk, by=mark, digest=proposal.text.digest)
    with refused("not_permitted"):
        workflow.send_back(proposal.pk, by=mark, digest=proposal.text.digest, reason="No.")
    desk.sign(proposal, people.sam, people.mia)
    assert Version.objects.exists()
    assert list(verify()) == []


# Authors


def test_an_author_who_owns_signs_for_the_own_side(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign", by=people.sam)
    desk.sign(proposal, people.sam, people.mia)
    assert Version.objects.exists()


def test_authors_and_whoever_acts_for_them_may_be_kept_from_signing(
    desk: Desk, people: SimpleNamespace, settings: Settings
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    lend(people)
    proposal = desk.submit("Campaign", by=people.sam)
    for author in (people.sam, people.rep):
        by = acting(author)
        with refused("not_permitted"):
            workflow.sign_off(proposal.pk, by=by, digest=proposal.text.digest)
    workflow.revise(proposal.pk, by=acting(people.mia), content=draft_content("Campaign", why="Because."))
    for author in (people.sam, people.mia):  # opened it, wrote the newest text
        by = acting(author)
        with refused("not_permitted"):
            workflow.sign_off(proposal.pk, by=by, digest=fresh(proposal).text.digest)
    desk.sign(proposal, people.sue, people.max)
    assert Version.objects.exists()


def test_a_member_who_wrote_a_text_does_not_sign_it_on_loan(
    desk: Desk, people: SimpleNamespace, settings: Settings
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    lend(people)
    proposal, rep = desk.submit("Campaign", by=people.rep), acting(people.rep)
    with refused("not_permitted"):
        workflow.sign_off(proposal.pk, by=rep, digest=proposal.text.digest)


def test_a_text_only_its_author_could_sign_is_not_put_up_for_signing(
    desk: Desk, people: SimpleNamespace, settings: Settings
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    workflow.remove_owner(people.sue.pk, by=Console(people.ada))
    proposal, sam, mia = desk.open("Campaign", by=people.sam), acting(people.sam), acting(people.mia)
    with refused("not_ready") as refusal:
        workflow.submit(proposal.pk, by=sam)
    assert "its owners wrote it" in refusal.value.errors[0]["message"]
    workflow.revise(proposal.pk, by=mia, content=draft_content("Campaign", why="Because."))
    with refused("not_ready"):  # he opened it
        workflow.submit(proposal.pk, by=mia)
    other = desk.submit("Funnel", by=people.rep)
    with refused("not_ready"):  # a new text of his in place of the one being signed
        workflow.revise(other.pk, by=sam, content=draft_content("Funnel", why="Because."))
    assert fresh(other).state == "in_review"


# Loans


def test_a_delegate_signs_inside_the_dates_and_is_shown_as_acting_for_the_owner(
    desk: Desk, people: SimpleNamespace
) -> None:
    now = timezone.now()
    dates = {"starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=3)}
    workflow.delegate(people.rep.pk, by=acting(people.sam), **dates)
    proposal = desk.submit("Campaign")
    for day, code in ((0, "not_permitted"), (3, "not_permitted")):
        with time_machine.travel(now + timedelta(days=day, minutes=1)):
            rep = acting(people.rep)
            with refused(code):
                workflow.sign_off(proposal.pk, by=rep, digest=proposal.text.digest)
    with time_machine.travel(now + timedelta(days=2)):
        desk.sign(proposal, people.rep)
        assert SignOff.objects.get().acting_for == people.sam
        desk.sign(proposal, people.mia)
    assert Version.objects.exists()
    assert list(verify()) == []


def test_what_was_signed_on_a_loan_stops_counting_when_the_loan_is_over(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    lend(people, days=1)
    desk.sign(proposal, people.rep)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        desk.sign(proposal, people.mia)
        assert not Version.objects.exists()
        desk.sign(proposal, people.sue)  # voids what no longer counts, in the same act
    assert Version.objects.exists()
    assert SignOff.objects.get(signer=people.rep).void_reason == "lost_role"
    assert list(verify()) == []


def test_a_seat_lent_anew_does_not_revive_the_signature_of_the_last_loan(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    lend(people, days=1)
    desk.sign(proposal, people.rep)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        lend(people, days=1)
        desk.sign(proposal, people.mia)
        assert not Version.objects.exists()
        desk.sign(proposal, people.rep)
    assert Version.objects.exists()
    assert list(verify()) == []


def test_a_seat_taken_back_voids_what_was_signed_on_it(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    loan = lend(people)
    desk.sign(proposal, people.rep)
    workflow.end_delegation(loan.pk, by=acting(people.sam))  # type: ignore[attr-defined]
    assert live(proposal) == set()
    rep, sam = acting(people.rep), acting(people.sam)
    with refused("not_permitted"):
        workflow.sign_off(proposal.pk, by=rep, digest=proposal.text.digest)
    with refused("wrong_state"):
        workflow.end_delegation(loan.pk, by=sam)  # type: ignore[attr-defined]


def test_whoever_lent_the_seat_loses_it_with_the_role(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    lend(people)
    desk.sign(proposal, people.rep)
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    assert live(proposal) == set()
    rep = acting(people.rep)
    with refused("not_permitted"):
        workflow.sign_off(proposal.pk, by=rep, digest=proposal.text.digest)
    assert list(verify()) == []


# Sending back and taking back


def test_sending_back_voids_every_signature_and_makes_it_a_draft(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason="Too vague.")
    assert fresh(proposal).state == "draft"
    voided = SignOff.objects.get()
    assert (voided.void_reason, voided.voided_by) == ("objection", people.mia)
    assert Objection.objects.get().reason == "Too vague."
    assert list(verify()) == []


def test_whoever_signed_may_still_send_back(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.send_back(proposal.pk, by=acting(people.sam), digest=proposal.text.digest, reason="On second thoughts.")
    assert live(proposal) == set()


def test_a_signer_takes_the_signature_back_once_and_may_sign_again(desk: Desk, people: SimpleNamespace) -> None:
    proposal, sam = desk.submit("Campaign"), acting(people.sam)
    desk.sign(proposal, people.sam)
    workflow.take_back(proposal.pk, by=sam)
    assert live(proposal) == set()
    with refused("wrong_state"):
        workflow.take_back(proposal.pk, by=sam)
    desk.sign(proposal, people.mia)
    assert not Version.objects.exists()
    desk.sign(proposal, people.sam)
    assert Version.objects.exists()
    assert list(verify()) == []


def test_a_signature_on_an_earlier_text_cannot_be_taken_back(desk: Desk, people: SimpleNamespace) -> None:
    proposal, sam = desk.submit("Campaign"), acting(people.sam)
    desk.sign(proposal, people.sam)
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="Because."))
    with refused("wrong_state"):
        workflow.take_back(proposal.pk, by=sam)


def test_a_second_click_after_publication_is_answered_with_the_signature(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam, people.mia)
    mia = acting(people.mia)
    with nothing_changes():
        again = workflow.sign_off(proposal.pk, by=mia, digest=proposal.text.digest)
    assert again.signer == people.mia
