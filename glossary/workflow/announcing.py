"""Saying that a version has taken effect. Nothing depends on it: what is in force is asked of an instant."""

from datetime import datetime

from glossary import ledger, outbox
from glossary.models import Announcement, InForce, Version
from glossary.rendering.instants import iso

MOST_AT_ONCE = 100


def announce(*, at: datetime) -> int:
    """Say of each version in force by `at` that it took effect, once, however many workers ask; how many were said.

    At most a hundred, each in a transaction of its own, in the order in which they took effect.
    """
    return sum(_announce(version_id) for version_id in _unsaid(at))


def _unsaid(at: datetime) -> list[int]:
    started = InForce.objects.filter(from_at__lte=at, version__announcement=None).order_by("from_at", "pk")
    return list(started.values_list("version_id", flat=True)[:MOST_AT_ONCE])


def _announce(version_id: int) -> int:
    with ledger.locked() as head:
        version = Version.objects.select_related("term", "proposal__author", "revision").get(pk=version_id)
        is_said = Announcement.objects.filter(version=version).exists()
        if is_said or not InForce.objects.filter(version=version, from_at__lte=head.at).exists():
            return 0  # another worker was quicker, or another version came before it
        event = head.record(
            "version.took_effect",
            by=None,
            term=version.term,
            version=version.number,
            digest=version.digest,
            in_force_from=iso(version.in_force_from),
        )
        Announcement.objects.create(version=version, event=event)
        outbox.took_effect(version, event)
        return 1
