"""Telling others: messages written with the change, delivered later by a worker, at least once and under one id."""

from glossary.outbox.claiming import deliver_again, take_up_what_was_left
from glossary.outbox.delivering import deliver_next
from glossary.outbox.looking import Lag, lag
from glossary.outbox.telling import (
    labelled,
    published,
    roles_changed,
    seat_emptied,
    sent_back,
    text_changed,
    took_effect,
    up_for_signing,
)

__all__ = [
    "Lag",
    "deliver_again",
    "deliver_next",
    "labelled",
    "lag",
    "published",
    "roles_changed",
    "seat_emptied",
    "sent_back",
    "take_up_what_was_left",
    "text_changed",
    "took_effect",
    "up_for_signing",
]
