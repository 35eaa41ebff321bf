"""A new company's installation on the real settings: an empty database, server and worker as processes, and around
them what a company has: a mail server, a sign-in of its own, a tool that takes webhooks, and a chat.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import requests

from tests.browser.conftest import PATIENCE
from tests.crash.serving import Server, empty_database, environment, in_the_background, run
from tests.outbox.receiving import Mailbox, Receiver, chat, mail_server, receiver
from tests.sso.provider import CLIENT_ID, CLIENT_SECRET, Issuer

SLACK_SECRET = "the-signing-secret-of-the-chat"
Found = TypeVar("Found")


def wait_for(find: Callable[[], Found | None], what: str) -> Found:
    """What `find` finds, as soon as it finds something."""
    until = time.monotonic() + PATIENCE
    while not (found := find()):
        assert time.monotonic() < until, f"Waited {PATIENCE} seconds for {what}."
        time.sleep(0.05)
    return found


@contextmanager
def step(what: str) -> Iterator[None]:
    """A part of the day; when it fails, the report says which one it was."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"It failed at this step: {what}")
        raise


@dataclass
class Company:
    """The installation, and what stands around it."""

    server: Server
    mailbox: Mailbox
    issuer: Issuer
    tool: Receiver
    channel: Receiver

    @property
    def address(self) -> str:
        return self.server.address

    def manage(self, *words: str) -> str:
        """What a command printed; it has to end well."""
        done = run(self.server.database_url, "manage.py", *words, more=self.server.more)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def setup_code(self) -> str:
        """The code that the server printed when it started."""
        said = re.search(r"/setup/ with the code (\S+)", self.server.log.read_text())
        assert said, self.server.log.read_text()[-3000:]
        return said[1]

    def mail(self, to: str, subject: str) -> EmailMessage:
        """The one mail of this subject to this person, once it has arrived."""

        def found() -> list[EmailMessage]:
            return [each for each in self.mailbox.mails if (each["To"], each["Subject"]) == (to, subject)]

        mails = wait_for(found, f"a mail “{subject}” to {to}")
        assert len(mails) == 1, f"{len(mails)} mails “{subject}” to {to}"
        return mails[0]

    def said_in_the_channel(self) -> list[str]:
        """Every message in the chat channel, as it stands there."""
        return [json.dumps(call.said, ensure_ascii=False) for call in list(self.channel.calls)]

    def define(self, word: str) -> dict[str, Any]:
        """What the chat's `/define` is answered, asked and signed as Slack does."""
        body = urlencode({"command": "/define", "text": word, "user_id": "U1", "response_url": "http://127.0.0.1:9/"})
        sent_at = str(int(time.time()))
        signed = hmac.new(SLACK_SECRET.encode(), f"v0:{sent_at}:{body}".encode(), hashlib.sha256).hexdigest()
        answer = requests.post(
            f"{self.address}/api/chat/define",
            data=body,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": sent_at,
                "X-Slack-Signature": f"v0={signed}",
            },
            timeout=PATIENCE,
        )
        assert answer.ok, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def knows(self, email: str, name: str, *groups: str) -> None:
        """Whoever comes to the company's sign-in next is this person, who has just typed their password there."""
        self.issuer.claims = {
            "sub": f"number-of-{email}",
            "email": email,
            "email_verified": True,
            "name": name,
            "groups": list(groups),
            "auth_time": int(time.time()),
        }


@contextmanager
def new_company(folder: Path) -> Iterator[Company]:
    """An empty registry that runs, with a worker; everything ends with it, also when a test fails in the middle."""
    with ExitStack() as around:
        mailbox = around.enter_context(mail_server())
        tool, channel = around.enter_context(receiver()), around.enter_context(chat())
        issuer = Issuer()
        around.callback(issuer.close)
        database = around.enter_context(empty_database(folder))
        server = Server(database, folder / "server.log", workers=1)
        server.more = {
            "DJANGO_SETTINGS_MODULE": "glossary.settings",
            "SECRET_KEY": "only-for-this-company-" * 3,
            "ALLOWED_HOSTS": "127.0.0.1",
            "GLOSSARY_LOG_LEVEL": "WARNING",
            "GLOSSARY_SITE_URL": server.address,
            "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
            "DEFAULT_FROM_EMAIL": "accord@example.com",
            "GLOSSARY_OIDC_ISSUER": issuer.url,
            "GLOSSARY_OIDC_CLIENT_ID": CLIENT_ID,
            "GLOSSARY_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "GLOSSARY_OIDC_NAME": "Example Login",
            "GLOSSARY_OIDC_GROUPS": "sales-team=sales:member,marketing-team=marketing:member",
            "GLOSSARY_ALLOW_PRIVATE_ENDPOINTS": "true",
            "GLOSSARY_SLACK_SIGNING_SECRET": SLACK_SECRET,
        }
        company = Company(server, mailbox, issuer, tool, channel)
        company.manage("migrate", "--verbosity", "0")
        around.callback(server.kill)
        server.start()
        worker = environment(server.database_url, **server.more)
        around.enter_context(in_the_background(worker, folder / "worker.log", "manage.py", "worker", "--every", "0.1"))
        yield company


def text_of(mail: EmailMessage) -> str:
    """The plain part of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_in(mail: EmailMessage, label: str) -> str:
    """The address below this label in the plain part of a mail."""
    found = re.search(rf"^{re.escape(label)}:\n(\S+)$", text_of(mail), re.MULTILINE)
    assert found, text_of(mail)
    return found[1]
