"""Every address of the registry, door by door."""

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
    path("accounts/", include("accounts.urls")),
    path("api/", include("glossary.api.urls")),
    path("", include("glossary.portal.urls")),
]
