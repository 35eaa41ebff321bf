"""The main pages of a demo as PNG files; `bin/screenshots` calls this.

The demo is one of its own: on a free port, with a database that is gone afterwards.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS

VAR = Path("var")
PASSWORD = yaml.safe_load(Path("fixtures/demo.yaml").read_text())["password"]
LONGEST_START = 300  # seconds, in which two owners sign the starter vocabulary
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 800}, "has_touch": True},
}
# Name of the picture, who looks, and where.
PAGES = [
    ("sign-in", "", "/accounts/login/"),
    ("home", "mia", "/"),
    ("search", "mia", "/search/?all=1&q=lead"),
    ("word", "mia", "/terms/marketing-qualified-lead/"),
    ("compare", "mia", "/terms/multi-threading/compare/?from=1&to=2"),
    ("suggest", "mia", "/propose/?term=campaign"),
    ("suggestion", "mia", "/proposals/{suggestion}/"),
    ("queue", "mia", "/queue/"),
    ("pipeline", "mia", "/stage-models/revenue-pipeline/"),
    ("admin-queue", "max", "/admin/queue/"),
]


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo that is ready; it and whatever it started end with the block."""
    with tempfile.TemporaryDirectory(dir=VAR, prefix="screenshots.") as folder, _the_token_stays(), _log() as log:
        address = f"http://localhost:{(port := _free_port())}"
        database = f"sqlite:///{Path(folder).resolve() / 'accord.sqlite3'}"
        chosen = {"PORT": str(port), "DATABASE_URL": database, "GLOSSARY_SITE_URL": address}
        started = subprocess.Popen(
            ["bin/demo"], env=os.environ | chosen, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_for(address, started)
            yield address
        finally:
            os.killpg(started.pid, signal.SIGTERM)
            started.wait()


@contextmanager
def _the_token_stays() -> Iterator[None]:
    """A demo keeps its token in a file, which is that of the usual demo."""
    token, kept = VAR / "demo_token", VAR / "demo_token.kept"
    if token.exists():
        shutil.copy2(token, kept)
    try:
        yield
    finally:
        token.unlink(missing_ok=True)
        if kept.exists():
            kept.replace(token)


def _log() -> IO[bytes]:
    return (VAR / "screenshots.log").open("wb")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(address: str, started: "subprocess.Popen[bytes]") -> None:
    """Until the demo says that it is ready."""
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end and started.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(1)
    sys.exit("The demo did not start; its words are in var/screenshots.log.")


def page_of(browser: Browser, address: str, who: str, look: dict[str, object]) -> Page:
    page = browser.new_context(base_url=address, reduced_motion="reduce", **look).new_page()  # type: ignore[arg-type]
    if who:
        page.goto("/accounts/login/")
        page.fill("[name=login]", who)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{address}/")
        page.reload()  # without the greeting
    return page


def take(browser: Browser, address: str, into: Path) -> int:
    """Every page in every look; the bytes of all pictures."""
    size = 0
    for look, options in LOOKS.items():
        pages = {who: page_of(browser, address, who, options) for who in ("", "mia", "max")}
        pages["mia"].goto("/queue/")
        waiting = pages["mia"].locator("main a[href^='/proposals/']").first.get_attribute("href") or ""
        suggestion = waiting.split("/")[2]
        for name, who, path in PAGES:
            answer = pages[who].goto(path.format(suggestion=suggestion), wait_until="networkidle")
            if answer is None or not answer.ok:
                sys.exit(f"{path} was not answered as it should be.")
            picture = into / f"{name}-{look}.png"
            pages[who].screenshot(path=picture)
            size += picture.stat().st_size
    return size


def main(into: Path) -> None:
    if CHROMIUM is None:
        sys.exit("There is no Chromium on this machine (on Debian and Ubuntu: apt-get install chromium).")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    into.mkdir(parents=True, exist_ok=True)
    VAR.mkdir(exist_ok=True)
    print("Starting a demo of its own, which takes a minute ...")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        size = take(browser, address, into)
        browser.close()
    print(f"{len(LOOKS) * len(PAGES)} pictures in {into}, {size / 1_000_000:.1f} MB together.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
