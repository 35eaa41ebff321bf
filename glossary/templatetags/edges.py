"""What a refusal means to the person who meets it: what has happened, and what to do now. The rule says the rest."""

from django import template

register = template.Library()

# By code: the heading of the page, and what to do next.
TOLD = {
    "not_permitted": ("You cannot do this", "Nothing was changed. If you think you should, ask an administrator."),
    "not_found": ("There is nothing here", ""),
    "wrong_state": (
        "This has moved on meanwhile",
        "Somebody was quicker, or you did it in another window. Look at how it stands now, and go on from there.",
    ),
    "digest_changed": (
        "The text has changed since you read it",
        "Nothing was signed. Read what is there now; your name goes under exactly what you have read.",
    ),
    "base_moved": (
        "A newer definition has been agreed meanwhile",
        "Nothing you wrote is lost. Update the suggestion to the newest text; where both changed the same, you choose.",
    ),
    "conflict": ("Two changes meet in the same place", "Nothing is lost. Choose for each place which wording stays."),
    "seat_taken": (
        "Your team has signed already",
        "A colleague gave the signature of your team. Nothing is left for you to do here.",
    ),
    "objection_stands": ("Somebody objects to this text", "Talk to them, or suggest a text that meets what they say."),
    "duplicate_name": ("This name is taken", "Open that word and suggest the change there, or choose another name."),
    "precondition_failed": ("This has changed meanwhile", "Load the page again and look at what is there now."),
    "too_large": ("That is too much at once", "Go back, what you typed is still there, and send less of it."),
    "key_reused": (
        "This form was sent before",
        "Load the page again to see what came of it, and begin with a fresh form.",
    ),
    "rate_limited": ("That was a little too fast", "Please wait a minute, then try again."),
    "busy": ("Please try again in a moment", "Nothing was changed. Load the page again, and nothing is done twice."),
}
OTHERWISE = ("This cannot be done", "Nothing was changed.")


@register.filter
def what_happened(code: str) -> str:
    return TOLD.get(code, OTHERWISE)[0]


@register.filter
def what_now(code: str) -> str:
    """A sentence or two; empty where the refusal has said all."""
    return TOLD.get(code, OTHERWISE)[1]
