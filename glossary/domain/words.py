"""Words of a running text: where they stand, and the stem by which one form of a word meets the others.

Search keeps stems and asks for stems, so that what meets what is decided here and not by a database.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from snowballstemmer import stemmer

from glossary.domain.names import plain_letters

LONGEST_WORD = 60
MOST_WORDS = 12

# Scripts that put no spaces between words are read letter by letter; marks of other scripts belong to their word.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e"
_LETTER = rf"(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])"
_REST = rf"{_LETTER}*(?:['’]{_LETTER}+)*"
_WORD = re.compile(rf"[{_UNSPACED}]|(?![{_UNSPACED}])[^\W_]{_REST}")


class Word(NamedTuple):
    """A word and its place: `text[start:end]`."""

    start: int
    end: int
    stem: str


def words(text: str) -> Iterator[Word]:
    """Every word of the text, in order."""
    return _read(_WORD, text)


def words_like(text: str, stems: frozenset[str]) -> Iterator[Word]:
    """The words of the text with one of these stems; words that begin otherwise are passed over unread."""
    pattern = _beginning_like(stems) if text.isascii() else _beginning_anyhow(stems)
    return (word for word in _read(pattern, text) if word.stem in stems)


@lru_cache(maxsize=1_000)
def _beginning_like(stems: frozenset[str]) -> re.Pattern[str]:
    """Words of a text in ASCII: a stem changes only the end of a word, save a few short ones."""
    beginnings = {stem[:3] if len(stem) > 4 else stem[0] for stem in stems if stem.isascii()}
    first = "|".join("'?".join(beginning) for beginning in sorted(beginnings)) or "(?!)"
    return re.compile(rf"(?<![A-Za-z0-9])(?={first})[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*", re.IGNORECASE)


@lru_cache(maxsize=1_000)
def _beginning_anyhow(stems: frozenset[str]) -> re.Pattern[str]:
    initials = "".join(sorted({stem[0] + stem[0].upper() for stem in stems if stem[0].isascii()}))
    first = rf"[{initials}\u0080-\U0010ffff]"
    return re.compile(rf"[{_UNSPACED}]|(?<![^\W_])(?={first})(?![{_UNSPACED}])[^\W_]{_REST}")


def _read(pattern: re.Pattern[str], text: str) -> Iterator[Word]:
    for found in pattern.finditer(text):
        if known := stem(found.group()):
            yield Word(found.start(), found.end(), known)


@lru_cache(maxsize=2_000)
def stem(word: str) -> str:
    """The English stem of a word, small and without accents: "Negotiations" and "negotiating" are one."""
    key = key_of(word)
    return stemmer("english").stemWord(key) if key.isascii() else key


def key_of(word: str) -> str:
    """A word as it is compared: small, without accents, possessive and punctuation; a very long one is cut."""
    plain = plain_letters(re.sub("['’]s$", "", word))
    return "".join(letter for letter in plain if letter.isalnum() or unicodedata.category(letter)[0] == "M")[
        :LONGEST_WORD
    ]


_WORDS_OF_QUESTIONS = "a an are define definition do does for how in is mean meaning of the to what whats who"
_ASKING = frozenset(_WORDS_OF_QUESTIONS.split(" "))


def asked_words(query: str) -> tuple[str, ...]:
    """The words of a question as typed, each once, at most twelve; "what is a …" is left out where more is said."""
    typed = [query[word.start : word.end] for word in words(query)]
    telling = [word for word in typed if key_of(word) not in _ASKING] or typed
    return tuple({stem(word): word for word in telling[:MOST_WORDS]}.values())


def stems_of(typed: Iterable[str]) -> frozenset[str]:
    return frozenset(map(stem, typed))
