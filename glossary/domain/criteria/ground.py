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
    _read: dict[tuple[str, str], Node | tuple[Fault, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def faults(self, expr: str, record: str) -> tuple[Fault, ...]:
        """Everything wrong with a condition over the records of one type, which has to be among `records`."""
        found = self._node_or_faults(expr, record)
        return found if isinstance(found, tuple) else ()

    def node(self, expr: str, record: str) -> Node:
        """The condition with every verdict field followed. Raises `Unreadable` with the first fault."""
        found = self._node_or_faults(expr, record)
        if isinstance(found, tuple):
            raise Unreadable(found[0])
        return found

    def over(self, record: str) -> dict[str, Stated]:
        """The criteria over the records of one type: the only ones whose verdict can be one of its fields."""
        return {key: stated for key, stated in self.criteria.items() if stated.record == record}

    def _node_or_faults(self, expr: str, record: str) -> Node | tuple[Fault, ...]:
        if (expr, record) not in self._read:
            self._read[expr, record] = self._reading(expr, self.records[record])
        return self._read[expr, record]

    def _reading(self, expr: str, view: RecordView) -> Node | tuple[Fault, ...]:
        try:
            node = parse(expr)
            found = tuple(faults(node, view.fields, view.key))
            return found or linked(node, view.fields, self.over(view.key))
        except Unreadable as unreadable:
            return (unreadable.fault,)

    def with_record(self, view: RecordView) -> "Ground":
        """The same with one record type put in, or in place of the one that has its key."""
        return replace(self, records={**self.records, view.key: view})

    def with_criteria(self, term: str, stated: Iterable[Stated]) -> "Ground":
        """The same with the criteria of one term, by slug, in place of those it has now."""
        others = {key: item for key, item in self.criteria.items() if item.term != term}
        return replace(self, criteria={**others, **{item.id: item for item in stated if item.id not in others}})
