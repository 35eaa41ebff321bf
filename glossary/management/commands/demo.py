from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from glossary.domain.refusals import Refusal
from glossary.management.demonstration import Demonstration, read_token


class Command(BaseCommand):
    help = (
        "Loads the demo: a small company whose sales and marketing owners agree on the starter vocabulary, through the "
        "sign-in page and the endpoints that everybody uses. A second run only does what is missing. The database is "
        "marked as demo for good."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GLOSSARY_DEMO:
            raise CommandError("The demo is loaded only where GLOSSARY_DEMO is on; its passwords are public.")
        demonstration = Demonstration(tell=lambda line: self.stdout.write(f"  {line}"))
        try:
            demonstration.build()
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self._say(demonstration)

    def _say(self, demonstration: Demonstration) -> None:
        token = read_token(User.objects.get(username=demonstration.plan["administrator"]))
        password = demonstration.plan["password"]
        names = [f"{person['username']} ({_what(person)})" for person in demonstration.plan["people"]]
        self.stdout.write("")
        self.stdout.write("This is demo data; it cannot be turned into a real installation.")
        self.stdout.write(f"Address   {settings.GLOSSARY_SITE_URL}/")
        self.stdout.write(f"Sign in   {', '.join(names)}")
        self.stdout.write(f"Password  {password}")
        self.stdout.write("Look up   " + self._curl(token))

    def _curl(self, token: str) -> str:
        return f"curl -H 'Authorization: Bearer {token}' '{settings.GLOSSARY_SITE_URL}/api/v1/lookup?name=MQL'"


def _what(person: dict[str, Any]) -> str:
    if "owns" in person:
        return f"owner, {person['owns']}"
    if "member_of" in person:
        return f"member, {person['member_of']}"
    return "sponsor" if "is_sponsor" in person else "administrator"
