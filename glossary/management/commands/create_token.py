from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.policy import Console


class Command(BaseCommand):
    help = (
        "Makes a key to the API for another tool and prints it once; only its digest is kept. A token reads what is "
        "agreed and, with the scope propose, suggests changes in the person's name. No token ever signs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="the person the tool belongs to, by user name")
        parser.add_argument("--name", required=True, help="the tool, as people will read it: “CRM sync”")
        parser.add_argument("--scopes", default="read", help="read, or read,propose (default: read)")
        parser.add_argument("--days", type=int, default=90, help="valid for so many days (default: 90)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.active().filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no active person with the user name “{options['user']}”.")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        wanted = {"name": options["name"], "scopes": scopes, "days": options["days"]}
        try:
            _, key = workflow.make_token(user.pk, by=Console(user), **wanted)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(key)
