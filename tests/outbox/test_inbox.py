"""What stands in the inbox, for whom, and what watchers are told, beside the mail and without a worker."""

from collections.abc import Collection
from datetime import time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.preferences import keep_notifications, switch_off
from glossary import lookup, outbox, workflow
from glossary.models import Delivery, Message, Proposal
from glossary.policy import Console
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The people at work; what was said while they were seated is out of the way."""
    Message.objects.all().delete()
    return desk


def told(kind: str, channel: str = "in_app") -> list[str]:
    """Who has a message of this kind, by user name."""
    return sorted(Message.objects.filter(kind=kind, channel=channel).values_list("person__username", flat=True))


def watching(slug: str, people: Collection[User]) -> None:
    for each in people:
        workflow.watch(slug, by=acting(each), at=timezone.now())


def chose(somebody: User, **modes: str) -> None:
    keep_notifications(somebody, modes=modes, weekdays_only=False, quiet=None, digest_at=time(8))


def test_it_is_there_with_the_change_about_the_same_event_as_the_mail(desk: Desk, people: SimpleNamespace) -> None:
    desk.submit("Campaign")
    mail, inbox = (Message.objects.get(channel=channel, person=people.mia) for channel in ("mail", "in_app"))
    assert (inbox.kind, inbox.event, inbox.term, inbox.proposal) == (mail.kind, mail.event, mail.term, mail.proposal)
    assert (mail.state, inbox.state, inbox.read_at) == (Delivery.WAITING, Delivery.SENT, None)
    assert lookup.unread_count(people.mia, at=timezone.now()) == 1


def test_whom_no_mail_reaches_is_told_in_the_inbox_and_who_is_gone_nowhere(desk: Desk, people: SimpleNamespace) -> None:
    pia = person("pia")
    pia.set_unusable_password()
    pia.save()
    workflow.place_member(pia.pk, by=Console(people.ada), side="sales")
    assert told("roles") == ["pia"] and told("roles", "mail") == []
    workflow.deactivate(people.max.pk, by=Console(people.ada))
    desk.submit("Campaign")
    assert told("to_sign") == ["mia", "sam", "sue"]


def test_one_chooses_the_inbox_without_mail_or_neither(desk: Desk, people: SimpleNamespace) -> None:
    chose(people.sam, to_sign="off")
    chose(people.mia, to_sign="none")
    desk.submit("Campaign")
    assert told("to_sign") == ["max", "sam", "sue"]
    while outbox.deliver_next():
        pass
    mails = Message.objects.filter(channel="mail", state=Delivery.SENT)
    assert sorted(mails.values_list("person__username", flat=True)) == ["max", "sue"]


def test_a_click_in_a_mail_ends_the_mail_and_never_brings_the_inbox_back(desk: Desk, people: SimpleNamespace) -> None:
    chose(people.mia, to_sign="none")
    for owner in (people.sam, people.mia):
        switch_off(owner, "to_sign")
    desk.submit("Campaign")
    assert told("to_sign") == ["max", "sam", "sue"]


def test_watchers_are_told_and_nobody_of_one_event_twice(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    watching("campaign", vars(people).values())
    workflow.deactivate(people.ada.pk, by=Console(people.sue))
    Message.objects.all().delete()
    proposal = desk.submit("Campaign", term="campaign", why="Because.")
    assert (told("to_sign"), told("watched_suggestion")) == (["max", "mia", "sam", "sue"], ["mark"])
    desk.sign(proposal, people.sam, people.mia)
    assert (told("agreed"), told("watched_change")) == (["mia", "rep", "sam"], ["mark", "max", "sue"])
    assert told("watched_change", "mail") == ["mark", "max", "sue"]
    letters = [outbox.letter_of(message) for message in Message.objects.filter(kind="watched_change")]
    assert {letter.subject for letter in letters if letter} == {"Change agreed: Campaign"}
    assert all(letter and letter.changes for letter in letters), "the difference is in it"


def test_a_word_to_avoid_is_told_and_so_is_the_day_it_takes_effect(
    desk: Desk, people: SimpleNamespace, time_machine: object
) -> None:
    later = timezone.now() + timedelta(days=3)
    desk.publish("Push")
    watching("push", [people.mark])
    desk.publish("Push", term="push", status="retired", status_reason="Nobody says it.", effective_from=later)
    (early,) = (outbox.letter_of(each) for each in _inbox_of(people.mark, "watched_change"))
    assert early and "is retired (version 2). It is in force from" in early.lines[0]
    time_machine.move_to(later + timedelta(minutes=1))  # type: ignore[attr-defined]
    workflow.announce(at=timezone.now())
    first, second = (outbox.letter_of(each) for each in _inbox_of(people.mark, "watched_change"))
    assert first and "is retired (version 2). It is in force now." in first.lines[0]
    assert second and "version 2, took effect on" in second.lines[0]


def test_whoever_stops_watching_is_told_no_more(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    watching("campaign", [people.mark, people.mark])
    workflow.stop_watching("campaign", by=acting(people.mark))
    desk.submit("Campaign", term="campaign", why="Because.")
    assert told("watched_suggestion") == []


def _inbox_of(somebody: User, kind: str) -> list[Message]:
    return list(Message.objects.in_the_inbox_of(somebody).filter(kind=kind).order_by("sequence"))


def _signed_by_a_colleague(desk: Desk, proposal: Proposal) -> None:
    desk.sign(proposal, desk.people.sue)


def _sent_back(desk: Desk, proposal: Proposal) -> None:
    by = acting(desk.people.mia)
    workflow.send_back(proposal.pk, by=by, digest=proposal.text.digest, reason="Whose budget?")


def _given_another_text(desk: Desk, proposal: Proposal) -> None:
    workflow.revise(proposal.pk, by=acting(desk.people.rep), content=draft_content("Campaign", why="Another one."))


def _cancelled(desk: Desk, proposal: Proposal) -> None:
    workflow.withdraw(proposal.pk, by=acting(desk.people.rep))


def _handed_on(desk: Desk, proposal: Proposal) -> None:
    people = desk.people
    workflow.hand_over([proposal.pk], to=people.mark.pk, by=acting(people.rep))
    workflow.hand_over([proposal.pk], to=people.max.pk, by=acting(people.mark))


@pytest.mark.parametrize("happen", [_signed_by_a_colleague, _sent_back, _given_another_text, _cancelled, _handed_on])
def test_the_list_says_that_a_message_is_over_exactly_when_its_letter_does(
    happen: object, desk: Desk, people: SimpleNamespace
) -> None:
    proposal = desk.submit("Campaign")
    watching("campaign", [people.mark])
    _given_another_text(desk, proposal)
    desk.sign(proposal, people.max)
    _sent_back(desk, desk.submit("Lead"))
    proposal = desk.submit("Campaign", term="campaign", why="Because.")
    desk.sign(proposal, people.sam)
    _given_another_text(desk, Proposal.objects.get(pk=proposal.pk))
    happen(desk, Proposal.objects.get(pk=proposal.pk))  # type: ignore[operator]
    by_list = {}
    for somebody in vars(people).values():
        by_list |= {each.message.pk: each.is_over for each in lookup.inbox(somebody, at=timezone.now()).told}
    rows = Message.objects.filter(channel="in_app").select_related("person", "event")
    assert by_list == {row.pk: outbox.letter_of(row) is None for row in rows}
    assert True in by_list.values() and False in by_list.values()


def test_nothing_of_the_inbox_is_delivered_again_by_a_worker(desk: Desk, people: SimpleNamespace) -> None:
    desk.submit("Campaign")
    assert workflow.redeliver(list(Message.objects.values_list("pk", flat=True)), by=acting(people.ada)) == 0
    assert not Message.objects.filter(channel="in_app").exclude(state=Delivery.SENT).exists()
