"""Administrators seat people through the seating actions; rank never signs and never gets into another's account."""

from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Role, Side, Token
from tests.unchanged import nothing_changes
from tests.world import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people: SimpleNamespace, client: Client) -> Client:
    client.force_login(people.ada)
    return client


def test_the_page_of_a_person_here_leads_to_where_team_and_role_change(ada: Client, people: SimpleNamespace) -> None:
    page = ada.get(f"/admin/accounts/user/{people.rep.pk}/change/").content.decode()
    assert f'href="/people/{people.rep.pk}/">Team and role' in page


def test_the_role_cannot_be_typed_into_the_form(ada: Client, people: SimpleNamespace) -> None:
    form = {"username": "rep", "first_name": "Rosa", "last_name": "", "email": "rep@example.com", "time_zone": "UTC"}
    ada.post(
        f"/admin/accounts/user/{people.rep.pk}/change/", form | {"role": "owner", "side": "sales", "is_active": ""}
    )
    people.rep.refresh_from_db()
    assert (people.rep.first_name, people.rep.role, people.rep.is_active) == ("Rosa", Role.MEMBER, True)


@pytest.mark.parametrize("what", ["user", "side", "term"])
def test_nothing_goes_back_to_an_entry_of_its_history(
    ada: Client, people: SimpleNamespace, desk: Desk, what: str
) -> None:
    row = {"user": people.sam, "side": Side.objects.get(key="sales"), "term": desk.open("Campaign").term}[what]
    entry = row.history.last()
    app = "glossary" if what == "term" else "accounts"
    address = f"/admin/{app}/{what}/{row.pk}/history/{entry.pk}/"
    form = {"username": "sam", "email": "sam@example.com", "time_zone": "UTC", "name": "Sales", "tags": "[]"}
    assert ada.get(address).status_code == 200
    with nothing_changes():
        assert ada.post(address, form).status_code == 403


def test_nobody_sets_an_owners_address_or_anybodys_password(ada: Client, people: SimpleNamespace) -> None:
    form = {"first_name": "Sam", "last_name": "R", "email": "ada@example.com", "time_zone": "UTC", "password": "x" * 12}
    before = people.sam.password
    ada.post(f"/admin/accounts/user/{people.sam.pk}/change/", form)
    people.sam.refresh_from_db()
    assert (people.sam.last_name, people.sam.email, people.sam.password) == ("R", "sam@example.com", before)


def test_an_address_is_fixed_once_a_member_has_a_password(ada: Client, people: SimpleNamespace) -> None:
    form = {"first_name": "Rosa", "last_name": "", "email": "ada@example.com", "time_zone": "UTC"}
    ada.post(f"/admin/accounts/user/{people.rep.pk}/change/", form)
    people.rep.refresh_from_db()
    assert (people.rep.first_name, people.rep.email) == ("Rosa", "rep@example.com")


def test_somebody_new_is_invited_on_the_page_for_it_and_nowhere_else(ada: Client) -> None:
    form = {"username": "zoe", "first_name": "Zoe", "last_name": "", "email": "zoe@example.com", "time_zone": "UTC"}
    assert ada.get("/admin/accounts/user/add/", follow=True).redirect_chain == [("/invitations/", 302)]
    with nothing_changes():
        assert ada.post("/admin/accounts/user/add/", form).status_code == 302
    assert mail.outbox == []


def test_a_side_added_here_has_to_sign_from_now_on(ada: Client, people: SimpleNamespace, desk: Desk) -> None:
    proposal = desk.submit("Campaign")
    ada.post("/admin/accounts/side/add/", {"key": "product", "name": "Product"})
    desk.sign(proposal, people.sam, people.mia)
    proposal.refresh_from_db()
    assert proposal.state == "in_review"


def test_sales_and_marketing_keep_their_seat(ada: Client) -> None:
    form = {"action": "take_seat_away", "_selected_action": ["sales", "marketing"]}
    assert "Sales always keeps its seat." in ada.post("/admin/accounts/side/", form, follow=True).content.decode()
    assert Side.objects.filter(has_seat=True).count() == 2


def test_a_key_is_shown_once_and_can_be_revoked(ada: Client, people: SimpleNamespace) -> None:
    form = {"user": people.ada.pk, "name": "CRM sync", "scopes": ["read"], "days": 30}
    page = ada.post("/admin/accounts/token/add/", form).content.decode()
    token = Token.objects.get()
    assert "acc_" in page
    listed = ada.get("/admin/accounts/token/").content.decode()
    shown = ada.get(f"/admin/accounts/token/{token.pk}/change/").content.decode()
    assert token.digest not in listed + shown
    ada.post("/admin/accounts/token/", {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert not token.is_live()


def test_an_owner_without_the_staff_flag_sees_nothing_here(people: SimpleNamespace, client: Client) -> None:
    client.force_login(people.sam)
    assert client.get("/admin/").status_code == 302
    assert client.get(f"/admin/accounts/user/{people.rep.pk}/change/").status_code == 302
