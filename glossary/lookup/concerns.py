"""What hurts about words as they are agreed: each concern, what the test in force says of its example, who answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Side, User
from glossary import policy
from glossary.domain.criteria import WORDS, Ground, Judge, Judged, Misfit, Unreadable, Verdict, Word, fitted
from glossary.domain.shapes import Criterion
from glossary.lookup.versions import no_such_word
from glossary.models import Concern, ConcernAnswer, InForce, Term, ground
from glossary.policy import Actor, Answer

MOST_CLOSED = 50


@dataclass(frozen=True)
class Said:
    """What the test in force says of an example: the verdict, and what each of its parts says, in words.

    `missing` are the fields nobody filled in that leave it unknown. With `problem` it says nothing, and why.
    """

    label: str
    verdict: Verdict = None
    clauses: tuple[tuple[str, Verdict], ...] = ()
    joined: str = ""
    missing: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Voiced:
    """A concern as one actor sees it. `may` holds, per action, None for yes or the refusal that says why not."""

    concern: Concern
    answers: list[ConcernAnswer]
    missing: list[Side]
    said: Said | None
    may: Mapping[str, Answer]

    @property
    def state(self) -> str:
        """`open`, or why it is not: `answered`, `withdrawn` or `removed`."""
        if self.concern.blanked_at is not None:
            return "removed"
        if self.concern.withdrawn_at is not None:
            return "withdrawn"
        return "open" if self.missing else "answered"


@dataclass(frozen=True)
class Concerns:
    """The concerns about one word: those that wait for an answer, oldest first, and the newest of the others.

    Where one was asked for that is older than these, it is the last.
    """

    term: Term
    in_force: InForce | None
    open: list[Voiced]
    closed: list[Voiced]

    @property
    def name(self) -> str:
        return self.in_force.name if self.in_force else self.term.name


def concerns(slug: str, *, by: Actor, at: datetime, asked: int | None = None) -> Concerns:
    """What was raised about the term with this slug, and in any case the concern `asked` for, if it is about it.

    A fixed number of queries. Raises `Refusal("not_found")`.
    """
    term = Term.objects.filter(slug=slug).first()
    if term is None:
        raise no_such_word(slug)
    open_ones = list(_read_along(Concern.objects.open().filter(term=term)).order_by("pk"))
    others = Concern.objects.filter(term=term).exclude(pk__in=[concern.pk for concern in open_ones])
    closed = list(_read_along(others).order_by("-pk")[:MOST_CLOSED])
    if asked not in {concern.pk for concern in closed}:
        closed += _read_along(others.filter(pk=asked))
    rows = [*open_ones, *closed]
    in_force = policy.in_force_at(term, at)
    told = _told(rows, in_force, by, at)
    return Concerns(term, in_force, open=told[: len(open_ones)], closed=told[len(open_ones) :])


def concerns_about(slug: str) -> "QuerySet[Concern]":
    """Every concern about the term with this slug, in the order raised."""
    return _read_along(Concern.objects.filter(term__slug=slug)).order_by("pk")


def voiced(rows: Sequence[Concern], *, by: Actor, at: datetime) -> list[Voiced]:
    """Concerns about one term as this actor sees them, in their order."""
    return _told(rows, policy.in_force_at(rows[0].term, at), by, at) if rows else []


def _told(rows: Sequence[Concern], in_force: InForce | None, by: Actor, at: datetime) -> list[Voiced]:
    seats, tests = policy.sides_with_a_seat(), _Tests(in_force, rows, at)
    return [_voiced(concern, seats, tests, by, at) for concern in rows]


def open_concerns(*, term: Term | None = None) -> "QuerySet[Concern]":
    """Concerns that wait for an answer, oldest first, of one word or of all."""
    rows = Concern.objects.open().select_related("term", "raised_by", "version__revision").order_by("pk")
    return rows.filter(term=term) if term else rows


def concerns_waiting_for(user: User, *, at: datetime) -> list[Concern]:
    """Concerns that this person's side has not answered, and that this person may answer. Two queries."""
    seat = policy.seat_of(user, at)
    if seat is None or not seat.side.has_seat:
        return []
    rows = open_concerns().filter(pk__in=Concern.objects.unanswered_by(seat.side))
    return list(rows.exclude(answers__author=user))


def concern_of(concern_id: int) -> Concern | None:
    """One concern with its word; None where there is none."""
    return _read_along(Concern.objects.filter(pk=concern_id)).first()


def verdict_on(concern: Concern, *, at: datetime) -> Word:
    """What the test in force says of the example of a concern; unknown where it says nothing."""
    said = _Tests(policy.in_force_at(concern.term, at), [concern], at).on(concern)
    return WORDS[said.verdict if said else None]


def _read_along(rows: "QuerySet[Concern]") -> "QuerySet[Concern]":
    return rows.select_related("term", "version", "raised_by").prefetch_related(
        "answers__author", "answers__side", "answers__acting_for"
    )


def _voiced(concern: Concern, seats: Iterable[Side], tests: "_Tests", by: Actor, at: datetime) -> Voiced:
    answers = sorted(concern.answers.all(), key=lambda answer: answer.pk)
    answered = {answer.side_id for answer in answers}
    return Voiced(
        concern,
        answers,
        [] if concern.is_over else [side for side in seats if side.key not in answered],
        tests.on(concern),
        {
            "answer": policy.may_answer(by, concern, at),
            "withdraw": policy.may_withdraw_concern(by, concern),
            "remove": policy.may_blank_concern(by, concern),
        },
    )


class _Tests:
    """The tests of the text in force with what they run on, read once for all examples."""

    def __init__(self, in_force: InForce | None, asked: Iterable[Concern], at: datetime) -> None:
        criteria = in_force.version.content.criteria if in_force else ()
        named = {concern.criterion for concern in asked if concern.record}
        self._criteria = {item.id: item for item in criteria if item.id in named}
        keys = {item.record for item in self._criteria.values()}
        self._ground = ground(keys, at) if keys else Ground()

    def on(self, concern: Concern) -> Said | None:
        """What the test says of the example of a concern; None where there is none."""
        if not concern.record:
            return None
        criterion = self._criteria.get(concern.criterion)
        if criterion is None:
            return Said(concern.criterion, problem="The text in force no longer has this test.")
        try:
            return _said(criterion, self._judge(criterion), concern)
        except (KeyError, Unreadable, Misfit):
            return Said(criterion.label, problem="This test does not run on such a record any more.")

    def _judge(self, criterion: Criterion) -> Judge:
        view = self._ground.records[criterion.record]
        return Judge(self._ground.node(criterion.expr, criterion.record), view)


def _said(criterion: Criterion, judge: Judge, concern: Concern) -> Said:
    values = concern.values
    record = {name: fitted(values.get(name), judge.view.fields[name].type) for name in judge.fields}
    judged: Judged = judge.judge(record)
    clauses = tuple(zip(judge.clauses, judged.clauses, strict=True))
    return Said(criterion.label, judged.verdict, clauses, judge.joined, judged.missing)
