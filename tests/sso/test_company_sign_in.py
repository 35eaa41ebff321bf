"""People come in with the company's account, through a real issuer; whatever cannot be checked lets nobody in."""

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sessions import stamped_at
from glossary.models import Event
from tests.portal.conftest import words
from tests.sso.conftest import Dance, is_in
from tests.sso.provider import CLIENT_ID, STRANGER, Issuer
from tests.world import Desk


def test_the_sign_in_page_offers_the_company_account_only_where_there_is_one(
    people: SimpleNamespace, issuer: Issuer, client: Client, settings: Any
) -> None:
    assert "Sign in with Example Login" in words(client.get("/accounts/login/?next=/queue/"))
    settings.GLOSSARY_OIDC_ISSUER = ""
    assert "Example Login" not in words(client.get("/accounts/login/"))
    assert client.get("/accounts/company/").status_code == 404


def test_somebody_known_by_address_comes_in_and_goes_where_they_wanted(
    people: SimpleNamespace, come: Dance, issuer: Issuer, client: Client
) -> None:
    answer = come(client, people.sam, way="/accounts/company/?next=/queue/")
    assert answer.headers["Location"] == "/queue/"
    assert is_in(client, people.sam)
    assert issuer.asked["nonce"] and "prompt" not in issuer.asked
    people.sam.refresh_from_db()
    assert people.sam.check_password("accord-demo") and people.sam.is_owner
    assert people.sam.last_login is not None


def test_whoever_came_once_is_known_by_number_even_with_another_address(
    people: SimpleNamespace, come: Dance, client: Client
) -> None:
    come(client, people.sam)
    again = Client()
    come(again, people.sam, email="sam.new@example.com")
    assert is_in(again, people.sam)
    assert Event.objects.filter(kind="person.admitted").count() == 1


@pytest.mark.parametrize("claims", [{"email": "eve@example.com"}, {"email_verified": False}, {"email_verified": None}])
def test_a_stranger_or_an_address_nobody_verified_stays_outside(
    claims: dict[str, Any], people: SimpleNamespace, come: Dance, client: Client
) -> None:
    answer = come(client, people.sam, **claims)
    assert answer.status_code == 403 and "no account here yet" in words(answer)
    assert "_auth_user_id" not in client.session
    assert "example.com" not in words(answer)


def test_an_address_given_to_somebody_else_does_not_open_the_old_account(
    people: SimpleNamespace, come: Dance, client: Client
) -> None:
    come(Client(), people.sam)
    answer = come(client, people.sam, sub="another-person")
    assert answer.status_code == 403 and "belongs to another account" in words(answer)
    assert "_auth_user_id" not in client.session


def test_a_closed_account_stays_closed(people: SimpleNamespace, come: Dance, client: Client) -> None:
    User.objects.filter(pk=people.rep.pk).update(is_active=False)
    assert "closed" in words(come(client, people.rep))
    assert "_auth_user_id" not in client.session


def test_everybody_of_the_company_may_come_in_as_a_person_of_no_side(
    people: SimpleNamespace, come: Dance, client: Client, settings: Any
) -> None:
    settings.GLOSSARY_OIDC_ADMITS = "everybody"
    come(client, sub="9", email="sam@elsewhere.example", email_verified=True, given_name="Sam", family_name="Two")
    new = User.objects.get(email="sam@elsewhere.example")
    assert is_in(client, new)
    assert (new.username, new.display_name, new.side, new.is_staff) == ("sam-2", "Sam Two", None, False)
    assert not new.has_usable_password() and new.has_joined


def test_nobody_is_let_into_a_registry_that_is_not_set_up(db: None, come: Dance, client: Client, settings: Any) -> None:
    settings.GLOSSARY_OIDC_ADMITS = "everybody"
    assert come(client, sub="9", email="a@b.example", email_verified=True).status_code == 403
    assert not User.objects.exists()


NOW = int(time.time())


@pytest.mark.parametrize(
    "spoil",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": [CLIENT_ID, "somebody-else"]},
        {"azp": "somebody-else"},
        {"iss": "https://elsewhere.example"},
        {"exp": NOW - 3600},
        {"exp": None},
        {"sub": None},
        {"iat": NOW + 3600},
        {"auth_time": "yesterday"},
    ],
    ids=" ".join,
)
def test_a_token_that_is_not_ours_lets_nobody_in(
    spoil: dict[str, Any], people: SimpleNamespace, issuer: Issuer, come: Dance, client: Client
) -> None:
    issuer.spoil = spoil
    answer = come(client, people.sam)
    assert answer.status_code == 403 and "could not be checked" in words(answer)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(STRANGER, "RS256"), (None, "none"), ("a secret that we know" * 3, "HS256")],
    ids=["stranger", "none", "shared secret"],
)
def test_a_token_that_the_issuer_did_not_sign_lets_nobody_in(
    key: Any, algorithm: str, people: SimpleNamespace, issuer: Issuer, come: Dance, client: Client
) -> None:
    issuer.key, issuer.algorithm = key, algorithm
    assert come(client, people.sam).status_code == 403
    assert "_auth_user_id" not in client.session


def test_an_issuer_that_calls_itself_otherwise_is_not_believed(
    people: SimpleNamespace, issuer: Issuer, come: Dance, client: Client
) -> None:
    issuer.named_issuer = "https://elsewhere.example"
    assert come(client, people.sam).status_code == 403


def test_userinfo_about_somebody_else_is_not_believed(
    people: SimpleNamespace, issuer: Issuer, come: Dance, client: Client
) -> None:
    issuer.userinfo = {"sub": "another", "email": "sam@example.com", "email_verified": True}
    assert come(client, sub="7").status_code == 403
    issuer.userinfo |= {"sub": "7"}
    come(client, sub="7")
    assert is_in(client, people.sam)


def test_a_return_that_nobody_set_out_for_lets_nobody_in(
    people: SimpleNamespace, issuer: Issuer, come: Dance, client: Client
) -> None:
    come(Client(), people.sam)
    for way in ("?code=x&state=forged", "?code=x", "", "?state=%00&code=%00"):
        answer = client.get(f"/accounts/company/callback/{way}")
        assert answer.status_code == 403 and "took too long" in words(answer)
    off = client.get("/accounts/company/").headers["Location"]
    back = requests.get(off, allow_redirects=False, timeout=5).headers["Location"]
    assert Client().get(back).status_code == 403, "another browser's way back"
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 403, "a second time"


def test_whoever_stops_on_the_way_is_told_so(people: SimpleNamespace, issuer: Issuer, client: Client) -> None:
    off = client.get("/accounts/company/").headers["Location"]
    state = off.partition("state=")[2].partition("&")[0]
    answer = client.get(f"/accounts/company/callback/?error=access_denied&state={state}")
    assert "You stopped on the way" in words(answer)


def test_an_issuer_out_of_reach_is_said_in_words(
    people: SimpleNamespace, settings: Any, client: Client, issuer: Issuer
) -> None:
    settings.GLOSSARY_OIDC_ISSUER = "http://127.0.0.1:9"
    assert "cannot be reached" in words(client.get("/accounts/company/"))


def test_nothing_of_a_token_is_logged_or_kept(
    people: SimpleNamespace, issuer: Issuer, come: Dance, client: Client, caplog: Any, capsys: Any
) -> None:
    issuer.spoil = {"nonce": "a-secret-claim"}
    page = come(client, people.sam, groups=["a-secret-group"])
    issuer.spoil = {}
    come(client, people.sam, groups=["a-secret-group"])
    row = people.sam.socialaccount_set.get()
    written = caplog.text + "".join(capsys.readouterr()) + page.content.decode() + str(row.extra_data)
    for secret in ("a-secret", "an-access-token", "the-secret-of-the-registry", "sub-sam"):
        assert secret not in written


# Recently enough to sign


def test_a_sign_in_counts_from_when_the_person_proved_it_to_the_issuer(
    desk: Desk, people: SimpleNamespace, come: Dance, issuer: Issuer, client: Client
) -> None:
    people.sam.set_unusable_password()
    people.sam.save(update_fields=["password"])
    proposal = desk.submit("Campaign")
    path = f"/proposals/{proposal.pk}/"
    yesterday = int((timezone.now() - timedelta(days=1)).timestamp())
    come(client, people.sam, auth_time=yesterday)
    sent = {"action": "sign", "digest": proposal.text.digest}
    answer = client.post(path, sent)
    assert answer.headers["Location"] == f"/accounts/reauthenticate/?next={path}"
    page = client.get(answer.headers["Location"])
    assert "Confirm with Example Login" in words(page)
    back = come(client, people.sam, way=f"/accounts/company/?fresh=1&next={path}", auth_time=yesterday)
    assert (issuer.asked["prompt"], issuer.asked["max_age"]) == ("login", "0")
    assert client.post(path, sent).headers["Location"].startswith("/accounts/reauthenticate/"), "still yesterday's"
    back = come(client, people.sam, way=f"/accounts/company/?fresh=1&next={path}", auth_time=int(time.time()))
    assert back.headers["Location"] == path
    client.post(path, sent)
    assert proposal.text.sign_offs.live().get().signer == people.sam


def test_without_auth_time_our_own_clock_says_when(people: SimpleNamespace, come: Dance, client: Client) -> None:
    before = timezone.now()
    come(client, people.sam)
    stamped = stamped_at(client.session)
    assert stamped and before <= stamped <= timezone.now()
    come(client, people.sam, auth_time=int(time.time()) + 86400)
    stamped = stamped_at(client.session)
    assert stamped and stamped <= timezone.now(), "an issuer's clock ahead of ours is no credit"


def test_coming_back_as_somebody_else_confirms_nothing(people: SimpleNamespace, come: Dance, client: Client) -> None:
    come(client, people.sam, auth_time=1)
    answer = come(client, people.mia, way="/accounts/company/?fresh=1")
    assert "somebody else" in words(answer)
    assert is_in(client, people.sam)
    stamped = stamped_at(client.session)
    assert stamped and stamped.year == 1970


# Without passwords


def test_password_sign_in_can_be_switched_off(
    people: SimpleNamespace, issuer: Issuer, come: Dance, client: Client, settings: Any
) -> None:
    settings.GLOSSARY_PASSWORD_SIGN_IN = False
    assert client.post("/accounts/login/", {"login": "sam", "password": "accord-demo"}).status_code == 403
    assert "_auth_user_id" not in client.session
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/key/x-y/"):
        assert "Nobody signs in with a password here" in words(client.get(path))
    assert client.post("/accounts/passkey/", {"credential": "{}"}).status_code == 403
    come(client, people.sam)
    assert is_in(client, people.sam)
    assert "Change my password" not in words(client.get("/accounts/profile/"))
    assert "Confirm with Example Login" in words(client.get("/accounts/reauthenticate/"))
    client.post("/accounts/reauthenticate/", {"password": "accord-demo"})
    assert client.get("/accounts/password/change/").status_code == 200
