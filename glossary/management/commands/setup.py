import getpass
import sys
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import INSTALLED_SIDES
from glossary import lookup, workflow
from glossary.domain.refusals import Refusal
from glossary.policy import Console
from glossary.portal.newcomers import FoundingForm, newcomer

PERSON = "FIRST,LAST,ADDRESS,USER"
PERSON_PARTS = ("first_name", "last_name", "email", "username")


class Command(BaseCommand):
    help = """Sets an empty registry up: its first administrator, and the first owner of each team.

What is left out is asked for, the password always at the keyboard or, with --password-stdin, on standard input; it is
never an argument, which other people of this machine could read. An owner is a person to invite, written
FIRST,LAST,ADDRESS,USER, or "me" for the administrator, who can sign for one team only. Whoever is invited gets a link
to choose a password, which is printed for you to send.

  manage.py setup --code
      prints the code that the set-up page asks for
  manage.py setup --administrator Ada,Byron,ada@example.com,ada --sales me --marketing Mia,Tanaka,mia@example.com,mia
"""

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", action="store_true", help="print the code that the set-up page asks for")
        parser.add_argument("--administrator", metavar=PERSON, help="the first administrator")
        for key in INSTALLED_SIDES:
            parser.add_argument(f"--{key}", metavar=PERSON, help=f"who signs first for {key}, or “me”")
            parser.add_argument(f"--{key}-name", metavar="NAME", help="what this team is called here")
        parser.add_argument("--time-zone", metavar="ZONE", default="UTC", help="such as Europe/London")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        if lookup.is_founded():
            raise CommandError("This registry has been set up already. Administrators invite people at /invitations/.")
        if options["code"]:
            self.stdout.write(workflow.setup_code())
            return
        form = FoundingForm(self._answers(options))
        if not form.is_valid():
            raise CommandError("\n".join(_problems(form)))
        try:
            administrator, invited = workflow.found(newcomer(form.cleaned_data), **form.wishes())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"Accord is set up. {administrator.display_name} signs in as {administrator.username}.")
        for person in invited:
            link = workflow.invitation_to(person.pk, by=Console(administrator))
            self.stdout.write(f"Send this link to {person.display_name}, who chooses a password there:\n  {link}")

    def _answers(self, options: dict[str, Any]) -> dict[str, str]:
        """What the set-up page would send."""
        said = options["administrator"] or _asked("Administrator", PERSON)
        typed = _person("", said) | {"code": workflow.setup_code(), "time_zone": options["time_zone"]}
        for key, name in INSTALLED_SIDES.items():
            owner = options[key] or _asked(f"Who signs first for {key}", f"{PERSON} or me")
            typed[f"{key}_name"] = options[f"{key}_name"] or name
            typed[f"{key}_owner"] = "me" if owner == "me" else "other"
            typed |= {} if owner == "me" else _person(f"{key}_", owner)
        return typed | _passwords(from_stdin=options["password_stdin"])


def _asked(question: str, shape: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"{question} is not said, and nobody is at the keyboard; see manage.py setup --help.")
    return input(f"{question} ({shape}): ").strip()


def _person(prefix: str, said: str) -> dict[str, str]:
    parts = [part.strip() for part in said.split(",")]
    if len(parts) != len(PERSON_PARTS):
        raise CommandError(f"“{said}” is not a person: write {PERSON}, parted by commas.")
    return {f"{prefix}{name}": part for name, part in zip(PERSON_PARTS, parts, strict=True)}


def _passwords(*, from_stdin: bool) -> dict[str, str]:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
        return {"password1": password, "password2": password}
    if not sys.stdin.isatty():
        raise CommandError("Nobody is at the keyboard to type a password: pipe it in with --password-stdin.")
    return {"password1": getpass.getpass("Password: "), "password2": getpass.getpass("The same again: ")}


def _problems(form: FoundingForm) -> list[str]:
    return [f"{form[name].label}: {error}" for name, errors in form.errors.items() for error in errors]
