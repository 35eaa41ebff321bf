from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from glossary.ledger.verifying import head, verify


class Command(BaseCommand):
    help = (
        "Recomputes every digest, seat, number, claimed name, projection and the chain of events, and names the first "
        "fault by word and row. Ends with 0 when everything is as it was signed, with 1 otherwise. Keep what "
        "--export-head prints somewhere outside; --since then notices when the end of the chain was cut off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--term", default="", metavar="SLUG", help="look at the rows of one word only")
        parser.add_argument("--since", default="", metavar="HEAD", help="a head printed earlier, as SEQ:HASH")
        parser.add_argument("--export-head", action="store_true", help="print the head of the ledger, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["export_head"]:
            self.stdout.write(head())
            return
        seen = head()  # before looking: what is written meanwhile is not looked at
        fault = next(verify(term=options["term"], since=options["since"], tell=self._progress), None)
        if fault is not None:
            raise CommandError(str(fault), returncode=1)
        self.stdout.write(self.style.SUCCESS(f"Everything is as it was signed. Head: {seen}"))

    def _progress(self, part: str, done: int) -> None:
        if done % 500 == 0:
            self.stderr.write(f"{done} {part} …")
