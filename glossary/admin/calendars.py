"""When people work: calendars and their holidays, kept by administrators. The history of a row says who changed it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from glossary.admin.acting import Audited, is_administrator
from glossary.models import Holiday, WorkingCalendar


class Holidays(admin.TabularInline):  # type: ignore[type-arg]
    model = Holiday
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(Audited):
    """Working hours of a territory. The key stays, since tools name calendars by it."""

    list_display = ["name", "key", "time_zone", "is_default"]
    inlines = [Holidays]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []
