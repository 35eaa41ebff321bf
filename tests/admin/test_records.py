"""The administration shows what is kept and changes nothing that is signed."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.test import Client

from glossary.models import Event, Term
from tests.world import Desk

pytestmark = pytest.mark.django_db

KEPT = ["proposal", "revision", "signoff", "objection", "version", "comment", "concern", "ruling", "event"]


@pytest.fixture
def superuser(people: SimpleNamespace, desk: Desk, client: Client) -> Client:
    """The highest rank there is, before a registry with one agreed word."""
    people.ada.is_superuser = True
    people.ada.save()
    desk.publish("Campaign")
    client.force_login(people.ada)
    return client


@pytest.mark.parametrize("model", [*KEPT, "term"])
def test_the_list_and_a_row_can_be_read(superuser: Client, model: str) -> None:
    assert superuser.get(f"/admin/glossary/{model}/").status_code == 200
    if model not in ("objection", "comment", "concern", "ruling"):
        assert superuser.get(f"/admin/glossary/{model}/{_kept_row(model)}/change/").status_code == 200


def _kept_row(model: str) -> int:
    """The id of a row there is; of one that there could be where the desk wrote none."""
    first = apps.get_model("glossary", model).objects.first()
    return first.pk if first else 1


@pytest.mark.parametrize("model", KEPT)
def test_even_a_superuser_adds_changes_and_deletes_nothing(superuser: Client, model: str) -> None:
    before, row = Event.objects.count(), _kept_row(model)
    assert superuser.post(f"/admin/glossary/{model}/add/", {}).status_code == 403
    assert superuser.post(f"/admin/glossary/{model}/{row}/change/", {"number": "7"}).status_code in (302, 403)
    assert superuser.post(f"/admin/glossary/{model}/{row}/delete/", {"post": "yes"}).status_code in (302, 403)
    form = {"action": "delete_selected", "_selected_action": [row], "post": "yes"}
    superuser.post(f"/admin/glossary/{model}/", form)
    assert Event.objects.count() == before


def test_a_label_changes_through_its_action_and_nothing_else_does(superuser: Client) -> None:
    term = Term.objects.get()
    form = {"category": "Demand", "tags": "[]", "is_required": "on", "slug": "other", "name": "Other"}
    superuser.post(f"/admin/glossary/term/{term.pk}/change/", form)
    term.refresh_from_db()
    assert (term.slug, term.name, term.category, term.is_required) == ("campaign", "Campaign", "Demand", True)
    assert Event.objects.filter(kind="term.labelled").count() == 1
    assert superuser.post(f"/admin/glossary/term/{term.pk}/delete/", {"post": "yes"}).status_code == 403
