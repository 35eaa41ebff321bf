"""A small company: Sam and Sue own for sales, Mia and Max for marketing, Rep and Mark are members, Ada administers.

Roles are given through the seating actions and words are agreed through the workflow, so that `verify` holds here too.
"""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.sessions import stamp
from glossary import workflow
from glossary.models import Proposal, Version
from glossary.policy import Console, SignedIn

PASSWORD = "accord-demo"
STAFF = {"sue", "max", "ada"}
OWNERS = {"sam": "sales", "mia": "marketing", "sue": "sales", "max": "marketing"}
MEMBERS = {"rep": "sales", "mark": "marketing"}


def person(username: str) -> User:
    """A person of no side yet, whose password is that of the demo."""
    user: User = User.objects.create_user(
        username,
        f"{username}@example.com",
        PASSWORD,
        first_name=username.capitalize(),
        is_staff=username in STAFF,
    )
    return user


def acting(user: User) -> SignedIn:
    """The person with a real session of their own, signed in just now."""
    held = {SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash()}
    stamp(held)
    session = Session.objects.create(
        session_key=get_random_string(32),
        session_data=Session.objects.encode(held),
        expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    return SignedIn(User.objects.get(pk=user.pk), session_key=session.session_key)


def company() -> SimpleNamespace:
    """Everybody, seated: the first owner of each side installed by Ada, the second confirmed by the first."""
    people = SimpleNamespace(**{name: person(name) for name in ("ada", *OWNERS, *MEMBERS)})
    ada = Console(people.ada)
    for name, side in OWNERS.items():
        appointment = workflow.appoint_owner(getattr(people, name).pk, by=ada, side=side)
        if appointment.state == "pending":
            first = people.sam if side == "sales" else people.mia
            workflow.confirm_appointment(appointment.pk, by=acting(first))
    for name, side in MEMBERS.items():
        workflow.place_member(getattr(people, name).pk, by=ada, side=side)
    for user in vars(people).values():
        user.refresh_from_db()
    return people


def everybody() -> SimpleNamespace:
    """All people there are, by user name."""
    return SimpleNamespace(**{user.username: user for user in User.objects.all()})


def draft_content(name: str, **extra: Any) -> dict[str, Any]:
    """Content that is ready to be signed, as a tool would send it."""
    return {
        "name": name,
        "summary": "plan with a goal, an audience and an owner on each side",
        "definition": "Both teams mean the same by it.",
        "counter_examples": ["something only one team has heard of"],
        **extra,
    }


@dataclass
class Desk:
    """The people at work: what each test needs to have happened before it begins."""

    people: SimpleNamespace

    def open(self, name: str, *, by: User | None = None, term: str | None = None, **extra: Any) -> Proposal:
        """A draft by Rep; `effective_from` and `reason` go to the proposal, the rest into its content."""
        proposal = {key: extra.pop(key) for key in ("effective_from", "reason") if key in extra}
        author = acting(by or self.people.rep)
        return workflow.open_proposal(by=author, content=draft_content(name, **extra), term=term, **proposal)

    def submit(self, name: str, **more: Any) -> Proposal:
        """The same, put up for signing."""
        proposal = self.open(name, **more)
        return workflow.submit(proposal.pk, by=acting(proposal.author))

    def sign(self, proposal: Proposal, *signers: User) -> None:
        for signer in signers:
            newest = Proposal.objects.select_related("newest").get(pk=proposal.pk).text
            workflow.sign_off(proposal.pk, by=acting(signer), digest=newest.digest)

    def publish(self, name: str, **more: Any) -> Version:
        """A version that Sam and Mia signed."""
        proposal = self.submit(name, **more)
        self.sign(proposal, self.people.sam, self.people.mia)
        return Version.objects.select_related("term", "revision").get(proposal=proposal)
