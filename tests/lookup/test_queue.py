"""What waits for whom, and what one may do about it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Delegation
from glossary import lookup, workflow
from glossary.lookup import Waiting
from glossary.models import Proposal
from glossary.policy import Console
from tests.reading import reading_only
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


def queue(user: Any) -> lookup.Queue:
    user.refresh_from_db()
    with reading_only():
        return lookup.queue(user, at=timezone.now())


def names(waiting: list[Waiting]) -> list[str]:
    return [item.name for item in waiting]


def test_a_suggestion_waits_for_each_side_until_it_has_signed(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    assert names(queue(people.sam).for_me) == names(queue(people.mia).for_me) == ["Campaign"]
    desk.sign(proposal, people.sam)
    assert names(queue(people.sam).for_me) == names(queue(people.sue).for_me) == []
    (waiting,) = queue(people.sam).for_others
    assert ([side.key for side in waiting.missing], waiting.since) == (["marketing"], waiting.proposal.submitted_at)
    assert names(queue(people.mia).for_me) == ["Campaign"]
    assert names(queue(people.rep).mine) == ["Campaign"]
    assert names(queue(people.rep).for_me) == []


def test_a_suggestion_stands_once_in_a_queue(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign", by=people.mia)
    assert (names(queue(people.mia).for_me), queue(people.mia).mine, queue(people.mia).for_others) == (
        ["Campaign"],
        [],
        [],
    )
    desk.sign(proposal, people.mia)
    assert (queue(people.mia).for_me, names(queue(people.mia).mine), queue(people.mia).for_others) == (
        [],
        ["Campaign"],
        [],
    )
    assert names(queue(people.max).for_others) == ["Campaign"]


def test_what_was_sent_back_returns_to_its_author_and_to_those_who_had_signed(
    desk: Desk, people: SimpleNamespace
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason="Too vague.")
    for concerned in (people.rep, people.sam, people.mia):
        assert names(queue(concerned).sent_back) == ["Campaign"]
    assert names(queue(people.max).sent_back) == []
    desk.open("Funnel")
    assert names(queue(people.rep).drafts) == ["Funnel"]


def test_a_delegate_has_the_queue_while_the_loan_lasts(desk: Desk, people: SimpleNamespace) -> None:
    now = timezone.now()
    workflow.delegate(people.mark.pk, by=acting(people.mia), starts_at=now, ends_at=now + timedelta(days=2))
    proposal = desk.submit("Campaign")
    assert names(queue(people.mark).for_me) == ["Campaign"]
    desk.sign(proposal, people.mark)
    assert names(queue(people.mia).for_me) == []
    with reading_only():
        later = lookup.queue(people.mia, at=now + timedelta(days=3))
    assert names(later.for_me) == ["Campaign"]
    assert Delegation.objects.count() == 1


def test_an_author_who_may_not_sign_is_not_asked_to(desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    desk.submit("Campaign", by=people.sam)
    assert names(queue(people.sam).for_me) == []
    assert names(queue(people.sue).for_me) == ["Campaign"]
    assert not lookup.home(people.sam, at=timezone.now()).for_me
    assert len(lookup.home(people.sue, at=timezone.now()).for_me) == 1
    assert waiting_for_me(people.sam) == []
    assert waiting_for_me(people.sue) == ["Campaign"]
    assert detail(Proposal.objects.get(), people.rep).seats[0].who_can == [people.sue]


def waiting_for_me(user: Any) -> list[str]:
    found = lookup.proposals(by=acting(user), at=timezone.now(), waiting_for="me")
    return [proposal.term.name for proposal in found]


def test_whoever_signs_is_told_that_nothing_is_new(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    same = desk.submit("Campaign", term="campaign")
    other = desk.submit("Campaign", term="campaign", why="Because.")
    told = [[found.code for found in detail(proposal, people.sam).readiness.warnings] for proposal in (same, other)]
    assert [("nothing_new" in codes) for codes in told] == [True, False]


def test_a_further_owner_waits_for_an_owner_of_the_side(people: SimpleNamespace) -> None:
    workflow.appoint_owner(people.rep.pk, by=Console(people.ada), side="sales")
    assert [appointment.user for appointment in queue(people.sam).appointments] == [people.rep]
    assert queue(people.mia).appointments == queue(people.rep).appointments == []


def detail(proposal: Any, user: Any) -> lookup.ProposalDetail:
    actor = acting(user)
    with reading_only():
        return lookup.proposal_detail(proposal.pk, by=actor, at=timezone.now())


def allowed(seen: lookup.ProposalDetail) -> set[str]:
    return {action for action, refusal in seen.answers.items() if refusal is None}


def test_each_person_is_told_what_they_may_do(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    assert allowed(detail(proposal, people.rep)) == {"revise", "withdraw", "comment"}
    assert allowed(detail(proposal, people.mark)) == allowed(detail(proposal, people.ada)) == {"comment"}
    assert allowed(detail(proposal, people.sam)) == {"sign", "object", "decline", "revise", "comment"}
    desk.sign(proposal, people.sam)
    signed = detail(proposal, people.sam)
    assert allowed(signed) == {"object", "take_back", "decline", "revise", "comment"}
    assert "Sam has already signed" in str(detail(proposal, people.sue).answers["sign"])
    assert str(signed.answers["withdraw"]) == "Only its author, Rep, can cancel this suggestion."
    workflow.deactivate(people.rep.pk, by=Console(people.ada))
    to_somebody_else = "Rep has left; an administrator can hand it over."
    assert str(detail(proposal, people.sam).answers["withdraw"]).endswith(to_somebody_else)


def test_nobody_is_offered_to_put_up_a_text_that_cannot_be(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason="By amount.")
    for person in (people.rep, people.sam, people.ada):
        assert getattr(detail(proposal, person).answers["submit"], "code", "") == "objection_stands"
    desk.publish("Lead")
    behind = desk.open("Lead", term="lead", summary="a person who asks")
    assert "submit" in allowed(detail(behind, people.sam))
    desk.publish("Lead", term="lead", summary="a person who answers")
    assert getattr(detail(behind, people.sam).answers["submit"], "code", "") == "base_moved"


def test_a_signer_is_shown_what_changed_since(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    assert detail(proposal, people.sam).since_signed is None
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="new"))
    since = detail(proposal, people.sam).since_signed
    assert since and [change.field for change in since] == ["why"]
    assert detail(proposal, people.mia).since_signed is None
    assert [seat.state for seat in detail(proposal, people.sam).seats] == ["missing", "missing"]


def test_an_ended_suggestion_shows_its_signatures_for_good(desk: Desk, people: SimpleNamespace) -> None:
    version = desk.publish("Campaign")
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    seen = detail(version.proposal, people.ada)
    assert [seat.sign_off.signer.display_name for seat in seen.seats if seat.sign_off] == ["Sam", "Mia"]
    assert (seen.published_version, seen.missing, allowed(seen)) == (1, [], {"comment"})


def test_suggestions_are_filtered_by_state_and_by_whom_they_wait_for(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.open("Funnel")
    desk.sign(proposal, people.sam)
    now = timezone.now()

    def found(user: Any, **filters: str) -> list[str]:
        return [row.term.slug for row in lookup.proposals(by=acting(user), at=now, **filters)]

    assert found(people.mia, waiting_for="me") == found(people.rep, waiting_for="marketing") == ["campaign"]
    assert found(people.sam, waiting_for="me") == found(people.rep, waiting_for="me") == []
    assert found(people.rep, state="draft") == ["funnel"]
