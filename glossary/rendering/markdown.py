"""Markdown as people write it into a definition, made into HTML that is safe on every page, mail and tool.

What is left out of Python-Markdown's `extra`, and why: raw HTML with `md_in_html`, since nobody should need it;
`attr_list`, which lets authors borrow our classes; `footnotes` and the anchors of `toc`, whose ids collide when many
texts share a page; indented code, since a pasted paragraph is seldom code; pictures, which are shown as typed.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import nh3
from django.utils.safestring import SafeString
from markdown import Markdown
from markdown.blockprocessors import BlockProcessor, EmptyBlockProcessor, ParagraphProcessor
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor, ReferenceInlineProcessor, ShortReferenceInlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString, Registry

from glossary.domain.checking import Limits
from glossary.domain.links import FENCED, Link, links
from glossary.domain.values import nesting

RENDERER_VERSION = 2  # raise it with any change of the HTML: it is part of every ETag and of every stored rendering

LIMITS = Limits()
NOTES = {"note", "tip", "hint", "important", "warning", "caution", "danger", "attention", "example"}

Address = Callable[[str], str]


def term_path(slug: str) -> str:
    """The path of a term's page."""
    return f"/terms/{quote(slug)}/"


def html(source: str, names: Mapping[str, str], *, inline: bool = False, link: Address = term_path) -> SafeString:
    """The source as safe HTML; the same input always gives the same output.

    `names` says what each linked slug is called; a slug without a name is shown as missing. `inline` leaves out all
    blocks, for a summary or a list item. `link` gives the address of a slug, so that mail can use a full one; pass a
    module's function, since it is part of the cache key. Never raises: a text too costly to render, which validation
    would have refused, is shown as typed.
    """
    known = tuple(sorted((found.target, names[found.target]) for found in links(source) if found.target in names))
    return _html(source, known, inline, link)


@lru_cache(maxsize=2_000)
def _html(source: str, known: tuple[tuple[str, str], ...], inline: bool, link: Address) -> SafeString:
    if _is_costly(source):
        return SafeString(_as_typed(source))
    try:
        dirty = _markdown(TermLinks(dict(known), link), inline).convert(source)
    except RecursionError:
        return SafeString(_as_typed(source))
    return SafeString((_INLINE if inline else _BLOCKS).clean(dirty).strip())


MOST_BREAKS = 120
# Lines that end a block within it: headings, rules, definitions, notes, references and abbreviations.
_BREAKS = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}\.)[ \t]++[ \t>]*+)*?(?:#|[-=*_][-=*_ ]*$|:[ ]|!!!|\*?\[[^\[\]\n]*\]:)", re.MULTILINE
)


def _is_costly(source: str) -> bool:
    """Python-Markdown recurses into lists and quotes, and copies the rest of a block at every break in it."""
    is_large = len(source.encode(errors="replace")) > LIMITS.text or source.count("[") > LIMITS.brackets
    return is_large or nesting(source) > LIMITS.nesting or len(_BREAKS.findall(source)) > MOST_BREAKS


def _as_typed(source: str) -> str:
    return "<br>".join(map(escape, source.splitlines()))


# The dialect

# Each bracket looks ahead a bounded way; upstream's patterns run to the end of the block from every one.
_LABEL = r"[^\[\]]{1,500}"
_REFERENCE = rf"(?<!!)\[(?={_LABEL}\][ \n]?\[[^\[\]]{{0,200}}\])"
_SHORT_REFERENCE = rf"(?<!!)\[(?={_LABEL}\])"
_ADDRESS = r"(?:<(?P<wrapped>[^<>\n]{0,1000})>|(?P<bare>(?:[^\s()<>]|\([^\s()<>]*\)){0,1000}))"
_TITLE = r"""(?:"(?P<title>[^"]{0,300})"|'(?P<quoted>[^']{0,300})')"""
_HYPERLINK = rf"(?<!!)\[(?P<label>{_LABEL})\]\([ ]{{0,3}}{_ADDRESS}(?:[ \n]{{1,3}}{_TITLE})?[ ]{{0,3}}\)"
_LEFT_OUT = ("image_link", "image_reference", "short_image_ref", "html")


def _markdown(term_links: "TermLinks", inline: bool) -> Markdown:
    tables = TableExtension(use_align_attribute=True)
    md = Markdown(extensions=["abbr", "def_list", "sane_lists", "admonition", tables], output_format="html")
    md.preprocessors.deregister("html_block")
    md.parser.blockprocessors.deregister("code")
    for pattern in _LEFT_OUT:
        md.inlinePatterns.deregister(pattern)
    md.inlinePatterns.register(ReferenceInlineProcessor(_REFERENCE, md), "reference", 170)
    md.inlinePatterns.register(Hyperlink(_HYPERLINK, md), "link", 160)
    md.inlinePatterns.register(ShortReferenceInlineProcessor(_SHORT_REFERENCE, md), "short_reference", 130)
    term_links.register(md)
    md.treeprocessors.register(Finish(md), "finish", 4)
    if inline:
        _leave_out_blocks(md)
    else:
        md.preprocessors.register(Fences(md), "fences", 25)
    return md


def _leave_out_blocks(md: Markdown) -> None:
    blocks: Registry[BlockProcessor] = Registry()
    blocks.register(EmptyBlockProcessor(md.parser), "empty", 100)
    blocks.register(ParagraphProcessor(md.parser), "paragraph", 10)
    md.parser.blockprocessors = blocks


class Fences(Preprocessor):
    """Fenced code, cut by the same pattern that tells links from code."""

    def run(self, lines: list[str]) -> list[str]:
        return FENCED.sub(self._stashed, "\n".join(lines)).split("\n")

    def _stashed(self, fence: re.Match[str]) -> str:
        code = f"<pre><code>{escape(fence['code'])}</code></pre>"
        return f"\n\n{self.md.htmlStash.store(code)}\n\n"


class Hyperlink(InlineProcessor):
    """`[text](address "title")` with addresses that hold at most one pair of parentheses within another."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
        element = Element("a", {"href": self.unescape((m["wrapped"] or m["bare"] or "").strip())})
        if title := m["title"] or m["quoted"]:
            element.set("title", self.unescape(title))
        element.text = m["label"]
        return element, m.start(), m.end()


class Finish(Treeprocessor):
    """Headings one level down, since the page has its own first one; links to elsewhere say so to the browser."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if re.fullmatch("h[1-6]", element.tag):
                element.tag = f"h{min(int(element.tag[1]) + 1, 6)}"
            elif element.tag == "a" and element.get("class") != "term":
                element.set("rel", "noopener noreferrer nofollow")


# Links to terms


class TermLinks:
    """Takes the links out of the source before anything else sees their brackets and bars, and puts them back as HTML.

    Between the two a link is a token of characters that Python-Markdown strips from what people type. Where nothing
    is looked for, as in the address of a reference, the link is shown as typed.
    """

    TOKEN = f"{STX}term:([0-9]+){ETX}"

    def __init__(self, names: Mapping[str, str], link: Address) -> None:
        self.names = names
        self.link = link
        self.taken: list[tuple[str, Link]] = []

    def register(self, md: Markdown) -> None:
        """Hooks the three steps into one Markdown instance."""
        md.preprocessors.register(_Take(self, md), "take_terms", 27)
        md.inlinePatterns.register(_Place(self, md), "place_terms", 185)
        md.postprocessors.register(_Restore(self, md), "restore_terms", 5)

    def taken_from(self, source: str) -> str:
        """The source with a token for each link."""
        parts, done = [], 0
        for found in links(source):
            parts += [source[done : found.start], f"{STX}term:{len(self.taken)}{ETX}"]
            self.taken.append((source[found.start : found.end], found))
            done = found.end
        return "".join([*parts, source[done:]])

    def element(self, number: int) -> Element:
        """The link as it is shown."""
        target, text = self.taken[number][1].target, self.taken[number][1].text
        if target in self.names:
            element = Element("a", {"class": "term", "href": self.link(target)})
        else:
            element = Element("span", {"class": "term missing"})
        element.text = AtomicString(text or self.names.get(target, target))
        return element

    def typed(self, number: int) -> str:
        """The link as it was typed."""
        return self.taken[number][0]


class _Take(Preprocessor):
    def __init__(self, term_links: TermLinks, md: Markdown) -> None:
        super().__init__(md)
        self.term_links = term_links

    def run(self, lines: list[str]) -> list[str]:
        return self.term_links.taken_from("\n".join(lines)).split("\n")


class _Place(InlineProcessor):
    def __init__(self, term_links: TermLinks, md: Markdown) -> None:
        super().__init__(TermLinks.TOKEN, md)
        self.term_links = term_links

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
        return self.term_links.element(int(m[1])), m.start(), m.end()


class _Restore(Postprocessor):
    def __init__(self, term_links: TermLinks, md: Markdown) -> None:
        super().__init__(md)
        self.term_links = term_links

    def run(self, text: str) -> str:
        return re.sub(TermLinks.TOKEN, lambda token: escape(self.term_links.typed(int(token[1]))), text)


# What may be in the result

_INLINE_TAGS = {"a", "abbr", "br", "code", "del", "em", "ins", "span", "strong", "sub", "sup"}
_BLOCK_TAGS = {"p", "hr", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "div"}
_TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    allowed: dict[str, Any] = {
        "attributes": {"a": {"href", "title", "rel"}, "abbr": {"title"}, "ol": {"start"}},
        "tag_attribute_values": {tag: {"align": {"left", "center", "right"}} for tag in ("th", "td")},
        "allowed_classes": {
            "a": {"term"},
            "span": {"term", "missing"},
            "div": {"admonition"} | NOTES,
            "p": {"admonition-title"},
        },
    }
    return nh3.Cleaner(tags=tags, url_schemes={"http", "https", "mailto"}, link_rel=None, **allowed)


_INLINE = _cleaner(_INLINE_TAGS)
_BLOCKS = _cleaner(_INLINE_TAGS | _BLOCK_TAGS | _TABLE_TAGS)
