"""Links to terms in Markdown: `[[slug]]`, which shows the term's name, and `[[slug|text]]`, which shows the text.

What stands in code is not a link. Code is what is fenced or in backticks; an indent alone makes none, so that a list
or a pasted paragraph keeps its links. The renderer cuts the text with the patterns of this module.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

FENCED = re.compile(
    r"^(?P<fence>~{3,}+|`{3,}+)(?P<info>[^`\n]*)\n(?P<code>(?:[^\n]*\n)*?)(?P=fence)[ \t]*$", re.MULTILINE
)
CODE_SPAN = r"(?P<ticks>`++)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"

_TOKEN = re.compile(
    rf"\\.|{CODE_SPAN}|`++|\[\[(?P<target>[^\[\]|\n]*(?:\n[^\[\]|\n]*)?)(?:\|(?P<text>[^\[\]]*))?\]\]", re.DOTALL
)
# Where a new paragraph, list item, heading, quote or row begins, beyond which no backtick reaches.
_BREAK = re.compile(r"\n(?=[ \t]*(?:$|[-*+][ \t]|\d{1,9}[.)][ \t]|[>#:|]))", re.MULTILINE)


@dataclass(frozen=True)
class Link:
    """One link as written: `target` is a slug or a name, `text` what to show instead, `[start:end]` its place."""

    target: str
    text: str | None
    start: int
    end: int


def links(source: str) -> tuple[Link, ...]:
    """Every link to a term, in order."""
    return tuple(link for start, end in _prose(source) for link in _links_between(source, start, end))


def targets(source: str) -> frozenset[str]:
    """The slugs or names that the source links to."""
    return frozenset(link.target for link in links(source))


def rewrite(source: str, resolve: Callable[[str], str]) -> str:
    """The source with every target replaced by `resolve(target)`; the texts shown stay."""
    return _replaced(source, lambda link: _written(source, link, resolve(link.target)))


def without_links(source: str, called: Callable[[str], str]) -> str:
    """The source with what each link shows in its place: its text, or what its target is `called`."""
    return _replaced(source, lambda link: called(link.target) if link.text is None else link.text)


def _replaced(source: str, written: Callable[[Link], str]) -> str:
    parts, done = [], 0
    for link in links(source):
        parts += [source[done : link.start], written(link)]
        done = link.end
    return "".join([*parts, source[done:]])


def _written(source: str, link: Link, target: str) -> str:
    if target == link.target:
        return source[link.start : link.end]
    return f"[[{target}]]" if link.text is None else f"[[{target}|{link.text}]]"


def _prose(source: str) -> Iterator[tuple[int, int]]:
    """The places between fenced blocks, cut where no inline markup goes on."""
    done = 0
    for start, end in [*(fence.span() for fence in FENCED.finditer(source)), (len(source), len(source))]:
        for stop in [*(cut.start() for cut in _BREAK.finditer(source, done, start)), start]:
            yield done, stop
            done = stop
        done = end


def _links_between(source: str, start: int, end: int) -> Iterator[Link]:
    for token in _TOKEN.finditer(source, start, end):
        target = " ".join((token["target"] or "").split())
        if target:
            yield Link(target, " ".join((token["text"] or "").split()) or None, *token.span())
