"""A file of words that somebody brings in is read as it was exported, or refused in a sentence that says where."""

import io
import json
from typing import Any

import pytest
from hypothesis import given

from glossary.domain.content import canonical_text, parse
from glossary.domain.refusals import Refusal
from glossary.exchange.arriving import MOST_WORDS, Brought, Unreadable, words_in
from tests.domain import texts
from tests.exchange.formats import word, written
from tests.exchange.test_lossless import KINDS, NASTY, STARTER

SIDES = texts.SIDES


def read(data: bytes | str, name: str) -> list[Any]:
    return list(words_in(io.BytesIO(data.encode() if isinstance(data, str) else data), name))


def refusal(data: bytes | str, name: str) -> str:
    with pytest.raises(Refusal) as refused:
        read(data, name)
    assert refused.value.code in ("invalid", "too_large")
    return refused.value.sentence


def canonical(data: Any) -> str:
    return canonical_text(term="x", base=None, effective_from=None, content=parse(data, sides=SIDES))


@pytest.mark.parametrize("form", ["json", "jsonl", "yaml", "csv"])
def test_what_was_exported_says_the_same_when_it_comes_back(form: str) -> None:
    kept = [*STARTER, *KINDS, *NASTY]
    found = read(written(form, [word(content, slug=f"w-{n}") for n, content in enumerate(kept)]), f"WORDS.{form}")
    assert [brought.slug for brought in found] == [f"w-{n}" for n in range(len(kept))]
    for content, brought in zip(kept, found, strict=True):
        assert canonical(brought.over(content.as_data())) == canonical(content.as_data())


@given(texts.random_data)
def test_any_content_comes_back_from_a_sheet_as_far_as_it_has_columns(data: dict[str, Any]) -> None:
    content = parse(data, sides=SIDES)
    [brought] = read(written("csv", [word(content)]), "words.csv")
    assert canonical(brought.over(content.as_data())) == canonical(content.as_data())
    alone = canonical(brought.over({}))
    assert alone == canonical({field: v for field, v in content.as_data().items() if field != "criteria"})


def test_a_sheet_changes_what_it_has_columns_for_and_nothing_else() -> None:
    base = {"name": "Lead", "why": "old", "summary": "s", "criteria": ["kept"], "for_sides": {"sales": "a", "ops": "c"}}
    [brought] = read("name,why,summary,for_sales,for_marketing,for_ops\nLead,new,,b,,\n", "w.csv")
    assert brought.over(base) == {
        "name": "Lead",
        "why": "new",
        "summary": None,
        "criteria": ["kept"],
        "for_sides": {"sales": "b"},
    }


def test_nothing_in_a_file_is_a_signature() -> None:
    [brought] = read(written("json", [word(KINDS[0])]), "w.json")
    assert not {"signatures", "version", "digest", "published_at"} & set(brought.fields)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("x", "w.txt", "Only files that end in"),
        ("{", "w.json", "The file is not JSON"),
        ('{"terms": 1}', "w.json", "no list of words"),
        ("[1, NaN]", "w.json", "NaN is no number"),
        ('[{"name": "a", "name": "b"}]', "w.json", "stands twice"),
        (b"\xff[]", "w.json", "not written in UTF-8"),
        ("[" * 100_000, "w.json", "nested too deep"),
        ('{"name": "a"}\n{', "w.jsonl", "Line 2 is not JSON"),
        ("a: [", "w.yaml", "The file is not YAML: line"),
        (b"\xff", "w.yaml", "not written in UTF-8"),
        ("[" * 100_000, "w.yaml", "nested too deep"),
        ("terms:\n- &a\n  name: x\n- *a\n", "w.yaml", "Line 4 refers to another place"),
        ("terms:\n- name: a\n  name: b\n", "w.yaml", "line 2: a field stands twice"),
        ("!!python/object/apply:os.system ['id']", "w.yaml", "could not determine a constructor"),
        ("terms:\n- name: 2027-13-45\n", "w.yml", "a date or a number that does not exist"),
        ("terms: a\x00b", "w.yaml", "The file is not YAML"),
        ("a: 1\n---\nb: 2\n", "w.yaml", "The file is not YAML"),
        ("slug,kind\na,concept\n", "w.csv", "No column is called “name”"),
        ("name,colour\na,red\n", "w.csv", "no field “colour”"),
        ("", "w.csv", "The file is empty"),
        ("", "w.yaml", "no list of words"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(text: bytes | str, name: str, said: str) -> None:
    assert said in refusal(text, name)


def test_a_bomb_of_aliases_is_refused_before_it_unpacks() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    assert "refers to another place" in refusal("\n".join(lines), "w.yaml")


def test_one_word_at_a_fault_leaves_the_others_readable() -> None:
    found = read(json.dumps([{"name": "a"}, 5, {"slug": ["x"], "name": "b"}, {"name": "c"}]), "w.json")
    assert [type(item) for item in found] == [Brought, Unreadable, Unreadable, Brought]
    rows = read("name,related,open_questions\na,see_also: b,2027-05-17 When?\nb,nonsense,\nc,,soon\n", "w.csv")
    assert rows[0].fields["related"] == [{"relation": "see_also", "term": "b"}]
    assert rows[0].fields["open_questions"] == [{"look_again": "2027-05-17", "question": "When?"}]
    assert [type(item) for item in rows[1:]] == [Unreadable, Unreadable]
    assert "Write lines such as “see_also: campaign”" in rows[1].refusal.sentence


def test_there_are_never_more_words_than_can_be_looked_at() -> None:
    found = words_in(io.BytesIO(b'{"name": "a"}\n' * (MOST_WORDS + 1)), "w.jsonl")
    with pytest.raises(Refusal, match=r"more than 20,000 words"):
        for _ in found:
            pass


@given(texts.anything)
def test_anything_at_all_in_a_file_is_read_or_refused(data: Any) -> None:
    for name in ("w.json", "w.jsonl", "w.yaml", "w.csv"):
        try:
            read(repr(data).encode("utf-8", "replace"), name)
            read(json.dumps(data, default=str).encode("utf-8", "replace"), name)
        except Refusal:
            pass
        except TypeError:
            pass  # JSON has no such keys
