"""What criteria stand on at one instant: the record types, and the criteria whose verdicts are fields of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from glossary.domain.checking import Map
from glossary.domain.criteria.fitting import faults
from glossary.domain.criteria.linking import Stated, linked
from glossary.domain.criteria.nodes import Node
from glossary.domain.criteria.parsing import Fault, Unreadable, parse
from glossary.domain.shapes import RecordField


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """A record type as it is signed, or, with `is_signed` false, as it is only suggested so far."""

    key: str
    fields: Map[RecordField]
    dedupe_key: tuple[str, ...] = ()
    term: str = ""
    version: int = 0
    digest: str = ""
    is_signed: bool = True


@dataclass(frozen=True)
class Ground:
    """Record types by key, and criteria over them by id."""

    records: Mapping[str, RecordView] = field(default_factory=dict)
    criteria: Mapping[str, Stated] = field(default_factory=dict)

    def faults(self, expr: str, record: str) -> tuple[Fault, ...]:
        """Everything wrong with a condition over the records of one type, which has to be among `records`."""
        try:
            node = parse(expr)
            found = tuple(faults(node, self.records[record].fields, record))
            if not found:
                linked(node, self.records[record].fields, self.criteria)
        except Unreadable as unreadable:
            return (unreadable.fault,)
        return found

    def node(self, expr: str, record: str) -> Node:
        """The condition with every verdict field followed. Raises `Unreadable` with the first fault."""
        found = self.faults(expr, record)
        if found:
            raise Unreadable(found[0])
        return linked(parse(expr), self.records[record].fields, self.criteria)

    def with_record(self, view: RecordView) -> "Ground":
        """The same with one record type put in, or in place of the one that has its key."""
        return replace(self, records={**self.records, view.key: view})

    def with_criteria(self, term: str, stated: Iterable[Stated]) -> "Ground":
        """The same with the criteria of one term, by slug, in place of those it has now."""
        others = {key: item for key, item in self.criteria.items() if item.term != term}
        return replace(self, criteria={**others, **{item.id: item for item in stated if item.id not in others}})
