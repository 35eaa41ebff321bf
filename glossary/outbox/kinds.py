"""Every kind of message there is: what people read about it where they choose, and what tools subscribe to."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of message to people. `may_be_off` says whether a person can do without it; what `asks` for an act of
    theirs waits while they are away."""

    label: str
    hint: str
    may_be_off: bool = True
    asks: bool = False


TO_PEOPLE: dict[str, Kind] = {
    "to_sign": Kind("Yours to sign", "A suggestion waits for your team, and you can sign for it.", asks=True),
    "lapsed": Kind(
        "Your signature no longer counts",
        "A text that you signed has changed; what changed is in the message.",
        asks=True,
    ),
    "sent_back": Kind("Sent back", "A suggestion of yours, or one that you signed, was sent back, with the reason."),
    "handed_over": Kind("Handed over", "A suggestion is yours to look after, or somebody else looks after yours."),
    "agreed": Kind("Agreed", "Every team has signed a suggestion of yours, or one that you signed."),
    "took_effect": Kind("Takes effect", "A definition that was agreed for later is in force now."),
    "watched_suggestion": Kind("Change suggested", "A change of a word you watch was put up for signing."),
    "watched_change": Kind(
        "Change agreed", "A word you watch was agreed anew, is in force, is to be avoided, or was retired."
    ),
    "roles": Kind("Who signs for a team", "Somebody was named, confirmed or removed as owner, or lent a seat."),
    "reminder": Kind("Still yours to sign", "A suggestion has waited for your team for some working days.", asks=True),
    "review_due": Kind("Time to look again", "It is time to say whether a definition still holds.", asks=True),
    "escalated": Kind("Waits for long", "To the sponsor: a suggestion has waited for a team for many working days."),
    "concern": Kind("A concern", "Somebody says that a word hurts, and your team has not answered yet."),
    "concern_answered": Kind("Your concern is answered", "A team has answered a concern that you raised."),
    "stuck": Kind("The teams do not agree", "A suggestion is stuck, and you are the sponsor."),
    "ruling": Kind("A ruling", "The sponsor has said what holds meanwhile, or no longer does."),
    "invitation": Kind("Invitation", "A link to choose a password.", may_be_off=False),
    "endpoint_paused": Kind("Webhook or channel paused", "An address no longer takes our messages.", may_be_off=False),
}

# Whoever is told so watches the word, which is nobody else's business.
TO_WATCHERS = ("watched_suggestion", "watched_change")

# What tools can subscribe to: events about what is published, by the names that the ledger has for them.
TO_TOOLS: dict[str, str] = {
    "version.published": "Every team has signed a definition.",
    "version.took_effect": "A definition is in force from now on.",
    "term.labelled": "Category, tags or the tick “required word” of a published word changed.",
}

# What a chat channel can be told: in words, of which none is unsigned.
TO_CHAT: dict[str, str] = {
    "to_sign": "A suggestion waits for a team’s signature: which word, which team, and a link.",
    "agreed": "Every team has signed a definition: the word, its summary, and who signed.",
}

TEST = "endpoint.test"  # what the test button sends; every endpoint takes it


def label_of_mail(kind: str) -> str:
    """What people call this kind of mail where it can be switched off; empty when it cannot."""
    if kind == "digest":
        return "The mail that comes once a day"
    known = TO_PEOPLE.get(kind)
    return known.label if known and known.may_be_off else ""
