"""A text is tried out before anything is kept: the same findings, and nothing written."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.utils import timezone

from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.models import Event, Proposal, Revision, Term
from glossary.workflow import Tried
from tests.world import Desk, acting, draft_content


def tried(people: SimpleNamespace, content: dict[str, object], **about: object) -> Tried:
    return workflow.try_out(by=acting(people.rep), content=content, at=timezone.now(), **about)


def codes(found: Tried) -> tuple[list[str], list[str]]:
    readiness = found.readiness
    return [error.code for error in readiness.errors], [warning.code for warning in readiness.warnings]


def test_trying_out_says_what_submitting_would_refuse_and_writes_nothing(people: SimpleNamespace, desk: Desk) -> None:
    desk.publish("Lead")
    before = [Event.objects.count(), Term.objects.count(), Revision.objects.count()]
    wrong = {"summary": "One thing. Two things.", "definition": "See [[Nowhere]].", "counter_examples": []}
    content = draft_content("Lead", **wrong)
    assert codes(tried(people, content)) == (
        ["several_sentences", "unknown_term", "name_taken"],
        ["near_duplicate", "no_counter_example"],
    )
    assert [Event.objects.count(), Term.objects.count(), Revision.objects.count()] == before


def test_a_new_word_may_link_to_itself(people: SimpleNamespace) -> None:
    found = tried(people, draft_content("Dark Funnel", definition="Every [[Dark Funnel]] is one."))
    assert codes(found) == ([], ["not_in_force"])
    assert found.content.definition == "Every [[dark-funnel]] is one."


def test_the_text_of_a_suggestion_is_measured_against_its_own_word_base_and_date(
    people: SimpleNamespace, desk: Desk
) -> None:
    desk.publish("Campaign")
    asked = timezone.now() + timedelta(seconds=1)
    proposal = desk.open("Campaign", term="campaign", why="Because.", effective_from=asked)
    later = asked + timedelta(days=1)
    readiness = workflow.try_out(
        by=acting(people.rep),
        content=draft_content("Campaign"),
        at=later,
        proposal_id=proposal.pk,
        effective_from=asked,
    ).readiness
    assert ([item.code for item in readiness.errors], [item.code for item in readiness.warnings]) == (
        [],
        ["nothing_new"],
    )


def test_the_author_to_be_is_counted_where_authors_do_not_sign(
    people: SimpleNamespace, desk: Desk, settings: LazySettings
) -> None:
    settings.GLOSSARY_AUTHOR_MAY_SIGN = False
    workflow.remove_owner(people.sue.pk, by=acting(people.ada))
    by_sam = workflow.try_out(by=acting(people.sam), content=draft_content("Lead"), at=timezone.now())
    assert codes(by_sam)[0] == ["side_of_authors_only"]
    assert codes(tried(people, draft_content("Lead")))[0] == []


def test_what_cannot_be_kept_or_revised_cannot_be_tried_out(people: SimpleNamespace, desk: Desk) -> None:
    proposal = desk.submit("Campaign")
    for content, about, code in (
        ({}, {}, "invalid"),
        (draft_content("Lead"), {"term": "nowhere"}, "not_found"),
        (draft_content("Campaign"), {"proposal_id": 999_999}, "not_found"),
    ):
        with pytest.raises(Refusal) as refused:
            tried(people, content, **about)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        workflow.try_out(
            by=acting(people.mark), content=draft_content("Campaign"), at=timezone.now(), proposal_id=proposal.pk
        )
    assert refused.value.code == "not_permitted"
    assert Proposal.objects.count() == 1
