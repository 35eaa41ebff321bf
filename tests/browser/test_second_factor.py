"""An authenticator app and a passkey are set up in a real browser, under the pages' own content security policy."""

import time
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import barriers, visitor
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _sign_in(page: Page, then: str) -> None:
    """Through the form, until the page with this heading is there."""
    page.goto("/accounts/login/")
    page.get_by_label("Name or e-mail address").fill("sam")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name=then)).to_be_visible()


def _confirmed(page: Page, address: str) -> None:
    page.goto(address)
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="It is me").click()
        page.wait_for_url(f"**{address}")
    assert not barriers(page), address


def _is_in_as_sam(page: Page) -> None:
    """The first page is there, and its menu, which a phone keeps folded, names who is signed in."""
    expect(page.get_by_role("heading", name="What does it mean?")).to_be_visible()
    page.get_by_role("banner").get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Sam", exact=True)).to_be_visible()


@pytest.fixture
def page_with_key(browser: Browser, live_server: LiveServer, people: SimpleNamespace) -> Page:
    """A browser whose device answers for its owner, and complaints of the browser as failures."""
    address = live_server.url.replace("127.0.0.1", "localhost")
    page = visitor(browser, address, viewport={"width": 390, "height": 800})
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_passkey_is_added_and_then_signs_in_alone(page_with_key: Page, people: SimpleNamespace) -> None:
    page = page_with_key
    _sign_in(page, "What does it mean?")
    _confirmed(page, "/accounts/second-factor/passkeys/add/")
    expect(page.get_by_text("This browser cannot use passkeys here")).to_be_hidden()
    page.get_by_label("I want to sign in with it alone").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="My recovery codes")).to_be_visible()
    assert Authenticator.objects.filter(user=people.sam, type="webauthn").count() == 1
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey instead").click()
    _is_in_as_sam(page)


def test_a_passkey_is_the_second_step_after_a_password(page_with_key: Page, people: SimpleNamespace) -> None:
    page = page_with_key
    _sign_in(page, "What does it mean?")
    _confirmed(page, "/accounts/second-factor/passkeys/add/")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="My recovery codes")).to_be_visible()
    page.context.clear_cookies()
    _sign_in(page, "One more step")
    assert not barriers(page)
    page.get_by_role("button", name="Use a passkey instead").click()
    _is_in_as_sam(page)


def test_an_app_is_set_up_from_the_key_on_the_page(page_with_key: Page, people: SimpleNamespace) -> None:
    page = page_with_key
    _sign_in(page, "What does it mean?")
    _confirmed(page, "/accounts/second-factor/app/")
    page.get_by_text("It cannot read pictures").click()
    secret = page.locator(".totp-key").inner_text()
    assert page.evaluate("document.querySelector('.totp-picture').naturalWidth") > 0
    page.get_by_label("Authenticator code").fill(f"{hotp_value(secret, int(time.time()) // 30):06}")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="My recovery codes")).to_be_visible()
