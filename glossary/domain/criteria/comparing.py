"""What two texts of a criterion disagree about: a record that tells them apart, and the samples that flip."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from glossary.domain.criteria.evaluating import Verdict, compiled
from glossary.domain.criteria.fitting import Fields, Misfit, fitted
from glossary.domain.criteria.ground import Ground
from glossary.domain.criteria.nodes import Node
from glossary.domain.criteria.parsing import Unreadable
from glossary.domain.criteria.witness import Searched, tell_apart
from glossary.domain.shapes import Criterion, Sample

NOT_SEARCHED = Searched(witness=None, is_complete=False)


@dataclass(frozen=True)
class Flip:
    """A sample of either text of which the two conditions say different things."""

    note: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class Parting:
    """One criterion in two texts whose conditions are not written alike: where they part, and what flips.

    `was_over` is the record type of the earlier text where that is another one: then no record is looked for, since
    none is of both types.
    """

    id: str
    label: str
    record: str
    searched: Searched
    flips: tuple[Flip, ...] = ()
    was_over: str = ""


def partings(before: Iterable[Criterion], after: Iterable[Criterion], ground: Ground) -> tuple[Parting, ...]:
    """For each criterion that both texts have and that is not written alike, where the two part.

    Those that do not run on this ground are left out.
    """
    earlier = {criterion.id: criterion for criterion in before}
    pairs = ((earlier[criterion.id], criterion) for criterion in after if criterion.id in earlier)
    return tuple(found for one, other in pairs if (found := parting(one, other, ground)))


def parting(one: Criterion, other: Criterion, ground: Ground) -> Parting | None:
    """Where two criteria part; None where they are written alike over one record type, or do not run."""
    if one.record != other.record:
        return Parting(other.id, other.label, other.record, NOT_SEARCHED, was_over=one.record)
    if one.record not in ground.records or one.expr == other.expr:
        return None
    try:
        nodes = ground.node(one.expr, one.record), ground.node(other.expr, other.record)
    except Unreadable:
        return None
    fields = ground.records[one.record].fields
    samples = {(sample.note, sample.record): sample for sample in (*one.samples, *other.samples)}
    flips = tuple(_flips(samples.values(), nodes, fields))
    return Parting(other.id, other.label, other.record, tell_apart(*nodes, fields), flips)


def _flips(samples: Iterable[Sample], nodes: tuple[Node, Node], fields: Fields) -> Iterator[Flip]:
    before, after = map(compiled, nodes)
    for sample in samples:
        try:
            record = {name: fitted(value, fields[name].type) for name, value in sample.record.items()}
        except (KeyError, Misfit):
            continue
        if (said := before(record)) is not (now := after(record)):
            yield Flip(sample.note, said, now)
