"""People at a browser: who is signed in there, and whether everybody can read what they see."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.conftest import PATIENCE

COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


def visitor(browser: Browser, address: str, **look: object) -> Page:
    """The page of a browser of its own, in which nobody is signed in."""
    context = browser.new_context(base_url=address, **look)  # type: ignore[arg-type]
    context.set_default_timeout(1_000 * PATIENCE)
    return context.new_page()


def signed_in(browser: Browser, server: LiveServer, name: str, **look: object) -> Page:
    """The same where this person has signed in. Tests about signing in go through the form instead."""
    page = visitor(browser, server.url, **look)
    person = Client()
    person.force_login(User.objects.get(username=name))
    session = person.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
    return page


def barriers(page: Page, context: str | None = None) -> str:
    """What axe finds on the page once it is there, in the light and in the dark, where nothing but colours differs."""
    page.wait_for_load_state()
    axe = Axe()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # a colour half changed is none
    found = [axe.run(page, context)]
    page.emulate_media(color_scheme="dark")
    found.append(axe.run(page, context, COLOURS))
    page.emulate_media(color_scheme="light")
    return "\n".join(results.generate_report() for results in found if results.violations_count)


def reach(page: Page) -> int:
    """How far to the right the page goes, in pixels."""
    page.wait_for_load_state()
    return int(page.evaluate("document.scrollingElement.scrollWidth"))
