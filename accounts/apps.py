from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and teams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import sessions  # noqa: F401  its receiver stamps every sign-in
        from accounts.models import install_sides

        post_migrate.connect(install_sides, sender=self, dispatch_uid="accounts.install_sides")
