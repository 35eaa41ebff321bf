"""Telling others: messages written with the change, delivered later by a worker, at least once and under one id."""

from glossary.outbox.claiming import deliver_again, is_back, is_open_again, take_up_what_was_left
from glossary.outbox.delivering import deliver_next
from glossary.outbox.kinds import TO_CHAT, TO_PEOPLE, TO_TOOLS, TO_WATCHERS, Kind, label_of_mail
from glossary.outbox.letters import Letter, Shown, invitation_link, letter_of
from glossary.outbox.looking import Lag, lag
from glossary.outbox.mailing import read_unsubscribe_key
from glossary.outbox.over import is_over
from glossary.outbox.pruning import prune
from glossary.outbox.reminded import told_above
from glossary.outbox.requesting import problem_of_url
from glossary.outbox.sealing import as_shown, sealed
from glossary.outbox.telling import (
    concern_answered,
    concern_raised,
    got_stuck,
    handed_over,
    labelled,
    published,
    reviews_due,
    roles_changed,
    ruled,
    seat_emptied,
    sent_back,
    still_to_sign,
    text_changed,
    took_effect,
    up_for_signing,
)
from glossary.outbox.webhooks import OVERLAP, secret_of
from glossary.outbox.writing import invitation, test_message

__all__ = [
    "OVERLAP",
    "TO_CHAT",
    "TO_PEOPLE",
    "TO_TOOLS",
    "TO_WATCHERS",
    "Kind",
    "Lag",
    "Letter",
    "Shown",
    "as_shown",
    "concern_answered",
    "concern_raised",
    "deliver_again",
    "deliver_next",
    "got_stuck",
    "handed_over",
    "invitation",
    "invitation_link",
    "is_back",
    "is_open_again",
    "is_over",
    "label_of_mail",
    "labelled",
    "lag",
    "letter_of",
    "problem_of_url",
    "prune",
    "published",
    "read_unsubscribe_key",
    "reviews_due",
    "roles_changed",
    "ruled",
    "sealed",
    "seat_emptied",
    "secret_of",
    "sent_back",
    "still_to_sign",
    "take_up_what_was_left",
    "test_message",
    "text_changed",
    "told_above",
    "took_effect",
    "up_for_signing",
]
