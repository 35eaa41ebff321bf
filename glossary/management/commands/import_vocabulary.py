from argparse import RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from glossary import workflow
from glossary.domain.refusals import Refusal
from glossary.exchange.arriving import Brought, Unreadable, words_in
from glossary.policy import Console
from glossary.workflow import Became

TELL_EVERY = 100  # words
TOLD = {
    Became.NEW: "new",
    Became.CHANGE: "changed",
    Became.IN_FORCE: "agreed already",
    Became.SUGGESTED: "suggested already",
}


class Command(BaseCommand):
    help = """Brings words in from a file, each as a draft in the name of USER, for the teams to read and sign.

FILE is JSON, JSON Lines, YAML or CSV, as export_vocabulary writes them. A word is known by its slug, else by its name.
What is agreed or suggested already is passed over, so that the same file may be brought in again. From a CSV only what
it has columns for is taken; everything else about a word stays as it is. Signatures in a file count for nothing.

  manage.py import_vocabulary words.csv --as ada --dry-run
      says what would happen, and what is wrong with which word
  manage.py import_vocabulary words.csv --as ada

Ends with 0 when every word was understood, with 1 otherwise; the words that were stay brought in.
"""

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--as", dest="user", metavar="USER", required=True, help="who suggests it, by user name")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.active().filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no active person with the user name “{options['user']}”.")
        try:
            with options["file"].open("rb") as file:
                counts = self._bring_in(file, options["file"].name, Console(user), options["dry_run"])
        except OSError as error:
            raise CommandError(f"“{options['file']}” cannot be read: {error.strerror}.") from error
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(_summary(counts, only_try=options["dry_run"]))
        if counts["refused"]:
            raise CommandError(f"{counts['refused']} could not be brought in.", returncode=1)

    def _bring_in(self, file: Any, name: str, by: Console, only_try: bool) -> Counter[str]:
        counts: Counter[str] = Counter()
        for word in words_in(file, name):
            counts[self._one(word, by, f"Brought in from {name}", only_try)] += 1
            if word.place % TELL_EVERY == 0:
                self.stderr.write(f"{word.place} words …")
        return counts

    def _one(self, word: Brought | Unreadable, by: Console, reason: str, only_try: bool) -> str:
        """What became of it: one of `Became`, or refused."""
        try:
            if isinstance(word, Unreadable):
                raise word.refusal
            return workflow.bring_in(word, by=by, reason=reason, only_try=only_try).became
        except Refusal as refusal:
            for sentence in _sentences(refusal):
                self.stderr.write(f"{word.title}: {sentence}")
            return "refused"


def _sentences(refusal: Refusal) -> list[str]:
    said = [f"{error['path']}: {error['message']}" if error["path"] else error["message"] for error in refusal.errors]
    return said or [refusal.sentence]


def _summary(counts: Counter[str], *, only_try: bool) -> str:
    told = ", ".join(f"{counts[became]} {words}" for became, words in TOLD.items())
    drafts = counts[Became.NEW] + counts[Became.CHANGE]
    made = "would become drafts. Nothing was changed" if only_try else "are drafts now, for the teams to read and sign"
    return f"{sum(counts.values())} words: {told}, {counts['refused']} refused. {drafts} {made}."
