"""Both texts of a criterion put through the same records, and what differs: counted, by segment, with examples."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from glossary.domain.checking import Map
from glossary.domain.criteria import WORDS, Node, Plain, Verdict, compiled, fields_of, verdict_of
from glossary.domain.impact.keeping import Fields, Kept, Values
from glossary.domain.shapes import RecordField

MOST_SEGMENTS = 50
FEWEST_OF_A_KIND = 5  # records that share a value which no list declares, before a report names the value
MOST_EXAMPLES = 20  # of each kind of change

Kind = Literal["enter", "leave", "become_unknown", "become_known"]
KINDS: tuple[Kind, ...] = ("enter", "leave", "become_unknown", "become_known")


def kind_of(before: Verdict, after: Verdict) -> Kind | None:
    """What happens to a record; None where it stays what it is. Whoever met the criterion and is unknown now leaves."""
    if before is after:
        return None
    if after is True:
        return "enter"
    if before is True:
        return "leave"
    return "become_unknown" if after is None else "become_known"


@dataclass(frozen=True)
class Counts:
    """How many records went from which verdict to which: `moves` by both in words, such as "false-true"."""

    moves: Map[int]

    @property
    def records(self) -> int:
        return sum(self.moves.values())

    @property
    def enter(self) -> int:
        """Those that meet the criterion and did not before."""
        return self._of("enter")

    @property
    def leave(self) -> int:
        """Those that met it and do not any more, or of which it can no longer be told."""
        return self._of("leave")

    @property
    def leave_unknown(self) -> int:
        """Of those that leave, the ones of which it can no longer be told."""
        return self.moves.get("true-unknown", 0)

    @property
    def become_unknown(self) -> int:
        """Those that did not meet it and of which it can no longer be told."""
        return self._of("become_unknown")

    @property
    def become_known(self) -> int:
        """Those of which it could not be told and that do not meet it."""
        return self._of("become_known")

    @property
    def stay(self) -> int:
        return self._of(None)

    def _of(self, kind: Kind | None) -> int:
        return sum(count for move, count in self.moves.items() if _KIND_OF_MOVE[move] == kind)

    @property
    def before(self) -> dict[str, int]:
        """How many have which verdict under the old text."""
        return self._side(0)

    @property
    def after(self) -> dict[str, int]:
        """How many have which verdict under the new text."""
        return self._side(1)

    def _side(self, side: int) -> dict[str, int]:
        verdicts: dict[str, int] = dict.fromkeys(WORDS.values(), 0)
        for move, count in self.moves.items():
            verdicts[move.split("-")[side]] += count
        return verdicts


_MOVES = {(before, after): f"{WORDS[before]}-{WORDS[after]}" for before in WORDS for after in WORDS}
_KIND_OF_MOVE = {move: kind_of(*verdicts) for verdicts, move in _MOVES.items()}


@dataclass(frozen=True)
class Segment:
    """The records that share a value of the field they are grouped by: None where it is empty, or all the `is_rest`."""

    value: Plain | None
    counts: Counts
    is_rest: bool = False


class Example(NamedTuple):
    """A record that changes: which one, counted from 1, its values that the criterion looks at, and both verdicts."""

    row: int
    values: Mapping[str, Plain | None]
    before: Verdict
    after: Verdict

    @property
    def cells(self) -> list[Plain | None]:
        """The values alone, in the order of their fields."""
        return list(self.values.values())


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One criterion under both texts; None where it is not in one of them. `fault` says why it cannot be run."""

    id: str
    label: str
    term: str
    old: Node | None = None
    new: Node | None = None
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a suggestion does to one criterion. `is_new` or `is_gone` where it has no other text to be compared with."""

    id: str
    label: str
    term: str
    counts: Counts
    segments: tuple[Segment, ...] = ()
    is_new: bool = False
    is_gone: bool = False
    fault: str = ""
    examples: Mapping[Kind, tuple[Example, ...]] = field(default_factory=dict)


def may_group(name: str, declared: RecordField, dedupe_key: Sequence[str] = ()) -> bool:
    """Whether records may be grouped by the field: one with few values, and none that tells who somebody is."""
    return declared.type in ("string", "bool") and name not in dedupe_key and verdict_of(declared) is None


def effects(
    comparisons: Sequence[Comparison], records: Kept, before: Fields, after: Fields, segment: str = ""
) -> tuple[Effect, ...]:
    """What each comparison does to the records, seen with the fields of either text, grouped by the field `segment`."""
    new = records.under(after)
    old = new if _are_alike(before, after) else records.under(before)
    grouped = _grouped(new, segment, after) if segment in after else None
    return tuple(_effect(comparison, old, new, segment, grouped) for comparison in comparisons)


def _are_alike(before: Fields, after: Fields) -> bool:
    return {name: field.type for name, field in before.items()} == {name: field.type for name, field in after.items()}


Grouped = Sequence[tuple[Plain | None, bool]]  # for each record its segment: the value, or that it is of the rest


def _grouped(records: Sequence[Values], name: str, fields: Fields) -> Grouped:
    """Values that nobody declared are named only where several records share them: a report outlives its records."""
    declared = fields[name].values
    sizes = Counter(record.get(name) for record in records)
    named = [
        value
        for value, size in sorted(sizes.items(), key=lambda item: (-item[1], str(item[0])))
        if size >= FEWEST_OF_A_KIND or value in declared or not isinstance(value, str)
    ]
    shown = set(named[:MOST_SEGMENTS])
    values = (record.get(name) for record in records)
    return [(value, False) if value in shown else (None, True) for value in values]


def _effect(
    comparison: Comparison, old: Sequence[Values], new: Sequence[Values], segment: str, grouped: Grouped | None
) -> Effect:
    whole = Effect(
        id=comparison.id,
        label=comparison.label,
        term=comparison.term,
        counts=Counts(Map()),
        is_new=comparison.old is None,
        is_gone=comparison.new is None,
        fault=comparison.fault,
    )
    if comparison.fault:
        return replace(whole, is_new=False, is_gone=False)
    verdicts = list(zip(_verdicts(comparison.old, old), _verdicts(comparison.new, new), strict=True))
    segments = _segments(verdicts, grouped) if grouped is not None else ()
    looked_at = fields_of(*(node for node in (comparison.old, comparison.new) if node))
    columns = tuple(dict.fromkeys((*looked_at, segment))) if segment else looked_at
    examples = _examples(verdicts, new, columns)
    return replace(whole, counts=_counted(verdicts), segments=segments, examples=examples)


def _verdicts(node: Node | None, records: Sequence[Values]) -> Iterator[Verdict]:
    """What the criterion says of each record; where there is none, no record meets it."""
    ask = compiled(node) if node else lambda record: False
    return (ask(record) for record in records)


Verdicts = Sequence[tuple[Verdict, Verdict]]


def _counted(verdicts: Iterable[tuple[Verdict, Verdict]]) -> Counts:
    return Counts(Map({_MOVES[both]: count for both, count in Counter(verdicts).items()}))


def _segments(verdicts: Verdicts, grouped: Grouped) -> tuple[Segment, ...]:
    """Largest first, the rest last."""
    tallies: dict[tuple[Plain | None, bool], Counter[tuple[Verdict, Verdict]]] = {}
    for key, both in zip(grouped, verdicts, strict=True):
        tallies.setdefault(key, Counter())[both] += 1
    ordered = sorted(tallies, key=lambda key: (key[1], -tallies[key].total(), str(key[0])))
    return tuple(Segment(value, _counted(tallies[value, rest].elements()), rest) for value, rest in ordered)


def _examples(
    verdicts: Verdicts, records: Sequence[Values], columns: Sequence[str]
) -> Mapping[Kind, tuple[Example, ...]]:
    """The first records of each kind of change."""
    found: dict[Kind, list[Example]] = {kind: [] for kind in KINDS}
    for row, ((before, after), record) in enumerate(zip(verdicts, records, strict=True), start=1):
        kind = kind_of(before, after)
        if kind and len(found[kind]) < MOST_EXAMPLES:
            found[kind].append(Example(row, {name: record.get(name) for name in columns}, before, after))
    return {kind: tuple(examples) for kind, examples in found.items() if examples}
