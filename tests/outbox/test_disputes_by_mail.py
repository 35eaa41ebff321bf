"""Mail about concerns and rulings: to whom, what it says, and that what is over is not mailed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from glossary import workflow
from glossary.models import Concern, Message, Proposal, Ruling
from glossary.policy import Console
from tests.outbox.test_mail import delivered, html_of, to
from tests.workflow.test_rulings import send_back
from tests.world import Desk, acting, person

pytestmark = pytest.mark.django_db

HOSTILE = "**Buy** [here](https://evil.example)\n<script>alert(1)</script>"


@pytest.fixture
def vera(people: SimpleNamespace) -> User:
    vera = person("vera")
    workflow.name_sponsor(vera.pk, by=Console(people.ada))
    return vera


@pytest.fixture
def disputed(desk: Desk, people: SimpleNamespace, vera: User) -> Proposal:
    proposal = send_back(desk.submit("Campaign"), people.mia)
    Message.objects.all().delete()
    return send_back(proposal, people.sam, why=HOSTILE)


def raised(desk: Desk, text: str = "It hurts.") -> Concern:
    slug = desk.publish("Webinar").term.slug
    Message.objects.all().delete()
    return workflow.raise_concern(slug, by=acting(desk.people.rep), text=text)


def rule(proposal: Proposal, vera: User) -> Ruling:
    until = timezone.now() + timedelta(days=9)
    said = {"text": "Count answered leads.", "reasons": HOSTILE, "expires_at": until}
    return workflow.record_ruling(proposal.pk, by=acting(vera), **said)


def test_a_concern_comes_as_text_with_the_way_to_answer(desk: Desk, people: SimpleNamespace) -> None:
    concern = raised(desk, HOSTILE)
    mails = delivered()
    assert {each.to[0] for each in mails} == {f"{name}@example.com" for name in ("sam", "sue", "mia", "max")}
    sent = to(people.mia, mails)
    assert sent.subject == "A concern about Webinar"
    assert "Rep says what hurts about “Webinar” as it is agreed:" in sent.body
    assert "Marketing has not yet." in sent.body
    assert f"http://testserver/terms/webinar/concerns/?concern={concern.pk}#concern-{concern.pk}" in sent.body
    assert "<script>" not in html_of(sent) and 'href="https://evil' not in html_of(sent)


def test_whose_team_has_answered_and_whose_concern_is_withdrawn_gets_no_mail(
    desk: Desk, people: SimpleNamespace
) -> None:
    concern = raised(desk)
    workflow.answer_concern(concern.pk, by=acting(people.mia), text="We agree.")
    mails = delivered()
    assert {each.to[0] for each in mails} == {f"{name}@example.com" for name in ("sam", "sue", "rep")}
    answer = to(people.rep, mails)
    assert "Mia answers your concern about “Webinar” for Marketing:" in answer.body
    assert "It stays open until every team has answered." in answer.body
    workflow.answer_concern(concern.pk, by=acting(people.sam), text="So do we.")
    assert "Every team has answered now." in to(people.rep, delivered()).body
    other = workflow.raise_concern("webinar", by=acting(people.rep), text="Hm.")
    workflow.answer_concern(other.pk, by=acting(people.sam), text="Secret.")
    workflow.blank_concern(other.pk, by=acting(people.rep))
    assert delivered() == []


def test_the_sponsor_reads_who_sent_it_back_and_why(disputed: Proposal, people: SimpleNamespace, vera: User) -> None:
    sent = to(vera, delivered())
    assert sent.subject == "The teams do not agree: Campaign"
    assert "Sam has sent it back for Sales, with this reason:" in sent.body
    assert "http://testserver/rulings/" in sent.body
    assert "<script>" not in html_of(sent)


def test_who_is_the_sponsor_no_longer_is_told_nothing(disputed: Proposal, people: SimpleNamespace, vera: User) -> None:
    workflow.end_sponsorship(vera.pk, by=Console(people.ada))
    assert "The teams do not agree: Campaign" not in {each.subject for each in delivered()}


def test_a_ruling_says_that_nobody_signed_it(disputed: Proposal, people: SimpleNamespace, vera: User) -> None:
    delivered()
    ruling = rule(disputed, vera)
    mails = delivered()
    assert {each.to[0] for each in mails} == {f"{name}@example.com" for name in ("sam", "sue", "mia", "max", "rep")}
    sent = to(people.rep, mails)
    assert sent.subject == "A ruling: Campaign"
    assert "> Count answered leads." in sent.body and "The teams have not agreed on it" in sent.body
    assert f"http://testserver/rulings/{ruling.pk}/" in sent.body
    assert "<script>" not in html_of(sent)
    workflow.end_ruling(ruling.pk, by=acting(vera))
    assert to(people.rep, delivered()).subject == "A ruling has ended: Campaign"


def test_a_ruling_that_has_expired_is_not_mailed_as_if_it_held(disputed: Proposal, vera: User) -> None:
    delivered()
    ruling = rule(disputed, vera)
    with time_machine.travel(ruling.expires_at):
        assert delivered() == []


def test_a_ruling_that_is_over_before_it_is_mailed_is_not(
    disputed: Proposal, people: SimpleNamespace, vera: User
) -> None:
    delivered()
    rule(disputed, vera)
    workflow.withdraw(disputed.pk, by=acting(people.rep))
    assert delivered() == []
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert delivered() == []
