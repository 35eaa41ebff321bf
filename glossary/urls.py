"""Every address of the registry, door by door."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from glossary import health
from glossary.admin import queue
from glossary.faults import takes_records
from glossary.portal import converters  # noqa: F401  adds <row:…>

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one sign-in page, one rate limit

handler404 = "glossary.faults.not_found"
handler429 = "glossary.faults.too_many"  # asked for by allauth
handler500 = "glossary.faults.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/queue/", admin.site.admin_view(queue.approvals), name="approvals"),
    path("admin/queue/<row:proposal_id>/", admin.site.admin_view(queue.approval), name="approval"),
    path("admin/queue/<row:proposal_id>/impact/", takes_records(admin.site.admin_view(queue.weigh)), name="weigh_here"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("api/", include("glossary.api.urls")),
    path("", include("glossary.portal.urls")),
]
