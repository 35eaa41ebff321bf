"""Who is told of what, and that it is written down with the change or not at all."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from glossary import ledger, outbox, workflow
from glossary.domain.refusals import Refusal
from glossary.ledger.verifying import verify
from glossary.models import Delivery, Event, Message
from glossary.policy import Console
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db


def told(kind: str, channel: str = "mail") -> list[str]:
    """Who has a message of this kind, by user name."""
    return sorted(Message.objects.filter(kind=kind, channel=channel).values_list("person__username", flat=True))


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The people at work; what was said while they were seated is out of the way."""
    Message.objects.all().delete()
    return desk


def test_everybody_who_can_sign_is_told_that_a_text_waits(desk: Desk) -> None:
    desk.submit("Campaign")
    assert told("to_sign") == ["max", "mia", "sam", "sue"]


def test_a_delegate_is_told_as_well(desk: Desk, people: SimpleNamespace) -> None:
    now = timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + timedelta(days=7))
    desk.submit("Campaign")
    assert "rep" in told("to_sign")


def test_whoever_has_signed_a_text_that_changes_is_told_what_changed_and_nothing_else(
    desk: Desk, people: SimpleNamespace
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign", why="The budget."))
    newest = Event.objects.filter(kind="proposal.revised").get()
    assert told("lapsed") == ["sam"]
    again = Message.objects.filter(event=newest, kind="to_sign", channel="mail")
    assert sorted(again.values_list("person__username", flat=True)) == ["max", "mia", "sue"]


def test_saving_the_same_text_tells_nobody(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    before = Message.objects.count()
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign"))
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign"), reason="Said better.")
    assert Message.objects.count() == before


def test_author_and_signers_hear_that_it_was_sent_back_and_the_objector_knows(
    desk: Desk, people: SimpleNamespace
) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason="Whose budget?")
    assert told("sent_back") == ["rep", "sam"]


def test_author_and_signers_hear_that_it_is_agreed(desk: Desk) -> None:
    desk.publish("Campaign")
    assert told("agreed") == ["mia", "rep", "sam"]


def test_a_lost_role_asks_the_others_of_the_side(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    Message.objects.all().delete()
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    assert "sue" in told("to_sign") and "sam" not in told("to_sign")
    assert told("roles") == ["max", "mia", "sam", "sue"]


def test_a_role_is_the_business_of_both_sides_and_a_member_of_one_person(desk: Desk, people: SimpleNamespace) -> None:
    workflow.appoint_owner(people.mark.pk, by=Console(people.ada), side="marketing")
    assert told("roles") == ["mark", "max", "mia", "sam", "sue"]
    Message.objects.all().delete()
    workflow.place_member(people.rep.pk, by=Console(people.ada), side="marketing")
    assert told("roles") == ["rep"]


def test_nobody_is_told_who_was_never_here_or_is_gone(desk: Desk, people: SimpleNamespace) -> None:
    workflow.deactivate(people.mark.pk, by=Console(people.ada))
    assert "mark" not in told("roles")
    pia = person("pia")
    pia.set_unusable_password()
    pia.save()
    workflow.place_member(pia.pk, by=Console(people.ada), side="sales")
    assert "pia" not in told("roles")


def test_a_refused_act_tells_nobody(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    before = Message.objects.count()
    with pytest.raises(Refusal):
        workflow.send_back(proposal.pk, by=acting(people.mia), digest="0" * 64, reason="No.")
    with pytest.raises(RuntimeError), ledger.locked() as head:
        outbox.up_for_signing(proposal, head.record("proposal.submitted", by=None, proposal=proposal))
        raise RuntimeError
    assert Message.objects.count() == before


def test_the_database_lets_nobody_be_told_twice_of_one_event(desk: Desk) -> None:
    desk.submit("Campaign")
    once = Message.objects.filter(kind="to_sign").first()
    assert once is not None
    values = {field: getattr(once, field) for field in ("kind", "channel", "person", "event", "stream")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(written_at=timezone.now(), next_at=timezone.now(), **values)


def test_messages_hold_ids_and_no_word_of_any_text(desk: Desk) -> None:
    desk.submit("Campaign", reason="Secret plans", summary="hush")
    kept = " ".join(str(row) for row in Message.objects.values_list())
    assert "Secret" not in kept and "hush" not in kept and "Campaign" not in kept


def test_a_version_is_said_to_take_effect_once_when_it_does(desk: Desk) -> None:
    now = timezone.now()
    desk.publish("Campaign")
    desk.publish("Lead", effective_from=now + timedelta(days=3))
    assert workflow.announce(at=timezone.now()) == 1
    assert workflow.announce(at=timezone.now()) == 0
    said = Event.objects.get(kind="version.took_effect")
    assert (said.actor, said.term.slug, said.facts["version"]) == (None, "campaign", 1)
    assert told("took_effect") == [], "it was in force when it was agreed, which was said"
    assert list(verify()) == []


def test_the_day_comes_and_author_and_signers_are_told(desk: Desk, time_machine: object) -> None:
    later = timezone.now() + timedelta(days=3)
    version = desk.publish("Lead", effective_from=later)
    time_machine.move_to(later + timedelta(minutes=1))  # type: ignore[attr-defined]
    assert workflow.announce(at=timezone.now()) == 1
    assert told("took_effect") == ["mia", "rep", "sam"]
    assert version.announcement.event.facts["version"] == 1
    assert list(verify()) == []


def test_verify_notices_an_announcement_that_comes_too_early(desk: Desk) -> None:
    version = desk.publish("Lead", effective_from=timezone.now() + timedelta(days=3))
    facts = {"version": 1, "digest": version.digest, "in_force_from": "2020-01-01T00:00:00Z"}
    with ledger.locked() as head:
        head.record("version.took_effect", by=None, term=version.term, **facts)
    assert "was not published so" in str(next(verify()))


def test_the_lag_counts_what_is_due_and_not_what_waits_for_a_better_hour(desk: Desk) -> None:
    desk.submit("Campaign")
    now = timezone.now()
    waiting = Message.objects.filter(kind="to_sign", channel="mail")
    waiting.filter(person__username="sam").update(next_at=now + timedelta(hours=8))
    waiting.filter(person__username="mia").update(state=Delivery.GIVEN_UP)
    lag = outbox.lag(now + timedelta(seconds=90))
    assert (lag.due, lag.given_up) == (2, 1)
    assert 89 <= lag.oldest_seconds <= 100
