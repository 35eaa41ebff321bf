"""Running a signed criterion on records: what it says of each, and which of its parts say so."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from glossary.domain.criteria.evaluating import Values, Verdict, compiled
from glossary.domain.criteria.fitting import Misfit, fitted
from glossary.domain.criteria.ground import RecordView
from glossary.domain.criteria.nodes import Node, fields_of, given_fields_of, parts_of
from glossary.domain.criteria.telling import phrase
from glossary.domain.refusals import FieldError

ERRORS_SHOWN = 200


class Judged(NamedTuple):
    """What a criterion says of one record: the verdict, that of each clause, and the fields nobody filled in.

    `missing` names the fields without a value that leave a clause unknown; it is empty where the verdict is settled.
    """

    verdict: Verdict
    clauses: tuple[Verdict, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Judge:
    """A condition over the records of one type, ready to be asked."""

    node: Node
    view: RecordView

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The parts that the condition joins, in words, in the order in which `Judged.clauses` answers."""
        return tuple(phrase(part) for part in self._parts)

    @property
    def joined(self) -> str:
        """How the clauses are joined: "all" or "any" of them."""
        return parts_of(self.node)[0]

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that decide."""
        return fields_of(self.node)

    @cached_property
    def _parts(self) -> tuple[Node, ...]:
        return parts_of(self.node)[1]

    @cached_property
    def _asks(self) -> tuple[Callable[[Values], Verdict], ...]:
        return tuple(compiled(part) for part in self._parts)

    @cached_property
    def _given(self) -> tuple[tuple[str, ...], ...]:
        return tuple(given_fields_of(part) for part in self._parts)

    def judge(self, record: Values) -> Judged:
        """What the condition says of a record whose values fit their fields."""
        said = tuple(ask(record) for ask in self._asks)
        verdict = _settled(said, by=self.joined == "any")
        return Judged(verdict, said, () if verdict is not None else self._missing(said, record))

    def _missing(self, said: Sequence[Verdict], record: Values) -> tuple[str, ...]:
        unknown = (names for names, verdict in zip(self._given, said, strict=True) if verdict is None)
        return tuple(dict.fromkeys(name for names in unknown for name in names if record.get(name) is None))


def _settled(said: Sequence[Verdict], *, by: bool) -> Verdict:
    if by in said:
        return by
    return None if None in said else not by


def read_records(records: Iterable[object], judge: Judge, errors: list[FieldError]) -> Iterator[dict[str, Any]]:
    """Each record with the values that decide, as their fields' types; what does not fit is noted and left out."""
    types = [(name, judge.view.fields[name].type) for name in judge.fields]
    for place, record in enumerate(records):
        if not isinstance(record, Mapping):
            _note(errors, f"records[{place}]", "A record is named fields with their values.")
            yield {}
            continue
        read: dict[str, Any] = {}
        for name, kind in types:
            value = record.get(name)
            if value is not None:
                try:
                    read[name] = fitted(value, kind)
                except Misfit as misfit:
                    _note(errors, f"records[{place}].{name}", str(misfit))
        yield read


def _note(errors: list[FieldError], path: str, message: str) -> None:
    if len(errors) < ERRORS_SHOWN:
        errors.append({"path": path, "code": "does_not_fit", "message": message})
