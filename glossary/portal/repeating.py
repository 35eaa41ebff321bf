"""A form sent twice does what it asks once."""

from collections.abc import Callable

from django.http import HttpRequest

from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.portal.pages import new_form_key, without_nul

SENT_BEFORE = "You sent this form before, and it said something else then. Look at what became of that first."


def caller_of(request: HttpRequest) -> str:
    """Whose forms have keys of their own."""
    return f"page:{request.user.pk}"


def form_key(request: HttpRequest) -> str:
    """Which form it is that is sent: its hidden field, or nothing."""
    return without_nul(request.POST.get("form_key", ""))


def once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Do what a form asks, or return what came of it when the same form was sent before.

    Raises `Refusal("key_reused")` when the form was changed in between, and whatever `act` refuses.
    """
    try:
        return _once(request, act)
    except Refusal as refusal:
        if refusal.code == "key_reused":
            raise Refusal("key_reused", SENT_BEFORE) from refusal
        raise


def _once(request: HttpRequest, act: Callable[[], str]) -> str:
    typed = {name: request.POST.getlist(name) for name in sorted(request.POST) if name != "csrfmiddlewaretoken"}
    return workflow.once(
        caller=caller_of(request),
        key=form_key(request) or new_form_key(),
        request=repr((request.path, typed)).encode(errors="replace"),
        act=act,
    )
