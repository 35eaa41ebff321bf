"""The administration shows what is kept and changes nothing that is signed."""

import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Token
from glossary.models import Endpoint, Event, Term
from tests.portal.conftest import words
from tests.world import Desk

pytestmark = pytest.mark.django_db

OF_THE_CODE = r"(?i)\b(?:side|proposal|revision|sign[ -]off|digest|user|staff|term|endpoint|delegation|slug)s?\b"
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


REGISTERED = [pytest.param(model, id=model._meta.label) for model in admin.site._registry]


@pytest.mark.parametrize("model", REGISTERED)
def test_a_list_is_asked_nothing_but_what_its_filters_ask(model: type[models.Model]) -> None:
    """Django would answer every question about a column of the row, and of any row behind a filter."""
    kept = admin.site._registry[model]
    for field in model._meta.get_fields():
        is_filter = field.name in kept.list_filter
        assert kept.lookup_allowed(field.name, "1") == is_filter
        for way in ("startswith", "regex", "gt", "lt", "in", "year", *([] if is_filter else ["exact", "isnull"])):
            assert not kept.lookup_allowed(f"{field.name}__{way}", "1"), (field.name, way)
        behind = field.related_model if isinstance(field.related_model, type) else None
        for further in behind._meta.get_fields() if behind else []:
            is_asked = is_filter and further == behind._meta.pk
            assert kept.lookup_allowed(f"{field.name}__{further.name}__exact", "1") == is_asked, (field, further)


@pytest.mark.parametrize(
    "address",
    [
        "accounts/user/?password__startswith=p", "accounts/user/?password__regex=.", "accounts/user/?password=x",
        "accounts/user/?messages__read_at__isnull=0", "accounts/user/?side__users__password__startswith=p",
        "accounts/token/?digest__startswith=a", "accounts/token/?user__password__startswith=p",
        "glossary/message/?read_at__isnull=0", "glossary/message/?channel__exact=in_app&read_at__gt=2026-01-01",
        "glossary/message/?endpoint__sealed_url__startswith=g", "glossary/endpoint/?sealed_url__startswith=g",
        "glossary/signoff/?signer__password__startswith=p",
    ],
)  # fmt: skip
def test_no_secret_can_be_guessed_by_way_of_a_list(superuser: Client, address: str) -> None:
    assert superuser.get(f"/admin/{address}").status_code == 400


@pytest.mark.parametrize("model", REGISTERED)
def test_every_filter_beside_a_list_leads_somewhere(superuser: Client, model: type[models.Model]) -> None:
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    shown = superuser.get(page)
    links = [
        choice["query_string"]
        for spec in shown.context["cl"].filter_specs
        for choice in spec.choices(shown.context["cl"])
    ]
    for link in links:
        assert superuser.get(page + link).status_code == 200, link


@pytest.mark.parametrize("model", REGISTERED)
def test_a_list_is_ordered_by_what_it_shows_and_hides_secrets(superuser: Client, model: type[models.Model]) -> None:
    """`?o=` counts the columns that are shown, so none of these may be one."""
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    shown = superuser.get(page, {"o": "1.2.3"})
    assert shown.status_code == 200
    changes = shown.context["cl"]
    ordered = {str(changes.get_ordering_field(column)) for column in changes.list_display}
    assert not ordered & {"password", "read_at", "sealed_url", "token_key"}
    assert model is not Token or "digest" not in ordered


def test_endpoints_are_narrowed_to_those_in_use_in_words(superuser: Client) -> None:
    for name, is_removed in (("CRM", False), ("Old wiki", True)):
        Endpoint.objects.create(name=name, url="https://tools.example.com/", is_removed=is_removed)
    everything = words(superuser.get("/admin/glossary/endpoint/"))
    assert "By use All In use Removed" in everything and "CRM" in everything and "Old wiki" in everything
    used, removed = (words(superuser.get("/admin/glossary/endpoint/", {"use": use})) for use in ("yes", "no"))
    assert "CRM" in used and "Old wiki" not in used
    assert "CRM" not in removed and "Old wiki" in removed


def test_every_kind_of_row_is_found_from_the_first_page(superuser: Client) -> None:
    page = superuser.get("/admin/").content.decode()
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert page.count(f'href="{address}"') == 1, address


def test_the_administration_says_what_the_pages_say(people: SimpleNamespace, desk: Desk, superuser: Client) -> None:
    desk.sign(desk.submit("Lead"), people.sam)
    index = words(superuser.get("/admin/"))
    for said in (
        "Teams",
        "People",
        "Seats on loan",
        "Words",
        "Suggested changes",
        "Texts",
        "Signatures",
        "Definitions",
    ):
        assert said in index, said
    lists = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]
    pages = ["/admin/", *map(reverse, lists)]
    pages.append(f"/admin/accounts/user/{people.sam.pk}/change/")
    for page in pages:
        answer = superuser.get(page)
        without_kinds = re.sub(r"\b\w+\.\w+", "", words(answer))  # of events, as other tools are told them
        assert answer.status_code == 200 and not re.findall(OF_THE_CODE, without_kinds), page
