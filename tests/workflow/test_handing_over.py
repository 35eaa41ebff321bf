"""Somebody else looks after a suggestion; and what a person who leaves leaves behind holds nothing up."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import Token, User
from glossary import ledger, lookup, policy, workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Message, Proposal
from glossary.outbox.letters import Letter, letter_of
from glossary.policy import Console, Tool
from tests.unchanged import refused
from tests.world import Desk, acting, draft_content, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people: SimpleNamespace) -> Console:
    return Console(people.ada)


def letters(kind: str) -> dict[str, Letter]:
    """The letters of a kind that are on their way, by user name; those that are over by now are left out."""
    found = {}
    for message in Message.objects.filter(kind=kind, channel="mail").select_related("person", "event"):
        assert message.person
        if letter := letter_of(message):
            assert message.person.username not in found, "told twice"
            found[message.person.username] = letter
    return found


def kept_by(user: User) -> set[int]:
    return set(Proposal.objects.open().looked_after_by(user.pk).values_list("pk", flat=True))


def test_whoever_it_was_handed_to_may_do_what_the_author_may(desk: Desk, people: SimpleNamespace) -> None:
    in_review, draft, unwanted = desk.submit("Campaign"), desk.open("Funnel"), desk.open("Ghosting")
    mark = acting(people.mark)
    with refused("not_permitted"):
        workflow.submit(draft.pk, by=mark)
    workflow.hand_over([in_review.pk, draft.pk, unwanted.pk], to=people.mark.pk, by=acting(people.rep))
    workflow.revise(in_review.pk, by=mark, content=draft_content("Campaign", why="The budget."))
    workflow.submit(draft.pk, by=mark)
    workflow.withdraw(unwanted.pk, by=mark)
    handed = Proposal.objects.get(pk=in_review.pk)
    assert (handed.author, handed.keeper, handed.in_charge) == (people.rep, people.mark, people.mark)
    assert kept_by(people.mark) == {in_review.pk, draft.pk} and not kept_by(people.rep)
    workflow.withdraw(in_review.pk, by=acting(people.rep))  # the author stays the author
    assert list(verify()) == []


def test_a_text_is_updated_to_the_newest_by_whoever_looks_after_it(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    late = desk.open("Campaign", term="campaign", why="Because.")
    desk.publish("Campaign", term="campaign", summary="plan that both teams can point at")
    with refused("not_permitted"):
        workflow.rebase(late.pk, by=acting(people.mark))
    workflow.hand_over([late.pk], to=people.mark.pk, by=acting(people.rep))
    workflow.rebase(late.pk, by=acting(people.mark))


def test_signatures_stay_when_a_suggestion_is_handed_over(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.hand_over([proposal.pk], to=people.mark.pk, by=acting(people.rep))
    desk.sign(proposal, people.mia)
    assert Proposal.objects.get(pk=proposal.pk).state == "published"
    assert list(verify()) == []


def test_it_is_handed_on_and_back(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    proposal = desk.open("Campaign")
    for by, to in (("rep", "mark"), ("mark", "sam"), ("rep", "mia"), ("mia", "rep")):
        workflow.hand_over([proposal.pk], to=getattr(people, to).pk, by=acting(getattr(people, by)))
    assert kept_by(people.rep) == {proposal.pk}
    with refused("not_permitted"):
        workflow.hand_over([proposal.pk], to=people.sue.pk, by=acting(people.mark))
    events = Event.objects.filter(kind="proposal.handed_over").order_by("seq")
    assert [event.subject for event in events] == [people.mark, people.sam, people.mia, people.rep]
    assert [event.facts["before"] for event in events] == [
        people.rep.pk,
        people.mark.pk,
        people.sam.pk,
        people.mia.pk,
    ]
    assert list(verify()) == []


@pytest.mark.parametrize("who", ["sam", "mia", "mark"])
def test_neither_owners_nor_colleagues_take_what_is_not_theirs(desk: Desk, people: SimpleNamespace, who: str) -> None:
    proposal, by = desk.open("Campaign"), acting(getattr(people, who))
    with refused("not_permitted"):
        workflow.hand_over([proposal.pk], to=people.mark.pk, by=by)


def test_no_tool_hands_over_what_it_opened(desk: Desk, people: SimpleNamespace) -> None:
    token, _ = Token.objects.create(user=people.rep, name="CRM sync", scopes=["read", "propose"])
    tool = Tool(people.rep, via=token.name, token=token)
    opened = workflow.open_proposal(by=tool, content=draft_content("Bounce"))
    with refused("not_permitted"):
        workflow.hand_over([opened.pk], to=people.mark.pk, by=tool)
    other = desk.open("Campaign")
    with refused("not_found"):
        workflow.hand_over([other.pk], to=people.mark.pk, by=tool)


def test_it_goes_to_somebody_who_is_here(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    proposal, rep = desk.open("Campaign"), acting(people.rep)
    invited = person("ivy")
    invited.set_unusable_password()
    invited.save()
    workflow.deactivate(people.max.pk, by=ada)
    for to in (people.rep, people.max, invited):
        with refused("wrong_state"):
            workflow.hand_over([proposal.pk], to=to.pk, by=rep)
    with refused("not_found"):
        workflow.hand_over([proposal.pk], to=987_654, by=rep)
    with refused("not_found"):
        workflow.hand_over([987_654], to=people.mark.pk, by=rep)
    with refused("invalid"):
        workflow.hand_over([], to=people.mark.pk, by=rep)


def test_all_are_handed_over_or_none(desk: Desk, people: SimpleNamespace) -> None:
    ended, theirs, mine, rep = desk.open("Funnel"), desk.open("Stage", by=people.sam), desk.open("Lead"), people.rep
    workflow.withdraw(ended.pk, by=acting(rep))
    with refused("wrong_state"):
        workflow.hand_over([mine.pk, ended.pk], to=people.mark.pk, by=acting(rep))
    with refused("not_permitted"):
        workflow.hand_over([mine.pk, theirs.pk], to=people.mark.pk, by=acting(rep))


def test_where_authors_do_not_sign_neither_does_whoever_looks_after_the_text(
    desk: Desk, people: SimpleNamespace, settings: LazySettings
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    proposal, other = desk.submit("Campaign"), desk.submit("Funnel")
    workflow.hand_over([proposal.pk], to=people.sam.pk, by=acting(people.rep))
    sam, at = acting(people.sam), timezone.now()
    with refused("not_permitted"):
        workflow.sign_off(proposal.pk, by=sam, digest=proposal.text.digest)
    assert [item.proposal for item in lookup.queue(people.sam, at=at).for_me] == [other]
    assert list(lookup.proposals(by=sam, at=at, waiting_for="me")) == [other]
    assert len(lookup.home(people.sam, at=at).for_me) == 1
    missing = lookup.proposal_detail(proposal.pk, by=sam, at=at).seats[0]
    assert missing.who_can == [people.sue]
    sue = acting(people.sue)
    workflow.sign_off(proposal.pk, by=sue, digest=proposal.text.digest)
    with refused("wrong_state") as said:
        workflow.hand_over([proposal.pk], to=people.sue.pk, by=acting(people.sam))
    assert "Sue has signed this text" in said.value.sentence


def test_one_letter_tells_of_all_that_was_handed_over(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    ids = [desk.open(name).pk for name in ("Campaign", "Funnel", "**Lead**")]
    workflow.hand_over(ids, to=people.mark.pk, by=ada)
    told = letters("handed_over")
    assert set(told) == {"mark", "rep"}
    assert told["mark"].subject == "3 suggestions are yours to look after"
    assert [word for _, word in told["mark"].facts] == ["Campaign", "Funnel", "**Lead**"]
    assert told["rep"].lines == ("Ada handed 3 suggestions over to Mark.",)
    workflow.withdraw(ids[0], by=acting(people.mark))
    workflow.hand_over(ids[1:2], to=people.sam.pk, by=acting(people.mark))
    Message.objects.filter(event__subject=people.sam).delete()
    assert letters("handed_over")["mark"].subject == "“**Lead**” is yours to look after"


def test_whoever_looks_after_it_is_told_what_the_author_is_told(desk: Desk, people: SimpleNamespace) -> None:
    proposal, agreed = desk.submit("Campaign"), desk.submit("Funnel")
    workflow.hand_over([proposal.pk, agreed.pk], to=people.mark.pk, by=acting(people.rep))
    workflow.send_back(proposal.pk, by=acting(people.mia), digest=proposal.text.digest, reason="Whose budget?")
    assert letters("sent_back")["mark"].after == letters("sent_back")["rep"].after
    desk.sign(agreed, people.sam, people.mia)
    assert set(letters("agreed")) == {"mark", "mia", "rep", "sam"}
    in_the_queue = lookup.queue(people.mark, at=timezone.now())
    assert [item.proposal for item in in_the_queue.sent_back] == [proposal]
    assert not lookup.queue(people.rep, at=timezone.now()).sent_back


# Leaving


def test_the_leavers_suggestions_are_handed_over_in_the_same_step(
    desk: Desk, people: SimpleNamespace, ada: Console
) -> None:
    draft, in_review, passed_on = desk.open("Campaign"), desk.submit("Funnel"), desk.open("Lead", by=people.mark)
    workflow.hand_over([passed_on.pk], to=people.rep.pk, by=acting(people.mark))
    workflow.deactivate(people.rep.pk, by=ada, hand_to=people.mark.pk)
    assert kept_by(people.mark) == {draft.pk, in_review.pk, passed_on.pk}
    assert not User.objects.get(pk=people.rep.pk).is_active
    assert list(verify()) == []


def test_what_stayed_with_somebody_who_has_left_is_handed_over_later(
    desk: Desk, people: SimpleNamespace, ada: Console
) -> None:
    left = desk.open("Campaign")
    workflow.deactivate(people.rep.pk, by=ada)
    workflow.deactivate(people.rep.pk, by=ada, hand_to=people.mark.pk)
    assert kept_by(people.mark) == {left.pk}
    assert Event.objects.filter(kind="person.deactivated").count() == 1
    with refused("not_found"):
        workflow.deactivate(people.rep.pk, by=ada, hand_to=987_654)


def test_an_account_stays_open_when_its_suggestions_cannot_go_where_they_should(
    desk: Desk, people: SimpleNamespace, ada: Console
) -> None:
    desk.open("Campaign")
    workflow.deactivate(people.max.pk, by=ada)
    for to, code in ((people.max.pk, "wrong_state"), (people.rep.pk, "wrong_state"), (987_654, "not_found")):
        with refused(code):
            workflow.deactivate(people.rep.pk, by=ada, hand_to=to)


def send_back(desk: Desk, name: str, by: User) -> Proposal:
    proposal = desk.submit(name)
    workflow.send_back(proposal.pk, by=acting(by), digest=proposal.text.digest, reason="Not like this.")
    return Proposal.objects.get(pk=proposal.pk)


@pytest.mark.parametrize("leave", ["closed", "moved", "removed"])
def test_an_objection_does_not_stand_for_ever_when_its_objector_is_gone(
    desk: Desk, people: SimpleNamespace, ada: Console, leave: str
) -> None:
    proposal = send_back(desk, "Campaign", people.max)
    mia = acting(people.mia)
    with refused("wrong_state"):  # Max can still say so himself
        workflow.withdraw_objection(proposal.pk, by=mia)
    if leave == "closed":
        workflow.deactivate(people.max.pk, by=ada)
    elif leave == "moved":
        workflow.place_member(people.max.pk, by=ada, side="sales")
    else:
        workflow.remove_owner(people.max.pk, by=ada)
    for other in (people.sam, people.mark, people.ada):
        with refused("wrong_state"):
            workflow.withdraw_objection(proposal.pk, by=acting(other))
    workflow.withdraw_objection(proposal.pk, by=mia)
    event = Event.objects.latest("seq")
    assert (event.kind, event.actor, event.subject) == ("objection.withdrawn", people.mia, people.max)
    workflow.submit(proposal.pk, by=acting(people.rep))
    assert list(verify()) == []


def test_who_objected_on_a_loan_that_is_over_is_stood_in_for_and_may_say_so_as_well(
    desk: Desk, people: SimpleNamespace
) -> None:
    now = timezone.now()
    loan = workflow.delegate(
        people.mark.pk, by=acting(people.mia), starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1)
    )
    first, second = send_back(desk, "Campaign", people.mark), send_back(desk, "Funnel", people.mark)
    with refused("wrong_state"):
        workflow.withdraw_objection(first.pk, by=acting(people.max))
    workflow.end_delegation(loan.pk, by=acting(people.mia))
    workflow.withdraw_objection(first.pk, by=acting(people.max))
    workflow.withdraw_objection(second.pk, by=acting(people.mark))
    assert list(verify()) == []


def test_the_ledger_knows_who_could_withdraw_an_objection(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    """The same rule, told from the events alone: a stand-in before the objector left is named."""
    proposal = send_back(desk, "Campaign", people.max)
    objection = proposal.text.objections.get()
    with ledger.locked(acting(people.mia)) as head:
        objection.withdrawn_at = head.at
        objection.save(update_fields=["withdrawn_at"])
        head.record(
            "objection.withdrawn",
            by=acting(people.mia),
            proposal=proposal,
            objection=objection.pk,
            digest=objection.digest,
        )
    assert ["withdrew what somebody else objected to" in str(fault) for fault in verify()] == [True]


def test_the_ledger_knows_by_whose_hands_a_suggestion_went(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.open("Campaign")
    with ledger.locked(acting(people.rep)) as head:
        proposal.keeper = people.mark
        proposal.save(update_fields=["keeper"])
        rep = acting(people.rep)
        head.record("proposal.handed_over", by=rep, proposal=proposal, subject=people.mark, before=people.sam.pk)
    assert ["by way of somebody who did not look after it" in str(fault) for fault in verify()] == [True]


# A team with one owner, or none


@pytest.mark.parametrize("leave", ["closed", "moved", "removed", "by the company"])
def test_both_teams_hear_that_a_team_has_one_owner_left_and_then_none(
    desk: Desk, people: SimpleNamespace, leave: str
) -> None:
    sue = Console(people.sue)  # an administrator too

    def lose(user: User) -> None:
        if leave == "closed":
            workflow.deactivate(user.pk, by=sue)
        elif leave == "moved":
            workflow.place_member(user.pk, by=sue, side="sales")
        elif leave == "removed":
            workflow.remove_owner(user.pk, by=sue)
        else:
            workflow.remove_owner(user.pk, by=policy.Directory(user))

    Message.objects.all().delete()
    lose(people.max)
    told = {
        who: letter
        for message in Message.objects.filter(kind="roles", channel="mail", event__kind="owner.removed")
        if (letter := letter_of(message)) and (who := message.person and message.person.username)
    }
    assert {"sam", "mia", "ada"} <= set(told)
    assert told["sam"].subject == "Marketing has one owner left"
    assert "Mia is the only owner of Marketing left." in told["mia"].lines[1]
    Message.objects.all().delete()
    lose(people.mia)
    none_left = Message.objects.filter(
        kind="roles", channel="mail", event__kind="owner.removed", person=people.sam
    ).get()
    letter = letter_of(none_left)
    assert letter and letter.subject == "Marketing has no owner left"
    assert Message.objects.filter(kind="roles", event__kind="owner.removed", person=people.ada).exists()


def test_nobody_is_warned_while_a_team_has_owners_enough(desk: Desk, people: SimpleNamespace, ada: Console) -> None:
    appointment = workflow.appoint_owner(people.mark.pk, by=ada, side="marketing")
    workflow.confirm_appointment(appointment.pk, by=acting(people.mia))
    Message.objects.all().delete()
    workflow.remove_owner(people.max.pk, by=Console(people.sue))
    assert letters("roles")["sam"].subject == "Who signs for Marketing"
    assert "ada" not in letters("roles")
