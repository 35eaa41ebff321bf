"""For dbt: `{% docs %}` blocks with the texts, and properties of models that say which signed text a column is from.

dbt renders both as Jinja templates (docs.getdbt.com, "doc" and "Documentation"), so the signs of Jinja are broken apart
in everything that people wrote. What somebody writes can be read there and never run.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from glossary.domain.criteria import verdict_column
from glossary.domain.links import without_links
from glossary.exchange.as_yaml import dumped
from glossary.exchange.source import Source, Word

_OPENS = re.compile(r"\{(?=[{%#])")
_CLOSES = re.compile(r"(?<=[}%#])\}")
_BULLETS = (("includes", "Includes"), ("excludes", "Does not include"), ("examples", "Examples"))


def inert(text: str) -> str:
    """The text without a sign that opens or closes a template: a space stands between its two halves."""
    return _CLOSES.sub(" }", _OPENS.sub("{ ", text))


def block_name(slug: str) -> str:
    """What `doc()` is asked for: slugs have small letters, digits and hyphens, and each keeps a name of its own."""
    return f"accord_{slug.replace('-', '_')}"


# Blocks


def docs(source: Source) -> Iterator[str]:
    """One block a word in force. What words are called is kept meanwhile, for the links between them."""
    names = source.names()
    for word in source.words():
        yield f"{{% docs {block_name(word['slug'])} %}}\n{inert(_text(word, names, source.site))}\n{{% enddocs %}}\n\n"


def _text(word: Word, names: Mapping[str, str], site: str) -> str:
    called = ", ".join([*word.get("abbreviations", ()), *word.get("aliases", ())])
    parts = [f"**{word['name']}**" + (f" ({called})" if called else ""), _warning(word, names)]
    parts += [word.get("summary", ""), word.get("definition", "")]
    for field, heading in _BULLETS:
        if entries := word.get(field):
            parts.append("\n".join([f"{heading}:", "", *(f"- {entry}" for entry in entries)]))
    parts.append(f"Version {word['version']}, signed by {_signers(word)}. {site}{word['url']}")
    return without_links("\n\n".join(filter(None, parts)), lambda slug: names.get(slug, slug.replace("-", " ")))


def _warning(word: Word, names: Mapping[str, str]) -> str:
    if word["status"] == "agreed":
        return ""
    use, advice = word.get("replaced_by"), ""
    if use:
        advice = f" Use {names[use]} instead." if use in names else " What to use instead is not in force yet."
    return f"**{'Avoid this word.' if word['status'] == 'discouraged' else 'This word is retired.'}{advice}**"


def _signers(word: Word) -> str:
    return ", ".join(f"{seat['name']} ({seat['side']})" for seat in word["signatures"])


# Properties


class Stated(NamedTuple):
    """A criterion, and the signed text that states it."""

    id: str
    slug: str
    version: int
    digest: str


def properties(source: Source) -> Iterator[str]:
    """A model for each record type: its fields, and a column for each criterion over it.

    Which criteria look at which record type is kept meanwhile: a line for each.
    """
    stated: dict[str, list[Stated]] = defaultdict(list)
    for word in source.words():
        for criterion in word.get("criteria", ()):
            stated[criterion["record"]].append(Stated(criterion["id"], word["slug"], word["version"], word["digest"]))
    yield "version: 2\nmodels:\n"
    is_empty = True
    for word in source.words():
        if word["kind"] == "record_type":
            is_empty = False
            yield dumped([_model(word, stated.get(word.get("key", ""), []))])
    if is_empty:
        yield "  []\n"


def _model(word: Word, stated: list[Stated]) -> dict[str, Any]:
    fields = [_column(name, field, word) for name, field in word.get("fields", {}).items()]
    meta = _meta(word) | {"criteria": [criterion.id for criterion in stated]}
    return {
        "name": word.get("key", block_name(word["slug"])),
        "description": _doc(word["slug"]),
        "config": {"meta": meta},
        "columns": [*fields, *map(_verdict, stated)],
    }


def _column(name: str, field: Mapping[str, Any], word: Word) -> dict[str, Any]:
    said = [field.get("note"), field.get("computed"), f"From: {field['source']}"]
    unit = {"unit": inert(field["unit"])} if "unit" in field else {}
    return {
        "name": name,
        "description": inert(". ".join(filter(None, said))),
        "config": {"meta": _meta(word) | unit},
    }


def _verdict(criterion: Stated) -> dict[str, Any]:
    meta = {"term": criterion.slug, "version": criterion.version, "digest": criterion.digest}
    return {
        "name": verdict_column(criterion.id),
        "description": _doc(criterion.slug),
        "config": {"meta": meta | {"criterion": criterion.id}},
    }


def _doc(slug: str) -> str:
    return f"{{{{ doc('{block_name(slug)}') }}}}"


def _meta(word: Word) -> dict[str, Any]:
    return {"term": word["slug"], "version": word["version"], "digest": word["digest"]}
