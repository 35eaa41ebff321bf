from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.exchange.holidays import holidays_in


class Command(BaseCommand):
    help = (
        "Adds holidays to a working calendar from a CSV file with the columns day and name: “2026-12-25,Christmas”. "
        "Days that are there already stay, so the same file may be read again. Where a line cannot be read, it is "
        "named, nothing is kept, and the command ends with 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("calendar", metavar="CALENDAR", help="the key of the calendar, such as germany")
        parser.add_argument("file", metavar="FILE", type=Path, help="the list, in UTF-8: day,name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        try:
            added = workflow.add_holidays(options["calendar"], holidays_in(raw))
        except Refusal as refusal:
            said = [error["message"] for error in refusal.errors] or [refusal.sentence]
            raise CommandError("\n".join(said)) from refusal
        self.stdout.write(f"{added.new} new, {added.renamed} renamed, {added.known} there already.")
