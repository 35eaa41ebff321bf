"""All that was agreed, in short, for paper."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from glossary.lookup.words import letter_of
from glossary.models import InForce


class Printed(NamedTuple):
    """An agreed word in short. `use` is the slug of the word that replaces it; `signers` are people's names."""

    slug: str
    name: str
    abbreviations: list[str]
    aliases: list[str]
    status: str
    use: str
    summary: str
    version: int
    in_force_from: str
    signers: list[str]

    @property
    def letter(self) -> str:
        return letter_of(self.name)


def whole_vocabulary(*, at: datetime) -> list[Printed]:
    """All that is in force at `at`, record types apart, by name. One query, whose long texts are let go at once."""
    bodies = InForce.objects.at(at).exclude(kind="record_type").values_list("body", flat=True)
    words = [_printed(json.loads(body)) for body in bodies.iterator(chunk_size=200)]
    return sorted(words, key=lambda word: (word.name.casefold(), word.slug))


def _printed(body: Mapping[str, Any]) -> Printed:
    return Printed(
        slug=body["slug"],
        name=body["name"],
        abbreviations=body.get("abbreviations", []),
        aliases=body.get("aliases", []),
        status=body["status"],
        use=body.get("replaced_by", ""),
        summary=body.get("summary", ""),
        version=body["version"],
        in_force_from=body["in_force_from"],
        signers=[seat["name"] for seat in body["signatures"]],
    )
