"""Opening, revising, putting up for signing, updating and ending a suggestion, and what each is refused for."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Token
from glossary import workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Objection, Proposal, SignOff, State, Term, Version
from glossary.policy import Console, Tool
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting, draft_content

pytestmark = pytest.mark.django_db


def kinds(proposal: Proposal) -> list[str]:
    return list(Event.objects.filter(proposal=proposal).values_list("kind", flat=True))


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_related("newest").get(pk=proposal.pk)


# Opening


def test_a_suggestion_for_a_new_word_writes_the_word_down_too(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.open("Marketing Qualified Lead", reason="We count differently.\r\n")
    assert (proposal.state, proposal.author, proposal.reason) == ("draft", people.rep, "We count differently.")
    assert (proposal.term.slug, proposal.term.name) == ("marketing-qualified-lead", "Marketing Qualified Lead")
    assert (proposal.text.number, proposal.text.base) == (1, None)
    assert list(Event.objects.filter(term=proposal.term).values_list("kind", flat=True)) == [
        "term.raised",
        "proposal.opened",
    ]
    assert list(verify()) == []


@pytest.mark.parametrize("who", ["ada", "rep", "sam", "mia"])
def test_anyone_signed_in_suggests_of_any_side_or_none(desk: Desk, people: SimpleNamespace, who: str) -> None:
    assert desk.open("Campaign", by=getattr(people, who)).author == getattr(people, who)


def test_a_tool_suggests_in_its_persons_name_and_is_named(people: SimpleNamespace) -> None:
    token, _ = Token.objects.create(user=people.rep, name="CRM sync", scopes=["read", "propose"])
    tool = Tool(people.rep, via=token.name, token=token)
    proposal = workflow.open_proposal(by=tool, content=draft_content("Campaign"))
    assert (proposal.author, proposal.via, proposal.via_token_id, proposal.text.via) == (
        people.rep,
        "CRM sync",
        token.pk,
        "CRM sync",
    )
    assert Event.objects.get(kind="proposal.opened").via == "CRM sync"


@pytest.mark.parametrize("name", ["Campaign", "campaign", "CAM-PAIGN", "cam paign", "Ｃampaign"])
def test_a_name_that_a_word_has_already_leads_to_that_word(desk: Desk, people: SimpleNamespace, name: str) -> None:
    desk.open("Campaign")
    with refused("duplicate_name") as caught:
        desk.open(name, by=people.mark)
    assert caught.value.details["url"] == "/terms/campaign/"
    assert caught.value.details["term"] == "campaign"


def test_a_second_suggestion_on_the_same_word_is_allowed(desk: Desk, people: SimpleNamespace) -> None:
    desk.open("Campaign")
    assert desk.open("Campaign", term="campaign", by=people.mark).term.slug == "campaign"
    assert Term.objects.count() == 1


def test_a_suggestion_for_a_word_that_is_not_there_is_refused(desk: Desk) -> None:
    with refused("not_found"):
        desk.open("Campaign", term="campaign")


def test_a_suggestion_from_an_older_version_than_the_newest_is_refused(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    desk.publish("Campaign", term="campaign", why="Because.")
    rep = acting(people.rep)
    for seen in (1, 3):
        with refused("base_moved") as caught:
            workflow.open_proposal(by=rep, content=draft_content("Campaign"), term="campaign", base_version=seen)
        assert caught.value.details["newest"] == 2
    proposal = workflow.open_proposal(by=rep, content=draft_content("Campaign"), term="campaign", base_version=2)
    assert proposal.text.base == Version.objects.get(number=2)


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (None, ""),
        ([], ""),
        ("text", ""),
        ({}, "name"),
        ({"name": 5}, "name"),
        ({"name": "Cam\x00paign"}, "name"),
        ({"name": "Cam\u200bpaign"}, "name"),
        ({"name": "Cam\u202epaign"}, "name"),
        ({"name": "Cаmpaign"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Campaign", "colour": "red"}, "colour"),
        ({"name": "Campaign", "summary": "x" * 301}, "summary"),
        ({"name": "Campaign", "definition": "x" * 1_000_000}, "definition"),
        ({"name": "Campaign", "definition": "[" * 5_000}, "definition"),
        ({"name": "Campaign", "for_sides": {"finance": "Ask."}}, "for_sides.finance"),
        ({"name": "Campaign", "kind": "thing"}, "kind"),
    ],
)
def test_a_text_that_breaks_a_rule_is_refused_with_the_path(people: SimpleNamespace, content: Any, path: str) -> None:
    rep = acting(people.rep)
    with refused("invalid") as caught:
        workflow.open_proposal(by=rep, content=content)
    assert path in [error["path"] for error in caught.value.errors]


def test_a_word_once_raised_is_suggested_by_its_address(desk: Desk, people: SimpleNamespace) -> None:
    term = workflow.raise_word("Ghosting", by=acting(people.mark), note="Everybody says it.")
    with refused("duplicate_name"):
        workflow.raise_word("ghosting", by=acting(people.rep))
    assert desk.open("Ghosting", term=term.slug).term == term


@pytest.mark.parametrize("name", ["", "x" * 121, "a\x00b", "a\u202eb", "pаypal", None, 5])
def test_a_word_is_raised_under_a_name_that_can_be_kept(people: SimpleNamespace, name: Any) -> None:
    rep = acting(people.rep)
    with refused("invalid"):
        workflow.raise_word(name, by=rep)


# Record types and words


def record(**extra: Any) -> dict[str, Any]:
    return {"kind": "record_type", "key": "lead", "fields": {"email": {"type": "string", "source": "CRM"}}, **extra}


def test_a_record_type_may_have_the_name_of_a_word(desk: Desk) -> None:
    word, row = desk.publish("Lead"), desk.publish("Lead", **record())
    assert (word.term.slug, row.term.slug) == ("lead", "record-lead")
    assert (word.term.namespace, row.term.namespace) == ("word", "record_type")
    assert {claim.namespace for claim in row.term.claims.all()} == {"record_type"}
    assert not row.term.names.exists()
    assert list(verify()) == []


def test_a_second_record_type_of_one_name_is_refused(desk: Desk) -> None:
    desk.open("Lead", **record())
    with refused("duplicate_name") as caught:
        desk.open("lead", **record())
    assert caught.value.details["term"] == "record-lead"


def test_a_word_never_becomes_a_record_type_nor_the_other_way_round(desk: Desk, people: SimpleNamespace) -> None:
    word, row, rep = desk.open("Campaign"), desk.open("Lead", **record()), acting(people.rep)
    with refused("invalid") as caught:
        workflow.revise(word.pk, by=rep, content=draft_content("Campaign", **record()))
    assert caught.value.errors[0]["path"] == "kind"
    with refused("invalid"):
        workflow.revise(row.pk, by=rep, content=draft_content("Lead"))
    with refused("invalid"):
        desk.open("Lead", term="campaign", **record())


def test_what_a_text_refers_to_is_kept_as_addresses(desk: Desk) -> None:
    desk.publish("Marketing Qualified Lead")
    desk.publish("Marketing Ready Lead", term="marketing-qualified-lead")
    text = "See [[marketing ready lead]], [[Marketing Qualified Lead|MQL]] and [[Not Yet There]]."
    content = desk.open("Handover", definition=text).text.content
    assert content.definition == (
        "See [[marketing-qualified-lead]], [[marketing-qualified-lead|MQL]] and [[not-yet-there]]."
    )


# Revising


def test_anyone_signed_in_edits_a_draft(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.open("Campaign")
    workflow.revise(proposal.pk, by=acting(people.mark), content=draft_content("Campaign", why="Because."))
    newest = fresh(proposal).text
    assert (newest.number, newest.author, newest.content.why) == (2, people.mark, "Because.")
    assert kinds(proposal) == ["proposal.opened", "proposal.revised"]


@pytest.mark.parametrize("who", ["rep", "sam", "max"])
def test_in_review_its_author_and_any_owner_edit(desk: Desk, people: SimpleNamespace, who: str) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sue)
    by = acting(getattr(people, who))
    workflow.revise(proposal.pk, by=by, content=draft_content("Campaign", why="Because."))
    assert (fresh(proposal).state, fresh(proposal).text.number) == ("in_review", 2)
    assert SignOff.objects.live().get().revision.number == 1  # stays where it was given
    assert list(verify()) == []


def test_a_text_that_is_not_ready_is_refused_in_review_and_kept_in_a_draft(desk: Desk, people: SimpleNamespace) -> None:
    rep, unfit = acting(people.rep), draft_content("Campaign", summary="", definition="")
    in_review, draft = desk.submit("Campaign"), desk.open("Webinar")
    with refused("not_ready"):
        workflow.revise(in_review.pk, by=rep, content=unfit)
    workflow.revise(draft.pk, by=rep, content=unfit | {"name": "Webinar"})
    with refused("not_ready") as caught:
        workflow.submit(draft.pk, by=rep)
    assert {"summary", "definition"} <= {error["path"] for error in caught.value.errors}
    assert caught.value.details["readiness"]["errors"]


def test_two_people_editing_at_once_do_not_overwrite_each_other(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.open("Campaign")
    seen = workflow.change_counter(proposal)
    workflow.comment_on_proposal(proposal.pk, by=acting(people.mark), text="A remark moves nothing.")
    assert workflow.change_counter(proposal) == seen
    workflow.revise(proposal.pk, by=acting(people.mark), content=draft_content("Campaign", why="One."), seen=seen)
    rep = acting(people.rep)
    with refused("precondition_failed"):
        workflow.revise(proposal.pk, by=rep, content=draft_content("Campaign", why="Two."), seen=seen)


def test_the_same_text_typed_another_way_is_no_edit(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign", definition="One line.\nAnother.", aliases=["Aktion"])
    desk.sign(proposal, people.sam)
    rep = acting(people.rep)
    again = draft_content("Campaign", definition="  One line.\r\nAnother.\n", aliases=["Aktion"], why="", related=[])
    with nothing_changes():
        workflow.revise(proposal.pk, by=rep, content=again, reason="")
    desk.sign(proposal, people.mia)
    assert Version.objects.count() == 1


def test_another_reason_alone_is_recorded_and_leaves_the_signatures(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign"), reason="Said better. ")
    assert (fresh(proposal).reason, fresh(proposal).text.number) == ("Said better.", 1)
    desk.sign(proposal, people.mia)
    assert Version.objects.count() == 1
    assert list(verify()) == []


def test_another_date_is_another_text(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign")
    desk.sign(proposal, people.sam)
    start = timezone.now() + timedelta(days=3)
    workflow.revise(proposal.pk, by=acting(people.rep), content=draft_content("Campaign"), effective_from=start)
    desk.sign(proposal, people.mia)
    assert not Version.objects.exists()


# Putting up for signing


@pytest.mark.parametrize("who", ["rep", "sam", "max", "ada"])
def test_author_owners_and_administrators_put_up_for_signing(desk: Desk, people: SimpleNamespace, who: str) -> None:
    proposal = desk.open("Campaign")
    workflow.submit(proposal.pk, by=acting(getattr(people, who)))
    assert fresh(proposal).state == State.IN_REVIEW
    assert kinds(proposal)[-1] == "proposal.submitted"


def test_a_link_to_a_word_without_a_row_has_to_be_mended_first(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.open("Campaign", definition="A kind of [[Initiative]].")
    rep = acting(people.rep)
    with refused("not_ready") as caught:
        workflow.submit(proposal.pk, by=rep)
    assert "definition" in [error["path"] for error in caught.value.errors]
    workflow.raise_word("Initiative", by=rep)
    assert workflow.submit(proposal.pk, by=rep).state == State.IN_REVIEW


def test_a_date_already_past_when_typed_is_refused(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.open("Campaign", effective_from=timezone.now() - timedelta(minutes=1))
    rep = acting(people.rep)
    with refused("not_ready"):
        workflow.submit(proposal.pk, by=rep)


def test_an_empty_side_keeps_every_text_from_being_put_up(desk: Desk, people: SimpleNamespace) -> None:
    ada, proposal, rep = Console(people.ada), desk.open("Campaign"), acting(people.rep)
    for owner in (people.mia, people.max):
        workflow.remove_owner(owner.pk, by=ada)
    with refused("not_ready") as caught:
        workflow.submit(proposal.pk, by=rep)
    assert "Marketing" in caught.value.sentence


def test_a_text_sent_back_is_not_put_up_again_in_any_suggestion(desk: Desk, people: SimpleNamespace) -> None:
    proposal, rep, mia = desk.submit("Campaign"), acting(people.rep), acting(people.mia)
    workflow.send_back(proposal.pk, by=mia, digest=proposal.text.digest, reason="Too vague.")
    twin, sam = desk.open("Campaign", term="campaign", by=people.mark), acting(people.sam)
    assert twin.text.digest == proposal.text.digest
    for suggestion in (proposal, twin):
        with refused("objection_stands"):
            workflow.submit(suggestion.pk, by=sam)
    workflow.revise(proposal.pk, by=rep, content=draft_content("Campaign", why="Because."))
    workflow.submit(proposal.pk, by=rep)
    with refused("objection_stands"):
        workflow.revise(proposal.pk, by=rep, content=draft_content("Campaign"))
    workflow.withdraw_objection(proposal.pk, by=mia)
    assert workflow.submit(twin.pk, by=sam).state == State.IN_REVIEW
    assert Objection.objects.get().withdrawn_at is not None
    assert list(verify()) == []


def test_a_suggestion_from_an_old_version_is_not_put_up_and_not_signed(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    draft = desk.open("Campaign", term="campaign", why="One.")
    waiting = desk.submit("Campaign", term="campaign", why="Two.")
    desk.sign(waiting, people.sam)
    desk.publish("Campaign", term="campaign", why="Three.")
    rep, mia = acting(people.rep), acting(people.mia)
    with refused("base_moved"):
        workflow.submit(draft.pk, by=rep)
    with refused("base_moved") as caught:
        workflow.sign_off(waiting.pk, by=mia, digest=waiting.text.digest)
    assert caught.value.details["newest"] == 2
    assert Version.objects.count() == 2


# Updating to the newest text


def test_an_update_keeps_what_each_changed_alone(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign", why="Old.")
    late = desk.submit("Campaign", term="campaign", why="Mine.")
    desk.sign(late, people.sam)
    desk.publish("Campaign", term="campaign", why="Old.", review_months=6)
    workflow.rebase(late.pk, by=acting(people.rep))
    text = fresh(late).text
    assert (text.content.why, text.content.review_months, text.base) == ("Mine.", 6, Version.objects.get(number=2))
    assert fresh(late).state == State.IN_REVIEW
    desk.sign(late, people.mia)
    assert Version.objects.count() == 2  # Sam signed the text before the update
    desk.sign(late, people.sue)
    assert Version.objects.get(number=3).content.why == "Mine."
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("mine", "Mine."), ("theirs", "Theirs."), ({"value": "Ours."}, "Ours."), ({"value": None}, None)],
)
def test_what_both_changed_is_chosen_by_a_person(desk: Desk, people: SimpleNamespace, choice: Any, kept: Any) -> None:
    desk.publish("Campaign", why="Old.")
    late = desk.open("Campaign", term="campaign", why="Mine.")
    desk.publish("Campaign", term="campaign", why="Theirs.")
    rep = acting(people.rep)
    with refused("conflict") as caught:
        workflow.rebase(late.pk, by=rep)
    assert caught.value.details["conflicts"] == [{"field": "why", "base": "Old.", "mine": "Mine.", "theirs": "Theirs."}]
    workflow.rebase(late.pk, by=rep, resolutions={"why": choice})
    assert fresh(late).text.content.why == kept


@pytest.mark.parametrize("resolutions", [{"summary": "mine"}, {"why": "both"}, {"why": {"value": 5}}, {"why": {}}])
def test_an_unfit_choice_is_refused(desk: Desk, people: SimpleNamespace, resolutions: Any) -> None:
    desk.publish("Campaign", why="Old.")
    late = desk.open("Campaign", term="campaign", why="Mine.")
    desk.publish("Campaign", term="campaign", why="Theirs.")
    rep = acting(people.rep)
    with refused("invalid"):
        workflow.rebase(late.pk, by=rep, resolutions=resolutions)


def test_an_update_in_review_asks_what_putting_up_asks(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    late = desk.submit("Campaign", term="campaign", why="Mine.")
    desk.publish("Campaign", term="campaign", review_months=6)
    ada, rep = Console(people.ada), acting(people.rep)
    for owner in (people.sam, people.sue):
        workflow.remove_owner(owner.pk, by=ada)
    with refused("not_ready"):
        workflow.rebase(late.pk, by=rep)


def test_a_date_that_has_passed_meanwhile_is_no_fault_of_the_update(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    late = desk.submit("Campaign", term="campaign", why="Mine.", effective_from=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        desk.publish("Campaign", term="campaign", review_months=6)
        workflow.rebase(late.pk, by=acting(people.rep))
        desk.sign(late, people.sam, people.mia)
        version = Version.objects.get(number=3)
    assert version.in_force_from == version.published_at


# Ending


def test_the_author_cancels_and_what_is_in_force_stays(desk: Desk, people: SimpleNamespace) -> None:
    version = desk.publish("Campaign")
    proposal = desk.submit("Campaign", term="campaign", why="Mine.")
    desk.sign(proposal, people.sam)
    ended = workflow.withdraw(proposal.pk, by=acting(people.rep))
    assert (ended.state, ended.ended_by) == ("withdrawn", people.rep)
    assert list(Version.objects.all()) == [version]
    assert list(verify()) == []


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_an_owner_of_either_side_closes_with_a_reason(desk: Desk, people: SimpleNamespace, state: str) -> None:
    proposal = desk.open("Campaign") if state == "draft" else desk.submit("Campaign")
    ended = workflow.decline(proposal.pk, by=acting(people.max), reason=" We have a word for it. ")
    assert (ended.state, ended.ended_by, ended.end_reason) == ("declined", people.max, "We have a word for it.")
    assert kinds(proposal)[-1] == "proposal.declined"
    assert list(verify()) == []
