"""What a field of the CRM means, for the help that the CRM itself shows beside the field: a row per field.

Salesforce: `inlineHelpText` of a field, at most 510 characters (Metadata API Developer Guide, "CustomField"). HubSpot:
`description` of a property (CRM API, "Properties"). The fields come from the words' `crm_mappings` and their stages'.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from glossary.exchange.cells import csv_lines, inert
from glossary.exchange.source import Source, Word

LONGEST_HELP = 510
LONGEST_DESCRIPTION = 32_767  # a cell of a sheet
BETWEEN = " · "


class Place(NamedTuple):
    """A field of a CRM."""

    object: str
    field: str


class Help(NamedTuple):
    """What one word says of a field: the value that it explains, if not the whole field, its text, its address."""

    value: str
    text: str
    slug: str


def for_salesforce(source: Source) -> Iterator[str]:
    return _table(source, "salesforce", ("object", "field", "inline_help_text", "words"), LONGEST_HELP)


def for_hubspot(source: Source) -> Iterator[str]:
    return _table(source, "hubspot", ("object", "property", "description", "words"), LONGEST_DESCRIPTION)


def _table(source: Source, system: str, heading: tuple[str, ...], most: int) -> Iterator[str]:
    return csv_lines(heading, _rows(source, system, most))


def _rows(source: Source, system: str, most: int) -> Iterator[list[object]]:
    """By object and field; words to avoid explain none. Several may explain one field, so what is said is kept."""
    said: dict[Place, list[Help]] = {}
    for word in source.words():
        for mapping, text in _mappings(word, system) if word["status"] == "agreed" else ():
            help_ = Help(mapping.get("value", ""), text, word["slug"])
            said.setdefault(Place(mapping["object"], mapping["field"]), []).append(help_)
    for place in sorted(said):
        entries = sorted(set(said[place]))
        words = " ".join(sorted({entry.slug for entry in entries}))
        yield [*place, _fitted([_sentence(entry) for entry in entries], most), words]


def _mappings(word: Word, system: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    summary = word.get("summary", "")
    named = f"{word['name']}: {summary}" if summary else word["name"]
    for mapping in word.get("crm_mappings", ()):
        if mapping["system"].casefold() == system:
            yield mapping, f"{named} (v{word['version']})"
    for stage in word.get("stage_model", {}).get("stages", ()):
        for mapping in stage.get("crm_mappings", ()):
            if mapping["system"].casefold() == system:
                yield mapping, f"{stage['name']}: {stage['entry']['text']} ({word['name']}, v{word['version']})"


def _sentence(entry: Help) -> str:
    return f"{entry.value} = {entry.text}" if entry.value else entry.text


def _fitted(sentences: list[str], most: int) -> str:
    """As many whole sentences as fit, then “…”; a first one that is too long is cut between two words."""
    text = ""
    for sentence in sentences:
        longer = f"{text}{BETWEEN}{sentence}" if text else sentence
        if _length(longer) > most:
            return f"{text} …" if text and _length(f"{text} …") <= most else _shortened(text or sentence, most)
        text = longer
    return text


def _shortened(text: str, most: int) -> str:
    while _length(text) > most - 1:
        text = text[: most - 1].rpartition(" ")[0] or text[: (most - 1) // 2]
    return f"{text.rstrip()}…"


def _length(text: str) -> int:
    """In UTF-16, as both systems count, and with the apostrophe that a leading sign of a formula gets."""
    return len(inert(text).encode("utf-16-le")) // 2
