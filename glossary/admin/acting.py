"""What every page of the administration shares: who may see it, and how an action's refusal is said."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from glossary.domain.refusals import Refusal


def is_administrator(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)


class Readable(admin.ModelAdmin):  # type: ignore[type-arg]
    """Administrators read; nothing is added, changed or deleted here."""

    actions: Sequence[Any] | None = None
    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only what the filters beside the list ask. Django answers every question about a column of the row itself,
        so that a password's hash could be read letter by letter, and who has read what."""
        return lookup in set(self._asked_by_filters())

    def _asked_by_filters(self) -> Iterator[str]:
        for name in self.list_filter:
            if isinstance(name, str):
                field = self.opts.get_field(name)
                exact = f"{name}__{field.target_field.name}" if isinstance(field, models.ForeignKey) else name
                yield from (name, f"{exact}__exact", f"{name}__isnull")
            elif isinstance(name, type) and issubclass(name, admin.SimpleListFilter):
                yield str(name.parameter_name)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Audited(SimpleHistoryAdmin, Readable):  # type: ignore[misc]
    """The same with the history of each row. Going back to an entry would pass by every action, so it is only read.

    simple-history's own switch hides the button and still takes what the button would have sent.
    """

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        answer: HttpResponse = super().history_form_view(request, object_id, version_id, extra_context)
        return answer


def attempt(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do it and say so, or say in words why not; whether it was done."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return False
    messages.success(request, done)
    return True
