"""Every address of the registry, door by door."""

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from glossary import health

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one sign-in page, one rate limit

handler500 = "glossary.faults.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]

_DOORS = [("accounts/", "accounts.urls"), ("api/", "glossary.api.urls"), ("", "glossary.portal.urls")]
urlpatterns += [
    path(prefix, include(door)) for prefix, door in _DOORS if find_spec(door.rpartition(".")[0]) and find_spec(door)
]
