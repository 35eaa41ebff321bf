"""Where proposals in review stand: which seats are filled, for many at once in a fixed number of queries."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Delegation, Role
from glossary.models import SignOff


def counting_sign_offs(at: datetime) -> QuerySet[SignOff]:
    """Live signatures whose signer is eligible at `at`: what `policy.is_eligible` says, as a query."""
    loan = Delegation.objects.live(at).filter(
        delegate=OuterRef("signer"),
        owner=OuterRef("acting_for"),
        side=OuterRef("side"),
        owner__is_active=True,
        owner__role=Role.OWNER,
        owner__side=OuterRef("side"),
    )
    own_right = Q(acting_for=None, signer__role=Role.OWNER)
    live: QuerySet[SignOff] = SignOff.objects.live()
    return live.filter(own_right | Exists(loan), signer__is_active=True, signer__side=F("side"))


def sign_offs_on(revisions: Iterable[int], at: datetime) -> dict[int, dict[str, SignOff]]:
    """The signatures that count on each of these revisions (by id), by side key. One query."""
    found: dict[int, dict[str, SignOff]] = {}
    counted = counting_sign_offs(at).filter(revision__in=list(revisions))
    for sign_off in counted.select_related("signer", "side", "acting_for").order_by("pk"):
        found.setdefault(sign_off.revision_id, {})[sign_off.side_id] = sign_off
    return found
