"""What a suggestion would change about records, in the words of the screen."""

from collections.abc import Iterable, Mapping

from django import template

from glossary.domain.criteria import Plain, Verdict
from glossary.domain.impact import KINDS, Effect, Example, Impact, Kind, Misplaced, Segment
from glossary.policy import Trial
from glossary.rendering.effect import Bar, in_a_line
from glossary.rendering.effect import bars as drawn

register = template.Library()

KIND_WORDS = {
    "enter": "meet it anew",
    "leave": "no longer meet it",
    "become_unknown": "can no longer be told",
    "become_known": "can now be told",
}
VERDICT_WORDS = {True: "meets it", False: "does not", None: "cannot be told"}


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.filter
def more(number: int) -> str:
    """How many come to it: “+312”, or “0”."""
    return f"+{number:,}" if number else "0"


@register.filter
def fewer(number: int) -> str:
    """How many go from it: “−40”, or “0”."""
    return f"−{number:,}" if number else "0"


@register.filter
def bars(effect: Effect) -> tuple[Bar, ...]:
    """How many records meet the criterion under each text, drawn."""
    return drawn(effect)


@register.filter
def effect_seen(digest: str, effects: Mapping[str, Impact]) -> str:
    """The effect that somebody saw when they signed, in a line; empty where it is not known here."""
    return in_a_line(effects[digest]) if effects and digest in effects else ""


@register.filter
def record_words(key: str) -> str:
    return key.replace("_", " ")


@register.filter
def verdict_words(verdict: Verdict) -> str:
    return VERDICT_WORDS[verdict]


@register.filter
def cell(value: Plain | None) -> str:
    """A value of a record; that there is none is said."""
    if value is None or value == "":
        return "–"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


@register.filter
def segment_words(segment: Segment) -> str:
    return "all others" if segment.is_rest else "(empty)" if segment.value is None else cell(segment.value)


@register.filter
def by_kind(effect: Effect) -> list[tuple[str, int, tuple[Example, ...]]]:
    """The examples of each kind of change: in words, how many such records there are, and some of them."""
    kinds: Iterable[Kind] = (kind for kind in KINDS if kind in effect.examples)
    return [(KIND_WORDS[kind], getattr(effect.counts, kind), effect.examples[kind]) for kind in kinds]


@register.filter
def misfits_of(record: str, misfits: Mapping[str, tuple[Misplaced, ...]]) -> tuple[Misplaced, ...]:
    """The first values of these records that did not fit their fields."""
    return misfits.get(record, ())


@register.filter
def groups_of(record: str, tried: Iterable[Trial]) -> list[str]:
    """The fields by which records of this type can be grouped."""
    return next((trial.segments for trial in tried if trial.record == record), [])


@register.filter
def all_groups(tried: Iterable[Trial]) -> list[str]:
    """The same for all types on which a suggestion can be tried."""
    return list(dict.fromkeys(name for trial in tried for name in trial.segments))
