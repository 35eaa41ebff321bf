"""System checks over the database: is every guard in place, and is this the kind of installation it was?

Run by `manage.py check --database default`, by `migrate`, and before a server starts.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import DatabaseError, connections

from accounts.models import Side, User
from glossary.models import Installation, LedgerHead
from glossary.models.final import missing_guards
from glossary.workflow import setup_code


def _is_migrated(alias: str) -> bool:
    return LedgerHead._meta.db_table in connections[alias].introspection.table_names()


@register(Tags.database)
def every_guard_is_in_place(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Names each trigger that the promises rest on and that the database lacks.

    A warning: `migrate`, which puts guards in place, refuses to run on an error. `/readyz` is red all the same.
    """
    return [
        checks.Warning(
            f"The guard {name} is missing from the database.", hint="Run manage.py migrate.", id="glossary.W001"
        )
        for alias in databases or ()
        if _is_migrated(alias)
        for name in missing_guards(connections[alias])
    ]


@register(Tags.database)
def groups_lead_to_teams(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Names each team of GLOSSARY_OIDC_GROUPS that there is not: whoever is in such a group could not come in."""
    return [
        checks.Warning(
            f"GLOSSARY_OIDC_GROUPS gives the group “{group}” a place in the team “{side}”, which there is not.",
            hint="Write the key of a team, as the administration lists it.",
            id="glossary.W002",
        )
        for alias in databases or ()
        if settings.GLOSSARY_OIDC_GROUPS and _is_migrated(alias)
        for group, (side, _) in settings.GLOSSARY_OIDC_GROUPS.items()
        if not Side.objects.using(alias).filter(pk=side).exists()
    ]


def invitation_to_set_up(alias: str = "default") -> str:
    """What a server says on the first day, to whoever may read what it prints; empty once anybody has an account."""
    try:
        if User.objects.using(alias).exists():
            return ""
    except DatabaseError:
        return ""  # not migrated yet
    return f"This registry is empty. Set it up at {settings.GLOSSARY_SITE_URL}/setup/ with the code {setup_code()}"


def demo_disagreement(alias: str = "default") -> str:
    """Why a server must not start on this database: its mark and GLOSSARY_DEMO differ; empty when they agree."""
    try:
        is_demo = Installation.objects.using(alias).filter(is_demo=True).exists()
    except DatabaseError:
        return ""  # not migrated yet: there is nothing to protect
    if is_demo and not settings.GLOSSARY_DEMO:
        return (
            "This database holds demo data, whose passwords everybody knows. Use another one, or set GLOSSARY_DEMO=on."
        )
    if settings.GLOSSARY_DEMO and not is_demo and User.objects.using(alias).exists():
        return "GLOSSARY_DEMO is on, but this database is a real installation. Switch it off or use another database."
    return ""
