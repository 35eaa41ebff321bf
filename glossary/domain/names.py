"""Names: when two are the same, when they are close, which are fit to be read, and the address made from one."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from glossary.domain.slips import key_of_whole, keys_asked, keys_kept

FOLD_VERSION = 1  # raise it with any change of `fold` or `loose`: stored keys are then rebuilt

LONGEST = 120
LONGEST_KEY = 240  # of a key as it is kept; some letters stand for a whole phrase and are written out in it

# Keys: one function each for the names kept and for the names asked


def fold(text: str) -> str:
    """The key that makes two names one: NFKC and case folded, without spaces, hyphens and underscores."""
    plain = _compatible(text)
    return unicodedata.normalize("NFC", "".join(letter for letter in plain if not _joins(letter)))


def _compatible(text: str) -> str:
    """NFKC_Casefold, as Unicode section 3.13 composes it, so that folding twice changes nothing."""
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", once.casefold())


_SOFT_HYPHEN, _MINUS = "\u00ad", "\u2212"


def _joins(letter: str) -> bool:
    return letter.isspace() or letter in (_SOFT_HYPHEN, _MINUS) or unicodedata.category(letter) in ("Pd", "Pc", "Zs")


def loose(text: str) -> str:
    """A key beneath `fold`: also without accents, apostrophes and punctuation, and with the last word as a singular.

    "Touchpoints" meets "Touch-point", "buyers journey" meets "Buyer’s Journey", "MQLs" meets "MQL". Singulars are
    cut by rule and need not be words, since both sides of a comparison are cut alike.
    """
    plain = _without_marks(text.translate(_APOSTROPHES).replace("&", " and "))
    kept = "".join(letter for letter in fold(plain) if not _is_dressing(letter))
    return _singular(kept) or fold(text)


_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛ʼʹ′`´＇"))
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})
_WESTERN_ACCENTS = re.compile("[\u0300-\u036f]")  # a Japanese or Indic mark makes another letter, these do not


def plain_letters(text: str) -> str:
    """Small letters without accents and apostrophes; spaces and punctuation stay."""
    return _without_marks(text.translate(_APOSTROPHES))


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFKD", _compatible(text))
    return _WESTERN_ACCENTS.sub("", apart).translate(_LETTERS)


def _is_dressing(letter: str) -> bool:
    """Punctuation and invisible letters; the signs that make another word, as in C# or win %, stay."""
    return letter not in "#%" and (unicodedata.category(letter)[0] == "P" or _is_invisible(letter))


_IRREGULAR = (("criteria", "criterion"), ("people", "person"), ("indices", "index"))
# In order; the first that fits is applied. Each gives singular and plural the same ending.
_ENDINGS = (
    (re.compile(r"ss(?:es?)?$"), "ss"),  # loss, losses
    (re.compile(r"(?<=[a-z])us(?:es?)?$"), "u"),  # status, statuses; menu, menus
    (re.compile(r"(?<=[a-z])(?:sis|ses?)$"), "s"),  # analysis, analyses; case, cases
    (re.compile(r"(?<=[a-z])i(?:es?)$"), "y"),  # company, companies; movie, movies
    (re.compile(r"(?<=[a-z])(x|z|ch|sh|o)es?$"), r"\1"),  # box, boxes; niche, niches; hero, heroes
    (re.compile(r"(?<=[a-z0-9][a-z0-9])s$"), ""),  # lead, leads
)


def _singular(key: str) -> str:
    for plural, singular in _IRREGULAR:
        if key.endswith(plural):
            return key.removesuffix(plural) + singular
    for ending, replacement in _ENDINGS:
        if ending.search(key):
            return ending.sub(replacement, key)
    return key


# What may be a name


def name_problem(text: str) -> str | None:
    """Why people could not read, type or tell apart this name, as a sentence; None for a good name."""
    if not text.strip():
        return "Give a name."
    if len(unicodedata.normalize("NFC", text)) > LONGEST:
        return f"A name has at most {LONGEST} characters."
    if max(len(fold(text)), len(loose(text))) > LONGEST_KEY:
        return "The name holds letters that stand for many, and is too long once they are written out; shorten it."
    if letter := next(filter(_is_hidden, text), None):
        return f"The name holds a character that nobody can see (U+{ord(letter):04X}); remove it."
    if not any(letter.isalnum() for letter in text):
        return "A name needs at least one letter or digit."
    if word := next(filter(_mixes_scripts, _WORDS.findall(text)), None):
        return f"“{word}” mixes letters of different alphabets that look alike; type it in one alphabet."
    return None


# Default_Ignorable_Code_Point outside the category Cf (Unicode, DerivedCoreProperties), and the blank Braille cell.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_UNREADABLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _is_invisible(letter: str) -> bool:
    """Whether a character leaves no trace on the screen or reverses what stands around it."""
    return unicodedata.category(letter) == "Cf" or _IGNORABLE.match(letter) is not None


def is_seen(text: str) -> bool:
    """Whether anything of a text shows on the screen."""
    return any(not letter.isspace() and not _is_invisible(letter) for letter in text)


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in _UNREADABLE or _is_invisible(letter)


_WORDS = re.compile(r"[^\s/&\-\u2010-\u2015]+")
# Alphabets with letters that pass for one another. Latin beside Chinese, Japanese or Korean is ordinary writing.
_ALIKE = frozenset(("LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU", "GEORGIAN", "OSAGE"))


def _mixes_scripts(word: str) -> bool:
    return len({_script(letter) for letter in word if letter.isalpha()} & _ALIKE) > 1


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").removeprefix("FULLWIDTH ").split()[0]


# Addresses


def slug_for(name: str) -> str:
    """The address made from a name: small ASCII letters, digits and hyphens, at most 120.

    "" for a name with letters that ASCII has no spelling for: half a name would be a misleading address.
    """
    plain = _without_marks(name.translate(_APOSTROPHES).replace("&", " and "))
    if any(letter.isalnum() and not letter.isascii() for letter in plain):
        return ""
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    return slug if len(slug) <= LONGEST else _cut_at_a_hyphen(slug)


def _cut_at_a_hyphen(slug: str) -> str:
    cut = slug[: LONGEST + 1]
    return (cut.rpartition("-")[0] or cut)[:LONGEST].strip("-")


# Nearness


def similar(one: str, other: str) -> bool:
    """Whether a reader could take one name for the other: a slip of the pen apart, or only looking the same.

    Two edits of `distance` in a key of six and more letters, one in a shorter one, none in three letters, where
    MQL and SQL are as far apart as can be. Names that differ in their numbers are not similar.
    """
    if abs(len(one) - len(other)) > _DRESSING:
        return False
    mine, theirs = _likeness(one), _likeness(other)
    if mine.numbers != theirs.numbers:
        return False
    most = _slips(max(len(mine.key), len(theirs.key)))
    return mine.looser == theirs.looser or distance(mine.key, theirs.key, most) <= most


def likeness_kept(name: str) -> set[int]:
    """The keys by which a name is found for one that is `similar`."""
    mine = _likeness(name)
    return keys_kept(mine.key) | {key_of_whole(mine.looser)}


def likeness_asked(name: str) -> set[int]:
    """The keys of which every `similar` name has kept one; so have some others."""
    mine = _likeness(name)
    return keys_asked(mine.key) | {key_of_whole(mine.looser)}


_DRESSING = 12  # characters of spaces, hyphens and points beyond which two names no longer look alike


def _slips(length: int) -> int:
    if length <= 3:
        return 0
    return 2 if length >= 6 else 1


# Cyrillic and Greek letters that pass for Latin ones in a whole word, after folding.
_LOOKS = str.maketrans("авекмнорстухіјѕԁαβεικνορτυχ", "abekmhopctyxijsdabeikvoptux")


class _Likeness(NamedTuple):
    """What is compared of a name: how it looks once folded, its numbers, and its looser key."""

    key: str
    numbers: tuple[str, ...]
    looser: str


@lru_cache(maxsize=10_000)  # a new name is compared again at each pause in typing
def _likeness(name: str) -> _Likeness:
    key = fold(name).translate(_LOOKS)
    return _Likeness(key, tuple(re.findall(r"\d+", key)), loose(name))


def distance(one: str, other: str, most: int) -> int:
    """How many letters to add, drop, change or swap with their neighbour; `most + 1` when it takes more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    one, other = _where_they_differ(one, other)
    if len(set(one) ^ set(other)) > 2 * most:  # a letter that is changed for another one differs on both sides
        return most + 1
    before, row = [], list(range(len(other) + 1))
    for place, letter in enumerate(one):
        before, row = row, _next_row(letter, place, one, other, before, row)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def _where_they_differ(one: str, other: str) -> tuple[str, str]:
    """Both without what they begin and end with alike, which costs nothing: few names differ in many places."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(reversed(one), reversed(other))
    return one[: len(one) - end], other[: len(other) - end]


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many letters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _next_row(letter: str, place: int, one: str, other: str, last: list[int], row: list[int]) -> list[int]:
    """One row of the table of optimal string alignment; `last` is the row before `row`."""
    new = [place + 1]
    for column, opposite in enumerate(other):
        cost = min(row[column + 1] + 1, new[column] + 1, row[column] + (letter != opposite))
        if place and column and letter == other[column - 1] and one[place - 1] == opposite:
            cost = min(cost, last[column - 1] + 1)
        new.append(cost)
    return new
