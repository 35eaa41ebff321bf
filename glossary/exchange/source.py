"""What a format is written from: everything that is published, asked for in pieces."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from glossary.domain.checking import slots
from glossary.domain.content import Content

CONTENT_FIELDS = tuple(slot.key for slot in slots(Content))
Word = dict[str, Any]  # a version as served


class Lasting(NamedTuple):
    """A version as served, the instant from which it is in force, and the one at which another takes its place."""

    valid_from: datetime
    valid_to: datetime | None
    body: str


@dataclass(frozen=True)
class Source:
    """The vocabulary at the instant `at`. Each question asks the database once and keeps nothing of the answer.

    `site` is put before paths, `language` is the BCP 47 tag of what people wrote, `sides` are the keys of all sides.
    """

    at: datetime
    site: str
    language: str
    sides: Callable[[], list[str]]
    bodies: Callable[[], Iterator[str]]  # of the words in force, as served, by slug
    lasting: Callable[[], Iterator[Lasting]]  # every version that is, was or will be in force, by slug and number
    names: Callable[[], Mapping[str, str]]  # what the words in force are called, by slug
    concepts: Callable[[], Mapping[str, str]]  # the same without record types

    def words(self) -> Iterator[Word]:
        """The words in force, by slug."""
        return map(json.loads, self.bodies())


def content_of(word: Mapping[str, Any]) -> dict[str, Any]:
    """The Content in a version as served; `parse` makes of it what was signed."""
    return {field: word[field] for field in CONTENT_FIELDS if field in word}
