"""What readers see of Markdown: words linked, structure kept, and nothing that acts."""

import inspect
import re
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.links import targets
from glossary.rendering import html
from tests.patience import within

NAMES = {"mql": "MQL", "lead": "Lead <b>"}
TERM = '<a class="term" href="/terms/mql/">MQL</a>'


class Seen(HTMLParser):
    """The tags, attributes and text that a browser would find."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text += data


# Words


def test_a_link_shows_the_name_of_the_word():
    assert html("An [[mql]].", NAMES) == f"<p>An {TERM}.</p>"


def test_a_link_may_show_a_text_of_its_own_as_it_was_typed():
    assert html("[[mql|his *own* <i>]]", NAMES) == '<p><a class="term" href="/terms/mql/">his *own* &lt;i&gt;</a></p>'


def test_a_name_with_markup_is_only_a_name():
    assert html("[[lead]]", NAMES) == '<p><a class="term" href="/terms/lead/">Lead &lt;b&gt;</a></p>'


def test_a_word_that_is_not_there_is_shown_as_missing():
    assert html("[[nope]]", NAMES) == '<p><span class="term missing">nope</span></p>'
    assert html("[[nope|that]]", NAMES) == '<p><span class="term missing">that</span></p>'


@pytest.mark.parametrize(
    "source", ["**[[mql]]**", "# [[mql]]", "- [[mql]]", "> [[mql]]", "a | b\n--|--\n[[mql]] | x", "term\n: [[mql]]"]
)
def test_a_link_works_wherever_text_stands(source):
    assert TERM in html(source, NAMES)


def test_a_text_with_a_bar_stays_in_its_cell():
    rendered = html("| a | b |\n|---|---|\n| [[mql|x]] | y |", NAMES)
    assert '<td><a class="term" href="/terms/mql/">x</a></td>\n<td>y</td>' in rendered


@pytest.mark.parametrize("source", ["`[[mql]]`", "```\n[[mql]]\n```", "\\[[mql]]"])
def test_code_and_escaped_brackets_show_what_was_typed(source):
    seen = Seen(html(source, NAMES))
    assert "a" not in seen.tags
    assert seen.text.strip() == "[[mql]]"


def test_a_title_shows_the_name_of_a_word():
    assert ("a", "title", "see MQL") in Seen(html('[x](http://a.example "see [[mql]]")', NAMES)).attributes


def test_nobody_can_type_the_token_of_a_link():
    assert "term:0" in Seen(html("\x02term:0\x03 \x02wzxhzdk:0\x03", NAMES)).text


def test_mail_can_ask_for_full_addresses():
    assert 'href="https://accord.example/mql"' in html("[[mql]]", NAMES, link=full_address)


def full_address(slug):
    return f"https://accord.example/{slug}"


def test_a_slug_can_never_leave_its_path():
    assert 'href="/terms/%22%3E/' in html('[[">]]', {'">': "odd"})


# Structure


def test_headings_start_at_the_second_level():
    rendered = html("# a\n\n## b\n\n###### c", {})
    assert rendered == "<h2>a</h2>\n<h3>b</h3>\n<h6>c</h6>"


def test_tables_align_without_style():
    rendered = html("| a | b |\n|:--|--:|\n| 1 | 2 |", {})
    assert '<td align="left">1</td>' in rendered
    assert '<td align="right">2</td>' in rendered
    assert "style" not in rendered


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        ("- a\n- b", "ul"),
        ("3. a\n4. b", "ol"),
        ("> a", "blockquote"),
        ("a\n: b", "dl"),
        ("*[HT]: handover time\n\nHT", "abbr"),
        ("!!! note\n    Look.", "div"),
        ("a  \nb", "br"),
        ("***", "hr"),
        ("```\ncode <b>\n```", "pre"),
    ],
)
def test_what_people_write_keeps_its_structure(source, tag):
    assert tag in Seen(html(source, {})).tags


def test_a_list_may_start_at_three():
    assert '<ol start="3">' in html("3. a\n4. b", {})


def test_links_elsewhere_say_so_and_words_do_not():
    rendered = html('[x](https://a.example/(b) "tip") <https://b.example> [y][r] [r]\n\n[r]: http://c.example', NAMES)
    links = re.findall(r"<a [^>]*>", rendered)
    assert len(links) == 4
    assert all('rel="noopener noreferrer nofollow"' in link for link in links)
    assert "rel" not in html("[[mql]]", NAMES)


def test_an_inline_text_has_no_blocks():
    assert html("- a **b** [[mql]]", NAMES, inline=True) == f"- a <strong>b</strong> {TERM}"
    assert html("# a\n\nb", NAMES, inline=True) == "# a\nb"


def test_a_picture_is_shown_as_typed():
    assert html("![x](http://a.example/x.png)", {}) == "<p>![x](http://a.example/x.png)</p>"


# Attacks

ATTACKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](jav&#x09;ascript:alert(1))",
    "[x](&#x6A;&#x61;vascript&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[r]\n\n[r]: data:text/html,x 'title'",
    "<javascript:alert(1)>",
    "<javascript://a%0aalert(1)>",
    "<vbscript:x@y>",
    "![x](javascript:alert(1))",
    '![x](x"onerror="alert(1))',
    '[x](http://a.example "\\" onclick=alert(1) x=\\"")',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<div style='position:fixed' onclick=alert(1)>x</div>",
    "<a href='javascript:alert(1)'>x</a>",
    "<!-- --><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "text {: onclick=alert(1) .btn #main style=color:red }",
    "# head {: onclick=alert(1) .btn #main }",
    "*x*{: onmouseover=alert(1) }",
    '*[XX]: " onmouseover=alert(1) "\n\nXX',
    "``` {.btn onclick=alert(1)}\nx\n```",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    '!!! btn btn-primary "<script>alert(1)</script>"\n    x',
    "| <script>alert(1)</script> | b |\n|--|--|\n| a | b |",
    "[[x|<script>alert(1)</script>]]",
    '[[x" onclick="alert(1)|y]]',
    "[[javascript:alert(1)]]",
    "<[[x]]script>alert(1)</[[x]]script>",
    "<scr\x02ipt>alert(1)</scr\x03ipt>",
    "[x](http://a.example/[[x|' onclick=alert(1)]])",
    "$$\\href{javascript:alert(1)}{x}$$",
]
TAGS = {"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "del", "ins", "sub", "sup", "code", "pre", "a"}
TAGS |= {
    "blockquote",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "abbr",
    "div",
    "span",
}
ATTRIBUTES = {"href", "title", "rel", "class", "align", "start"}
CLASSES = {"term", "missing", "admonition", "admonition-title", "note", "tip", "warning"}


def scheme(address):
    """What a browser takes for the scheme: it drops tabs and line ends, and control characters at the start."""
    found = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.sub(r"[\t\r\n]", "", address), re.IGNORECASE)
    return found[1].lower() if found else ""


def assert_inert(markup):
    seen = Seen(markup)
    assert set(seen.tags) <= TAGS
    for tag, name, value in seen.attributes:
        assert name in ATTRIBUTES
        if name == "href":
            assert scheme(value) in ("", "http", "https", "mailto"), value
        if name == "class":
            assert set(value.split()) <= CLASSES, (tag, value)


@pytest.mark.parametrize("inline", [False, True])
@pytest.mark.parametrize("source", ATTACKS)
def test_an_attack_comes_out_inert(source, inline):
    assert_inert(html(source, {}, inline=inline))


def test_raw_html_is_shown_as_text():
    assert Seen(html("<script>alert(1)</script> a <b>c</b>", {})).text == "<script>alert(1)</script> a <b>c</b>"


@pytest.mark.parametrize("source", ["!!! btn\n    x", "x {: .btn #main }", "``` {.btn #main}\nx\n```"])
def test_nobody_borrows_our_classes_or_ids(source):
    rendered = html(source, {})
    assert not re.search(r'(class|id)="[^"]*(btn|main)', rendered)


PIECES = [
    *ATTACKS,
    "[[mql]]",
    "[[mql|x]]",
    "[[nope]]",
    "\n",
    "\n\n",
    "    ",
    "- ",
    "> ",
    "`",
    "```\n",
    "*",
    "_",
    "|",
    "[",
]
PIECES += ["](", ")", "\\", "<", ">", '"', "'", "\x02", "\x03", "a", ": ", "!!! note\n", "| a | b |\n|--|--|\n", "# "]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.booleans())
def test_no_mixture_of_attacks_acts(source, inline):
    assert_inert(html(source, NAMES, inline=inline))


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_only_what_counts_as_a_link_becomes_one(source):
    shown = set(re.findall(r'<a class="term" href="/terms/(\w+)/">', html(source, NAMES)))
    assert shown <= targets(source)


@given(st.text())
def test_any_text_renders_the_same_twice(source):
    first = html(source, {})
    html.__globals__["_html"].cache_clear()
    assert html(source, {}) == first


# Cost

UNITS = [
    "*",
    "_",
    "**a",
    "***",
    "- ",
    "-\n",
    "- a\n",
    "> a\n",
    ">",
    "1. a\n",
    "`",
    "` ",
    "``a ` ",
    "```\n",
    "~~~\n",
    "|",
]
UNITS += ["a|b\n-|-\n", "a|", "<", "<a b=", "<a@", "<!--", "<?", "<![CDATA[", "&", "&#", "\\", "\\*", "a:b ", ":   a\n"]
UNITS += [
    "a\n:   b\n",
    "!!! a\n",
    "!!! note\n    a\n\n",
    "# a\n",
    "a\n=\n",
    "a\n-\n",
    "---\n",
    "***\n",
    " \n",
    "\n",
    "\t",
]
UNITS += ["    a\n\n", "    - a\n", "]", "](", "<b@c>", "&lt;", "*a_b", "a*b_c**d__", "{: .a}", "* * * a\n", "- > a\n"]
BRACKETS = [
    "[a](",
    "[",
    "[]",
    "[a][b]",
    "[a]: b\n",
    '[a](b "c',
    "[[a]]",
    "[[a|b",
    "*[A]: b\n",
    "![a](",
    "[^a]: b\n",
    "[a]:\n",
]
FILLERS = ["", "(", "x ", "*", '"', "`", ")", "\\", "<"]


def rendered_in_a_moment(source):
    with within(20):
        html(source, {})


@pytest.mark.parametrize("unit", UNITS)
def test_a_long_repetition_is_rendered_in_a_moment(unit):
    source = (unit * (20_000 // len(unit))).replace("[", "", max(0, 20_000 // len(unit) - 300))
    rendered_in_a_moment("a" + source + "b")


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("bracket", BRACKETS)
def test_three_hundred_brackets_before_long_text_are_rendered_in_a_moment(bracket, filler):
    source = bracket * (300 // bracket.count("[")) + filler * (16_000 // max(len(filler), 1))
    rendered_in_a_moment(source)


@pytest.mark.parametrize("marker", ["- ", "> ", "1. ", "    - ", "- > "])
def test_deep_nesting_is_rendered_in_a_moment(marker):
    depth = 20 // (1 + ("    " in marker) + (">" in marker and "-" in marker))
    rendered_in_a_moment((marker * depth + "a\n\n") * (20_000 // (len(marker) * depth + 3)))


@pytest.mark.parametrize(
    "source",
    [
        "[" * 5_000,
        "> " * 5_000,
        "- " * 5_000,
        "a" * 30_000,
        "---\n" * 5_000,
        "\n".join(" " * n + "- a" for n in range(180)),
    ],
)
def test_what_would_cost_too_much_is_shown_as_typed(source):
    rendered = html(source + "<b>", {})
    rendered_in_a_moment(source)
    assert rendered.endswith("&lt;b&gt;")
    assert set(Seen(rendered).tags) <= {"br"}


def test_a_text_too_deep_for_the_stack_is_shown_as_typed():
    assert from_far_down(lambda: html("a\n:   b\n" * 60, {})).startswith("a<br>:   b<br>a")
    html.__globals__["_html"].cache_clear()


def from_far_down(call):
    """The answer of a call made with hardly any stack left."""

    def descend(left):
        return call() if left == 0 else descend(left - 1)

    return descend(sys.getrecursionlimit() - len(inspect.stack()) - 80)
