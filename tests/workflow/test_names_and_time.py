"""A name belongs to one word for ever, and of each word one version is in force at any instant."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone

from glossary import lookup, workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, InForce, NameClaim, Proposal, SignOff, Version
from tests.unchanged import nothing_changes, refused
from tests.world import Desk, acting

pytestmark = pytest.mark.django_db


def in_force(at: datetime) -> list[int]:
    return list(InForce.objects.at(at).values_list("version__number", flat=True))


def spans() -> list[tuple[int, datetime, datetime | None]]:
    return list(InForce.objects.order_by("from_at").values_list("version__number", "from_at", "until_at"))


# Names


def test_a_renamed_word_is_still_found_by_its_former_name(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Marketing Campaign", term="campaign")
    found = {name: lookup.resolve(name, at=timezone.now()) for name in ("campaign", "marketing campaign")}
    assert {name: [match.matched_on for match in matches] for name, matches in found.items()} == {
        "campaign": ["former_name"],
        "marketing campaign": ["name"],
    }


def test_a_former_name_stays_claimed(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    desk.publish("Marketing Campaign", term="campaign")
    assert set(NameClaim.objects.values_list("folded", flat=True)) == {"campaign", "marketingcampaign"}
    with refused("duplicate_name"):
        desk.open("Campaign")
    other, rep = desk.open("Push"), acting(people.rep)
    desk_content = {"name": "campaign", "summary": "something else", "definition": "Else."}
    workflow.revise(other.pk, by=rep, content=desk_content)
    with refused("duplicate_name") as caught:
        workflow.submit(other.pk, by=rep)
    assert caught.value.details["url"] == "/terms/campaign/"


def test_a_word_takes_its_own_former_name_again(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Marketing Campaign", term="campaign")
    desk.publish("Campaign", term="campaign", why="It was better.")
    assert NameClaim.objects.count() == 2
    assert list(verify()) == []


def test_an_alias_that_is_another_words_agreed_name_is_refused(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    rep = acting(people.rep)
    for extra in ({"aliases": ["campaign"]}, {"abbreviations": ["CAMPAIGN"]}):
        other = desk.open(f"Push {len(extra)} {next(iter(extra))}", **extra)
        with refused("duplicate_name"):
            workflow.submit(other.pk, by=rep)


def test_aliases_and_abbreviations_may_be_shared(desk: Desk) -> None:
    desk.publish("Campaign", aliases=["push"], abbreviations=["MC"])
    desk.publish("Message", aliases=["push"], abbreviations=["MC"])
    assert len(lookup.resolve("MC", at=timezone.now())) == 2


def test_the_completing_signature_on_a_name_taken_meanwhile_is_not_kept(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Push")
    late = desk.submit("Campaign", term="push")
    desk.sign(late, people.sam)
    taken = desk.open("Initiative")
    content = {"name": "Campaign", "summary": "plan of both teams", "definition": "Both."}
    workflow.revise(taken.pk, by=acting(people.rep), content=content)
    workflow.submit(taken.pk, by=acting(people.rep))
    desk.sign(taken, people.sam, people.mia)
    mia = acting(people.mia)
    with refused("duplicate_name") as caught:
        workflow.sign_off(late.pk, by=mia, digest=late.text.digest)
    assert caught.value.details["term"] == "initiative"
    assert SignOff.objects.live().filter(revision=late.text).count() == 1
    assert Proposal.objects.get(pk=late.pk).state == "in_review"


def test_the_name_of_an_upcoming_version_is_claimed_already(desk: Desk) -> None:
    desk.publish("Campaign", effective_from=timezone.now() + timedelta(days=30))
    assert NameClaim.objects.get().folded == "campaign"
    with refused("duplicate_name"):
        desk.open("campaign")


def test_two_drafts_may_want_one_name_until_one_has_it(desk: Desk, people: SimpleNamespace) -> None:
    rep = acting(people.rep)
    drafts = [desk.open("Push"), desk.open("Pull")]
    content = {"name": "Campaign", "summary": "plan of both teams", "definition": "Both."}
    for draft in drafts:
        workflow.revise(draft.pk, by=rep, content=content)
        workflow.submit(draft.pk, by=rep)
    desk.sign(drafts[0], people.sam, people.mia)
    desk.sign(drafts[1], people.sam)
    mia = acting(people.mia)
    with refused("duplicate_name"):
        workflow.sign_off(drafts[1].pk, by=mia, digest=Proposal.objects.get(pk=drafts[1].pk).text.digest)


# Time


def test_without_a_date_a_version_is_in_force_from_its_publication(desk: Desk) -> None:
    version = desk.publish("Campaign")
    assert version.in_force_from == version.published_at
    assert spans() == [(1, version.published_at, None)]
    assert in_force(version.published_at - timedelta(microseconds=1)) == []
    assert in_force(version.published_at) == [1]


def test_a_version_with_a_date_comes_and_the_one_before_stays_until_then(desk: Desk) -> None:
    first = desk.publish("Campaign")
    start = timezone.now() + timedelta(days=30)
    desk.publish("Campaign", term="campaign", why="From next quarter on.", effective_from=start)
    assert spans() == [(1, first.published_at, start), (2, start, None)]
    assert in_force(start - timedelta(microseconds=1)) == [1]
    assert in_force(start) == [2]
    assert list(verify()) == []


def test_publishing_without_a_date_replaces_what_was_upcoming(desk: Desk) -> None:
    first = desk.publish("Campaign")
    later = timezone.now() + timedelta(days=30)
    desk.publish("Campaign", term="campaign", why="Later.", effective_from=later)
    third = desk.publish("Campaign", term="campaign", why="Now.")
    assert spans() == [(1, first.published_at, third.published_at), (3, third.published_at, None)]
    assert third.revision.base == Version.objects.get(number=2)
    assert list(verify()) == []


def test_a_higher_number_with_an_earlier_date_takes_the_place_of_a_later_one(desk: Desk) -> None:
    now = timezone.now()
    desk.publish("Campaign", effective_from=now + timedelta(days=30))
    desk.publish("Campaign", term="campaign", why="Sooner.", effective_from=now + timedelta(days=10))
    assert [number for number, _, _ in spans()] == [2]
    assert in_force(now + timedelta(days=40)) == [2]


def test_at_any_instant_at_most_one_version_is_in_force(desk: Desk) -> None:
    now = timezone.now()
    desk.publish("Campaign")
    for days in (30, 20, 25, None, 5):
        start = {"effective_from": now + timedelta(days=days)} if days else {}
        desk.publish("Campaign", term="campaign", why=f"After {days} days.", **start)
    edges = [edge for _, start, end in spans() for edge in (start, end) if edge]
    instants = [edge + delta for edge in edges for delta in (timedelta(0), timedelta(microseconds=-1))]
    assert all(len(in_force(at)) <= 1 for at in instants)
    starts, ends = [start for _, start, _ in spans()], [end for _, _, end in spans()]
    assert ends == [*starts[1:], None]
    assert list(verify()) == []


def test_a_date_that_passes_while_people_sign_means_as_soon_as_agreed(desk: Desk, people: SimpleNamespace) -> None:
    proposal = desk.submit("Campaign", effective_from=timezone.now() + timedelta(hours=1))
    desk.sign(proposal, people.sam)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        desk.sign(proposal, people.mia)
    version = Version.objects.get()
    assert version.in_force_from == version.published_at
    assert list(verify()) == []


def test_what_is_in_force_stays_whatever_becomes_of_suggestions(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    before = list(InForce.objects.values())
    sent_back = desk.submit("Campaign", term="campaign", why="One.")
    workflow.send_back(sent_back.pk, by=acting(people.mia), digest=sent_back.text.digest, reason="No.")
    workflow.decline(sent_back.pk, by=acting(people.sam), reason="No.")
    desk.sign(desk.submit("Campaign", term="campaign", why="Two."), people.sam)
    assert list(InForce.objects.values()) == before


def test_a_retired_word_stays_readable(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Initiative")
    desk.publish("Initiative", term="initiative", status="retired", replaced_by="Campaign")
    row = InForce.objects.at(timezone.now()).get(term__slug="initiative")
    assert (row.status, row.version.content.replaced_by) == ("retired", "campaign")


def test_rebuilding_changes_nothing_that_was_right(desk: Desk) -> None:
    desk.publish("Campaign")
    desk.publish("Campaign", term="campaign", why="Later.", effective_from=timezone.now() + timedelta(days=9))
    columns = ("version", "from_at", "until_at", "etag", "body")
    before, events = list(InForce.objects.values(*columns)), Event.objects.count()
    assert workflow.rebuild() == 1
    assert list(InForce.objects.values(*columns)) == before
    assert Event.objects.count() == events
    assert list(verify()) == []


def test_a_refused_signature_leaves_the_projections_alone(desk: Desk, people: SimpleNamespace) -> None:
    desk.publish("Campaign")
    proposal, rep = desk.submit("Campaign", term="campaign", why="One."), acting(people.rep)
    with nothing_changes(), pytest.raises(Exception, match="team owner"):
        workflow.sign_off(proposal.pk, by=rep, digest=proposal.text.digest)
