"""One person at the pages: signed in, with a suggestion that waits. Says as JSON the cookie and the addresses."""

import json

import django

django.setup()

from django.conf import settings  # noqa: E402  needs the settings, as all that follows
from django.contrib.auth import login  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.http import HttpRequest  # noqa: E402

from accounts.models import User  # noqa: E402
from glossary import workflow  # noqa: E402
from glossary.models import Proposal, State, Term, Version  # noqa: E402
from glossary.policy import Console  # noqa: E402


def waiting() -> Proposal:
    """A suggestion in review, opened through the workflow the first time it is asked for."""
    there = Proposal.objects.filter(state=State.IN_REVIEW).first()
    return there or _submitted()


def _submitted() -> Proposal:
    author = Console(User.objects.get(username="sam"))
    term = Term.objects.order_by("pk")[10]
    newest = Version.objects.newest_of(term)
    assert newest is not None
    content = newest.content.as_data() | {"why": "Two teams counted it differently last quarter."}
    opened = workflow.open_proposal(by=author, content=content, term=term.slug, reason="To be measured.")
    return workflow.submit(opened.pk, by=author)


def cookie() -> str:
    """The session of an owner of marketing who has just signed in."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, User.objects.get(username="mia"))  # the session is stamped as by the sign-in page
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def main() -> None:
    proposal = waiting()
    word = proposal.term.get_absolute_url()
    pages = {"home page": "/", "word page": word, "suggestion page": proposal.get_absolute_url()}
    print(json.dumps({"cookie": cookie(), "pages": pages}))


if __name__ == "__main__":
    main()
