"""Disagreement that does not end: which suggestions the sides do not come to agree on by themselves."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from glossary.models import Event, Objection, Proposal, State, Version

SENT_BACK_TOO_OFTEN = 2


@dataclass(frozen=True)
class Stuck:
    """An open suggestion that the sides do not come to agree on.

    `put_up_at` is when it was first up for signing; `objections` are those to it since its word was last agreed, and
    `times` counts them with those to other suggestions of the word.
    """

    proposal: Proposal
    put_up_at: datetime
    objections: list[Objection]
    times: int
    at: datetime

    @property
    def is_contested(self) -> bool:
        """Sent back itself, and the word at least twice since it was last agreed: starting anew forgets nothing."""
        return bool(self.objections) and self.times >= SENT_BACK_TOO_OFTEN

    @property
    def is_old(self) -> bool:
        return 0 < settings.GLOSSARY_DISPUTE_AFTER_DAYS <= (self.at - self.put_up_at).days

    def __bool__(self) -> bool:
        return self.is_contested or self.is_old


def stuck(rows: "QuerySet[Proposal]", at: datetime) -> list[Stuck]:
    """Of these proposals those that are being signed, or were sent back, and are stuck at `at`; longest open first.

    Four queries.
    """
    standing = Objection.objects.standing().filter(revision__proposal=OuterRef("pk"))
    under_way = Q(state=State.IN_REVIEW) | (Q(state=State.DRAFT) & Exists(standing))
    found = list(rows.filter(under_way, submitted_at__isnull=False).select_related(*_READ_ALONG))
    put_up = _first_put_up(found)
    objections = _objections({proposal.term_id for proposal in found})
    looked_at = [_stuck(proposal, put_up[proposal.pk], objections[proposal.term_id], at) for proposal in found]
    return sorted((item for item in looked_at if item), key=lambda item: (item.put_up_at, item.proposal.pk))


_READ_ALONG = ("term", "author", "keeper", "newest__base", "newest__author")


def stuck_by_objections(proposal: Proposal, at: datetime) -> bool:
    """Whether this one suggestion has been sent back so often that it is stuck, however long it has been open."""
    return any(item.is_contested for item in stuck(Proposal.objects.filter(pk=proposal.pk), at))


def _stuck(proposal: Proposal, put_up_at: datetime, of_the_word: list[Objection], at: datetime) -> Stuck:
    own = [objection for objection in of_the_word if objection.revision.proposal_id == proposal.pk]
    return Stuck(proposal, put_up_at, own, len(of_the_word), at)


def _first_put_up(proposals: Iterable[Proposal]) -> dict[int, datetime]:
    """When each was first up for signing; the row keeps only the last time."""
    events = Event.objects.filter(kind="proposal.submitted", proposal__in=[each.pk for each in proposals])
    return dict(events.values_list("proposal").annotate(Min("at")))


def _objections(terms: Iterable[int]) -> dict[int, list[Objection]]:
    """All objections to suggestions of these words since each was last agreed, oldest first, by word."""
    agreed = dict(Version.objects.filter(term__in=terms).values_list("term").annotate(Max("published_at")))
    rows = Objection.objects.filter(term__in=terms).order_by("pk")
    found: dict[int, list[Objection]] = defaultdict(list)
    for objection in rows.select_related("objector", "side", "acting_for", "revision"):
        if objection.term_id not in agreed or objection.at > agreed[objection.term_id]:
            found[objection.term_id].append(objection)
    return found
