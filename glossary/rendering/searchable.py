"""The text of a version as search reads it: in passages, without its Markdown, and as the words that are kept of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from glossary.domain.links import links
from glossary.domain.words import key_of, words

_NAMES = (("name", "name"), ("aliases", "alias"), ("abbreviations", "abbreviation"))
_PLACES_OF_NAMES = frozenset(place for _, place in _NAMES)
_TEXTS = (
    "summary",
    "definition",
    "why",
    "for_sides",
    "includes",
    "excludes",
    "examples",
    "counter_examples",
    "measurement",
    "status_reason",
)
OFTEN = 3


class Part(IntEnum):
    """How near to its name a word stands. What is kept of a part holds the parts before it."""

    NAME = 1
    ALIAS = 2
    SUMMARY = 3
    OFTEN = 4  # what is said at least three times, wherever that is
    ANYWHERE = 5


class Passage(NamedTuple):
    """A piece of text and where it stands: name, alias, abbreviation, or the field of the content."""

    place: str
    text: str


def passages(data: Mapping[str, Any]) -> Iterator[Passage]:
    """What search looks through of a content as plain data or of a served body, in reading order."""
    for field, place in _NAMES:
        yield from (Passage(place, text) for text in _texts(data.get(field)))
    for field in _TEXTS:
        yield from (Passage(field, plain(text)) for text in _texts(data.get(field)))


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return list(value.values())
    return [value] if isinstance(value, str) else list(value or ())


_MARKUP = re.compile(r"^[ \t]*(?:#{1,6}|>|[-*+]|\d{1,9}[.)])[ \t]+|[*`]+|\\(?=[^\w\s])", re.MULTILINE)


def plain(source: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Markdown as one line of words: links by what they show, which is what `names` calls their targets where they have
    no text; signs of markup left out.
    """
    parts, done = [], 0
    for link in links(source) if "[[" in source else ():
        parts += [source[done : link.start], link.text or names.get(link.target, link.target.replace("-", " "))]
        done = link.end
    return " ".join(_MARKUP.sub("", "".join([*parts, source[done:]])).split())


_PARTS = {"name": Part.NAME, "alias": Part.ALIAS, "abbreviation": Part.ALIAS, "summary": Part.SUMMARY}


def lexemes(data: Mapping[str, Any], refers_to: Iterable[str] = ()) -> str:
    """Every word of a content once for each part that holds it: the part's number and the word's stem.

    And the slugs of the terms that it refers to, which no search asks for.
    """
    nearest: dict[str, Part] = {}
    said: Counter[str] = Counter()
    for place, text in passages(data):
        for word in words(text):
            part = _PARTS.get(place, Part.ANYWHERE)
            nearest[word.stem] = min(nearest.get(word.stem, part), part)
            said[word.stem] += 1
    often = {known: min(part, Part.OFTEN if said[known] >= OFTEN else part) for known, part in nearest.items()}
    kept = {lexeme(part, known) for known, least in often.items() for part in Part if part >= least}
    return " ".join(sorted(kept | set(map(reference, refers_to))))


def reference(slug: str) -> str:
    """How a reference to the term is kept; no two names differ by hyphens or spaces alone."""
    return f"0{slug.replace('-', '')}"


def lexeme(part: Part, known: str) -> str:
    return f"{part.value}{known}"


def known_words(data: Mapping[str, Any]) -> dict[str, bool]:
    """The words of a content, small and without accents, as people might mistype them; and whether a name has each."""
    known: dict[str, bool] = {}
    for place, text in passages(data):
        for word in words(text):
            key = key_of(text[word.start : word.end])
            known[key] = known.get(key, False) or place in _PLACES_OF_NAMES
    return known
