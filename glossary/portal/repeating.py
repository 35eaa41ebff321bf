"""A form sent twice does what it asks once."""

from collections.abc import Callable

from django.http import HttpRequest

from glossary import workflow
from glossary.portal.pages import new_form_key, without_nul


def once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Do what a form asks, or return what came of it when the same form was sent before.

    Raises `Refusal("key_reused")` when the form was changed in between, and whatever `act` refuses.
    """
    typed = {name: request.POST.getlist(name) for name in sorted(request.POST) if name != "csrfmiddlewaretoken"}
    return workflow.once(
        caller=f"page:{request.user.pk}",
        key=without_nul(request.POST.get("form_key", "")) or new_form_key(),
        request=repr((request.path, typed)).encode(errors="replace"),
        act=act,
    )
