"""The history of people says what changed about them, and is quiet when nothing did."""

from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_signing_in_is_no_change_of_a_person(people: SimpleNamespace, client: Client) -> None:
    before = people.sam.history.count()
    client.force_login(people.sam)
    assert people.sam.history.count() == before
    assert User.objects.get(username="sam").last_login is not None


def test_a_change_is_kept_without_the_password(people: SimpleNamespace) -> None:
    people.sam.last_name = "Rivera"
    people.sam.save()
    newest = people.sam.history.first()
    assert newest.last_name == "Rivera"
    assert not hasattr(newest, "password")
