"""Authenticator apps and passkeys: set up, asked for at sign-in, and before signing where owners need one."""

import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.test import Client

from accounts.adapter import SecondFactorAdapter
from accounts.models import User
from accounts.sessions import stamp
from tests.portal.conftest import words
from tests.sso.conftest import Dance, is_in
from tests.world import PASSWORD, Desk

SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _no_earlier_attempts(db: None) -> None:
    cache.clear()


def code_of(secret: str) -> str:
    return f"{hotp_value(secret, list(yield_hotp_counters_from_time())[1]):06}"


def signed_in(user: User) -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": user.username, "password": PASSWORD})
    return client


def set_up(client: Client) -> str:
    """Sets an app up, confirming with the password where that is asked; the secret."""
    page = client.get("/accounts/second-factor/app/")
    if page.status_code == 302:
        page = client.post(page.headers["Location"], {"password": PASSWORD, "next": "/accounts/second-factor/app/"})
        page = client.get("/accounts/second-factor/app/")
    assert "Set up an authenticator app" in words(page)
    secret = page.context["form"].secret
    done = client.post("/accounts/second-factor/app/", {"code": code_of(secret)}, follow=True)
    assert "My recovery codes" in words(done)
    return str(secret)


def test_whoever_has_just_signed_in_is_not_asked_again_before_setting_one_up(people: SimpleNamespace) -> None:
    client = signed_in(people.sam)
    for path in ("app/", "passkeys/add/"):
        assert client.get(f"/accounts/second-factor/{path}").status_code == 200, path
    page = client.get("/accounts/second-factor/app/")
    client.post("/accounts/second-factor/app/", {"code": code_of(page.context["form"].secret)})
    assert Authenticator.objects.filter(user=people.sam, type="totp").exists()


def test_a_session_that_is_not_fresh_confirms_first_and_is_led_back_with_all_it_wanted(
    people: SimpleNamespace,
) -> None:
    client = signed_in(people.sam)
    wanted = "/accounts/second-factor/app/?next=/queue/"
    with time_machine.travel(16 * 60 + time.time()):
        asked = client.get(wanted)
        assert asked.headers["Location"] == f"/accounts/reauthenticate/?next={quote(wanted)}"
        page = client.get("/accounts/second-factor/app/", follow=True)
        assert "Type your password once more" in words(page)
        back = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": wanted})
        assert back.headers["Location"] == wanted
        assert client.get(wanted).status_code == 200
    assert not Authenticator.objects.exists()


def test_setting_one_up_on_the_way_to_sign_leads_on_to_sign(desk: Desk, people: SimpleNamespace, settings: Any) -> None:
    settings.GLOSSARY_OWNERS_NEED_MFA = True
    proposal = desk.submit("Campaign")
    path, sent = f"/proposals/{proposal.pk}/", {"action": "sign", "digest": proposal.text.digest}
    client = signed_in(people.sam)
    told = client.post(path, sent, follow=True)
    address = f"/accounts/second-factor/app/?next={quote(path, safe='')}"
    assert "You have none yet" in words(told) and f'href="{address}"' in told.content.decode()
    page = client.get(address)
    done = client.post(address, {"code": code_of(page.context["form"].secret)}, follow=True)
    assert "My recovery codes" in words(done) and f'href="{path}">I have kept them, go on' in done.content.decode()
    elsewhere = client.get("/accounts/second-factor/codes/?next=https://evil.example/")
    assert "I have kept them" not in words(elsewhere) and 'href="https://evil' not in elsewhere.content.decode()


def test_an_app_is_set_up_and_then_asked_for_at_sign_in(people: SimpleNamespace) -> None:
    secret = set_up(signed_in(people.sam))
    row = Authenticator.objects.get(user=people.sam, type="totp")
    assert secret not in str(row.data)
    again = signed_in(people.sam)
    assert not is_in(again, people.sam)
    assert "One more step" in words(again.get("/accounts/second-factor/sign-in/"))
    refused = again.post("/accounts/second-factor/sign-in/", {"code": "000000"})
    assert "type the one that it shows at this moment" in words(refused)
    assert not is_in(again, people.sam)
    with time_machine.travel(60 + time.time()):
        again.post("/accounts/second-factor/sign-in/", {"code": code_of(secret)})
    assert is_in(again, people.sam)


def test_a_browser_without_passkeys_is_told_what_works(people: SimpleNamespace) -> None:
    """What a script shows once it knows that passkeys work is hidden; what it then hides is there."""
    client = signed_in(people.sam)
    set_up(client)
    page = client.get("/accounts/second-factor/passkeys/add/")
    assert "This browser cannot use passkeys here" in words(page) and "data-without-passkeys" in page.content.decode()


def test_a_company_account_is_asked_for_the_app_as_well(people: SimpleNamespace, come: Dance) -> None:
    set_up(signed_in(people.sam))
    client = Client()
    assert come(client, people.sam).headers["Location"] == "/accounts/second-factor/sign-in/"
    assert not is_in(client, people.sam)


def test_a_recovery_code_lets_in_once(people: SimpleNamespace) -> None:
    client = signed_in(people.sam)
    set_up(client)
    code = client.get("/accounts/second-factor/codes/").context["unused_codes"][0]
    for is_let_in in (True, False):
        again = signed_in(people.sam)
        again.post("/accounts/second-factor/sign-in/", {"code": code})
        assert is_in(again, people.sam) is is_let_in


@pytest.mark.django_db(transaction=True)
def test_whoever_has_just_set_a_second_factor_up_signs_with_it(
    desk: Desk, people: SimpleNamespace, settings: Any
) -> None:
    """Their first, that is: with a second one, a password alone does not stand in for the first."""
    settings.GLOSSARY_OWNERS_NEED_MFA = True
    proposal = desk.submit("Campaign")
    path, sent = f"/proposals/{proposal.pk}/", {"action": "sign", "digest": proposal.text.digest}
    client = signed_in(people.sam)
    set_up(client)
    assert "Sam" in words(client.post(path, sent, follow=True))
    assert proposal.text.sign_offs.live().get().signer == people.sam

    Authenticator.objects.create(user=people.mia, type="webauthn", data={})
    other = signed_in(people.mia)
    session = other.session
    session.update({SESSION_KEY: str(people.mia.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0]})
    session[HASH_SESSION_KEY] = people.mia.get_session_auth_hash()
    stamp(session)
    session.save()
    set_up(other)
    assert "Use my authenticator app" in words(other.post(path, sent, follow=True))
    assert proposal.text.sign_offs.live().count() == 1


def test_owners_need_a_second_factor_to_sign_where_that_is_said(
    desk: Desk, people: SimpleNamespace, settings: Any
) -> None:
    settings.GLOSSARY_OWNERS_NEED_MFA = True
    proposal = desk.submit("Campaign")
    path, sent = f"/proposals/{proposal.pk}/", {"action": "sign", "digest": proposal.text.digest}
    client, elsewhere = signed_in(people.sam), signed_in(people.sam)
    answer = client.post(path, sent, follow=True)
    assert "You have none yet" in words(answer) and "Set up an authenticator app" in words(answer)
    assert not proposal.text.sign_offs.exists()
    secret = set_up(elsewhere)
    answer = client.post(path, sent, follow=True)
    assert "Use my authenticator app" in words(answer)
    with time_machine.travel(60 + time.time()):
        back = client.post("/accounts/second-factor/confirm/", {"code": code_of(secret), "next": path})
        assert back.headers["Location"] == path
        client.post(path, sent)
    assert proposal.text.sign_offs.live().get().signer == people.sam


def test_a_second_factor_at_the_company_counts_when_it_says_so(
    desk: Desk, people: SimpleNamespace, settings: Any, come: Dance
) -> None:
    settings.GLOSSARY_OWNERS_NEED_MFA = True
    proposal = desk.submit("Campaign")
    path, sent = f"/proposals/{proposal.pk}/", {"action": "sign", "digest": proposal.text.digest}
    client = Client()
    come(client, people.sam, amr=["pwd"])
    assert "second factor" in words(client.post(path, sent, follow=True))
    come(client, people.sam, amr=["pwd", "mfa"])
    client.post(path, sent)
    assert proposal.text.sign_offs.live().count() == 1


def test_a_session_left_open_adds_no_second_factor(people: SimpleNamespace, come: Dance) -> None:
    people.sam.set_unusable_password()
    people.sam.save(update_fields=["password"])
    client = Client()
    come(client, people.sam, auth_time=1)
    for path in ("app/", "passkeys/add/", "codes/new/", "codes/"):
        answer = client.get(f"/accounts/second-factor/{path}")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next="), path


def test_every_page_about_second_factors_is_there_and_in_our_words(people: SimpleNamespace) -> None:
    client = signed_in(people.sam)
    set_up(client)
    for path, said in {
        "": "Your app is set up",
        "app/remove/": "no longer ask for its code",
        "codes/": "Each lets you in once".lower(),
        "codes/new/": "stop working",
        "passkeys/": "You have none",
        "passkeys/add/": "fingerprint",
        "confirm/": "recovery codes",
    }.items():
        answer = client.get(f"/accounts/second-factor/{path}")
        assert answer.status_code == 200 and said in words(answer), path
        assert "Accord" in words(answer)
    assert client.get("/accounts/second-factor/codes/download/").content.count(b"\n") >= 10
    client.post("/accounts/second-factor/app/remove/")
    assert not Authenticator.objects.exists()


def test_a_secret_kept_under_another_key_opens_nothing(settings: Any) -> None:
    adapter = SecondFactorAdapter()
    kept = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert adapter.decrypt(kept) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY = "another-key" * 6
    assert adapter.decrypt(kept) not in ("", "JBSWY3DPEHPK3PXP")
