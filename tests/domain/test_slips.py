"""Keys that texts a slip of the pen away have in common, whatever the slips were."""

import random

from hypothesis import example, given
from hypothesis import strategies as st

from glossary.domain.names import distance, likeness_asked, likeness_kept, similar
from glossary.domain.slips import keys_asked, keys_kept

FEW = st.text(alphabet="abc", min_size=1, max_size=9)


def _slip(text: str, place: int, kind: int, letter: str) -> str:
    """The text with a letter added, dropped, changed, or swapped with the next one."""
    place %= len(text) + 1
    before, rest = text[:place], text[place:]
    return before + (letter + rest, rest[1:], letter + rest[1:], rest[1:2] + rest[:1] + rest[2:])[kind]


_SLIPS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3), st.sampled_from("abxé")), max_size=2)


@given(FEW, FEW)
@example("abcba", "bacab")
def test_texts_two_slips_away_have_a_key_in_common(one: str, other: str) -> None:
    if distance(one, other, 2) <= 2:
        assert keys_kept(one) & keys_asked(other)


@given(st.text(alphabet="abcdefghé", min_size=1, max_size=30), _SLIPS)
def test_so_has_a_long_text_whatever_was_typed_wrong(text: str, slips: list[tuple[int, int, str]]) -> None:
    typed = text
    for place, kind, letter in slips:
        typed = _slip(typed, place, kind, letter)
    if typed and distance(text, typed, 2) <= 2:
        assert keys_kept(text) & keys_asked(typed)
        assert keys_kept(typed) & keys_asked(text)


def test_there_are_few_keys_however_long_the_text_is() -> None:
    assert len(keys_kept("x" * 240)) <= 10
    assert len(keys_asked("abcdefghij" * 24)) <= 160


def test_names_that_share_most_of_their_words_share_no_key() -> None:
    """So that little is left to compare among hundreds of names that end alike."""
    first = [a + b + c for a in "bdfgkl" for b in "aeiou" for c in "mnprtv"]
    names = [f"{start}{end} qualified lead" for start in first for end in ("al", "or", "ist")]
    asked = likeness_asked("Marketing Qualified Lead")
    assert sum(bool(likeness_kept(name) & asked) for name in names) < len(names) / 20


def test_names_that_only_look_alike_have_a_key_in_common() -> None:
    pairs = [
        ("Exit criteria", "Exit Criterion"),
        ("Buyer’s Journey", "buyers journeys"),
        ("САС", "CAC"),
        ("A-B", "a b"),
    ]
    for one, other in pairs:
        assert similar(one, other)
        assert likeness_kept(one) & likeness_asked(other)


@given(st.text(alphabet="ab", max_size=7), st.text(alphabet="ab", max_size=7))
def test_the_distance_is_that_of_the_whole_table(one: str, other: str) -> None:
    """Leaving out what both begin and end with changes nothing."""
    assert distance(one, other, 20) == _whole(one, other)


def _whole(one: str, other: str) -> int:
    """Optimal string alignment as it is defined."""
    table = {(i, j): i + j for i in range(len(one) + 1) for j in range(len(other) + 1) if not i or not j}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (one[i - 1] != other[j - 1])
            )
            if min(i, j) > 1 and (one[i - 1], one[i - 2]) == (other[j - 2], other[j - 1]):
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]


_HEADS = [
    "",
    "Marketing",
    "Sales",
    "Product",
    "Partner",
    "Customer",
    "Inbound",
    "Target",
    "Pipeline",
    "Buying",
    "Net New",
]
_MIDDLES = ["", "Qualified", "Accepted", "Engaged", "Sourced", "Influenced", "Weighted", "Win-Back", "Mid-Funnel"]
_TAILS = ["Lead", "Account", "Score", "Stage", "Rate", "Revenue", "Velocity", "Campaign", "Criteria", "Analysis"]


def real_looking_names(count: int, seed: int) -> list[str]:
    """Names as teams give them, many of them nearly another one."""
    chance = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        name = " ".join(part for part in map(chance.choice, (_HEADS, _MIDDLES, _TAILS)) if part)
        if chance.random() < 0.4:
            name += f" {chance.choice('0123456789ABC')}{chance.choice(['', '1', ' EMEA', ' B2B'])}"
        for _ in range(chance.randint(0, 3)):
            name = _slip(name, chance.randrange(40), chance.randrange(4), chance.choice("aeinrst -"))
        names[name.strip() or "x"] = None
    return list(names)
