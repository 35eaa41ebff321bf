"""Which brackets lead to a word, and how a typed name becomes a slug without touching anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.links import links, rewrite, targets
from tests.patience import within

PIECES = ["[[mql]]", "[[Buyer’s Journey|his path]]", "[[", "]]", "`", "``", "```\n", "~~~\n", "\n", "\n\n", "- ", "> "]
PIECES += ["    ", "\\", "|", "a", " ", "[", "]", "[[ ]]", "# ", "| a | b |\n|---|---|\n"]
SOURCES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def shown(source):
    return [(link.target, link.text) for link in links(source)]


def test_a_link_names_a_word_and_may_show_another_text():
    assert shown("An [[MQL]] is a [[lead|person]]s.") == [("MQL", None), ("lead", "person")]


def test_a_link_knows_where_it_stands():
    source = "An [[ mql ]] here"
    (link,) = links(source)
    assert source[link.start : link.end] == "[[ mql ]]"
    assert link.target == "mql"


def test_a_link_may_run_over_a_line_end_as_typed_text_does():
    assert shown("[[Marketing\nQualified Lead|that\nlead]]") == [("Marketing Qualified Lead", "that lead")]


@pytest.mark.parametrize("source", ["[[]]", "[[ ]]", "[[|x]]", "[mql]", "[[mql]", "[[a\n\nb]]", "\\[[mql]]", "[[a[b]]"])
def test_what_is_no_link_is_left_alone(source):
    assert links(source) == ()


def test_an_empty_text_shows_the_name():
    assert shown("[[mql|]] [[mql| ]]") == [("mql", None), ("mql", None)]


def test_the_text_keeps_its_bars():
    assert shown("[[mql|a|b]]") == [("mql", "a|b")]


@pytest.mark.parametrize(
    "source",
    [
        "`[[mql]]`",
        "``a ` [[mql]]``",
        "`over\n[[mql]]\nlines`",
        "```\n[[mql]]\n```",
        "~~~ text\n\n[[mql]]\n\n~~~",
        "````\n```\n[[mql]]\n````",
    ],
)
def test_code_holds_no_links(source):
    assert links(source) == ()


@pytest.mark.parametrize(
    "source",
    [
        "` [[mql]]",
        "a ` b\n\n[[mql]] ` c",
        "- a ` b\n- [[mql]] ` c",
        "\\`[[mql]]\\`",
        "```\nnever closed\n\n[[mql]]",
        "``[[mql]]`",
        "text\n\n    [[mql]]",
        "\\\\[[mql]]",
        "| [[mql]] | b |",
    ],
)
def test_a_stray_backtick_or_an_indent_is_not_code(source):
    assert targets(source) == {"mql"}


def test_typed_names_become_slugs_and_texts_stay():
    source = "[[Buyer’s Journey]] `[[x]]` [[Buyer’s  Journey|her path]] [[mql]]"
    resolved = rewrite(source, {"Buyer’s Journey": "buyers-journey", "mql": "mql"}.__getitem__)
    assert resolved == "[[buyers-journey]] `[[x]]` [[buyers-journey|her path]] [[mql]]"


def test_a_link_that_is_a_slug_already_is_not_touched():
    source = "[[ mql | x ]]"
    assert rewrite(source, lambda target: target) == source


@given(SOURCES)
def test_rewriting_changes_targets_and_nothing_else(source):
    resolved = rewrite(source, lambda target: f"to-{target.lower().replace(' ', '-')}")
    assert [(f"to-{link.target.lower().replace(' ', '-')}", link.text) for link in links(source)] == shown(resolved)


@pytest.mark.parametrize(
    "unit",
    ["`", "` ", "``` ", "~~~\n", "```\n", "[[", "[[a", "[[a|", "\\", "\n", " \n", "- ", "\n-", "[[ ", "|", "``` `` ` "],
)
def test_hostile_text_is_read_in_a_moment(unit):
    with within(10):
        links(unit * (20_000 // len(unit)))
