"""Remarks, words raised, labels, and requests that are sent twice."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError

from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.ledger.chain import text_hash
from glossary.ledger.verifying import verify
from glossary.models import Comment, Event, IdempotencyKey, Installation, LedgerHead, Salt, Term
from glossary.policy import Console
from tests.unchanged import everything, nothing_changes, refused
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


# Remarks


def test_a_remark_is_kept_and_its_words_are_in_no_event(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.open("Campaign")
    remark = workflow.comment_on_proposal(proposal.pk, by=acting(people.mark), text=" Mine says\r\nelse. ")
    event = Event.objects.get(kind="comment.written")
    assert (remark.text, remark.author, event.proposal) == ("Mine says\nelse.", people.mark, proposal)
    assert "Mine" not in event.data
    assert event.facts["text_hash"] == text_hash(Salt.objects.get(event=event).salt, remark.text)


def test_ended_suggestions_are_still_talked_about(desk: Desk, people: SimpleNamespace) -> None:
    version = desk.publish("Campaign")
    assert workflow.comment_on_proposal(version.proposal_id, by=acting(people.ada), text="At last.").pk


def test_removing_a_remark_forgets_the_text_and_the_salt(desk: Desk, people: SimpleNamespace) -> None:
    """Also among many remarks, whose numbers begin alike."""
    desk.publish("Campaign")
    rep = acting(people.rep)
    remarks = [workflow.comment_on_term("campaign", by=rep, text=f"Remark {number}.") for number in range(12)]
    salts = Salt.objects.filter(event__kind="comment.written")
    workflow.blank_comment(remarks[0].pk, by=rep)
    blanked = Comment.objects.get(pk=remarks[0].pk)
    assert (blanked.text, blanked.blanked_at is None) == ("", False)
    assert salts.count() == 11
    assert "Remark 0" not in repr(everything())
    assert Event.objects.latest("seq").kind == "comment.blanked"
    assert list(verify()) == []


def test_removing_a_remark_twice_changes_nothing(desk: Desk, people: SimpleNamespace) -> None:
    remark = workflow.comment_on_proposal(desk.open("Campaign").pk, by=acting(people.rep), text="Hm.")
    rep = acting(people.rep)
    workflow.blank_comment(remark.pk, by=rep)
    with nothing_changes():
        workflow.blank_comment(remark.pk, by=rep)


# Labels and marks


def test_labels_change_nothing_that_is_signed(desk: Desk, people: SimpleNamespace) -> None:
    version = desk.publish("Campaign")
    workflow.label_term("campaign", by=Console(people.ada), category="Funnel", tags=["early"], is_required=True)
    term = Term.objects.get()
    assert (term.category, term.tags, term.is_required) == ("Funnel", ["early"], True)
    assert Event.objects.latest("seq").facts == {"category": "Funnel", "is_required": True, "tags": ["early"]}
    assert version.content == desk.open("Campaign", term="campaign").text.content
    assert list(verify()) == []


def test_demo_data_stays_demo_data(people: SimpleNamespace) -> None:
    workflow.mark_as_demo(by=Console(people.ada))
    assert Installation.objects.get().is_demo
    with pytest.raises(IntegrityError):
        Installation.objects.update(is_demo=False)


# Requests sent twice


class Door:
    """Counts how often it was really opened."""

    def __init__(self, people: SimpleNamespace) -> None:
        self.rep, self.opened = acting(people.rep), 0

    def open(self, name: str) -> str:
        self.opened += 1
        return str(workflow.open_proposal(by=self.rep, content=draft_content(name)).pk)

    def send(self, key: str, name: str, *, caller: str = "user:1") -> str:
        return workflow.once(caller=caller, key=key, request=name.encode(), act=lambda: self.open(name))


def test_the_same_request_again_gets_the_same_answer_and_has_one_effect(people: SimpleNamespace) -> None:
    door = Door(people)
    first = door.send("k", "Campaign")
    with nothing_changes():
        assert door.send("k", "Campaign") == first
    assert door.opened == 1


def test_a_key_used_for_another_request_is_refused(people: SimpleNamespace) -> None:
    door = Door(people)
    door.send("k", "Campaign")
    with refused("key_reused"):
        door.send("k", "Webinar")
    assert door.opened == 1


def test_a_key_belongs_to_its_caller(people: SimpleNamespace) -> None:
    door = Door(people)
    door.send("k", "Campaign")
    door.send("k", "Webinar", caller="user:2")
    assert IdempotencyKey.objects.count() == 2


def test_a_refused_request_keeps_no_answer_and_may_be_mended(people: SimpleNamespace) -> None:
    door = Door(people)
    door.send("first", "Campaign")
    with refused("duplicate_name"):
        door.send("k", "Campaign")
    assert door.send("k", "Webinar")


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_a_length(people: SimpleNamespace, key: str) -> None:
    door = Door(people)
    with refused("invalid"):
        door.send(key, "Campaign")


def test_what_fails_inside_takes_everything_with_it(people: SimpleNamespace) -> None:
    door = Door(people)

    def act() -> str:
        door.open("Campaign")
        raise Refusal("invalid", "No.")

    with nothing_changes(), pytest.raises(Refusal):
        workflow.once(caller="user:1", key="k", request=b"", act=act)


def test_what_cannot_be_recorded_does_not_happen(desk: Desk, people: SimpleNamespace) -> None:
    """The event is the last thing that an action writes; here its place in the chain is taken."""
    proposal, mia, end = desk.submit("Campaign"), acting(people.mia), LedgerHead.objects.get()
    forged = {"kind": "version.published", "at": end.at, "previous": end.hash, "hash": "0" * 64}
    Event.objects.create(seq=end.seq + 1, **forged)
    with nothing_changes(), pytest.raises(IntegrityError):
        workflow.sign_off(proposal.pk, by=mia, digest=proposal.text.digest)
    with nothing_changes(), pytest.raises(IntegrityError):
        workflow.remove_owner(people.sam.pk, by=Console(people.ada))
