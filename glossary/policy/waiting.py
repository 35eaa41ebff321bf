"""Which texts wait for which sides, since when, and how many working days that is: what reminders go by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Delegation, Side, User
from glossary.domain.calendar import Calendar, workdays_between
from glossary.models import Proposal, SignOff, Version
from glossary.policy.seats import authors_barred, missing_sides, who_can_sign


@dataclass(frozen=True)
class Wait:
    """A text up for signing, the instant since which it waits as it is, the working days since, and for which sides."""

    proposal: Proposal
    since: datetime
    days: int
    missing: list[Side]

    def who_can_sign(self, at: datetime) -> dict[str, list[User]]:
        """By side, whoever could give the signature that is missing."""
        barred = authors_barred(self.proposal)
        return {side.key: who_can_sign(side, at, barred) for side in self.missing}


def waits(rows: QuerySet[Proposal], at: datetime, calendar: Calendar) -> list[Wait]:
    """Those of these proposals that could be signed and are not, by id. Four queries.

    One whose word has a newer version meanwhile can be signed by nobody until it is updated: it waits for its author.
    """
    newest = Version.objects.filter(term=OuterRef("term")).order_by("-number")
    on_the_latest = Q(latest=None) | Q(latest=F("newest__base"))
    found = rows.in_review().annotate(latest=Subquery(newest.values("pk")[:1])).filter(on_the_latest)  # type: ignore[attr-defined]
    proposals = list(found.select_related("term", "author", "keeper", "newest").order_by("pk"))
    missing = missing_sides(proposals, at)
    since = waiting_since(proposals, missing, at)
    return [
        Wait(each, since[each.pk], workdays_between(since[each.pk], at, calendar), missing[each.pk])
        for each in proposals
        if missing[each.pk]
    ]


def waiting_since(
    proposals: Collection[Proposal], missing: Mapping[int, list[Side]], at: datetime
) -> dict[int, datetime]:
    """Since when each of these waits as it is, by id: the last of having been put up for signing, having got its
    newest text, and having lost a signature on it that is still missing. One query.

    Whoever is waited for was asked at that instant, has something new to read since, or had nothing to do until then.
    """
    since = {each.pk: max(each.submitted_at or each.opened_at, each.text.at) for each in proposals}
    lost = lost_sign_offs(at).filter(revision__in=[each.text.pk for each in proposals])
    for proposal_id, side_id, lost_at in lost.values_list("revision__proposal", "side", "lost_at"):
        if side_id in {side.key for side in missing.get(proposal_id, [])}:
            since[proposal_id] = max(since[proposal_id], lost_at)
    return since


def lost_sign_offs(at: datetime) -> QuerySet[Any]:
    """Signatures that no longer count at `at`, each with its `lost_at`: when it was voided, or when the loan of a seat
    on which it was given ended by itself.
    """
    loans = Delegation.objects.filter(
        delegate=OuterRef("signer"),
        owner=OuterRef("acting_for"),
        side=OuterRef("side"),
        given_at__lte=OuterRef("at"),
        starts_at__lte=OuterRef("at"),
        revoked_at__isnull=True,
    )
    ended_at = Subquery(loans.order_by("-ends_at").values("ends_at")[:1])
    return SignOff.objects.annotate(lost_at=Coalesce("voided_at", ended_at)).filter(lost_at__lte=at)
