"""YAML: the same as the JSON, for people and for version control; safe to load, and the same texts come back.

YAML 1.1 and 1.2 read some plain words differently (`no`, `0o7`, `1e3`), so whatever does not begin with a letter is
quoted, and so is what PyYAML would quote.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from glossary.exchange.source import Source
from glossary.rendering.instants import iso

DERIVED = "definition_html"  # made from the definition, and no help in a file for people
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")  # line breaks in YAML 1.1 only


class Dumper(yaml.CSafeDumper):
    """Texts over several lines as blocks, and no text that another reader could take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if _OTHER_BREAKS.search(text):
        return '"'
    if "\n" in text:
        return "|"
    return None if text[:1].isalpha() else "'"


Dumper.add_representer(str, _text)


def dumped(data: object) -> str:
    """Plain data as block-style YAML in its own order."""
    text: str = yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=2**20)
    return text


def document(source: Source) -> Iterator[str]:
    yield f"exported_at: '{iso(source.at)}'\nterms:\n"
    is_empty = True
    for word in source.words():
        word.pop(DERIVED, None)
        is_empty = False
        yield dumped([word])
    if is_empty:
        yield "  []\n"
