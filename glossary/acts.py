"""What the buttons of a suggestion do, by the name they send, and what is said afterwards: one list for every page."""

from collections.abc import Callable, Mapping

from glossary import workflow
from glossary.policy import SignedIn

Typed = Mapping[str, str]
Act = Callable[[SignedIn, int, Typed], object]

ACTIONS: dict[str, tuple[Act, str]] = {
    "submit": (
        lambda by, pk, typed: workflow.submit(pk, by=by),
        "The suggestion is up for signing. It now waits for every team.",
    ),
    "sign": (
        lambda by, pk, typed: workflow.sign_off(
            pk,
            by=by,
            digest=typed.get("digest", ""),
            reservation=typed.get("reservation", ""),
            impact=typed.get("impact", ""),
        ),
        "Your signature is kept.",
    ),
    "take_back": (
        lambda by, pk, typed: workflow.take_back(pk, by=by),
        "Your signature is taken back.",
    ),
    "send_back": (
        lambda by, pk, typed: workflow.send_back(
            pk, by=by, digest=typed.get("digest", ""), reason=typed.get("reason", "")
        ),
        "The suggestion is sent back. It is a draft again, and your reason stands beside it.",
    ),
    "no_longer_object": (
        lambda by, pk, typed: workflow.withdraw_objection(pk, by=by),
        "Nothing of that stands against this text any more.",
    ),
    "close": (
        lambda by, pk, typed: workflow.decline(pk, by=by, reason=typed.get("reason", "")),
        "The suggestion is closed without change.",
    ),
    "cancel": (
        lambda by, pk, typed: workflow.withdraw(pk, by=by),
        "Your suggestion is cancelled. What is in force stays as it is.",
    ),
}
