"""From the text of a condition to its nodes, or to what cannot be read in it and where."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from glossary.domain.criteria.nodes import Field, Node


@dataclass(frozen=True)
class Fault:
    """What is wrong with a condition: a sentence, and from where to where in the text, counted from 0."""

    message: str
    start: int = 0
    end: int = 0


class Unreadable(Exception):
    """The text is no condition."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def refuse(message: str, start: int = 0, end: int | None = None) -> NoReturn:
    raise Unreadable(Fault(message, start, start + 1 if end is None else end))


@lru_cache(maxsize=2_048)
def parse(text: str) -> Node:
    """The condition as nodes. Raises `Unreadable` with the first thing that is wrong."""
    # Loaded when first asked: sqlglot takes 14 MiB that a process which only looks words up does without.
    from glossary.domain.criteria.reading import read

    return read(text)


def is_field_name(text: str) -> bool:
    """Whether the word can stand for a field: SQL keeps some words for itself."""
    try:
        return isinstance(parse(text), Field)
    except Unreadable:
        return False
