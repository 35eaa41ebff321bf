"""How the outbox is doing: what waits, and for how long."""

from datetime import datetime
from typing import NamedTuple

from glossary.models import Delivery, Message
from glossary.outbox.claiming import due


class Lag(NamedTuple):
    """How many messages are due, for how many seconds the oldest of them has been, and how many were given up."""

    due: int
    oldest_seconds: int
    given_up: int


def lag(at: datetime) -> Lag:
    """How far the workers are behind at `at`. What waits for a better hour or a next try is not late."""
    late = due(at)
    oldest = late.values_list("next_at", flat=True).first()
    given_up = Message.objects.filter(state=Delivery.GIVEN_UP).count()
    return Lag(late.count(), int((at - oldest).total_seconds()) if oldest else 0, given_up)
