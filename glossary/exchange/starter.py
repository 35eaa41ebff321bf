"""The vocabulary on the shelf: words that a company can start its own from. None is agreed by being here."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from glossary.domain.names import fold
from glossary.models import Namespace

VOCABULARY = Path(settings.BASE_DIR) / "fixtures" / "seed_vocabulary.yaml"
NOT_CONTENT = {"id", "seeds", "sales_says", "marketing_says"}
MODEL_HEAD = {"name", "kind", "summary", "owner_side", "review_months"}
GROUPS = {
    "stage": "The way of a lead",
    "stage_model": "The way of a lead",
    "metric": "Numbers",
    "attribution_model": "Numbers",
    "role": "Who does what",
    "persona": "Who does what",
    "record_type": "Records of the CRM, which tests look at",
}
OTHERS = "Ideas"
HEADINGS = tuple(dict.fromkeys([OTHERS, *GROUPS.values()]))  # in the order they are shown


@dataclass(frozen=True)
class Entry:
    """One word on the shelf: its content as plain data, and under which heading it stands."""

    key: str
    name: str
    summary: str
    group: str
    content: dict[str, Any]

    @property
    def claim(self) -> tuple[str, str]:
        """Where its name would be taken: namespace and folded name."""
        namespace = Namespace.RECORD_TYPE if self.content.get("kind") == "record_type" else Namespace.WORD
        return str(namespace), fold(self.name)


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """The file as it is written."""
    read: dict[str, Any] = yaml.safe_load(VOCABULARY.read_text())
    return read


def contents() -> Iterable[dict[str, Any]]:
    """Everything on the shelf as contents: record types, words, stage models."""
    for record_type in vocabulary()["record_types"]:
        yield {"kind": "record_type", **record_type}
    for entry in vocabulary()["entries"]:
        yield {key: value for key, value in entry.items() if key not in NOT_CONTENT}
    for model in vocabulary()["stage_models"]:
        details = {key: value for key, value in model.items() if key not in MODEL_HEAD | {"id"}}
        yield {**{key: model[key] for key in MODEL_HEAD}, "stage_model": details}


def entries() -> list[Entry]:
    """The words on the shelf, in the order of the file."""
    return [_entry(number, content) for number, content in enumerate(contents())]


def _entry(number: int, content: dict[str, Any]) -> Entry:
    group = GROUPS.get(content.get("kind", ""), OTHERS)
    return Entry(str(number), content["name"], content.get("summary", ""), group, content)
