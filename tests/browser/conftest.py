"""A real browser from the machine. Run these tests as their own call: Playwright leaves an event loop running."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

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


@pytest.fixture(autouse=True)
def _nobody_has_tried_to_sign_in_yet(transactional_db: None) -> None:
    """Attempts are counted by the minute in a table of no model, which is not emptied between tests."""
    cache.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine.")
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": FLAGS}
