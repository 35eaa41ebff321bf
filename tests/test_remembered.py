"""Tests begin alike, whether their company was seated just now or put back as it was seated once."""

import pytest
from django.db import transaction

from glossary.ledger.verifying import verify
from tests import world
from tests.remembered import Beginning
from tests.unchanged import everything

pytestmark = pytest.mark.django_db


def test_what_is_put_back_is_what_happened() -> None:
    company = Beginning(world.company)
    with transaction.atomic():
        company.take_place()
        first = everything()
        transaction.set_rollback(True)
    company.take_place()
    assert everything() == first
    assert list(verify()) == []


def test_where_something_has_happened_already_it_happens_anew() -> None:
    world.person("zoe")
    company = Beginning(world.company)
    company.take_place()
    assert world.everybody().sam.is_owner
    assert list(verify()) == []
