"""A registry that has been lived in: a row of every kind that is kept, each made through the write path."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Token
from glossary import workflow
from glossary.models import Proposal, Version
from glossary.policy import Console, Tool
from tests.unchanged import everything
from tests.world import Desk, acting, company, draft_content


@contextmanager
def happened_once(blocker: DjangoDbBlocker, happen: Callable[[], SimpleNamespace]) -> Iterator[SimpleNamespace]:
    """What happens before a whole module of tests, undone after them; each test then runs in a savepoint of its own.

    The tests need the mark `django_db` too, or there is no database to begin with.
    """
    with blocker.unblock(), transaction.atomic():
        yield happen()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    """The history told once for the tests of a module."""
    with happened_once(django_db_blocker, tell) as history:
        history.everything = everything()
        yield history


@pytest.fixture
def history(told: SimpleNamespace, db: None) -> SimpleNamespace:
    """The registry after a while, and `everything` in it; whatever a test does to it is undone."""
    connection.check_constraints()  # on PostgreSQL this also ends what is deferred and would keep a table from emptying
    return told


def tell() -> SimpleNamespace:
    """What happened; the people and the desk they worked at are returned."""
    with time_machine.travel(timezone.now() - timedelta(days=60)):
        people = company()
        desk = Desk(people)
        long_ago = [desk.publish(name, review_months=1) for name in ("Funnel", "Stage")]
    _set_up(people)
    _agree_and_rename(desk)
    _weigh(desk)
    _look_again(desk, *long_ago)
    _say_no(desk)
    _lend_a_seat(desk)
    _talk(desk)
    _leave_things_open(desk)
    _change_roles(desk)
    _disagree(desk)
    return SimpleNamespace(people=people, desk=desk)


def _set_up(people: SimpleNamespace) -> None:
    ada = Console(people.ada)
    workflow.mark_as_demo(by=ada)
    workflow.add_side("product", by=ada, name="Product")
    workflow.remove_seat("product", by=ada)


def _agree_and_rename(desk: Desk) -> None:
    desk.publish(
        "Push", by=desk.people.rep, why="One word for one thing.", reason=" Each team counts another thing.\r\n"
    )
    desk.publish(
        "Marketing Campaign", term="push", aliases=["campaign"], abbreviations=["MC"], for_sides={"sales": "Ask."}
    )
    desk.publish("Lead", effective_from=timezone.now() + timedelta(days=90))
    desk.publish("Quote", effective_from=timezone.now() + timedelta(days=30))
    desk.publish("Quote", term="quote", why="Nobody waits for the earlier text.")
    desk.publish(
        "Inquiry", crm_mappings=[{"system": "salesforce", "object": "Lead", "field": "Status", "value": "Open"}]
    )
    _agree_on_what_runs(desk)
    workflow.label_term("lead", by=Console(desk.people.ada), category="Funnel", tags=["early"], is_required=True)


def _agree_on_what_runs(desk: Desk) -> None:
    fields = {"email": {"type": "string", "source": "CRM"}, "score": {"type": "int", "source": "CRM"}}
    desk.publish("Contact Record", kind="record_type", key="contact_record", fields=fields)
    warm = {"id": "is_warm", "label": "Counts as warm", "record": "contact_record", "expr": "score >= 60"}
    loud = {"id": "is_loud", "label": "Counts as loud", "record": "contact_record", "expr": "email IS NOT NULL"}
    desk.publish("Warm Contact", criteria=[warm])
    desk.publish("Warm Contact", term="warm-contact", criteria=[warm | {"expr": "score >= 70"}, loud])


def _look_again(desk: Desk, renewed: Version, half: Version) -> None:
    """Two words whose review fell due: one is confirmed by both teams, of the other somebody later loses the role."""
    people = desk.people
    for signer in (people.sam, people.mia):
        workflow.reaffirm(renewed.term.slug, by=acting(signer), digest=renewed.digest)
    workflow.reaffirm(half.term.slug, by=acting(people.sue), digest=half.digest)


def _weigh(desk: Desk) -> None:
    """A change is tried on records and agreed in view of its effect; another one still has records beside it."""
    people, tried = desk.people, {"record": "contact_record", "records": [{"email": "a@x.example", "score": 65}]}
    warm = {"id": "is_warm", "label": "Counts as warm", "record": "contact_record", "expr": "score >= 50"}
    agreed = desk.submit("Warm Contact", term="warm-contact", criteria=[warm])
    workflow.weigh(agreed.pk, by=acting(people.mark), at=timezone.now(), **tried)
    seen = agreed.text.impacts.get().digest
    workflow.sign_off(agreed.pk, by=acting(people.sam), digest=agreed.text.digest, impact=seen)
    desk.sign(agreed, people.mia)
    half = desk.submit("Warm Contact", term="warm-contact", criteria=[warm | {"expr": "score >= 70"}])
    workflow.weigh(half.pk, by=acting(people.rep), at=timezone.now(), **tried)
    workflow.sign_off(half.pk, by=acting(people.mia), digest=half.text.digest, impact=half.text.impacts.get().digest)


def _say_no(desk: Desk) -> None:
    sent_back = desk.submit("Opportunity")
    desk.sign(sent_back, desk.people.sam)
    _send_back(sent_back, desk)
    workflow.withdraw_objection(sent_back.pk, by=acting(desk.people.mia))
    workflow.submit(sent_back.pk, by=acting(desk.people.rep))
    _send_back(sent_back, desk)
    taken_back = desk.submit("Account")
    desk.sign(taken_back, desk.people.sam)
    workflow.take_back(taken_back.pk, by=acting(desk.people.sam))
    workflow.decline(desk.open("Prospect").pk, by=acting(desk.people.mia), reason="We have a word for it already.")
    workflow.withdraw(desk.submit("Suspect").pk, by=acting(desk.people.rep))


def _send_back(proposal: Proposal, desk: Desk) -> None:
    digest = Proposal.objects.get(pk=proposal.pk).text.digest
    workflow.send_back(proposal.pk, by=acting(desk.people.mia), digest=digest, reason="This hurts our count.")


def _lend_a_seat(desk: Desk) -> None:
    people, now = desk.people, timezone.now()
    dates = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(days=7)}
    workflow.delegate(people.rep.pk, by=acting(people.sam), **dates)
    lent = desk.submit("Handover", by=people.mark)
    workflow.sign_off(lent.pk, by=acting(people.rep), digest=lent.text.digest, reservation="Until we count again.")
    desk.sign(lent, people.mia)
    ended = workflow.delegate(people.mark.pk, by=acting(people.max), **dates)
    workflow.end_delegation(ended.pk, by=acting(people.max))


def _talk(desk: Desk) -> None:
    people = desk.people
    workflow.comment_on_term("push", by=acting(people.rep), text="We never said push.")
    said = workflow.comment_on_term("push", by=acting(people.mark), text="Something about a person.")
    workflow.blank_comment(said.pk, by=acting(people.mark))
    workflow.raise_word("Ghosting", by=acting(people.mark), note="Everybody says it.")
    workflow.once(caller="token:1", key="k-1", request=b"POST /", act=lambda: "201")


def _leave_things_open(desk: Desk) -> None:
    people = desk.people
    token, _ = Token.objects.create(user=people.mark, name="CRM sync", scopes=["read", "propose"])
    tool = Tool(people.mark, via=token.name, token=token)
    draft = workflow.open_proposal(by=tool, content=draft_content("Bounce"), reason="From the CRM.")
    workflow.revise(draft.pk, by=tool, content=draft_content("Bounce", why="Mail comes back."), reason="Better words.")
    workflow.comment_on_proposal(draft.pk, by=tool, text="Taken from the CRM.")
    late = desk.open("Marketing Campaign", term="push", why="Because.")
    desk.publish("Marketing Campaign", term="push", summary="plan that both teams can point at")
    workflow.rebase(late.pk, by=acting(people.rep))
    half = desk.submit("Demo Request")
    desk.sign(half, people.sam)


def _change_roles(desk: Desk) -> None:
    people, ada = desk.people, Console(desk.people.ada)
    half = desk.submit("Webinar")
    desk.sign(half, people.sue)
    workflow.remove_owner(people.sue.pk, by=ada)
    appointment = workflow.appoint_owner(people.sue.pk, by=ada, side="sales")
    workflow.decline_appointment(appointment.pk, by=acting(people.sam))
    workflow.appoint_owner(people.mark.pk, by=ada, side="marketing")
    workflow.name_sponsor(people.mark.pk, by=ada)
    workflow.name_sponsor(people.ada.pk, by=acting(people.ada))
    kept = desk.open("Nurture", by=people.max)
    workflow.hand_over([kept.pk], to=people.rep.pk, by=acting(people.max))
    workflow.hand_over([kept.pk], to=people.max.pk, by=acting(people.rep))
    gone = desk.submit("Churn")
    workflow.send_back(gone.pk, by=acting(people.max), digest=gone.text.digest, reason="Not ours.")
    workflow.deactivate(people.max.pk, by=ada, hand_to=people.mark.pk)
    workflow.withdraw_objection(gone.pk, by=acting(people.mia))


def _disagree(desk: Desk) -> None:
    """Concerns in every state about a word in force; a suggestion sent back twice, with rulings by the sponsor, Ada."""
    people, example = desk.people, {"criterion": "is_warm", "record": {"score": 49}, "expected": "true"}
    answered, half, withdrawn, removed = (
        workflow.raise_concern("warm-contact", by=acting(people.mark), text=f"This hurts, {number}.", **example)
        for number in range(4)
    )
    for owner in (people.sam, people.mia):
        workflow.answer_concern(answered.pk, by=acting(owner), text="We see it too.")
    workflow.answer_concern(half.pk, by=acting(people.rep), text="Sam asked me to say that we agree.")
    workflow.withdraw_concern(withdrawn.pk, by=acting(people.mark))
    workflow.blank_concern(removed.pk, by=acting(people.ada))
    disputed = Proposal.objects.get(term__slug="opportunity")
    for days in (30, 60):
        until = timezone.now() + timedelta(days=days)
        said = {"text": "Count neither.", "reasons": "The board needs one number.", "expires_at": until}
        ruling = workflow.record_ruling(disputed.pk, by=acting(people.ada), **said)
        if days == 30:
            workflow.end_ruling(ruling.pk, by=acting(people.ada))
