"""A guard against input on which work grows without bounds. How quick we are is measured in `benchmarks/` alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails when what is done inside takes more processor time than this: tens of times the usual, so that no busy
    machine reaches it, and what blows up does.
    """
    begun = time.process_time()
    yield
    took = time.process_time() - begun
    assert took < seconds, f"took {took:.1f} seconds of processor time"
