from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from glossary import lookup
from glossary.exchange import one_person


class Command(BaseCommand):
    help = """Prints everything the registry keeps that names one person, as JSON by table, for when they ask for it.

What they have read and which words they watch is in it too, which is theirs alone: hand it to nobody else.
Secrets (passwords, keys of tools, second factors) are named but not printed. Nothing is changed; what somebody signed
is never deleted.
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("USER", help="the user name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["USER"]).first()
        if user is None:
            raise CommandError(f"There is nobody called {options['USER']}.")
        for piece in one_person.as_json(lookup.told_about(user, to_themself=True)):
            self.stdout.write(piece, ending="")
