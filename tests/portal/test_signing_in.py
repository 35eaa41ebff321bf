"""Signing in and out, passwords, and what strangers cannot do."""

import re
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.sessions import stamped_at
from tests.portal.conftest import Browse, words
from tests.world import PASSWORD

GOOD = "a-long-walk-by-the-river"


@pytest.fixture(autouse=True)
def _no_earlier_attempts(db: None) -> None:
    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> object:
    return client.post("/accounts/login/", {"login": name, "password": password, **more})


@pytest.mark.parametrize("name", ["sam", "sam@example.com", "Sam"])
def test_people_sign_in_by_name_or_address_and_go_where_they_wanted(
    name: str, people: SimpleNamespace, client: Client
) -> None:
    answer = sign_in(client, name, next="/queue/")
    assert answer.headers["Location"] == "/queue/"
    assert stamped_at(client.session) is not None


def test_a_wrong_password_opens_nothing_and_does_not_say_which_was_wrong(
    people: SimpleNamespace, client: Client
) -> None:
    for name in ("sam", "nobody"):
        answer = sign_in(client, name, "wrong")
        assert "_auth_user_id" not in client.session
        assert "not correct" in words(answer)


def test_guessing_is_stopped(people: SimpleNamespace, client: Client) -> None:
    for attempt in range(6):
        sign_in(client, "sam", f"guess {attempt}")
    sign_in(client, "sam")
    assert "_auth_user_id" not in client.session


def test_nobody_is_led_to_another_site(people: SimpleNamespace, client: Client) -> None:
    assert sign_in(client, "sam", next="https://elsewhere.example/").headers["Location"] == "/"


def test_signing_out_takes_a_button_not_a_link(people: SimpleNamespace, at_browser: Browse) -> None:
    sam = at_browser(people.sam)
    assert sam.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in sam.session
    assert "You are signed out." in words(sam.post("/accounts/logout/", follow=True))
    assert "_auth_user_id" not in sam.session


def test_nobody_signs_up(client: Client, db: None) -> None:
    answer = client.post(
        "/accounts/signup/", {"username": "eve", "email": "eve@example.com", "password1": GOOD, "password2": GOOD}
    )
    assert "Nobody signs up here" in words(answer)
    assert not User.objects.filter(username="eve").exists()


def test_a_deactivated_person_does_not_sign_in(people: SimpleNamespace, client: Client) -> None:
    User.objects.filter(username="rep").update(is_active=False)
    sign_in(client, "rep")
    assert "_auth_user_id" not in client.session


def test_people_change_their_password(people: SimpleNamespace, at_browser: Browse, client: Client) -> None:
    sent = {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD}
    at_browser(people.sam).post("/accounts/password/change/", sent)
    sign_in(client, "sam", GOOD)
    assert "_auth_user_id" in client.session


def test_a_weak_password_is_refused_in_words(people: SimpleNamespace, at_browser: Browse) -> None:
    sent = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "too short" in words(at_browser(people.sam).post("/accounts/password/change/", sent))


def test_a_forgotten_password_is_replaced_by_mail(people: SimpleNamespace, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "sam@example.com"})
    letter = mail.outbox[0]
    assert letter.subject.endswith("Choose a new password")
    link = re.search(r"https?://testserver(/\S+)", str(letter.body))
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in words(form)
    done = client.post(form.request["PATH_INFO"], {"password1": GOOD, "password2": GOOD}, follow=True)
    assert "Your new password is kept" in words(done)
    assert "no longer works" in words(Client().get(link[1]))
    sign_in(client, "sam", GOOD)
    assert "_auth_user_id" in client.session


def test_asking_for_an_unknown_address_tells_nothing(people: SimpleNamespace, client: Client) -> None:
    known = client.post("/accounts/password/reset/", {"email": "sam@example.com"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "eve@example.com"}, follow=True)
    assert words(known) == words(unknown)


def test_the_administration_signs_in_at_the_same_page(client: Client, db: None) -> None:
    answer = client.get("/admin/", follow=True)
    assert any(address.startswith("/accounts/login/") for address, _ in answer.redirect_chain)
