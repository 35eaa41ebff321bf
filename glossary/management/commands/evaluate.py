from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone

from glossary import lookup
from glossary.domain.criteria import WORDS, Judge, read_records
from glossary.domain.refusals import FieldError, Refusal
from glossary.exchange.tables import TableLimits, read_table
from glossary.lookup import Runnable

AT_ONCE = 1_000
MISSING_SHOWN = 10
WRONG_SHOWN = 20
UNLIMITED = TableLimits(size=None, rows=None)


class Command(BaseCommand):
    help = (
        "Runs a signed criterion on the records of a file (CSV, JSON Lines, or the first sheet of an Excel workbook, "
        "whose columns are called like the fields) and says how many get yes, no and unknown, and which fields nobody "
        "filled in. Cells that their field cannot hold are named and count as empty. Ends with 0; with 2 when the file "
        "or the criterion cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("term", metavar="TERM", help="the word, by its address: marketing-qualified-lead")
        parser.add_argument("file", metavar="FILE", type=Path, help="a .csv, .jsonl or .xlsx")
        parser.add_argument("--criterion", default="", metavar="ID", help="which one, where the word has several")
        parser.add_argument("--verdicts", action="store_true", help="print the verdict of each record, one a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = _criterion(options["term"], options["criterion"])
            with options["file"].open("rb") as file:
                table = read_table(file, options["file"].name, UNLIMITED)
                self._warn_of_missing_columns(found, table.columns)
                self._judge(found.judge, table.rows, options["verdicts"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence, returncode=2) from refusal
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.", returncode=2) from error

    def _warn_of_missing_columns(self, found: Runnable, columns: tuple[str, ...]) -> None:
        self.stderr.write(f"{found.criterion.label}, definition v{found.version.number} of {found.version.term.slug}")
        absent = [name for name in found.judge.fields if name not in columns]
        if absent:
            self.stderr.write(f"The file has no column for {', '.join(absent)}.")

    def _judge(self, judge: Judge, rows: Any, shows_each: bool) -> None:
        verdicts: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        wrong: list[FieldError] = []
        for done, record in enumerate(read_records(rows, judge, wrong), start=1):
            judged = judge.judge(record)
            verdicts[WORDS[judged.verdict]] += 1
            missing.update(judged.missing)
            if shows_each:
                self.stdout.write(WORDS[judged.verdict])
            if done % AT_ONCE == 0:
                self.stderr.write(f"{done} records …")
        self._sum_up(self.stderr if shows_each else self.stdout, verdicts, missing)
        self._name_misfits(wrong)

    def _sum_up(self, told: OutputWrapper, verdicts: Counter[str], missing: Counter[str]) -> None:
        total = sum(verdicts.values())
        for word, said in (("true", "yes"), ("false", "no"), ("unknown", "unknown")):
            share = f" ({verdicts[word] / total:.1%})" if total else ""
            told.write(f"{said:>8}  {verdicts[word]}{share}")
        for name, count in missing.most_common(MISSING_SHOWN):
            told.write(f"Unknown for want of {name}: {count}")

    def _name_misfits(self, wrong: list[FieldError]) -> None:
        for error in wrong[:WRONG_SHOWN]:
            self.stderr.write(f"{_place(error['path'])}: {error['message']}")
        if len(wrong) > WRONG_SHOWN:
            self.stderr.write("More cells do not fit their fields.")


def _place(path: str) -> str:
    """“records[2].score” as people count: record 3, score."""
    number, _, field = path.removeprefix("records[").partition("]")
    return f"Record {int(number) + 1}{field.replace('.', ', ')}"


def _criterion(slug: str, key: str) -> Runnable:
    """The criterion that is meant; the id may be left out where there is only one."""
    now = timezone.now()
    if not key:
        content = lookup.term_as_of(slug, at=now, now=now).row.version.content
        if len(content.criteria) != 1:
            ids = ", ".join(criterion.id for criterion in content.criteria)
            raise Refusal(
                "invalid", f"Say which criterion: --criterion {ids}." if ids else "This word has no criterion."
            )
        key = content.criteria[0].id
    return lookup.criterion_of(slug, key, at=now, now=now)
