"""What catalogues, dbt and the CRM take: read by their own rules, and deaf to what somebody wrote into a word."""

import csv
import io
import re
from itertools import combinations
from typing import Any

import pytest
import yaml
from rdflib import OWL, RDF, SKOS, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from glossary.domain.content import parse
from glossary.exchange.cells import as_written
from glossary.exchange.starter import contents
from tests.domain import texts
from tests.exchange.formats import HOSTILE, SITE, word, written
from tests.exchange.test_lossless import KINDS, NASTY, STARTER

SCHEME = URIRef(f"{SITE}/vocabulary")


def made(name: str, **more: Any) -> dict[str, Any]:
    slug = more.pop("slug", name)
    return word(parse({"name": name, **more}, sides=texts.SIDES), slug=slug)


def related(*links: tuple[str, str]) -> list[dict[str, str]]:
    return [{"relation": relation, "term": term} for relation, term in links]


def at(slug: str) -> URIRef:
    return URIRef(f"{SITE}/terms/{slug}/")


# SKOS


def graph(words: list[dict[str, Any]]) -> Graph:
    read = Graph()
    read.parse(data=written("skos", words), format="turtle")
    return read


def require_integrity(read: Graph) -> None:
    """The conditions of the SKOS Reference that a vocabulary can break: S9, S13, S14, S27, and its schemes."""
    concepts = set(read.subjects(RDF.type, SKOS.Concept))
    assert not concepts & set(read.subjects(RDF.type, SKOS.ConceptScheme))
    for concept in concepts:
        preferred = list(read.objects(concept, SKOS.prefLabel))
        assert len({label.language for label in preferred if isinstance(label, Literal)}) == len(preferred) == 1
        assert not set(preferred) & set(read.objects(concept, SKOS.altLabel))
        assert (concept, SKOS.inScheme, SCHEME) in read
        above = set(read.transitive_objects(concept, SKOS.broader)) - {concept}
        beside = set(read.objects(concept, SKOS.related)) | set(read.subjects(SKOS.related, concept))
        assert not above & beside
        assert ((concept, SKOS.topConceptOf, SCHEME) in read) == ((concept, SKOS.broader, None) not in read)
        assert ((SCHEME, SKOS.hasTopConcept, concept) in read) == ((concept, SKOS.topConceptOf, SCHEME) in read)
    for lower, higher in read.subject_objects(SKOS.broader):
        assert (higher, SKOS.narrower, lower) in read
        assert higher in concepts


def test_the_starter_vocabulary_keeps_the_conditions_of_skos() -> None:
    words = [word(content, slug=_slug(content.name, content.kind)) for content in STARTER]
    read = graph(words)
    require_integrity(read)
    concepts = [item for item in words if item["kind"] != "record_type"]
    assert set(read.subjects(RDF.type, SKOS.Concept)) == {at(item["slug"]) for item in concepts}
    for item in concepts:
        assert str(read.value(at(item["slug"]), SKOS.prefLabel)) == item["name"]
        assert str(read.value(at(item["slug"]), OWL.versionInfo)) == "1"
        assert str(read.value(at(item["slug"]), URIRef(f"{SITE}/vocabulary#digest"))) == item["digest"]


def _slug(name: str, kind: str) -> str:
    return ("record-" if kind == "record_type" else "") + re.sub("[^a-z0-9]+", "-", name.lower())


def test_what_is_above_a_word_is_never_also_beside_it() -> None:
    words = [
        made("a", related=related(("broader", "b"), ("see_also", "b"), ("feeds", "c"), ("contrasts", "d"))),
        made("b", related=related(("part_of", "c"), ("see_also", "a"))),
        made("c", related=related(("narrower", "e"), ("precedes", "a"), ("broader", "c"))),
        made("d", related=related(("broader", "nobody"), ("see_also", "nobody"), ("see_also", "d"))),
        made("e", related=related(("replaces", "d"))),
    ]
    read = graph(words)
    require_integrity(read)
    assert set(read.subject_objects(SKOS.broader)) == {(at("a"), at("b")), (at("b"), at("c")), (at("e"), at("c"))}
    assert set(read.subject_objects(SKOS.related)) == {(at("a"), at("d"))}
    assert set(read.subject_objects(DCTERMS.replaces)) == {(at("e"), at("d"))}
    assert set(read.objects(SCHEME, SKOS.hasTopConcept)) == {at("c"), at("d")}


def test_words_above_each_other_in_a_circle_are_written_and_nothing_hangs() -> None:
    words = [made(f"w{n}", related=related(("broader", f"w{(n + 1) % 5}"), ("see_also", "w0"))) for n in range(5)]
    require_integrity(graph(words))


def test_a_word_to_avoid_names_the_one_to_use() -> None:
    read = graph([made("old", status="discouraged", replaced_by="new", status_reason="Nobody means it."), made("new")])
    assert (at("old"), DCTERMS.isReplacedBy, at("new")) in read
    assert (at("old"), OWL.deprecated, Literal(True)) in read
    assert (at("new"), OWL.deprecated, None) not in read
    assert str(read.value(at("old"), SKOS.changeNote)) == "Nobody means it."


def test_another_name_that_is_the_name_is_no_second_label() -> None:
    read = graph([word(parse({"name": "Multi-Threading", "aliases": ["multithreading"]}, sides=texts.SIDES), slug="m")])
    require_integrity(read)
    doubled = made("Lead", slug="lead") | {"aliases": ["Lead", "Prospect", "Prospect"]}
    assert [str(label) for label in graph([doubled]).objects(at("lead"), SKOS.altLabel)] == ["Prospect"]


def test_hostile_texts_stay_texts_in_turtle() -> None:
    words = [word(content, slug=f"w-{n}") for n, content in enumerate(NASTY)]
    read = graph(words)
    require_integrity(read)
    assert set(read.subjects(RDF.type)) == {SCHEME, *(at(item["slug"]) for item in words)}
    assert {str(text) for text in read.objects(None, SKOS.definition)} == {item["summary"] for item in words}


# dbt

BLOCK = re.compile(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}\n\n", re.DOTALL)


def test_every_word_has_one_block_of_docs_and_links_read_as_names() -> None:
    words = [
        made("Lead", slug="lead", summary="person", definition="See [[mql|the test]] and [[mql]]."),
        made("Marketing Qualified Lead", slug="mql", status="retired", replaced_by="lead", examples=["one"]),
    ]
    lead, mql = BLOCK.findall(written("dbt-docs", words).decode())
    assert lead[0] == "accord_lead"
    assert "See the test and Marketing Qualified Lead." in lead[1]
    assert f"Version 1, signed by Sam Rivera (sales), =Mia() (marketing). {SITE}/terms/lead/" in lead[1]
    assert "**This word is retired. Use Lead instead.**" in mql[1]


def test_no_two_words_share_a_block() -> None:
    slugs = ["a-b", "ab", "a-b-c", "record-a-b", "term-12"]
    names = [name for name, _ in BLOCK.findall(written("dbt-docs", [made(f"n{s}", slug=s) for s in slugs]).decode())]
    assert len(set(names)) == len(slugs)
    assert all(re.fullmatch("[a-z0-9_]+", name) for name in names)


def hostile_words() -> list[dict[str, Any]]:
    records = [
        made(
            f"Record {number}",
            slug=f"record-r{number}",
            kind="record_type",
            key=f"r{number}",
            summary=text,
            fields={"email": {"type": "string", "source": text, "note": text, "computed": text, "unit": text}},
        )
        for number, text in enumerate(HOSTILE)
    ]
    signs = ["{", "%", "#", "}", "{{", "%}", "{%-"]
    joined = [made(f"j{n}", summary=one + other, includes=[one, other]) for n, (one, other) in _pairs(signs)]
    return [*(word(content, slug=f"w-{n}") for n, content in enumerate(NASTY)), *records, *joined]


def _pairs(signs: list[str]) -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(combinations(signs, 2)))


def test_nothing_that_somebody_wrote_is_a_template_for_dbt() -> None:
    words = hostile_words()
    blocks = written("dbt-docs", words).decode()
    assert len(BLOCK.findall(blocks)) == len(words)
    inside = "".join(text for _, text in BLOCK.findall(blocks))
    assert not re.search(r"\{[{%#]|[}%#]\}", inside)


def test_the_properties_say_which_signed_text_each_column_is_from() -> None:
    kinds = [word(content, slug=_slug(content.name, content.kind)) for content in KINDS]
    said = yaml.safe_load(written("dbt-meta", kinds))
    [model] = said["models"]
    assert (said["version"], model["name"]) == (2, "lead")
    facts = {"term": "record-lead", "version": 1, "digest": "ab" * 32}
    assert model["config"]["meta"] == facts | {"criteria": ["mql"]}
    columns = {column["name"]: column for column in model["columns"]}
    assert set(columns) == {"email", "fit", "score", "mql_verdict"}
    assert columns["email"]["description"] == "lower case. From: CRM"
    assert columns["score"]["config"]["meta"]["unit"] == "points"
    assert columns["mql_verdict"]["description"] == "{{ doc('accord_marketing_qualified_lead') }}"
    assert columns["mql_verdict"]["config"]["meta"]["criterion"] == "mql"


def test_the_properties_hold_no_template_but_their_own() -> None:
    said = written("dbt-meta", hostile_words()).decode()
    ours = re.compile(r"\{\{ doc\(''accord_[a-z0-9_]+''\) \}\}")
    assert not re.search(r"\{[{%#]|[}%#]\}", ours.sub("", said))
    assert len(yaml.safe_load(said)["models"]) == len(HOSTILE)


def test_properties_without_a_record_type_are_an_empty_list() -> None:
    assert yaml.safe_load(written("dbt-meta", [made("a")]))["models"] == []


# Help texts


def mapped(name: str, value: str = "", system: str = "Salesforce", **more: Any) -> dict[str, Any]:
    mapping = {"system": system, "object": "Lead", "field": "Status", "value": value}
    return made(name, crm_mappings=[mapping], **more)


def table(form: str, words: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(written(form, words).decode(), newline=""))]


def test_a_field_that_several_words_explain_has_one_row() -> None:
    words = [
        mapped("sal", "Working", summary="lead that sales took"),
        mapped("lead", summary="person"),
        mapped("old", summary="gone", status="retired", status_reason="Nobody used it."),
        mapped("other", system="hubspot", summary="elsewhere"),
    ]
    [row] = table("salesforce", words)
    assert (row["object"], row["field"], row["words"]) == ("Lead", "Status", "lead sal")
    assert row["inline_help_text"] == "lead: person (v1) · Working = sal: lead that sales took (v1)"
    [row] = table("hubspot", words)
    assert (row["object"], row["property"], row["description"]) == ("Lead", "Status", "other: elsewhere (v1)")


def test_the_stages_of_a_model_explain_their_values() -> None:
    [row] = table("salesforce", [word(content) for content in KINDS])
    assert row["inline_help_text"] == "Open = Engaged: a person has responded (Revenue pipeline, v1)"


@pytest.mark.parametrize("letter", ["x", "😀", "x ", "é"])
def test_a_help_text_fits_into_salesforce_however_much_there_is_to_say(letter: str) -> None:
    for count in (1, 2, 5):
        words = [mapped(f"n{n}", "v" * 400, summary=(letter * 300)[:300]) for n in range(count)]
        [row] = table("salesforce", words)
        text = row["inline_help_text"]
        assert 200 < len(text.encode("utf-16-le")) // 2 <= 510
        assert text.endswith("…")


def test_hostile_texts_are_no_formulas_in_help_texts() -> None:
    words = [word(content, slug=f"w-{n}") for n, content in enumerate(NASTY)]
    rows = table("salesforce", words)
    assert {as_written(row["field"]) for row in rows} == {item["crm_mappings"][0]["field"] for item in words}
    for row in rows:
        assert not any(text[:1] in ("=", "+", "-", "@", "\t", "\r") for text in row.values() if text)
        assert len(row["inline_help_text"].encode("utf-16-le")) // 2 <= 510


def test_the_starter_vocabulary_explains_fields_of_both_systems() -> None:
    words = [word(parse(data, sides=texts.SIDES), slug=f"w-{n}") for n, data in enumerate(contents())]
    assert len(table("salesforce", words)) > 10
    assert len(table("hubspot", words)) > 10
