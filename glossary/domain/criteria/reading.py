"""Reading a condition: the language is a small part of SQL, as the guide to criteria tells it.

sqlglot cuts the text into tokens and makes a tree of them; each token, each node and everything that a node carries is
then held against a list of what is allowed, so that a newer SQL feature is refused and never misread.
"""

import re
from collections.abc import Iterator
from typing import NoReturn

from sqlglot import exp, tokenize
from sqlglot import parse as parse_sql
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token
from sqlglot.tokenizer_core import TokenType as T

from glossary.domain.criteria.nodes import (
    MIRRORED,
    And,
    Between,
    Compare,
    Field,
    In,
    IsNull,
    Literal,
    Node,
    Not,
    Or,
    all_of,
    any_of,
)
from glossary.domain.criteria.parsing import refuse
from glossary.domain.values import SAFE_INTEGER

LONGEST = 10_000  # characters, however generous the setting for a text is
DEEPEST = 32  # parentheses within parentheses, a NOT counting as one
MOST_TOKENS = 1_500
DIGITS = 15  # of a decimal: as many as a binary floating point number keeps exactly (IEEE 754)


def read(text: str) -> Node:
    """The condition as nodes. Raises `Unreadable` with the first thing that is wrong."""
    if not text.strip():
        refuse("The condition is still empty.")
    if len(text) > LONGEST:
        refuse(f"A condition has at most {LONGEST} characters; this one has {len(text)}.", LONGEST)
    tokens = _tokens(text)
    try:
        trees = parse_sql(text)
    except ParseError as error:
        _refuse_unparsed(text, tokens, error)
    except (SqlglotError, RecursionError):
        refuse("This cannot be read as a condition.")
    if len(trees) != 1 or trees[0] is None:
        refuse("This has to be one condition.")
    return _condition(trees[0])


# Tokens

_WORDS = {T.AND, T.OR, T.NOT, T.IN, T.BETWEEN, T.IS, T.NULL, T.TRUE, T.FALSE}
_KEPT = {kind.name for kind in _WORDS}
_SIGNS = {
    T.EQ: "=",
    T.NEQ: "<>",
    T.LT: "<",
    T.LTE: "<=",
    T.GT: ">",
    T.GTE: ">=",
    T.L_PAREN: "(",
    T.R_PAREN: ")",
    T.COMMA: ",",
    T.DASH: "-",
}
_SHAPES = {T.VAR: r"[a-z][a-z0-9_]*", T.NUMBER: r"[0-9]+(\.[0-9]+)?", T.STRING: r"[^\x00-\x1f]*"}
_INSTEAD = {"!=": "<>", "==": "=", "^=": "<>", "&&": "AND", "||": "OR", "!": "NOT", "<=>": "="}


def _tokens(text: str) -> list[Token]:
    try:
        tokens = tokenize(text)
    except SqlglotError:
        refuse("A quotation mark is opened and not closed.", max(text.rfind("'"), text.rfind('"'), 0))
    if not tokens:
        refuse("A condition holds no comments.")
    if len(tokens) > MOST_TOKENS:
        refuse(f"A condition has at most {MOST_TOKENS} words and signs; this one has {len(tokens)}.", len(text) - 1)
    for place, token in enumerate(tokens):
        following = tokens[place + 1].token_type if place + 1 < len(tokens) else None
        _check(token, following)
    _check_depth(tokens)
    _check_lists(tokens)
    return tokens


def _check(token: Token, following: T | None) -> None:
    kind, shown = token.token_type, token.text
    if token.comments:
        refuse("A condition holds no comments.", token.start, token.end + 1)
    if kind in _WORDS:
        fits = shown.upper() == kind.name
    elif kind in _SIGNS:
        fits = shown == _SIGNS[kind]
    else:
        fits = kind in _SHAPES and re.fullmatch(_SHAPES[kind], shown) is not None
    if not fits or (kind is T.VAR and following is T.L_PAREN):
        refuse(_why_not(token, following), token.start, token.end + 1)


def _why_not(token: Token, following: T | None) -> str:
    """What to write instead of a token that a condition does not have."""
    kind, text = token.token_type, token.text[:60]
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    if kind is T.STRING:
        return "A text in a condition stands on one line, without control characters."
    if kind is T.IDENTIFIER:
        return f"Write a text in single quotes, such as '{shown}', and the name of a field without any."
    if kind is T.NUMBER:
        return f"Write the number {shown} plainly, such as 60 or 0.5."
    if kind is T.SEMICOLON:
        return "A condition is one expression; take out the semicolon."
    if text in _INSTEAD:
        return f"Write {_INSTEAD[text]} instead of {shown}."
    if following is T.L_PAREN and text.isascii():
        return f"“{shown}” is not part of a condition: there are no functions. What has to be worked out is a field."
    if not text.isascii():
        return f"“{shown}” holds letters that a field cannot have; those are a to z, digits and underscores."
    if kind is T.VAR and re.fullmatch(r"\w+", text):
        return f"Names of fields are written in small letters: {text.lower()}."
    return f"“{shown}” is not part of a condition."


def _check_depth(tokens: list[Token]) -> None:
    depth = nots = 0
    for token in tokens:
        depth += (token.token_type is T.L_PAREN) - (token.token_type is T.R_PAREN)
        nots = nots + 1 if token.token_type is T.NOT else 0
        if depth + nots > DEEPEST:
            refuse(f"Parentheses go at most {DEEPEST} levels deep.", token.start, token.end + 1)


_LITERALS = {T.NUMBER, T.STRING, T.TRUE, T.FALSE}


def _check_lists(tokens: list[Token]) -> None:
    """Where sqlglot is generous and engines are not: commas stand between two values, BETWEEN has AND in its middle."""
    written = _without_parentheses([token for token in tokens if token.token_type is not T.DASH])
    kinds = [None, *(token.token_type for token in written), None, None]
    for place, token in enumerate(written, start=1):
        before, after, then = kinds[place - 1], kinds[place + 1], kinds[place + 2]
        if token.token_type is T.COMMA and not (before in _LITERALS and after in _LITERALS):
            refuse("A comma stands between two values of a list.", token.start, token.end + 1)
        if token.token_type is T.BETWEEN and not (after in _LITERALS and then is T.AND):
            refuse("BETWEEN needs two values with AND between them.", token.start, token.end + 1)


def _without_parentheses(tokens: list[Token]) -> list[Token]:
    """The tokens with parentheses around a single value left out, except those of a list."""
    kept: list[Token] = []
    for token in tokens:
        kinds = [item.token_type for item in kept[-3:]]
        if (
            token.token_type is T.R_PAREN
            and kinds[-2:-1] == [T.L_PAREN]
            and kinds[-1] in _LITERALS
            and kinds[0] is not T.IN
        ):
            kept[-2:] = kept[-1:]
        else:
            kept.append(token)
    return kept


def _refuse_unparsed(text: str, tokens: list[Token], error: ParseError) -> NoReturn:
    """The first place that does not fit, as far as the parser tells it."""
    depth = 0
    for token in tokens:
        depth += (token.token_type is T.L_PAREN) - (token.token_type is T.R_PAREN)
        if depth < 0:
            refuse("There is a closing parenthesis too many.", token.start, token.end + 1)
    if depth > 0:
        opening = next(token for token in reversed(tokens) if token.token_type is T.L_PAREN)
        refuse("A parenthesis is opened and not closed.", opening.start, opening.end + 1)
    place = error.errors[0] if error.errors else {}
    token = next(
        (item for item in tokens if (item.line, item.col) == (place.get("line"), place.get("col"))), tokens[-1]
    )
    if token is tokens[-1] and token.token_type not in (T.VAR, T.STRING):
        refuse(f"Something is missing after “{token.text}”.", token.start, token.end + 1)
    refuse(f"This cannot be read from “{text[token.start : token.end + 1][:40]}” on.", token.start, token.end + 1)


# The tree

_COMPARISONS: dict[type, str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_PAIR = frozenset({"this", "expression"})
_CARRIED: dict[type, frozenset[str]] = {
    exp.And: _PAIR,
    exp.Or: _PAIR,
    exp.Not: frozenset({"this"}),
    exp.Paren: frozenset({"this"}),
    exp.Neg: frozenset({"this"}),
    exp.Is: _PAIR,
    exp.In: frozenset({"this", "expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Column: frozenset({"this"}),
    exp.Identifier: frozenset({"this"}),
    exp.Boolean: frozenset({"this"}),
    exp.Null: frozenset(),
    exp.Literal: frozenset({"this", "is_string"}),
    **dict.fromkeys(_COMPARISONS, _PAIR),
}
_NEEDS_A_TEST = "Here a test is missing: a field alone when it is yes or no, or a comparison such as score >= 60."


def _known(node: exp.Expr) -> exp.Expr:
    """The same node, if its kind and everything it carries are allowed."""
    allowed = _CARRIED.get(type(node))
    carried = {name for name, value in node.args.items() if value is not None and value is not False and value != []}
    if allowed is None or carried - allowed:
        start, end = _place(node)
        refuse("This is not part of a condition, or a word stands here that does not belong.", start, end)
    return node


def _place(node: exp.Expr) -> tuple[int, int]:
    """From where to where in the text the parts of the node stand that know it."""
    places = [part.meta for part in node.walk() if "start" in part.meta]
    return (min(place["start"] for place in places), max(place["end"] for place in places) + 1) if places else (0, 1)


def _condition(node: exp.Expr) -> Node:
    _known(node)
    match node:
        case exp.Paren():
            return _condition(node.this)
        case exp.Not():
            return Not(_condition(node.this))
        case exp.And():
            return all_of(*(part for item in _chain(node, exp.And) for part in _parts(_condition(item), And)))
        case exp.Or():
            return any_of(*(part for item in _chain(node, exp.Or) for part in _parts(_condition(item), Or)))
        case exp.Column():
            return _field(node)
        case exp.In():
            return _in(node)
        case exp.Between():
            return Between(_field(node.this), _literal(node.args["low"]), _literal(node.args["high"]))
        case exp.Is():
            return _is_null(node)
    if type(node) in _COMPARISONS:
        return _comparison(node)
    refuse(_NEEDS_A_TEST, *_place(node))


def _chain(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """What AND or OR joins, however long: the tree leans to the left, and is followed without recursion."""
    items: list[exp.Expr] = []
    while isinstance(node, kind):
        items.append(_known(node).args["expression"])
        node = node.this
    return [node, *reversed(items)]


def _parts(node: Node, kind: type[And] | type[Or]) -> Iterator[Node]:
    """Parentheses around the same join change nothing."""
    if isinstance(node, kind):
        yield from node.parts
    else:
        yield node


def _in(node: exp.Expr) -> Node:
    values = node.args.get("expressions") or []
    if not values:
        refuse("IN needs values in parentheses, such as IN ('A', 'B').", *_place(node))
    return In(_field(node.this), tuple(_literal(item) for item in values))


def _is_null(node: exp.Expr) -> Node:
    if not isinstance(_known(node.args["expression"]), exp.Null):
        refuse("IS goes with NULL only; for yes or no the field stands alone, or after NOT.", *_place(node))
    return IsNull(_field(node.this))


def _comparison(node: exp.Expr) -> Node:
    op, left, right = _COMPARISONS[type(node)], _bare(node.this), _bare(node.args["expression"])
    for side in (left, right):
        if isinstance(side, exp.Null):
            refuse("Nothing equals NULL. Write IS NULL or IS NOT NULL.", *_place(node))
    if isinstance(left, exp.Column):
        return Compare(op, _field(left), _field(right) if isinstance(right, exp.Column) else _literal(right))
    if isinstance(right, exp.Column):
        return Compare(MIRRORED[op], _field(right), _literal(left))
    refuse("A comparison needs a field on one side.", *_place(node))


def _bare(node: exp.Expr) -> exp.Expr:
    return _bare(node.this) if isinstance(_known(node), exp.Paren) else node


def _field(node: exp.Expr) -> Field:
    node = _bare(node)
    if not isinstance(node, exp.Column):
        refuse("The name of a field belongs here.", *_place(node))
    name: str = _known(node.this).this
    if name.upper() in _KEPT:
        refuse(f"“{name}” is a word of the language and cannot be a field.", *_place(node))
    return Field(name, _place(node)[0])


def _literal(node: exp.Expr) -> Literal:
    node = _bare(node)
    match node:
        case exp.Boolean():
            return Literal(bool(node.this))
        case exp.Neg() if isinstance(node.this, exp.Literal) and not node.this.is_string:
            return Literal(-_number(node.this))
        case exp.Literal() if node.is_string:
            return Literal(_text(node))
        case exp.Literal():
            return Literal(_number(node))
    refuse("A value belongs here: a number, a text in single quotes, TRUE or FALSE.", *_place(node))


def _text(node: exp.Expr) -> str:
    text: str = node.this
    if not text:
        refuse("An empty text is no value; where a field may be empty, write IS NULL.", *_place(node))
    return text


def _number(node: exp.Expr) -> int | float:
    written: str = node.this
    if "." not in written:
        if len(written) > len(str(SAFE_INTEGER)) or int(written) > SAFE_INTEGER:
            refuse(f"Numbers go up to {SAFE_INTEGER}.", *_place(node))
        return int(written)
    if len(written.replace(".", "").strip("0")) > DIGITS or len(written) > 2 * DIGITS:
        refuse(f"A decimal number has at most {DIGITS} digits.", *_place(node))
    return float(written)
