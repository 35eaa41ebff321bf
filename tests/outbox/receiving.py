"""Real receivers on this machine: web servers that take webhooks or chat messages, a mail server that keeps mail."""

import email
import email.policy
import json
import socketserver
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, NamedTuple


class Call(NamedTuple):
    """One request that arrived: what it brought, and from when to when it was being answered."""

    headers: dict[str, str]
    body: bytes
    began: float
    ended: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        """What a chat message holds."""
        message: dict[str, Any] = json.loads(self.body)
        return message


Judge = Callable[[str, bytes], tuple[int, str]]  # path and body to status and text


@dataclass
class Receiver:
    """What a receiver does with a request, and all that arrived."""

    status: int = 200
    location: str = ""
    retry_after: str = ""
    judge: Judge | None = None
    path: str = "/hooks?from=accord"
    takes: float = 0
    hangs: bool = False
    drips: bool = False
    calls: list[Call] = field(default_factory=list)
    url: str = ""
    port: int = 0
    over: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed worker leaves in the middle; nobody wants to read about it."""


@contextmanager
def receiver(**behaviour: Any) -> Iterator[Receiver]:
    """A web server on 127.0.0.1 that behaves so."""
    kept = Receiver(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            began = time.monotonic()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.hangs:
                kept.over.wait(30)
                return
            if kept.drips:
                self._drip()
                return
            time.sleep(kept.takes)
            headers = {name.lower(): value for name, value in self.headers.items()}
            with kept.lock:
                kept.calls.append(Call(headers, body, began, time.monotonic()))
            status, text = kept.judge(self.path, body) if kept.judge else (kept.status, "")
            self.send_response(status)
            if kept.location:
                self.send_header("Location", kept.location)
            if kept.retry_after:
                self.send_header("Retry-After", kept.retry_after)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def _drip(self) -> None:
            """One letter after the other, so that no single wait is long."""
            for letter in "HTTP/1.1 200 OK\r\nX-Slow: " + "x" * 600:
                self.wfile.write(letter.encode())
                if kept.over.wait(0.05):
                    return

        def log_message(self, *args: Any) -> None:
            """Silence."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        kept.port = server.server_address[1]
        kept.url = f"http://127.0.0.1:{kept.port}{kept.path}"
        try:
            yield kept
        finally:
            kept.over.set()
            server.shutdown()


CHANNEL = "/services/T0ACCORD/B0WORDS/hush0hush1hush2"


@contextmanager
def chat(**behaviour: Any) -> Iterator[Receiver]:
    """A chat that takes what Slack takes at one address, and refuses what Slack refuses, in its words."""
    with receiver(judge=_as_slack, path=CHANNEL, **behaviour) as kept:
        yield kept


def _as_slack(path: str, body: bytes) -> tuple[int, str]:
    """Status and text of the answer: docs.slack.dev, "Sending messages using incoming webhooks" and "Blocks"."""
    if path != CHANNEL:
        return 404, "no_service"
    try:
        message = json.loads(body)
    except ValueError:
        return 400, "invalid_payload"
    fault = slack_refuses(message)
    return (400, fault) if fault else (200, "ok")


def slack_refuses(message: dict[str, Any]) -> str:
    """What Slack calls the fault of a message; empty when it has none."""
    if not isinstance(message.get("text"), str) or not message["text"]:
        return "no_text"
    blocks = message.get("blocks", [])
    return "" if len(blocks) <= 50 and all(map(_is_block, blocks)) else "invalid_blocks"


def _is_block(block: dict[str, Any]) -> bool:
    match block:
        case {"type": "header", "text": {"type": "plain_text", "text": text}}:
            return 0 < len(text) <= 150
        case {"type": "section", "text": {"type": "plain_text" | "mrkdwn", "text": text}}:
            return 0 < len(text) <= 3_000
        case {"type": "context", "elements": [*elements]}:
            kinds = {element["type"] for element in elements}
            return 0 < len(elements) <= 10 and kinds <= {"plain_text", "mrkdwn"} and all(e["text"] for e in elements)
    return False


@dataclass
class Mailbox:
    """What a mail server took, and what it says to a recipient."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to_recipient: str = "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """An SMTP server on 127.0.0.1 (RFC 5321, as much of it as a sender needs)."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test")
            while line := self.rfile.readline():
                word = line.decode().strip().upper()
                if word.startswith("DATA"):
                    self._say("354 go on")
                    self._keep()
                elif word.startswith("RCPT"):
                    self._say(box.to_recipient)
                    continue
                elif word.startswith("QUIT"):
                    self._say("221 bye")
                    return
                if not word.startswith("DATA"):
                    self._say("250 OK")

        def _keep(self) -> None:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line[1:] if line.startswith(b"..") else line)
            mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            box.mails.append(mail)
            self._say("250 kept")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        box.port = server.server_address[1]
        try:
            yield box
        finally:
            server.shutdown()
