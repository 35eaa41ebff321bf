import os
import signal
import time
from argparse import ArgumentParser
from threading import Event
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connections
from django.utils import timezone

from glossary import outbox, workflow
from glossary.domain.refusals import Refusal

REMIND_EVERY = 60  # seconds; who waits for days need not be looked for every second
PRUNE_EVERY = 3_600

log = structlog.get_logger("accord.worker")


class Command(BaseCommand):
    help = (
        "Delivers mail, webhooks and messages to chats, says when a version takes effect, reminds whoever is waited "
        "for, and takes away what was over long ago, until it is told to end. Start one beside the server; on "
        "PostgreSQL as many as you like, none of which delivers what another one is delivering. Ended or killed at "
        "any moment it loses nothing: what it held is taken up again, under the same id."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver what is due now, then end")
        parser.add_argument("--every", type=float, default=1, metavar="SECONDS", help="how often to look (default: 1)")
        parser.add_argument("--with-parent", type=int, metavar="PID", help="end with this process, which started it")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stop = Event()
        self.remind_at = 0.0
        self.prune_at = 0.0
        self.parent: int | None = options["with_parent"]
        if options["once"]:
            self._round()
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        while not self._is_over():
            self._try_round()
            self.stop.wait(options["every"])

    def _is_over(self) -> bool:
        return self.stop.is_set() or (self.parent is not None and os.getppid() != self.parent)

    def _try_round(self) -> None:
        """A database that is busy or away for a while ends no worker; it asks again a moment later."""
        try:
            close_old_connections()
            self._round()
        except (Error, Refusal) as error:
            log.warning("worker waits", exception=type(error).__qualname__)
            connections.close_all()
            time.sleep(1)

    def _round(self) -> None:
        workflow.announce(at=timezone.now())
        if time.monotonic() >= self.remind_at:
            self.remind_at = time.monotonic() + REMIND_EVERY
            workflow.remind(at=timezone.now())
        outbox.take_up_what_was_left(timezone.now())
        while not self._is_over() and outbox.deliver_next():
            pass
        self._prune()

    def _prune(self) -> None:
        """A few old messages and forms after what was due, then nothing for an hour once there are no more."""
        if time.monotonic() < self.prune_at:
            return
        gone = outbox.prune(timezone.now()) + workflow.forget_old_forms(at=timezone.now())
        if not gone:
            self.prune_at = time.monotonic() + PRUNE_EVERY
