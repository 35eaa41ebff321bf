"""The single values of a definition: texts, names, choices, numbers, days. Each rule takes untrusted data."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from glossary.domain.checking import Desk, Rule, is_blank
from glossary.domain.names import fold, is_seen, name_problem

NAME_LENGTH = 120
SAFE_INTEGER = 2**53 - 1  # every JSON reader keeps these exactly (RFC 8259, section 6)
COMPOSING = 4  # how many times longer a text may be before NFC shortens it
ACCENTS = 30  # on one letter; sorting more is quadratic (UAX #15, Stream-Safe Text Format)

# Texts


def tidy(text: str) -> str:
    """NFC, line ends as LF, ends stripped; the form in which a text is signed."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNUSUAL = re.compile(r"[\u0300-\U0010ffff]{31,}")  # long enough to hold such a stack


def storable(value: object, most: int, path: str, desk: Desk) -> Any:
    """The value if it is text that can be stored and is worth normalising, which is quadratic at its worst."""
    if not isinstance(value, str):
        return desk.wrong(path, "wrong_type", "Give text here.")
    text = value.strip()
    if len(text) > COMPOSING * most:
        return desk.wrong(path, "too_long", f"At most {most} characters fit here; these are {len(text)}.")
    if _UNSTORABLE.search(text):
        return desk.wrong(path, "bad_character", "The text holds a control character; remove it.")
    if any(_is_stacked(run.group()) for run in _UNUSUAL.finditer(text)):
        return desk.wrong(path, "bad_character", f"At most {ACCENTS} accents may stand on one letter.")
    return text


def _is_stacked(run: str) -> bool:
    marks = groupby(run, key=lambda letter: unicodedata.combining(letter) > 0)
    return any(is_mark and sum(1 for _ in group) > ACCENTS for is_mark, group in marks)


@dataclass(frozen=True)
class Text(Rule):
    """Plain text over several lines."""

    limit: str = "text"

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        text = storable(value, getattr(desk.limits, self.limit), path, desk)
        if text is None or not is_seen(text):
            return None
        self.measure(text := self.clean(text), path, desk)
        return text

    def clean(self, text: str) -> str:
        return tidy(text)

    def measure(self, text: str, path: str, desk: Desk) -> None:
        """Notes when the text is larger than its limit."""
        most = getattr(desk.limits, self.limit)
        size, unit = (len(text.encode()), "bytes") if self.limit == "text" else (len(text), "characters")
        if size > most:
            desk.wrong(path, "too_long", f"At most {most} {unit} fit here; these are {size}.")


@dataclass(frozen=True)
class Line(Text):
    """Plain text on one line; line breaks that come with it become spaces."""

    limit: str = "item"

    def clean(self, text: str) -> str:
        return re.sub(r" *\n\s*", " ", tidy(text))


_PREFIX = re.compile(r"(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*")
_MARKER = re.compile(r">|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])")
_INDENT = 4  # columns that make one level of a list for Python-Markdown


def nesting(source: str) -> int:
    """The deepest level of lists and quotes that the Markdown could reach, counted line by line."""
    return max((_level(line) for line in source.expandtabs(_INDENT).split("\n")), default=0)


def _level(line: str) -> int:
    prefix = _PREFIX.match(line)
    start = prefix.group() if prefix else ""
    return len(_MARKER.findall(start)) + start.count(" " * _INDENT)


class Linked(Rule):
    """Marks the rules whose values refer to terms."""


@dataclass(frozen=True)
class Markdown(Text, Linked):
    """Markdown over several lines, in which `[[…]]` refers to a term."""

    def measure(self, text: str, path: str, desk: Desk) -> None:
        super().measure(text, path, desk)
        if (brackets := text.count("[")) > desk.limits.brackets:
            desk.wrong(
                path, "too_many", f"At most {desk.limits.brackets} opening brackets fit here; these are {brackets}."
            )
        if nesting(text) > desk.limits.nesting:
            desk.wrong(path, "too_deep", f"Lists and quotes go at most {desk.limits.nesting} levels deep.")


@dataclass(frozen=True)
class MarkdownLine(Line, Markdown):
    """Markdown on one line."""


class Name(Rule):
    """A name that people can read, type and find again."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        text = storable(value, NAME_LENGTH, path, desk)
        if text is None:
            return None
        if problem := name_problem(name := tidy(text)):
            return desk.wrong(path, "not_a_name", problem)
        if not fold(name):
            return desk.wrong(path, "not_a_name", "A name needs at least one letter or digit.")
        return name


class TermName(Name, Linked):
    """The name or slug of a term."""


# Closed and numeric values


@dataclass(frozen=True)
class Choice(Rule):
    """One of a closed list."""

    values: tuple[str, ...]

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        chosen = value.strip() if isinstance(value, str) else value
        if chosen not in self.allowed(desk):
            return desk.wrong(path, "not_a_choice", f"Choose one of {', '.join(self.allowed(desk))}.")
        return str(chosen)

    def allowed(self, desk: Desk) -> tuple[str, ...]:
        return self.values


@dataclass(frozen=True)
class Side(Choice):
    """One of the sides that sign; `values` are further words for several of them."""

    values: tuple[str, ...] = ()

    def allowed(self, desk: Desk) -> tuple[str, ...]:
        return (*sorted(desk.sides), *self.values)


@dataclass(frozen=True)
class Key(Rule):
    """A short word for machines. Hyphens only where no SQL will ever be written from it."""

    hyphens: bool = False

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        key = value.strip() if isinstance(value, str) else ""
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}" if self.hyphens else r"[a-z][a-z0-9_]{0,62}", key):
            also = "underscores and hyphens" if self.hyphens else "underscores"
            rule = f"A key starts with a small letter and has at most 63 small letters, digits, {also}."
            return desk.wrong(path, "not_a_key", rule)
        return key


class Flag(Rule):
    """True or false."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        return value if isinstance(value, bool) else desk.wrong(path, "wrong_type", "Say true or false.")


@dataclass(frozen=True)
class Whole(Rule):
    """A whole number within bounds; 5.0 is 5."""

    least: int
    most: int

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        number = whole(value)
        if number is None:
            return desk.wrong(path, "wrong_type", "Give a whole number.")
        if not self.least <= number <= self.most:
            return desk.wrong(path, "out_of_range", f"Give a number from {self.least} to {self.most}.")
        return number


def whole(value: object) -> int | None:
    """The number as int if it is one without a fraction, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(value)
    if not number.is_finite() or abs(number) > SAFE_INTEGER or number != int(number):
        return None
    return int(number)


def decimal_text(value: object) -> str | None:
    """The shortest plain decimal, such as "0.3"; None for what is no number of at most 20 digits on either side."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?", value.strip()):
        return None
    if isinstance(value, int) and abs(value) >= 10**20:
        return None
    return _plain(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))


def _plain(number: Decimal) -> str | None:
    if not number.is_finite() or number.adjusted() >= 20 or int(number.as_tuple().exponent) < -20:
        return None
    text = format(number, "f").lstrip("+")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


class Share(Rule):
    """A part of one, kept as a decimal string."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        text = decimal_text(value)
        if text is None:
            return desk.wrong(path, "wrong_type", "Give a decimal number such as 0.3.")
        if not 0 <= Decimal(text) <= 1:
            return desk.wrong(path, "out_of_range", "Give a number from 0 to 1.")
        return text


class Day(Rule):
    """A day, kept as YYYY-MM-DD."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        text = value.isoformat() if isinstance(value, date) else value
        try:
            return date.fromisoformat(_written_out(text)).isoformat()
        except ValueError:
            return desk.wrong(path, "not_a_day", "Write the day as YYYY-MM-DD.")


def _written_out(text: object) -> str:
    """Python would also read 20270517 and week dates; a signed day has one spelling."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
        raise ValueError(text)
    return text.strip()


class Verdict(Rule):
    """What a criterion should say of a sample: "true", "false" or "unknown"; plain booleans are read too."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if is_blank(value):
            return None
        word = str(value).lower() if isinstance(value, bool) else value
        if word not in ("true", "false", "unknown"):
            return desk.wrong(path, "not_a_choice", "Choose one of true, false, unknown.")
        return str(word)


class Cell(Rule):
    """One field of a sample record. An explicit null says that the field is known to be empty, so it is kept."""

    def take(self, value: object, path: str, desk: Desk) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return Line().take(value, path, desk) or ""
        number = whole(value)
        if number is not None:
            return number
        text = decimal_text(value)
        return text if text is not None else desk.wrong(path, "wrong_type", "Give text, a number, true, false or null.")
