"""What the rules know, and what they find."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from glossary.domain.content import Content
from glossary.domain.criteria import Ground, Stated
from glossary.domain.picklist import Claim
from glossary.domain.shapes import Sample, StageModel


@dataclass(frozen=True)
class Finding:
    """One thing to mend: a stable code, the path of the field, what was found, and how to mend it."""

    code: str
    path: str
    message: str
    mend: str

    def as_data(self) -> dict[str, str]:
        """The finding as plain JSON."""
        return asdict(self)


class Touched(NamedTuple):
    """A criterion of another term, with its samples."""

    stated: Stated
    samples: tuple[Sample, ...]


class StandingModel(NamedTuple):
    """A stage model in force that stands on what the text says, by slug: on what as it is, and as it would be."""

    slug: str
    model: StageModel
    before: Ground
    after: Ground


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the rules have to know about the registry at this instant.

    `own_slug` is that of the word itself; `known` and `in_force` are slugs among the terms referred to, `record_keys`
    keys among the record types used. `near` holds slug and name of terms with a similar name; `sides_without_owner`
    and `sides_of_authors_only`, whose owners all wrote the text and may therefore not sign it, the names of sides;
    `replaces_upcoming` and `same_as` the numbers of versions; `crm_claims` is what other words that hold a value of the
    CRM which this one holds say of it; `base` is the text that this one would change.

    What definitions run on: `ground` holds the record types that the text looks at, signed or only suggested, with all
    criteria over them, its own in place of those it would replace, and `without_text` the keys of those that have none.
    `criteria_taken` says of an id which other term has it, `touched` are criteria of other terms that rest on what this
    text says, `used_by` tells where an id is used, and `models` are stage models that stand on it.
    """

    own_slug: str = ""
    known: frozenset[str] = frozenset()
    in_force: frozenset[str] = frozenset()
    name_taken_by: str | None = None
    aliases_taken: Mapping[str, str] = field(default_factory=dict)
    abbreviations_shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    near: tuple[tuple[str, str], ...] = ()
    sides_without_owner: tuple[str, ...] = ()
    sides_of_authors_only: tuple[str, ...] = ()
    effective_from_past: bool = False
    replaces_upcoming: int | None = None
    same_as: int | None = None
    record_keys: frozenset[str] = frozenset()
    crm_claims: tuple[Claim, ...] = ()
    without_text: frozenset[str] = frozenset()
    base: Content | None = None
    ground: Ground = field(default_factory=Ground)
    criteria_taken: Mapping[str, str] = field(default_factory=dict)
    touched: tuple[Touched, ...] = ()
    used_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    models: tuple[StandingModel, ...] = ()


class Readiness(NamedTuple):
    """What was found. A text without errors may be put to the sides."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    def as_data(self) -> dict[str, Any]:
        """Both lists as plain JSON."""
        return {
            "errors": [finding.as_data() for finding in self.errors],
            "warnings": [finding.as_data() for finding in self.warnings],
        }


Found = Iterator[Finding]
Rule = Callable[[Content, Facts], Found]
