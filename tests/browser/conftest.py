"""A real browser from the machine. Run these tests as their own call: Playwright leaves an event loop running."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

PATIENCE = 60  # seconds, for whatever takes one or two where nothing else is at work
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session", autouse=True)
def _django_may_work_beside_the_loop() -> Iterator[None]:
    """Django refuses to touch the database while an event loop runs, as Playwright's does; here it is harmless."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def _a_busy_machine_is_waited_for() -> None:
    expect.set_options(timeout=1_000 * PATIENCE)


@pytest.fixture(autouse=True)
def _nobody_has_tried_to_sign_in_yet(transactional_db: None) -> None:
    """Attempts are counted by the minute in a table of no model, which is not emptied between tests."""
    cache.clear()


@pytest.fixture(autouse=True)
def _everybody_leaves(request: pytest.FixtureRequest) -> Iterator[None]:
    """Pages are closed before the tables are emptied: one left open would go on asking, and take memory."""
    browser = request.getfixturevalue("browser") if "browser" in request.fixturenames else None
    yield
    for context in browser.contexts if browser else ():
        context.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine.")
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": FLAGS}
