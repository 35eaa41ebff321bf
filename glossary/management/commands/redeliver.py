from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from glossary import outbox
from glossary.models import Delivery, Message


class Command(BaseCommand):
    help = (
        "Delivers messages once more that are over: one by its id, or all that were given up. They keep their ids, by "
        "which a receiver knows copies. Messages under way are left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("id", metavar="ID", nargs="?", type=UUID, help="the message, as the administration names it")
        which.add_argument("--given-up", action="store_true", help="every message that was given up")

    def handle(self, *args: Any, **options: Any) -> None:
        messages = Message.objects.filter(state=Delivery.GIVEN_UP)
        if options["id"]:
            messages = Message.objects.filter(pk=options["id"])
            if not messages.exists():
                raise CommandError("There is no message with this id.")
        count = outbox.deliver_again(messages, timezone.now())
        self.stdout.write(f"{count} message{'' if count == 1 else 's'} will be delivered again by the next worker.")
