"""SKOS in Turtle (W3C, "SKOS Reference" and "RDF 1.1 Turtle"), concept by concept.

Written here and not by a library, which would hold the whole graph in memory; the tests read it with rdflib.
Record types are no concepts and are left out. What a word says of itself: its names, texts, status and links.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from glossary.domain.links import without_links
from glossary.exchange.hierarchy import BESIDE, Hierarchy, links_of
from glossary.exchange.source import Source, Word
from glossary.rendering.instants import iso

_PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix accord: <{site}/vocabulary#> .
"""
_BETWEEN = " ;\n    "  # what is said of one word
_ESCAPED = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_UNSAFE = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]')
_NOT_IN_ADDRESS = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")


def literal(text: str, tag: str = "") -> str:
    """A text as Turtle quotes it, in the language `tag` or typed `^^…`; nothing in it ends the quote."""
    return f'"{_UNSAFE.sub(_escape, text)}"{tag}'


def _escape(found: re.Match[str]) -> str:
    return _ESCAPED.get(found.group(), f"\\u{ord(found.group()):04X}")


def address(site: str, slug: str) -> str:
    """The address of a word as an IRI; signs that would end it are percent-encoded."""
    return f"<{_NOT_IN_ADDRESS.sub(_percent, f'{site}/terms/{slug}/')}>"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode())


def turtle(source: Source) -> Iterator[str]:
    """The scheme, then one concept a word. The links and names of all words are kept meanwhile, and no texts."""
    known = source.concepts()
    hierarchy = Hierarchy(_concepts(source), known)
    scheme = f"<{source.site}/vocabulary>"
    yield _PREFIXES.format(site=source.site)
    yield f"\n{scheme} a skos:ConceptScheme ;\n    dct:title {literal('Accord')} ;\n"
    yield f"    dct:modified {literal(iso(source.at), '^^xsd:dateTime')} .\n"
    for word in _concepts(source):
        yield _concept(word, source, known, hierarchy, scheme)


def _concepts(source: Source) -> Iterator[Word]:
    return (word for word in source.words() if word["kind"] != "record_type")


def _concept(word: Word, source: Source, known: Mapping[str, str], hierarchy: Hierarchy, scheme: str) -> str:
    me = address(source.site, word["slug"])
    said = [
        f"{me} a skos:Concept",
        f"skos:inScheme {scheme}",
        *_labels(word, f"@{source.language}"),
        *_notes(word, f"@{source.language}", known),
        *_links(word, source.site, known, hierarchy),
        *_standing(word, source.site, known),
    ]
    top = ""
    if not hierarchy.above(word["slug"]):
        said.append(f"skos:topConceptOf {scheme}")
        top = f"\n{scheme} skos:hasTopConcept {me} ."
    return f"{top}\n{_BETWEEN.join(said)} .\n"


def _labels(word: Word, tag: str) -> Iterator[str]:
    """One preferred label, and the others apart from it (S13, S14)."""
    yield f"skos:prefLabel {literal(word['name'], tag)}"
    others = dict.fromkeys([*word.get("aliases", ()), *word.get("abbreviations", ())])
    others.pop(word["name"], None)
    for name in others:
        yield f"skos:altLabel {literal(name, tag)}"


_NOTES = (
    ("skos:definition", ("summary",)),
    ("skos:note", ("definition", "why")),
    ("skos:scopeNote", ("includes", "excludes")),
    ("skos:example", ("examples",)),
    ("skos:changeNote", ("status_reason",)),
)
_SAID_BEFORE = {"includes": "Includes: ", "excludes": "Does not include: "}


def _notes(word: Word, tag: str, known: Mapping[str, str]) -> Iterator[str]:
    for predicate, fields in _NOTES:
        for field in fields:
            for text in _texts(word.get(field)):
                plain = without_links(text, lambda slug: known.get(slug, slug))
                yield f"{predicate} {literal(_SAID_BEFORE.get(field, '') + plain, tag)}"


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _links(word: Word, site: str, known: Mapping[str, str], hierarchy: Hierarchy) -> Iterator[str]:
    slug = word["slug"]
    for higher in hierarchy.above(slug):
        yield f"skos:broader {address(site, higher)}"
    for lower in hierarchy.below(slug):
        yield f"skos:narrower {address(site, lower)}"
    for other, relation in links_of(word, known):
        if relation == "replaces":
            yield f"dct:replaces {address(site, other)}"
        elif relation in BESIDE and hierarchy.may_stand_beside(slug, other):
            yield f"skos:related {address(site, other)}"


def _standing(word: Word, site: str, known: Mapping[str, str]) -> Iterator[str]:
    """Which text this is, and whether people are to use another word."""
    yield f"accord:status {literal(word['status'])}"
    yield f"owl:versionInfo {literal(str(word['version']))}"
    yield f"accord:digest {literal(word['digest'])}"
    yield f"dct:issued {literal(word['published_at'], '^^xsd:dateTime')}"
    if word["status"] != "agreed":
        yield f"owl:deprecated {literal('true', '^^xsd:boolean')}"
    if word.get("replaced_by") in known:
        yield f"dct:isReplacedBy {address(site, word['replaced_by'])}"
