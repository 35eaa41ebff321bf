from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class GlossaryConfig(AppConfig):
    name = "glossary"
    verbose_name = "Glossary"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from glossary import (
            checks,  # noqa: F401  registers the system checks
            shared_cache,
        )
        from glossary.models import search, standing

        pre_migrate.connect(standing.take_guards_down, sender=self, dispatch_uid="glossary.take_guards_down")
        post_migrate.connect(standing.put_in_place, sender=self, dispatch_uid="glossary.put_in_place")
        post_migrate.connect(search.put_in_place, sender=self, dispatch_uid="glossary.search_in_place")
        post_migrate.connect(shared_cache.make_table, sender=self, dispatch_uid="glossary.make_cache_table")
