"""The parts of a definition that have fields of their own: criteria, record fields, stages, roles, personas.

Each shape says what may stand in it and in which form; that the parts fit each other (a stage that leads nowhere,
a criterion over an undeclared field) is asked when a text is submitted.
"""

# ruff: noqa: RUF009  (`want` and `may` make a dataclass field each time; nothing mutable is shared)

from dataclasses import dataclass

from glossary.domain.checking import Desk, Many, Map, Nested, Table, inside, may, note_more, note_repeats, want
from glossary.domain.values import (
    Cell,
    Choice,
    Day,
    Flag,
    Key,
    Line,
    Markdown,
    MarkdownLine,
    Name,
    Side,
    TermName,
    Text,
    Verdict,
    Whole,
)

RELATIONS = ("broader", "narrower", "part_of", "feeds", "precedes", "replaces", "contrasts", "see_also")
COUNTED = ("first_time", "every_time", "current")
FIELD_TYPES = ("string", "bool", "int", "number", "date")
FORECAST_CATEGORIES = ("omitted", "pipeline", "best_case", "most_likely", "commit", "closed")
MOVES = ("advance", "skip", "recycle", "close")
CLOCKS = ("business_hours",)

HOURS = Whole(0, 10_000)
DAYS = Whole(0, 10_000)

# What a stage model may hold, so that asking whether it holds together stays quick.
MOST_STAGES = 40
MOST_CRITERIA = 20  # that one condition names
LONGEST_ALSO = 500  # characters; what is longer is a criterion of a word, with samples


@dataclass(frozen=True, kw_only=True)
class Relation:
    """How this term stands to another one."""

    relation: str = may(Choice(RELATIONS), default="see_also")
    term: str = want(TermName())


@dataclass(frozen=True, kw_only=True)
class OpenQuestion:
    """What is not settled, and the day on which both sides look again."""

    question: str = want(MarkdownLine())
    look_again: str = want(Day())


@dataclass(frozen=True, kw_only=True)
class CrmMapping:
    """Where a system keeps this: object, field and, where one value means it, the value."""

    system: str = want(Line())
    object: str = want(Line())
    field: str = want(Line())
    value: str | None = may(Line())
    standard: bool | None = may(Flag())
    note: str | None = may(Line())


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How a criterion becomes a number, and the date field that places a record in a period."""

    when: str = want(Choice(COUNTED))
    date_field: str = want(Key())


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A record and the verdict that both sides expect of it. A field left out is unknown; null is said to be empty."""

    note: str = want(Line())
    record: Map[str | int | bool | None] = may(Table(Key(), Cell(), keeps_null=True))
    expect: str = want(Verdict())


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A condition over the records of one type, with samples that show what it means."""

    id: str = want(Key())
    label: str = want(Line())
    record: str = want(Key())
    expr: str = want(Text("expression"))
    samples: tuple[Sample, ...] = may(Many(Nested(Sample)))
    counted: Counted | None = may(Nested(Counted))


@dataclass(frozen=True, kw_only=True)
class RecordField:
    """One field of a record type: what it holds, who or what writes it, and how it is worked out."""

    type: str = want(Choice(FIELD_TYPES))
    values: tuple[str, ...] = may(Many(Line()))
    unit: str | None = may(Line())
    note: str | None = may(Line())
    source: str = want(Line())
    computed: str | None = may(Line())

    def check(self, path: str, desk: Desk) -> None:
        note_repeats(self.values, inside(path, "values"), desk)


@dataclass(frozen=True, kw_only=True)
class Role:
    """A responsibility: whom it reports to and why, what else was thought of, what it is measured on."""

    reports_to: str | None = may(MarkdownLine())
    reason: str | None = may(Markdown())
    alternatives: tuple[str, ...] = may(Many(MarkdownLine()))
    measured_on: tuple[str, ...] = may(Many(MarkdownLine()))
    look_again: str | None = may(Day())


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known about a persona, and who supplied it."""

    statement: str = want(MarkdownLine())
    supplied_by: str = want(Line())


@dataclass(frozen=True, kw_only=True)
class Persona:
    """A kind of buyer: what hurts, how and when they want to be spoken to, and how we know."""

    pains: tuple[str, ...] = may(Many(MarkdownLine()))
    delivery: str | None = may(Markdown())
    timelines: str | None = may(Markdown())
    evidence: tuple[Evidence, ...] = may(Many(Nested(Evidence)))


@dataclass(frozen=True, kw_only=True)
class Condition:
    """When a record enters or leaves a stage: criteria by id, all or any, and what belongs to the stage alone."""

    text: str = want(MarkdownLine())
    meets_all: tuple[str, ...] = may(Many(Key()))
    meets_any: tuple[str, ...] = may(Many(Key()))
    also: str | None = may(Text("expression"))

    def check(self, path: str, desk: Desk) -> None:
        if self.meets_all and self.meets_any:
            desk.wrong(inside(path, "meets_any"), "one_of", "Give either meets_all or meets_any, not both.")
        for part in ("meets_all", "meets_any"):
            note_repeats(getattr(self, part), inside(path, part), desk)
            note_more(getattr(self, part), MOST_CRITERIA, inside(path, part), desk)
        if len(self.also or "") > LONGEST_ALSO:
            rule = f"At most {LONGEST_ALSO} characters fit here; make it a criterion of a word, with samples."
            desk.wrong(inside(path, "also"), "too_long", rule)


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """The record type that a transition leaves and the one that it opens."""

    from_record: str = want(Key(), key="from")
    to_record: str = want(Key(), key="to")


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A way on from a stage."""

    to: str = want(Key(hyphens=True))
    kind: str = want(Choice(MOVES))
    meets_all: tuple[str, ...] = may(Many(Key()))
    reasons: tuple[str, ...] = may(Many(Key(hyphens=True)))
    converts: Conversion | None = may(Nested(Conversion))
    note: str | None = may(MarkdownLine())

    def check(self, path: str, desk: Desk) -> None:
        note_more(self.meets_all, MOST_CRITERIA, inside(path, "meets_all"), desk)


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """What giver and receiver owe each other where a stage changes hands; hours are hours of the model's clock."""

    giver: str = want(Side(), key="from")
    receiver: str = want(Side(), key="to")
    first_touch_hours: Map[int] = may(Table(Key(), HOURS))
    decision_hours: int = want(HOURS)
    escalate_to: str = want(Line())
    note: str | None = may(MarkdownLine())
    return_reasons: tuple[str, ...] = may(Many(Key(hyphens=True)))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step: whose it is, how a record gets in and out, how long it may stay. No `max_days` means no limit.

    `was` are the keys of stages of an earlier version whose records are here now.
    """

    key: str = want(Key(hyphens=True))
    was: tuple[str, ...] = may(Many(Key(hyphens=True)))
    order: int = want(Whole(1, 1_000))
    name: str = want(Name())
    term: str | None = may(TermName())
    record: str = want(Key())
    accountable_side: str = want(Side())
    accountable_role: str = want(Line())
    sla_hours: int | None = may(HOURS)
    sla_side: str | None = may(Side())
    max_days: int | None = may(DAYS)
    probability: int | None = may(Whole(0, 100))
    forecast_category: str | None = may(Choice(FORECAST_CATEGORIES))
    entry: Condition = want(Nested(Condition))
    exit: Condition | None = may(Nested(Condition))
    handoff: Handoff | None = may(Nested(Handoff))
    next: tuple[Transition, ...] = may(Many(Nested(Transition)))
    crm_mappings: tuple[CrmMapping, ...] = may(Many(Nested(CrmMapping)))

    def check(self, path: str, desk: Desk) -> None:
        note_repeats(self.was, inside(path, "was"), desk)
        note_more(self.next, MOST_STAGES, inside(path, "next"), desk)


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a record may go back or be closed."""

    key: str = want(Key(hyphens=True))
    label: str = want(Line())


@dataclass(frozen=True, kw_only=True)
class ReasonFields:
    """The fields of a record type that keep the reason for going back and for closing."""

    recycle: str | None = may(Key())
    close: str | None = may(Key())


@dataclass(frozen=True, kw_only=True)
class StageModel:
    """Ordered stages that a record passes, with one closed list of reasons."""

    sla_clock: str = may(Choice(CLOCKS), default="business_hours")
    note: str | None = may(Markdown())
    reasons: tuple[Reason, ...] = may(Many(Nested(Reason)))
    reason_fields: Map[ReasonFields] = may(Table(Key(), Nested(ReasonFields)))
    stages: tuple[Stage, ...] = may(Many(Nested(Stage)))

    def check(self, path: str, desk: Desk) -> None:
        note_repeats([item.key for item in self.reasons], inside(path, "reasons"), desk, part="key")
        note_repeats([stage.key for stage in self.stages], inside(path, "stages"), desk, part="key")
        note_more(self.stages, MOST_STAGES, inside(path, "stages"), desk)
