"""What people and administrators type about a person writes that and nothing else."""

from types import SimpleNamespace

import pytest
from allauth.account.adapter import get_adapter
from django.contrib import admin
from django.test import RequestFactory

from accounts.models import Role, User
from glossary import workflow
from glossary.ledger.verifying import verify
from glossary.policy import Console

pytestmark = pytest.mark.django_db


def test_choosing_a_password_gives_back_no_role_that_was_lost_meanwhile(people: SimpleNamespace) -> None:
    read_before = User.objects.get(pk=people.sam.pk)
    workflow.remove_owner(people.sam.pk, by=Console(people.ada))
    get_adapter().set_password(read_before, "a longer one than before")
    people.sam.refresh_from_db()
    assert people.sam.role == Role.MEMBER
    assert people.sam.check_password("a longer one than before")
    assert list(verify()) == []


def test_editing_a_name_gives_back_no_role_that_was_lost_meanwhile(people: SimpleNamespace, rf: RequestFactory) -> None:
    request = rf.post("/")
    request.user = people.ada
    of_people = admin.site._registry[User]
    read_before = User.objects.get(pk=people.sam.pk)
    typed = {"first_name": "Samuel", "last_name": "", "time_zone": "UTC"}
    form = of_people.get_form(request, read_before)(typed, instance=read_before)
    assert form.is_valid(), form.errors
    workflow.deactivate(people.sam.pk, by=Console(people.ada))
    of_people.save_model(request, form.save(commit=False), form, change=True)
    people.sam.refresh_from_db()
    assert (people.sam.first_name, people.sam.role, people.sam.is_active) == ("Samuel", Role.MEMBER, False)
    newest = people.sam.history.first()
    assert (newest.first_name, newest.role, newest.history_user) == ("Samuel", Role.MEMBER, people.ada)
    assert list(verify()) == []
