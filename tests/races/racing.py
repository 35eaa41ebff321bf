"""Threads that start at once, each with its own connection to the database, and what became of each."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connections

from glossary.domain.refusals import Refusal
from glossary.policy import SignedIn
from tests.conftest import SOAKING

RUNNERS = 8
ROUNDS = 200 if SOAKING else 5
TRIES = 5
PATIENCE = 120  # seconds until a round that hangs is a failure

Act = Callable[[], Any]


class Racers:
    """As many threads as there are runners; each keeps its connection from round to round, as a server's do."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RUNNERS)

    def race(self, *acts: Act) -> list[Any]:
        """Do all acts at the same instant; for each what it returned, or the refusal. Nothing else may come of it."""
        assert len(acts) == RUNNERS, "every runner takes part"
        start = Barrier(RUNNERS, timeout=PATIENCE)
        running = [self._threads.submit(_run, start, act) for act in acts]
        return [run.result(timeout=PATIENCE) for run in running]

    def finish(self) -> None:
        self.race(*[connections.close_all] * RUNNERS)
        self._threads.shutdown()


def _run(start: Barrier, act: Act) -> Any:
    """Asks again when told that others are writing, as that refusal says; on a slow machine some wait too long."""
    start.wait()
    for _ in range(TRIES):
        try:
            return act()
        except Refusal as refusal:
            outcome = refusal
        if outcome.code != "busy":
            break
    return outcome


@contextmanager
def racers() -> Iterator[Racers]:
    running = Racers()
    try:
        yield running
    finally:
        running.finish()


def again(actor: SignedIn) -> SignedIn:
    """The same person and session as another request would carry them."""
    return replace(actor, user=copy(actor.user))


def each(action: Callable[..., Any], *args: Any, by: Sequence[SignedIn], **kwargs: Any) -> list[Act]:
    """The same action once for every actor."""
    return [partial(action, *args, by=again(actor), **kwargs) for actor in by]


def done(outcomes: Sequence[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]


def codes(outcomes: Sequence[Any]) -> set[str]:
    """The codes of those refused."""
    return {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)}
