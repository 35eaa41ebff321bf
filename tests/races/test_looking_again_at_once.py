"""Owners who confirm at the same instant that a text still holds: each side once, and one renewal."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone

from glossary import workflow
from glossary.ledger.verifying import verify
from glossary.models import Event, Reaffirmation, Renewal
from tests.races.racing import ROUNDS, codes, done, each, racers
from tests.world import Desk, acting, company

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def due() -> SimpleNamespace:
    """A company with a word for each round whose review fell due a month ago."""
    with time_machine.travel(timezone.now() - timedelta(days=60)):
        people = company()
        desk = Desk(people)
        versions = [desk.publish(f"Campaign {number}", review_months=1) for number in range(ROUNDS)]
    return SimpleNamespace(people=people, versions=versions)


def test_both_teams_at_once_renew_a_version_once(due: SimpleNamespace) -> None:
    people = due.people
    owners = [acting(user) for user in (people.sam, people.mia, people.sue, people.max)]
    with racers() as runners:
        for version in due.versions:
            acts = each(workflow.reaffirm, version.term.slug, by=[*owners, *owners], digest=version.digest)
            outcomes = runners.race(*acts)
            assert codes(outcomes) <= {"seat_taken", "wrong_state"}
            sides = [row.side_id for row in Reaffirmation.objects.live().filter(version=version)]
            assert sorted(sides) == ["marketing", "sales"]
            assert {row.side_id for row in done(outcomes)} == set(sides)
            assert Renewal.objects.filter(version=version).count() == 1
            assert Event.objects.filter(term=version.term, kind="version.reaffirmed").count() == 1
            assert Event.objects.filter(term=version.term, kind="reaffirmation.given").count() == 2
    assert list(verify()) == []


def test_a_confirmation_and_a_newer_text_at_once(due: SimpleNamespace) -> None:
    """Whichever comes first, the newer text is signed, and no round of the older one is completed after it."""
    people, desk = due.people, Desk(due.people)
    sam, mia = acting(people.sam), acting(people.mia)
    with racers() as runners:
        for version in due.versions:
            slug = version.term.slug
            workflow.reaffirm(slug, by=sam, digest=version.digest)
            newer = desk.submit(version.content.name, term=slug, review_months=1, why="It has changed.")
            desk.sign(newer, people.sam)
            signing = each(workflow.sign_off, newer.pk, by=[mia] * 4, digest=newer.text.digest)
            holding = each(workflow.reaffirm, slug, by=[mia] * 4, digest=version.digest)
            outcomes = runners.race(*signing, *holding)
            assert codes(outcomes) <= {"digest_changed", "wrong_state"}
            assert version.term.versions.count() == 2
            kinds = list(Event.objects.filter(term=version.term).order_by("seq").values_list("kind", flat=True))
            second = len(kinds) - kinds[::-1].index("version.published")
            assert not {"version.reaffirmed", "reaffirmation.given"} & set(kinds[second:])
    assert list(verify()) == []
