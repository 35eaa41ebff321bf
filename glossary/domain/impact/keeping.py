"""Uploaded records as they are kept: the declared fields alone, each value as the type of its field."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from glossary.domain.content import digest_of
from glossary.domain.criteria import Misfit, Plain, fitted
from glossary.domain.refusals import Refusal
from glossary.domain.shapes import RecordField

MISFITS_TOLD = 20

Fields = Mapping[str, RecordField]
Values = dict[str, Plain | None]


class Misplaced(NamedTuple):
    """A value that its field cannot hold: in which record, counted from 1, in which column, and what belongs there."""

    row: int
    column: str
    why: str


@dataclass(frozen=True)
class Kept:
    """Records of one type. `types` are those of `columns` when the records came; `misfits` counts what did not fit.

    The first misfits are told; a value that does not fit is not kept.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Sequence[Sequence[Plain | None]]
    misfits: int = 0
    told: tuple[Misplaced, ...] = ()

    @property
    def text(self) -> str:
        """The one spelling of these records, from which `read` makes them again."""
        whole = {
            "columns": self.columns,
            "types": self.types,
            "rows": self.rows,
            "misfits": self.misfits,
            "told": self.told,
        }
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @property
    def digest(self) -> str:
        """SHA-256 over the text: the same records give the same."""
        return digest_of(self.text)

    @classmethod
    def read(cls, text: str) -> Self:
        whole = json.loads(text)
        told = tuple(Misplaced(*item) for item in whole["told"])
        return cls(tuple(whole["columns"]), tuple(whole["types"]), whole["rows"], whole["misfits"], told)

    def under(self, fields: Fields) -> list[Values]:
        """The records as these fields see them: a field of another type than then is read anew, or has no value."""
        there = [place for place, name in enumerate(self.columns) if name in fields]
        anew = [
            (self.columns[place], fields[self.columns[place]].type)
            for place in there
            if fields[self.columns[place]].type != self.types[place]
        ]
        records = [{self.columns[place]: row[place] for place in there} for row in self.rows]
        for name, kind in anew:
            for record in records:
                record[name] = _fitted_or_nothing(record[name], kind)
        return records


def _fitted_or_nothing(value: Plain | None, kind: str) -> Plain | None:
    try:
        return fitted(value, kind)
    except Misfit:
        return None


def kept(records: Iterable[object], fields: Fields) -> Kept:
    """What of these records is kept: of each the values of declared fields that fit, in the order of the records.

    Raises `Refusal("invalid")` where there is no record, one that is not named fields, or no declared field in any.
    """
    known = [(name, declared.type) for name, declared in fields.items()]
    rows: list[list[Plain | None]] = []
    told: list[Misplaced] = []
    misfits, seen = 0, set[str]()
    for number, record in enumerate(records, start=1):
        if not isinstance(record, Mapping):
            raise _invalid(f"records[{number - 1}]", "A record is named fields with their values.")
        seen.update(record)
        row: list[Plain | None] = []
        for name, kind in known:
            value, why = _value(record.get(name), kind)
            row.append(value)
            if why:
                misfits += 1
                told += [Misplaced(number, name, why)][: MISFITS_TOLD - len(told)]
        rows.append(row)
    return _without_empty_columns(known, seen, rows, misfits, tuple(told))


def _value(given: Any, kind: str) -> tuple[Plain | None, str]:
    try:
        return fitted(given.strip() if isinstance(given, str) else given, kind), ""
    except Misfit as misfit:
        return None, str(misfit)


def _without_empty_columns(
    known: Sequence[tuple[str, str]],
    seen: set[str],
    rows: Sequence[Sequence[Plain | None]],
    misfits: int,
    told: tuple[Misplaced, ...],
) -> Kept:
    there = [place for place, (name, _) in enumerate(known) if name in seen]
    if not rows:
        raise _invalid("records", "There are no records in it.")
    if not there:
        some = ", ".join(name for name, _ in known[:8])
        raise _invalid("records", f"None of these columns is a field of the record type. Its fields are {some} …")
    columns = tuple(known[place][0] for place in there)
    types = tuple(known[place][1] for place in there)
    return Kept(columns, types, [[row[place] for place in there] for row in rows], misfits, told)


def _invalid(path: str, message: str) -> Refusal:
    return Refusal("invalid", message, errors=[{"path": path, "code": "records", "message": message}])
