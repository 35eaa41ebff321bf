"""Words of a running text: where those with a stem stand."""

import re
from pathlib import Path

import pytest

from glossary.domain.words import stem, words_like

DOCS = Path(__file__).parents[2] / "docs"


def test_every_word_is_met_by_its_own_stem() -> None:
    written = {word for page in DOCS.glob("*.md") for word in re.findall(r"[A-Za-z][A-Za-z']*", page.read_text())}
    assert len(written) > 1_000
    missed = [word for word in written if stem(word) and not list(words_like(f"so {word} it", frozenset([stem(word)])))]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Skies and dying leads", "sky"),
        ("Skies and dying leads", "die"),
        ("O'Reilly's list", "oreilly"),
        ("The Negotiations", "negotiating"),
        ("Cafés are counted", "cafe"),
    ],
)
def test_another_form_of_a_word_is_met(text: str, asked: str) -> None:
    assert len(list(words_like(text, frozenset([stem(asked)])))) == 1
