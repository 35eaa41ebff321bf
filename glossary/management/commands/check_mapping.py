from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from glossary import lookup
from glossary.domain.picklist import KINDS, Comparison, Field, Finding, offered
from glossary.domain.refusals import Refusal
from glossary.exchange.tables import read_table


class Command(BaseCommand):
    help = (
        "Compares the picklists of a CRM with the values that words and stages in force hold. FILE is a CSV, JSON "
        "Lines or Excel file (.csv, .jsonl, .xlsx) with the columns system, object, field and value. Prints each "
        "value that is missing in the CRM, renamed, extra, or mapped twice. Ends with 0 when both agree, with 1 when "
        "something does not fit, with 2 when the file cannot be read. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="what the CRM offers, one value in each row")

    def handle(self, *args: Any, **options: Any) -> None:
        found = _compared(options["file"])
        for field in found.fields:
            self.stdout.write(f"{_printable(field.place)}: {field.same} the same")
            for finding in field.findings:
                self.stdout.write(f"  {finding.kind.replace('_', ' '):<14}{_printable(_told(finding))}")
        for place in found.silent:
            self.stdout.write(f"{_printable(place)}: mapped, but not in the file")
        if not found.agrees:
            raise CommandError(_summary(found.fields), returncode=1)
        self.stdout.write(self.style.SUCCESS("The CRM offers just what words and stages hold."))


def _compared(path: Path) -> Comparison:
    """The file against what is in force. Ends the command with 2 when the file cannot be read."""
    limits = replace(settings.GLOSSARY_UPLOAD_LIMITS, size=None, rows=None)
    try:
        with path.open("rb") as file:
            table = read_table(file, path.name, limits)
            values = offered(table.columns, table.rows)
    except Refusal as refusal:
        raise CommandError(refusal.sentence, returncode=2) from refusal
    except OSError as error:
        raise CommandError(f"{path} cannot be opened: {error.strerror}.", returncode=2) from error
    return lookup.compared_with_crm(values, at=timezone.now())


def _told(finding: Finding) -> str:
    called = f"“{finding.value}” is “{finding.crm_value}” in the CRM" if finding.crm_value else f"“{finding.value}”"
    return f"{called}, held by {' and '.join(map(str, finding.claimed_by))}" if finding.claimed_by else called


def _summary(fields: Iterable[Field]) -> str:
    kinds = [finding.kind for field in fields for finding in field.findings]
    return ", ".join(f"{kinds.count(kind)} {kind.replace('_', ' ')}" for kind in KINDS if kind in kinds) + "."


def _printable(value: object) -> str:
    """A value of somebody else's file, without what would move the cursor of a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(value))
