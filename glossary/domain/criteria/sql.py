"""A condition as SQL, with exactly the meaning that `compiled` gives it, missing values included.

A verdict field stands as the condition behind it; where the warehouse has a column for it, a value that the column
holds stands, as it does in a record that is sent.
"""

from glossary.domain.criteria.fitting import Fields
from glossary.domain.criteria.nodes import (
    And,
    Between,
    Compare,
    Derived,
    Field,
    In,
    IsNull,
    Literal,
    Node,
    Not,
    Operand,
    Or,
)
from glossary.domain.criteria.parsing import refuse
from glossary.domain.criteria.warehouses import Warehouse

WIDEST = 100  # characters of a line with several parts; wider ones are written one part a line


def where(node: Node, fields: Fields, warehouse: Warehouse) -> str:
    """The condition as it stands after WHERE; `node` fits `fields` (see `faults`).

    Raises `Unreadable` when criteria that rest on each other nest too deeply to be written.
    """
    try:
        return _Writer(fields, warehouse).condition(node)
    except RecursionError:
        refuse("With all the criteria it rests on, this is nested too deeply to be written as SQL.")


def case(node: Node, fields: Fields, warehouse: Warehouse) -> str:
    """The verdict on a row as an expression: 'yes', 'no' or 'unknown'."""
    condition = grouped(where(node, fields, warehouse))
    return f"CASE {condition}\n  WHEN TRUE THEN 'yes'\n  WHEN FALSE THEN 'no'\n  ELSE 'unknown'\nEND"


def grouped(condition: str) -> str:
    """The condition in parentheses; one of several lines between them."""
    return f"(\n{indented(condition)}\n)" if "\n" in condition else f"({condition})"


def indented(text: str) -> str:
    """Every line moved in by two spaces. No text of a condition holds a line break."""
    return "  " + text.replace("\n", "\n  ")


class _Writer:
    def __init__(self, fields: Fields, warehouse: Warehouse) -> None:
        self.fields = fields
        self.warehouse = warehouse
        self.dialect = warehouse.dialect

    def condition(self, node: Node) -> str:
        match node:
            case And(parts):
                return self._joined("AND", parts)
            case Or(parts):
                return self._joined("OR", parts)
            case Not(part):
                return self._negated(part)
            case IsNull(own):
                return f"{self._operand(own)} IS NULL"
            case In(own):
                return f"{self._operand(own)} IN {self._listed(node)}"
            case Between(own):
                return f"{self._operand(own)} BETWEEN {self._bounds(node)}"
            case Compare(op, own, Literal() as value):
                return f"{self._operand(own)} {op} {self._value(value, own)}"
            case Compare(op, own, Field() | Derived() as other):
                return f"{self._operand(own)} {op} {self._operand(other)}"
            case Field() | Derived():
                return self._operand(node)
        raise TypeError(node)

    def _joined(self, word: str, parts: tuple[Node, ...]) -> str:
        written = list(map(self._part, parts))
        line = f" {word} ".join(written)
        return line if len(line) <= WIDEST and "\n" not in line else f"\n{word} ".join(written)

    def _part(self, node: Node) -> str:
        text = self.condition(node)
        return grouped(text) if isinstance(node, And | Or) else text

    def _negated(self, part: Node) -> str:
        match part:
            case Field() | Derived():
                return f"NOT {self._operand(part)}"
            case IsNull(own):
                return f"{self._operand(own)} IS NOT NULL"
            case In(own):
                return f"{self._operand(own)} NOT IN {self._listed(part)}"
            case Between(own):
                return f"{self._operand(own)} NOT BETWEEN {self._bounds(part)}"
        return f"NOT {grouped(self.condition(part))}"

    def _operand(self, operand: Operand) -> str:
        if isinstance(operand, Field):
            return self.warehouse.column(operand.name)
        behind = grouped(self.condition(operand.condition))
        name = operand.field.name
        return f"COALESCE({self.warehouse.column(name)}, {behind})" if name in self.warehouse.columns else behind

    def _listed(self, node: In) -> str:
        return f"({', '.join(self._value(value, node.field) for value in node.values)})"

    def _bounds(self, node: Between) -> str:
        return f"{self._value(node.low, node.field)} AND {self._value(node.high, node.field)}"

    def _value(self, literal: Literal, compared: Operand) -> str:
        own = compared.field if isinstance(compared, Derived) else compared
        match literal.value:
            case bool() as flag:
                return "TRUE" if flag else "FALSE"
            case str() as text if self.fields[own.name].type == "date":
                return self.dialect.day(text)
            case str() as text:
                return self.dialect.text(text)
            case number:
                return self.dialect.number(number)
