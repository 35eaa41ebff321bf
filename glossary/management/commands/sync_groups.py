import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from glossary.domain.refusals import Refusal
from glossary.portal.sso import place_by_groups


class Command(BaseCommand):
    help = """Lets the places of people follow the company's groups without waiting for their next sign-in.

Reads a JSON list of people with all the groups each is in, from a file or, with “-”, from standard input:

  [{"email": "sam@example.com", "groups": ["sales-owners"]}, {"email": "rep@example.com", "groups": []}]

GLOSSARY_OIDC_GROUPS says which group gives which place. Whoever is not in the list keeps their place; whoever has left
a group is in it with the groups that are left. A further owner still waits for an owner of the team to confirm.
--dry-run says what would change and changes nothing.
"""

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("FILE", help="the JSON file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GLOSSARY_OIDC_GROUPS:
            raise CommandError("No group gives a place here: set GLOSSARY_OIDC_GROUPS first.")
        entries = _entries(options["FILE"])
        failed = 0
        with transaction.atomic():
            for email, groups in entries:
                try:
                    for change in _follow(email, groups):
                        self.stdout.write(f"{email} {change}.")
                except Refusal as refusal:
                    failed += 1
                    self.stderr.write(f"{email}: {refusal.sentence}")
            transaction.set_rollback(options["dry_run"])
        self.stdout.write("Nothing was changed: this was a dry run." if options["dry_run"] else "Done.")
        if failed:
            raise CommandError(f"{failed} could not be placed.")


def _follow(email: str, groups: frozenset[str]) -> list[str]:
    """Each person in a step of their own, so that one who cannot be placed keeps nobody else from it."""
    found = list(User.objects.filter(email__iexact=email))
    if len(found) != 1:
        raise Refusal("not_found", "There is nobody with this address, or more than one.")
    with transaction.atomic():
        return place_by_groups(found[0], groups)


def _entries(file: str) -> list[tuple[str, frozenset[str]]]:
    try:
        read = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text())
        entries = [(entry["email"], entry["groups"]) for entry in read]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError('Write a JSON list of {"email": "…", "groups": ["…"]}.') from error
    for email, groups in entries:
        is_list = isinstance(groups, list) and all(isinstance(group, str) for group in groups)
        if not (isinstance(email, str) and email.strip() and is_list):
            raise CommandError(f"The entry of {email} needs an address and a list of groups.")
    return [(email.strip(), frozenset(groups)) for email, groups in entries]
