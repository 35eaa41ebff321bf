"""What the inbox calls over is exactly what its letter has nothing to say of, in every kind and as time passes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import Appointment, User
from glossary import outbox, workflow
from glossary.models import Concern, Endpoint, Message, Proposal, Ruling, Version
from glossary.outbox.writing import endpoint_paused
from glossary.policy import Console
from tests.workflow.test_rulings import send_back
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
AFTER_ALL = {"sent_back", "agreed", "took_effect", "watched_change"}  # tell what has happened: never over
NOT_HERE = {"invitation"}


def compared() -> dict[str, set[bool]]:
    """Whether messages of each kind are over now; by the list exactly as by their letters."""
    rows = Message.objects.filter(channel="in_app").select_related("person", "event", "reminder", "about")
    now = timezone.now()
    by_list = set(rows.filter(outbox.is_over(outbox.TO_PEOPLE, now)).values_list("pk", flat=True))
    left = set(rows.exclude(outbox.is_over(outbox.TO_PEOPLE, now)).values_list("pk", flat=True))
    by_letter = {message.pk: outbox.letter_of(message) is None for message in rows}
    wrong = [
        (message.kind, message.person, message.event and message.event.kind, message.written_at, by_letter[message.pk])
        for message in rows
        if by_letter[message.pk] != (message.pk in by_list) or by_letter[message.pk] == (message.pk in left)
    ]
    assert wrong == [], now
    found: dict[str, set[bool]] = {}
    for message in rows:
        found.setdefault(message.kind, set()).add(by_letter[message.pk])
    return found


def until(time_machine: Any, day: int) -> None:
    """Time passes until so many days after the first Monday, with a worker that looks."""
    time_machine.move_to(MONDAY + day * DAY)
    workflow.announce(at=timezone.now())
    workflow.remind(at=timezone.now())


def much_is_told(desk: Desk, people: SimpleNamespace, time_machine: Any) -> None:
    """Something of every kind that an inbox holds."""
    time_machine.move_to(MONDAY)
    vera = person("vera")
    workflow.name_sponsor(vera.pk, by=Console(people.ada))
    old = desk.publish("Old", review_months=1)
    desk.publish("Older", review_months=1)
    for slug in ("old", "older"):
        workflow.watch(slug, by=acting(people.mark), at=timezone.now())
    desk.publish("Older", term="older", why="Later.", review_months=1, effective_from=timezone.now() + DAY)
    until(time_machine, 32)
    desk.submit("Old", term=old.term.slug, why="Because.")
    people_of_rep = acting(people.rep)
    for name in ("Campaign", "Lead", "Churn"):
        desk.submit(name)
    desk.sign(Proposal.objects.get(term__slug="lead"), people.mia)
    text = draft_content("Lead", why="Better.")
    workflow.revise(Proposal.objects.get(term__slug="lead").pk, by=people_of_rep, content=text)
    now = timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + 12 * DAY)
    desk.sign(Proposal.objects.get(term__slug="churn"), people.rep)
    stuck = send_back(desk.submit("Funnel"), people.mia, people.sam)
    workflow.record_ruling(stuck.pk, by=acting(vera), text="So.", reasons="Why.", expires_at=now + 20 * DAY)
    workflow.hand_over([stuck.pk], to=people.mark.pk, by=people_of_rep)
    for text_of_it in ("It hurts.", "It hurts more."):
        workflow.raise_concern("older", by=people_of_rep, text=text_of_it)
    workflow.answer_concern(Concern.objects.order_by("pk")[0].pk, by=acting(people.mia), text="We know.")
    workflow.appoint_owner(people.mark.pk, by=Console(people.ada), side="marketing")
    endpoint, _ = workflow.add_endpoint(
        by=Console(people.ada), name="CRM", url="https://crm.example.com/", kinds=["version.published"]
    )
    at = timezone.now()
    Endpoint.objects.filter(pk=endpoint.pk).update(paused_at=at, failures=15)
    endpoint_paused(endpoint, at)


@pytest.mark.slow
def test_the_list_and_the_letters_agree_about_every_kind_whatever_happens(
    desk: Desk, people: SimpleNamespace, time_machine: Any
) -> None:
    much_is_told(desk, people, time_machine)
    found = compared()
    assert set(found) == set(outbox.TO_PEOPLE) - NOT_HERE - {"reminder", "escalated"}
    for happen in _whatever_happens(desk, people, time_machine):
        happen()
        for kind, states in compared().items():
            found.setdefault(kind, set()).update(states)
    assert set(found) == set(outbox.TO_PEOPLE) - NOT_HERE
    assert {kind for kind, states in found.items() if states == {False}} == AFTER_ALL
    assert all(False in states for states in found.values())


def _whatever_happens(desk: Desk, people: SimpleNamespace, time_machine: Any) -> list[Callable[[], object]]:
    """What happens one after the other, and what of it without a look between."""
    funnel, campaign, lead, old = (
        Proposal.objects.filter(term__slug=slug).order_by("-pk")[0] for slug in ("funnel", "campaign", "lead", "old")
    )
    concerns = Concern.objects.order_by("pk")
    ada = Console(people.ada)

    def colleagues_sign() -> None:
        desk.sign(old, people.sam)
        desk.sign(lead, people.sue)

    def one_signature_takes_the_place_of_another() -> None:
        until(time_machine, 37)
        workflow.take_back(old.pk, by=acting(people.sam))
        desk.sign(old, people.sue)

    def some_texts_are_answered_and_others_changed() -> None:
        workflow.reaffirm("older", by=acting(people.sam), digest=_digest("older"))
        workflow.revise(campaign.pk, by=acting(people.rep), content=draft_content("Campaign", why="Better."))

    def concerns_are_answered_and_removed() -> None:
        workflow.blank_concern(concerns[0].pk, by=acting(people.rep))
        workflow.answer_concern(concerns[1].pk, by=acting(people.sam), text="We know.")

    def appointments_are_decided() -> None:
        workflow.confirm_appointment(Appointment.objects.get(state="pending").pk, by=acting(people.mia))
        workflow.appoint_owner(people.rep.pk, by=ada, side="sales")

    def much_ends() -> None:
        workflow.reaffirm("older", by=acting(people.max), digest=_digest("older"))
        workflow.withdraw(campaign.pk, by=acting(people.rep))
        workflow.decline(lead.pk, by=acting(people.sam), reason="Not now.")
        workflow.withdraw_appointment(Appointment.objects.get(state="pending").pk, by=ada)
        workflow.withdraw_concern(concerns[1].pk, by=acting(people.rep))
        workflow.resume_endpoint(Endpoint.objects.get().pk, by=ada)

    def the_rest_ends() -> None:
        desk.sign(old, people.sam, people.max)
        workflow.end_sponsorship(User.objects.get(username="vera").pk, by=ada)

    return [
        colleagues_sign,
        one_signature_takes_the_place_of_another,
        lambda: until(time_machine, 42),  # newer reminders of the same
        some_texts_are_answered_and_others_changed,
        lambda: until(time_machine, 46),  # a loan has ended on which was signed, and the sponsor is told
        concerns_are_answered_and_removed,
        appointments_are_decided,
        lambda: until(time_machine, 53),  # the ruling has expired
        lambda: workflow.hand_over([funnel.pk], to=people.max.pk, by=acting(people.mark)),
        lambda: workflow.remove_owner(people.sue.pk, by=ada),
        lambda: until(time_machine, 60),
        much_ends,
        the_rest_ends,
    ]


def _digest(slug: str) -> str:
    return Version.objects.of(slug).order_by("-number")[0].digest


def test_a_ruling_ended_early_is_over_and_that_it_was_ended_is_news(desk: Desk, people: SimpleNamespace) -> None:
    vera = person("vera")
    workflow.name_sponsor(vera.pk, by=Console(people.ada))
    stuck = send_back(desk.submit("Funnel"), people.mia, people.sam)
    until_then = timezone.now() + 9 * DAY
    workflow.record_ruling(stuck.pk, by=acting(vera), text="So.", reasons="Why.", expires_at=until_then)
    assert compared()["ruling"] == {False}
    workflow.end_ruling(Ruling.objects.get().pk, by=acting(vera))
    assert compared()["ruling"] == {True, False}


def test_what_was_handed_to_an_owner_is_not_theirs_to_sign_where_authors_may_not(
    desk: Desk, people: SimpleNamespace, time_machine: Any, settings: LazySettings
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    time_machine.move_to(MONDAY)
    proposal = desk.submit("Campaign")
    until(time_machine, 3)
    workflow.hand_over([proposal.pk], to=people.sam.pk, by=acting(people.rep))
    found = compared()
    assert found["to_sign"] == found["reminder"] == {True, False}


def test_whoever_signs_for_an_author_is_not_asked_where_authors_may_not(
    desk: Desk, people: SimpleNamespace, time_machine: Any, settings: LazySettings
) -> None:
    """Rep signs in place of Sam, to whom the text is handed over; Mark in place of Mia, to whom it is not."""
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    time_machine.move_to(MONDAY)
    now = timezone.now()
    workflow.delegate(people.rep.pk, by=acting(people.sam), starts_at=now, ends_at=now + 30 * DAY)
    workflow.delegate(people.mark.pk, by=acting(people.mia), starts_at=now, ends_at=now + 30 * DAY)
    proposal = desk.submit("Campaign", by=people.ada)
    until(time_machine, 3)
    assert compared()["to_sign"] == compared()["reminder"] == {False}
    workflow.hand_over([proposal.pk], to=people.sam.pk, by=acting(people.ada))
    compared()
    for kind in ("to_sign", "reminder"):
        told = Message.objects.filter(channel="in_app", kind=kind)
        over = told.filter(outbox.is_over(outbox.TO_PEOPLE, timezone.now()))
        assert set(over.values_list("person__username", flat=True)) == {"sam", "rep"}, kind
        assert set(told.values_list("person__username", flat=True)) > {"sam", "rep", "mark", "mia"}, kind
