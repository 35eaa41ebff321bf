"""Conditions and records at random, as somebody types them: written as text, with or without parentheses.

Nothing here knows how a condition is read or written by the registry; the text itself is SQL, so that an engine can say
what it means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from glossary.domain.shapes import RecordField

Fields = Mapping[str, RecordField]

LARGEST = 2**53 - 1
TEXTS = [
    *("A", "a", "B", "b ", " b", "0", "-1", "null", "NULL", "TRUE", "2026-01-01", "it's", "''", "'", '"', '""', "`"),
    *("\\", "\\\\", "\\'", "ends\\", "C:\\new\\t", "--", "-- x", "/* x */", ";", "%s", "%", "_", "{{ x }}", ":x", "?"),
    *("é", "e\u0301", "ß", "ss", "ı", "İ", "Ω", "日本", "😀", "\u200b", "\u2028", "\u00a0", "x" * 200, ") OR (1=1"),
]
WHOLE = [0, 1, -1, 2, 59, 60, 61, -60, 100, LARGEST, -LARGEST, LARGEST - 1]
DECIMAL = ["0.5", "0.1", "0.2", "0.3", "59.5", "60.0", "0.000001", "123456789.012345", "99999999999999.9"]
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
DAYS = [FIRST, LAST, date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)]
CLOSED = ("open", "won", "lost")
KINDS = ("bool", "string", "int", "number", "date")
SIGNS = ("=", "<>", "<", "<=", ">", ">=")


def record_type(chance: Random) -> dict[str, RecordField]:
    """Two or three fields of every type; some texts have a closed list of values."""
    fields = {}
    for kind in KINDS:
        for number in range(chance.choice((2, 2, 3))):
            values = CLOSED if kind == "string" and chance.random() < 0.3 else ()
            fields[f"{kind}_{number}"] = RecordField(type=kind, values=values, source="somewhere")
    return fields


@dataclass(frozen=True)
class Author:
    """Writes about these fields."""

    chance: Random
    fields: Fields

    def condition(self, depth: int) -> str:
        """ANDs, ORs and NOTs over tests; of what nests, only some stands in parentheses."""
        return self._joined("OR", lambda: self._joined("AND", lambda: self._factor(depth)))

    def _joined(self, word: str, part: Callable[[], str]) -> str:
        parts = [part() for _ in range(self.chance.choice((1, 1, 2, 3)))]
        return f"{self._space()}{self._cased(word)}{self._space()}".join(parts)

    def _factor(self, depth: int) -> str:
        throw = self.chance.random()
        if throw < 0.2:
            return f"{self._cased('NOT')}{self._space()}{self._factor(depth)}"
        if depth > 0 and throw < 0.5:
            return f"({self.condition(depth - 1)})"
        return f"({self._test()})" if throw < 0.6 else self._test()

    def _test(self) -> str:
        name = self.chance.choice(list(self.fields))
        kind = self.fields[name].type
        writers = [self._compared, self._compared, self._listed, self._empty, self._paired]
        writers += [self._bare, self._bare] if kind == "bool" else []
        writers += [self._between, self._between] if kind in ("int", "number", "date") else []
        return self.chance.choice(writers)(name)

    def _bare(self, name: str) -> str:
        return name

    def _empty(self, name: str) -> str:
        return f"{self._field(name)} {self._cased('IS')} {self._not()}{self._cased('NULL')}"

    def _compared(self, name: str) -> str:
        sides = [self._field(name), self._value(name)]
        self.chance.shuffle(sides)
        return self._sign(name).join(sides)

    def _paired(self, name: str) -> str:
        kinds = _comparable(self.fields[name].type)
        other = self.chance.choice([key for key, declared in self.fields.items() if declared.type in kinds])
        return self._sign(name).join([self._field(name), self._field(other)])

    def _sign(self, name: str) -> str:
        is_ordered = self.fields[name].type in ("int", "number", "date")
        return f" {self.chance.choice(SIGNS if is_ordered else SIGNS[:2])} "

    def _listed(self, name: str) -> str:
        values = ", ".join(self._value(name) for _ in range(self.chance.randint(1, 4)))
        return f"{self._field(name)} {self._not()}{self._cased('IN')} ({values})"

    def _between(self, name: str) -> str:
        low, high = sorted(value_of(self.chance, self.fields[name]) for _ in range(2))
        kind = self.fields[name].type
        bounds = f"{written(low, kind)} {self._cased('AND')} {written(high, kind)}"
        return f"{self._field(name)} {self._not()}{self._cased('BETWEEN')} {bounds}"

    def _field(self, name: str) -> str:
        return f"({name})" if self.chance.random() < 0.05 else name

    def _value(self, name: str) -> str:
        text = written(value_of(self.chance, self.fields[name]), self.fields[name].type)
        return f"({text})" if self.chance.random() < 0.05 else text

    def _not(self) -> str:
        return f"{self._cased('NOT')} " if self.chance.random() < 0.4 else ""

    def _cased(self, word: str) -> str:
        return self.chance.choice((word, word, word.lower(), word.title()))

    def _space(self) -> str:
        return self.chance.choice((" ", " ", " ", "  ", "\n", "\t"))


def _comparable(kind: str) -> tuple[str, ...]:
    return ("int", "number") if kind in ("int", "number") else (kind,)


def value_of(chance: Random, declared: RecordField) -> Any:
    """A value that the field may hold; often one of a few, so that values meet."""
    match declared.type:
        case "bool":
            return chance.random() < 0.5
        case "string":
            return chance.choice(declared.values or TEXTS)
        case "int":
            return chance.choice(WHOLE) if chance.random() < 0.8 else chance.randint(-LARGEST, LARGEST)
        case "date":
            day = chance.choice(DAYS)
            moved = day + timedelta(chance.choice((0, 0, 1, -1))) if FIRST < day < LAST else day
            return moved.isoformat()
    return _number(chance)


def _number(chance: Random) -> int | float:
    throw = chance.random()
    if throw < 0.3:
        return chance.choice(WHOLE)
    if throw < 0.7:
        return float(chance.choice(DECIMAL)) * chance.choice((1, 1, -1))
    digits = str(chance.randint(1, 10**15 - 1))
    point = chance.randint(0, len(digits))
    return float(f"{chance.choice(('', '-'))}{digits[:point] or '0'}.{digits[point:] or '0'}")


def written(value: Any, kind: str) -> str:
    """The value as a literal, its decimals in plain digits."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return format(Decimal(repr(value)), "f")


def record(chance: Random, fields: Fields) -> dict[str, Any]:
    """Values for about three fields of four; the others are missing or said to be empty."""
    given = {name: value_of(chance, declared) for name, declared in fields.items() if chance.random() < 0.75}
    return {**dict.fromkeys((name for name in fields if chance.random() < 0.5), None), **given}
