"""The demo holds something of everything, made through the doors that everybody uses."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from glossary import lookup, policy
from glossary.ledger.verifying import verify
from glossary.models import Concern, Event, State
from glossary.policy import Console

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.any_engine]


def load() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_the_demo_shows_every_sort_of_thing_and_a_second_start_adds_nothing(settings: Any, tmp_path: Path) -> None:
    settings.GLOSSARY_DEMO, settings.VAR_DIR = True, tmp_path
    assert "vera (sponsor)" in load()
    sponsor = policy.sponsor()
    assert sponsor is not None and (sponsor.username, sponsor.side) == ("vera", None)
    [stuck] = lookup.impasses(at=timezone.now())
    assert (stuck.name, stuck.stuck.times, stuck.proposal.state) == ("Discovery", 2, State.DRAFT)
    assert {position.side.key for position in stuck.positions if position.objections} == {"sales", "marketing"}
    concern = Concern.objects.open().get()
    found = lookup.concerns("marketing-qualified-lead", by=Console(User.objects.get(username="sam")), at=timezone.now())
    assert (concern.raised_by.username, concern.record != "") == ("rep", True)
    assert [side.key for side in found.open[0].missing] == ["sales"]
    assert list(verify()) == []
    before = Event.objects.count()
    load()
    assert Event.objects.count() == before
