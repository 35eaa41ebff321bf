"""The real server in processes of its own, on a database of one's choice, and people who use it over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import requests
from django.conf import settings
from django.db import connection

from tests.world import PASSWORD

PATIENCE = 60  # seconds, for whatever should take one or two


def beside(address: str, name: str) -> str:
    """The address of the database with this name on the same PostgreSQL as another."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))


def database_in_use() -> str:
    """The address of the database that this test process works on."""
    name = str(connection.settings_dict["NAME"])
    return f"sqlite:///{name}" if connection.vendor == "sqlite" else beside(os.environ["DATABASE_URL"], name)


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of an empty database on the engine under test: a file in the folder, or gone in the end with
    whoever still holds it."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'empty.sqlite3'}"
        return
    import psycopg

    server = connection.settings_dict
    name = f"accord_empty_{uuid4().hex[:12]}"
    words = {"host": server["HOST"], "port": server["PORT"], "user": server["USER"], "password": server["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **{k: v for k, v in words.items() if v}) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield beside(os.environ["DATABASE_URL"], name)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def environment(database_url: str, **more: str) -> dict[str, str]:
    """What every process of one installation is started with; the settings are those of the tests, and `more`."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": "tests.environment", "DATABASE_URL": database_url} | more


def run(
    database_url: str, *words: str, more: Mapping[str, str] | None = None, patience: float = 5 * PATIENCE
) -> subprocess.CompletedProcess[str]:
    """A Python command on that database, such as `manage.py verify`, until it has ended."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env=environment(database_url, **more or {}),
        capture_output=True,
        text=True,
        timeout=patience,
    )


@contextmanager
def in_the_background(env: Mapping[str, str], log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python command such as `manage.py worker`, from now until it is left, however that comes about."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=settings.BASE_DIR, env=env, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The production server as `bin/demo` starts it: one parent, several workers, in a process group of their own."""

    def __init__(self, database_url: str, log: Path, *, workers: int = 2) -> None:
        self.database_url = database_url
        self.log = log
        self.workers = workers
        self.more: dict[str, str] = {}  # settings of its own
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "granian", "glossary.wsgi:application", "--interface", "wsgi"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", str(self.workers)]
        command += ["--blocking-threads", "1", "--no-ws", "--log-level", "warning"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=environment(self.database_url, **self.more),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()
        return self

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < until, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def kill(self) -> None:
        """`kill -9` of the parent and every worker at once: nobody gets to finish anything."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=PATIENCE)


class Visitor:
    """A person at a browser: signs in at the sign-in page, then sends JSON as that session."""

    def __init__(self, server: Server, username: str) -> None:
        self.server = server
        self.http = requests.Session()
        page = f"{server.address}/accounts/login/"
        self.http.get(page, timeout=PATIENCE)
        form = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        self.http.post(page, form, timeout=PATIENCE)
        assert "sessionid" in self.http.cookies, f"{username} could not sign in"

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **data: Any) -> requests.Response:
        """One request on a connection of its own, so that threads can share the visitor."""
        return requests.request(
            method,
            f"{self.server.address}/api/v1/{path}",
            json=data if method != "GET" else None,
            cookies=self.http.cookies.get_dict(),
            headers={"X-CSRFToken": self.http.cookies["csrftoken"], **(headers or {})},
            timeout=PATIENCE,
        )

    def post(self, path: str, *, headers: dict[str, str] | None = None, **data: Any) -> requests.Response:
        return self.send("POST", path, headers=headers, **data)

    def get(self, path: str) -> requests.Response:
        return self.send("GET", path)
