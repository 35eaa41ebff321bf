"""Whether the people, their sides, appointments and loans are what the events tell: they are part of the gate."""

from collections.abc import Collection, Iterator
from datetime import datetime

from accounts.models import INSTALLED_SIDES, Appointment, AppointmentState, Delegation, Side, Sponsorship, User
from glossary.ledger.roles import Place
from glossary.ledger.telling import Fault, Pair, Told, differs
from glossary.models import Installation


def company_faults(told: Told) -> Iterator[Fault]:
    """Every fault of people, sides, appointments, delegations and the mark of the installation."""
    yield from _people(told)
    yield from _sides(told)
    yield from _appointments(told)
    yield from _delegations(told)
    yield from _sponsorships(told)
    if set(Installation.objects.values_list("pk", "is_demo")) != {(1, told.is_demo)}:
        yield Fault("", "installation", "is not marked as the events tell")


def _people(told: Told) -> Iterator[Fault]:
    people = {user.pk: user for user in User.objects.order_by("pk")}
    for missing in sorted(told.people - people.keys()):
        yield Fault("", f"person {missing}", "is gone")
    for user in people.values():
        if Place(user.side_id, user.role) != told.roles.places.get(user.pk, Place()):
            yield Fault("", f"person {user.pk}", "the role is not the one that the events tell")
        if user.is_active == (user.pk in told.roles.inactive):
            yield Fault("", f"person {user.pk}", "is active, or not, other than the events tell")


def _sides(told: Told) -> Iterator[Fault]:
    sides = {side.key: side for side in Side.objects.order_by("key")}
    for missing in sorted((set(INSTALLED_SIDES) | told.sides.keys()) - sides.keys()):
        yield Fault("", f"side {missing}", "is gone")
    for key, side in sides.items():
        name = told.sides.get(key) or INSTALLED_SIDES.get(key)
        if (side.name, side.has_seat) != (name, key in told.roles.seats):
            yield Fault("", f"side {key}", "its name or its seat is not what the events tell")


def _appointments(told: Told) -> Iterator[Fault]:
    rows = {row.pk: row for row in Appointment.objects.order_by("pk")}
    yield from _gone("appointment", told, rows.keys())
    for row in rows.values():
        events = told.by_row.get(("appointment", row.pk), [])
        first, decided = (events[0], events[-1]) if events else (None, None)
        at_once = decided is first
        pairs: list[Pair] = [
            ("person", row.user_id, first and first.subject_id),
            ("side", row.side_id, first and first.side_id),
            ("appointed by", row.appointed_by_id, first and first.actor_id),
            ("appointed at", row.appointed_at, first and first.at),
            ("state", row.state, decided and _DECIDED[decided.kind]),
            ("decided by", row.decided_by_id, None if at_once else decided and decided.actor_id),
            ("decided at", row.decided_at, None if at_once else decided and decided.at),
        ]
        yield from (Fault("", f"appointment {row.pk}", sentence) for sentence in differs(first, pairs))


_DECIDED = {
    "owner.appointed": AppointmentState.PENDING,
    "owner.installed": AppointmentState.CONFIRMED,
    "owner.confirmed": AppointmentState.CONFIRMED,
    "owner.declined": AppointmentState.DECLINED,
    "owner.withdrawn": AppointmentState.ENDED,
}


def _delegations(told: Told) -> Iterator[Fault]:
    rows = {row.pk: row for row in Delegation.objects.order_by("pk")}
    yield from _gone("delegation", told, rows.keys())
    for row in rows.values():
        given, ended = (told.one("delegation", row.pk, f"delegation.{kind}") for kind in ("given", "ended"))
        facts = given.facts if given else {}
        pairs: list[Pair] = [
            ("owner", row.owner_id, given and given.actor_id),
            ("delegate", row.delegate_id, given and given.subject_id),
            ("side", row.side_id, given and given.side_id),
            ("start", row.starts_at, facts and datetime.fromisoformat(facts["starts_at"])),
            ("end", row.ends_at, facts and datetime.fromisoformat(facts["ends_at"])),
            ("given at", row.given_at, given and given.at),
            ("revoked at", row.revoked_at, ended and ended.at),
        ]
        yield from (Fault("", f"delegation {row.pk}", sentence) for sentence in differs(given, pairs))


def _sponsorships(told: Told) -> Iterator[Fault]:
    rows = {row.pk: row for row in Sponsorship.objects.order_by("pk")}
    yield from _gone("sponsorship", told, rows.keys())
    for row in rows.values():
        named, ended = (told.one("sponsorship", row.pk, f"sponsor.{kind}") for kind in ("named", "ended"))
        pairs: list[Pair] = [
            ("person", row.user_id, named and named.subject_id),
            ("named by", row.named_by_id, named and named.actor_id),
            ("named at", row.named_at, named and named.at),
            ("ended by", row.ended_by_id, ended and ended.actor_id),
            ("ended at", row.ended_at, ended and ended.at),
        ]
        yield from (Fault("", f"sponsorship {row.pk}", sentence) for sentence in differs(named, pairs))


def _gone(what: str, told: Told, there: Collection[int]) -> Iterator[Fault]:
    for missing in sorted(told.rows(what).difference(there)):
        yield Fault("", f"{what} {missing}", "is gone")
