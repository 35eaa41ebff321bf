"""What the teams talk about when they meet."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from glossary.domain.content import Content
from glossary.domain.diff import in_a_line
from glossary.lookup.concerns import open_concerns
from glossary.lookup.home import newly_agreed
from glossary.lookup.people import Team, teams
from glossary.lookup.queue import Waiting, approvals
from glossary.lookup.rulings import Impasse, impasses
from glossary.lookup.terms import list_terms
from glossary.models import Concern, InForce, Objection, Revision, Term
from glossary.models.proposal import OPEN_STATES
from glossary.policy import ReviewDay, reviews

MOST = 50  # of one sort; a meeting gets through fewer
LATELY_DAYS = 30
NEWEST = 12


class Pending(NamedTuple):
    """A text up for signing; `changed` names the parts that differ from its base, and is empty for a new word."""

    waiting: Waiting
    changed: str


class Question(NamedTuple):
    """An open question of a word in force, and the day (ISO) on which the teams wanted to look at it again."""

    slug: str
    name: str
    question: str
    look_again: str


@dataclass(frozen=True)
class Agenda:
    """The points of a meeting, at most `MOST` of each sort; `left_out` says of each how many more there are."""

    teams: list[Team]
    pending: list[Pending]
    objections: list[Objection]
    questions: list[Question]
    stuck: list[Impasse]
    concerns: list[Concern]
    reviews: list[ReviewDay]
    wanted: list[Term]
    newly_agreed: list[InForce]
    left_out: dict[str, int]


def agenda(*, at: datetime) -> Agenda:
    """What waits and for whom, what was sent back or is stuck, what hurts, what to look at again, what is missing
    and what is new.

    A fixed number of queries.
    """
    waiting, objections = approvals(at=at), _objections()
    questions, due = _questions(at), reviews(at)
    stuck, concerns = impasses(at=at), list(open_concerns())
    wanted = list(list_terms(at=at, state="wanted").select_related("raised_by").order_by("-raised_at"))
    points: dict[str, Sequence[Any]] = {
        "pending": waiting,
        "objections": objections,
        "questions": questions,
        "stuck": stuck,
        "concerns": concerns,
        "reviews": due,
        "wanted": wanted,
    }
    return Agenda(
        teams=teams(at=at),
        pending=_pending(waiting[:MOST]),
        objections=objections[:MOST],
        questions=questions[:MOST],
        stuck=stuck[:MOST],
        concerns=concerns[:MOST],
        reviews=due[:MOST],
        wanted=wanted[:MOST],
        newly_agreed=newly_agreed(at, limit=NEWEST, since=at - timedelta(days=LATELY_DAYS)),
        left_out={name: max(len(some) - MOST, 0) for name, some in points.items()},
    )


def _pending(waiting: Sequence[Waiting]) -> list[Pending]:
    base_ids = [item.proposal.text.base_id for item in waiting]
    texts: dict[int, Content] = {
        revision.version.pk: revision.content
        for revision in Revision.objects.filter(version__in=base_ids).select_related("version")
    }
    return [Pending(item, _changed(texts, item)) for item in waiting]


def _changed(texts: dict[int, Content], item: Waiting) -> str:
    base = texts.get(item.proposal.text.base_id or 0)
    return in_a_line(base, item.content) if base else ""


def _objections() -> list[Objection]:
    """Those that stand against a suggestion that is still open, oldest first."""
    standing = Objection.objects.standing().filter(revision__proposal__state__in=OPEN_STATES)
    return list(standing.select_related("objector", "side", "term", "revision__proposal").order_by("pk"))


def _questions(at: datetime) -> list[Question]:
    """Those whose day has come, the longest waiting first."""
    rows = InForce.objects.at(at).exclude(status="retired").filter(body__contains='"open_questions":')
    found = [
        Question(slug, name, item["question"], item["look_again"])
        for slug, name, body in rows.values_list("term__slug", "name", "body")
        for item in json.loads(body).get("open_questions", ())
        if item["look_again"] <= at.date().isoformat()
    ]
    return sorted(found, key=lambda item: (item.look_again, item.name))
