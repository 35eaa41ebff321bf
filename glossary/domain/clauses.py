"""A condition told as a list: each part that AND or OR joins, in plain words where it is a plain comparison.

It only cuts at words outside quotes and parentheses and knows a handful of comparisons; whatever it is not sure of
stays as it was written. What a condition means is for the criteria language to say.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

DEEPEST = 4

Joined = Literal["", "all", "any"]
_JOINS: tuple[tuple[str, Joined], ...] = (("OR", "any"), ("AND", "all"))


@dataclass(frozen=True)
class Clause:
    """A condition: `parts` joined by all or any of them, or, without parts, one comparison.

    `words` is empty where the comparison is shown as written.
    """

    written: str
    words: str = ""
    joined: Joined = ""
    parts: tuple["Clause", ...] = ()


def clauses(expression: str) -> Clause:
    """The condition cut at its outermost OR, else AND; parentheses around a part are cut in the same way."""
    return _clause(expression, 1)


def _clause(expression: str, depth: int) -> Clause:
    written = _without_outer_parentheses(expression.strip())
    tokens = list(_tokens(written))
    if depth <= DEEPEST and _is_balanced(tokens):
        for word, joined in _JOINS:
            parts = _cut(tokens, word)
            if len(parts) > 1 and all(parts):
                return Clause(written, "", joined, tuple(_clause(part, depth + 1) for part in parts))
    return Clause(written, _in_words(written))


_TOKEN = re.compile(r"'(?:[^']|'')*'|\w+|\s+|.", re.DOTALL)


def _tokens(written: str) -> Iterator[str]:
    return (found[0] for found in _TOKEN.finditer(written))


def _is_balanced(tokens: list[str]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if depth < 0 or token == "'":
            return False
    return depth == 0


def _cut(tokens: list[str], word: str) -> list[str]:
    """The pieces between the outermost such words; the AND of BETWEEN … AND … joins nothing."""
    pieces, piece, depth, is_between = [], "", 0, False
    for token in tokens:
        depth += (token == "(") - (token == ")")
        is_outermost_word = depth == 0 and token.upper() == word
        if is_outermost_word and not (word == "AND" and is_between):
            pieces.append(piece.strip())
            piece = ""
            continue
        if depth == 0 and token.upper() in ("BETWEEN", "AND"):
            is_between = token.upper() == "BETWEEN"
        piece += token
    return [*pieces, piece.strip()]


def _without_outer_parentheses(written: str) -> str:
    """A few pairs at most: each is looked for from one end of the text to the other."""
    for _ in range(DEEPEST):
        inner = written[1:-1].strip()
        if not (written.startswith("(") and written.endswith(")") and inner and _is_balanced(list(_tokens(inner)))):
            break
        written = inner
    return written


# One comparison each: how it is written, and what is said of the field.
_FIELD, _VALUE = r"(?P<field>[a-zA-Z]\w*)", r"'[^']*'|-?\d+(?:\.\d+)?"
_LIST = rf"\((?P<values>\s*(?:{_VALUE})(?:\s*,\s*(?:{_VALUE}))*\s*)\)"
_SIGNS = {"=": "is", "<>": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}
_RESERVED = {"and", "or", "not", "null", "true", "false", "in", "is", "between"}

_Said = Callable[[re.Match[str]], str]
_PHRASES: tuple[tuple[str, _Said], ...] = (
    (_FIELD, lambda found: ": yes"),
    (rf"NOT\s+{_FIELD}", lambda found: ": no"),
    (rf"{_FIELD}\s+IS\s+NULL", lambda found: " is empty"),
    (rf"{_FIELD}\s+IS\s+NOT\s+NULL", lambda found: " is filled in"),
    (
        rf"{_FIELD}\s*(?P<sign><=|>=|<>|=|<|>)\s*(?P<value>{_VALUE})",
        lambda found: f" {_SIGNS[found['sign']]} {_value(found['value'])}",
    ),
    (rf"{_FIELD}\s+IN\s*{_LIST}", lambda found: f" is {_one_of(found['values'])}"),
    (rf"{_FIELD}\s+NOT\s+IN\s*{_LIST}", lambda found: f" is none of {_one_of(found['values'])}"),
    (
        rf"{_FIELD}\s+BETWEEN\s+(?P<value>{_VALUE})\s+AND\s+(?P<upper>{_VALUE})",
        lambda found: f" is from {_value(found['value'])} to {_value(found['upper'])}",
    ),
)


def _in_words(written: str) -> str:
    for pattern, said in _PHRASES:
        found = re.fullmatch(pattern, written, re.IGNORECASE)
        if found and found["field"].lower() not in _RESERVED:
            return found["field"].replace("_", " ") + said(found)
    return ""


def _value(written: str) -> str:
    """A number as it is, a text in quotes: what looks like something else is still told apart."""
    return f"“{written[1:-1]}”" if written.startswith("'") else written


def _one_of(written: str) -> str:
    *first, final = [_value(value) for value in re.findall(_VALUE, written)]
    return f"{', '.join(first)} or {final}" if first else final
