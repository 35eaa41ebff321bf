"""Which names are one, which only meet, which are close, and which nobody should have to read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.domain.names import distance, fold, loose, name_problem, similar, slug_for
from tests.patience import within


@pytest.mark.parametrize(
    "typed",
    [
        "Touch Point",
        "touch-point",
        "TOUCH_POINT",
        "touch\u00a0point",
        "touch\u2011point",
        "touch – point",
        "touch\u00adpoint",
        "touch−point",
        "ＴｏｕｃｈＰｏｉｎｔ",
        "touch　point",
        " touchpoint ",
    ],
)
def test_a_name_is_the_same_however_it_is_joined_and_capitalised(typed):
    assert fold(typed) == fold("Touchpoint")


@pytest.mark.parametrize("typed", ["Touchpoints", "Touchpoint's", "Töuchpoint", "Touch.point", "Touch/point"])
def test_plurals_possessives_and_accents_are_never_part_of_uniqueness(typed):
    assert fold(typed) != fold("Touchpoint")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Touchpoints", "Touch-point"),
        ("Buyer’s Journey", "buyers journey"),
        ("Buyers' journeys", "Buyer's Journey"),
        ("buyer`s journey", "Buyer´s Journey"),
        ("MQLs", "MQL"),
        ("MQL’s", "MQL"),
        ("M.Q.L.", "MQL"),
        ("KPIs", "KPI"),
        ("SLAs", "SLA"),
        ("LEADS", "lead"),
        ("companies", "company"),
        ("Sales", "sales"),
        ("boxes", "box"),
        ("churches", "church"),
        ("businesses", "business"),
        ("processes", "process"),
        ("statuses", "status"),
        ("buses", "bus"),
        ("analyses", "analysis"),
        ("use cases", "use case"),
        ("niches", "niche"),
        ("heroes", "hero"),
        ("personas", "persona"),
        ("movies", "movie"),
        ("exit criteria", "Exit Criterion"),
        ("salespeople", "salesperson"),
        ("Résumé", "resume"),
        ("Łódź pilot", "Lodz pilot"),
        ("Win/loss analysis", "win-loss analyses"),
        ("R&D", "R and D"),
        ("M\u200bQL", "MQL"),
    ],
)
def test_a_name_asked_for_loosely_meets_the_name_kept(asked, kept):
    assert loose(asked) == loose(kept)


@pytest.mark.parametrize(
    ("one", "other"), [("C#", "C"), ("ads", "a"), ("SS", "S"), ("MQL", "SQL"), ("が", "か"), ("Lead 1", "Lead 2")]
)
def test_different_words_stay_apart_even_loosely(one, other):
    assert loose(one) != loose(other)


def test_a_name_of_punctuation_alone_still_has_a_loose_key():
    assert loose("...") == "..."


@given(st.text())
def test_folding_twice_changes_nothing_and_gives_nfc(text):
    assert fold(fold(text)) == fold(text)
    assert unicodedata.is_normalized("NFC", fold(text))


@given(st.text())
def test_the_unicode_form_that_a_keyboard_sends_makes_no_difference(text):
    assert {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {fold(text)}
    assert loose(unicodedata.normalize("NFD", text)) == loose(unicodedata.normalize("NFC", text))


@given(st.text())
def test_a_name_that_folds_alike_also_meets_loosely(text):
    assert loose(text.upper().lower()) == loose(text.lower())
    assert slug_for(text) == "" or slug_for(text).isascii()


# What may be a name


@pytest.mark.parametrize(
    "name",
    [
        "MQL",
        "Buyer’s Journey",
        "W-Shaped Attribution",
        "Зарплата",
        "β-test",
        "T恤",
        "LINE登録",
        "Café",
        "R&D",
        "win %",
        "x" * 120,
        "360° view",
        "日本語",
    ],
)
def test_what_people_call_things_is_a_name(name):
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["", "   ", "\u3000"])
def test_nothing_is_no_name(name):
    assert name_problem(name) == "Give a name."


def test_the_longest_name_has_120_characters_however_they_are_composed():
    assert name_problem("é" * 120) is None
    assert name_problem(unicodedata.normalize("NFD", "é") * 120) is None
    assert "120" in name_problem("x" * 121)


@pytest.mark.parametrize("name", ["\ufdfa" * 20, "&" * 119 + "a"])
def test_a_name_is_short_also_once_its_letters_are_written_out(name):
    assert "too long" in name_problem(name)
    assert name_problem(name[-10:]) is None


@pytest.mark.parametrize(
    "letter",
    [
        *"\x00\x07\n\t\x7f\x85",
        *"\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
        *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u1160\u3164\uffa0\ufe0f\u180e\u2800\u2028\u2029",
        *"\U000e0041\U000e0100\ue000\ufdd0\ud800",
    ],
)
def test_a_character_that_nobody_can_see_is_named_and_refused(letter):
    assert f"U+{ord(letter):04X}" in name_problem(f"M{letter}QL")


@pytest.mark.parametrize("name", ["МQL", "Pаypal", "Lead Sοurce", "a good leаd", "Pipeliոe", "ＭＱＬа"])
def test_letters_of_two_alphabets_in_one_word_are_refused(name):
    assert "alphabet" in name_problem(name)


@pytest.mark.parametrize("name", ["Лид MQL", "CRM-лид", "Δ/target"])
def test_each_word_may_have_its_own_alphabet(name):
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["---", "!!!", "___", "…"])
def test_a_name_needs_a_letter_or_a_digit(name):
    assert name_problem(name) == "A name needs at least one letter or digit."


# Addresses


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Marketing Qualified Lead", "marketing-qualified-lead"),
        ("Buyer’s Journey", "buyers-journey"),
        ("W-Shaped Attribution", "w-shaped-attribution"),
        ("R&D / Österreich", "r-and-d-osterreich"),
        ("Straße", "strasse"),
        ("ＭＱＬ２", "mql2"),
        ("  --MQL-- ", "mql"),
        ("Лид", ""),
        ("LINE登録", ""),
        ("%", ""),
        ("a/../b", "a-b"),
    ],
)
def test_the_address_of_a_word_is_plain_ascii_or_left_to_its_number(name, slug):
    assert slug_for(name) == slug


def test_a_long_address_ends_at_a_whole_word():
    assert slug_for("word " * 24) == "-".join(["word"] * 24)
    assert slug_for("Ä" * 60 + " & " * 10 + "x" * 40) == "a" * 60 + "-and" * 10
    assert len(slug_for("ß" * 120)) == 120


# Nearness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Touchpoint", "Touch pionts"),
        ("Campaign", "Campagne"),
        ("Lead", "Laed"),
        ("Exit criteria", "Exit Criterion"),
        ("Buyer’s Journey", "Buyers Journey"),
        ("САС", "CAC"),  # Cyrillic
        ("Organisation", "Organization"),
    ],
)
def test_names_that_a_reader_could_take_for_one_another_are_similar(one, other):
    assert similar(one, other)
    assert similar(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("MQL", "SQL"), ("Stage 1", "Stage 2"), ("Q1 plan", "Q3 plan"), ("Lead", "Deal"), ("Lead Score", "Lead Source")],
)
def test_names_that_only_share_letters_are_not(one, other):
    assert not similar(one, other)


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("", "", 0), ("lead", "lead", 0), ("lead", "laed", 1), ("lead", "leads", 1), ("abc", "xyz", 3), ("", "ab", 2)],
)
def test_the_distance_counts_edits_and_swaps(one, other, edits):
    assert distance(one, other, 5) == edits


def test_the_distance_stops_counting_where_nobody_looks():
    assert distance("a" * 120, "b" * 120, 2) == 3


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", max_size=8))
def test_the_distance_is_the_same_from_both_ends_and_bounded(one, other):
    assert distance(one, other, 20) == distance(other, one, 20)
    assert distance(one, other, 2) == min(distance(one, other, 20), 3)


def test_a_name_is_compared_with_a_whole_registry_in_a_moment():
    others = [f"Word {letter}{number}" for number in range(500) for letter in "abcdef"]
    with within(20):
        assert not [other for other in others if similar("Marketing Qualified Lead", other)]
