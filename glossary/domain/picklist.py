"""What a CRM offers in its picklists against what the agreed words say: missing, extra, renamed, mapped twice."""

import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from glossary.domain.names import fold, loose, similar
from glossary.domain.refusals import FieldError, Refusal
from glossary.domain.slips import key_of_whole
from glossary.domain.values import tidy

COLUMNS = ("system", "object", "field", "value")
LONGEST = 500  # characters of a cell, as many as a mapping holds
MOST_SPELLED = 1_000  # values of one field whose spelling is compared; a picklist has no more
SLIPS = 2  # letters, at most; `similar` says how many
DENYING = ("un", "non", "not", "no", "in", "dis", "de")

Kind = Literal["missing", "extra", "renamed", "mapped_twice"]
KINDS: tuple[Kind, ...] = ("missing", "renamed", "extra", "mapped_twice")


class Place(NamedTuple):
    """A field of a CRM, whose values are a picklist."""

    system: str
    object: str
    field: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for names that differ in case, spaces, hyphens and underscores only."""
        return fold(self.system), fold(self.object), fold(self.field)

    def __str__(self) -> str:
        return f"{self.system} {self.object}.{self.field}"


class Offered(NamedTuple):
    """One value that a CRM offers in a field."""

    place: Place
    value: str


class Claimant(NamedTuple):
    """A word, or a stage of the stage model with this slug and name."""

    slug: str
    name: str
    stage: str = ""

    def __str__(self) -> str:
        return f"{self.name}, stage {self.stage}" if self.stage else self.name


class Claim(NamedTuple):
    """A word or a stage says that this value means it. `term` is the word's slug, or of a stage that of its word."""

    place: Place
    value: str
    by: Claimant
    term: str

    @property
    def key(self) -> int:
        """A number that claims of the same value of the same field share."""
        return key_of_whole("\0".join((*self.place.key, self.value)))


@dataclass(frozen=True)
class Finding:
    """One value of a field that does not fit.

    `value` is the word's for `missing`, `renamed` and `mapped_twice`, the CRM's for `extra`; `crm_value` is what the
    CRM calls a renamed one. `claimed_by` are the words and stages that hold `value`, none for `extra`.
    """

    kind: Kind
    value: str
    crm_value: str = ""
    claimed_by: tuple[Claimant, ...] = ()


@dataclass(frozen=True)
class Field:
    """One field of the CRM: how many of its values are the same on both sides, and what does not fit."""

    place: Place
    same: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Comparison:
    """The fields that the picklist speaks of, in its order, and the mapped ones on which it is silent."""

    fields: tuple[Field, ...]
    silent: tuple[Place, ...]

    @property
    def agrees(self) -> bool:
        return not any(field.findings for field in self.fields)

    @property
    def counts(self) -> dict[str, int]:
        """How many values are the `same`, and how many findings there are of each kind."""
        kinds = [finding.kind for field in self.fields for finding in field.findings]
        return {"same": sum(field.same for field in self.fields), **{kind: kinds.count(kind) for kind in KINDS}}


# Reading a picklist


def offered(columns: Sequence[str], records: Iterable[Mapping[str, object]]) -> list[Offered]:
    """The values in the records of a file; case and spaces in the names of its columns do not matter.

    Other columns are passed over. Raises `Refusal("invalid")` for a file without one of the four columns, without
    records, or with an empty or far too long cell.
    """
    named = {fold(column): column for column in columns}
    if lacking := [column for column in COLUMNS if column not in named]:
        sentence = f"The file has no column “{lacking[0]}”. It needs the columns system, object, field and value."
        raise Refusal("invalid", sentence)
    found = [_offered(record, named, number) for number, record in enumerate(records, start=1)]
    if not found:
        raise _refused("values", "There is nothing to compare: name at least one value that the CRM offers.")
    return found


def _offered(record: Mapping[str, object], named: Mapping[str, str], number: int) -> Offered:
    cells = [_text(record.get(named[column])) for column in COLUMNS]
    for column, cell in zip(COLUMNS, cells, strict=True):
        if not cell:
            raise _refused(
                f"values[{number - 1}].{column}",
                f"Record {number} has nothing in “{column}”. Fill it in, or leave it out.",
            )
        if len(cell) > LONGEST:
            raise _refused(
                f"values[{number - 1}].{column}", f"Record {number}, “{column}”: at most {LONGEST} characters fit here."
            )
    return Offered(Place(*cells[:3]), cells[3])


def _refused(path: str, sentence: str) -> Refusal:
    place: FieldError = {"path": path, "code": "bad_cell", "message": sentence}
    return Refusal("invalid", sentence, errors=[place])


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else tidy(str(cell))


# What is mapped


def claims_of(served: Mapping[str, object]) -> list[Claim]:
    """The values that a word, as served, and the stages in it hold; a field named without a value claims none."""
    data: Mapping[str, object] = served
    slug, name = str(data["slug"]), str(data["name"])
    claims = _claims(data, Claimant(slug, name), slug)
    model = data.get("stage_model")
    stages = model.get("stages", ()) if isinstance(model, Mapping) else ()
    for stage in stages:
        claims += _claims(stage, Claimant(slug, name, stage["name"]), stage.get("term", ""))
    return claims


def _claims(holder: Mapping[str, object], by: Claimant, term: str) -> list[Claim]:
    mappings = holder.get("crm_mappings", ())
    assert isinstance(mappings, list | tuple)
    return [
        Claim(Place(*(mapping[column] for column in COLUMNS[:3])), mapping["value"], by, term)
        for mapping in mappings
        if mapping.get("value")
    ]


# Comparing


def compare(values: Iterable[Offered], claims: Iterable[Claim]) -> Comparison:
    """What a CRM offers against what is claimed, for the fields that the values are of."""
    crm: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    held: defaultdict[tuple[str, ...], defaultdict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    places: dict[tuple[str, ...], Place] = {}
    for claim in claims:
        places.setdefault(claim.place.key, claim.place)
        held[claim.place.key][claim.value].append(claim)
    for place, value in values:
        places.setdefault(place.key, place)
        crm[place.key][value] = None
    fields = tuple(_field(places[key], offers, held.get(key, {})) for key, offers in crm.items())
    return Comparison(fields, tuple(sorted(places[key] for key in held if key not in crm)))


def _field(place: Place, offers: Iterable[str], held: Mapping[str, list[Claim]]) -> Field:
    extra = [value for value in offers if value not in held]
    offers = set(offers)
    missing = [value for value in held if value not in offers]
    renamed = _renamed(missing, extra)
    taken = set(renamed.values())
    findings = [
        *(Finding("missing", value, "", _holders(held[value])) for value in missing if value not in renamed),
        *(Finding("renamed", value, other, _holders(held[value])) for value, other in renamed.items()),
        *(Finding("extra", value) for value in extra if value not in taken),
        *(Finding("mapped_twice", value, "", _holders(some)) for value, some in held.items() if _is_twice(some)),
    ]
    return Field(place, len(held) - len(missing), tuple(findings))


def _holders(claims: Iterable[Claim]) -> tuple[Claimant, ...]:
    return tuple(dict.fromkeys(claim.by for claim in claims))


def _is_twice(claims: Sequence[Claim]) -> bool:
    """Whether a value stands for more than one thing; a stage and the word of that stage are one."""
    return len({claim.term or claim.by for claim in claims}) > 1 or len(_stages(claims)) > 1


def clash(one: Claim, other: Claim) -> bool:
    """Whether both hold the same value of the same field and mean something else by it."""
    same = (one.place.key, one.value) == (other.place.key, other.value)
    return same and _is_twice((one, other))


class Twice(NamedTuple):
    """A value that stands for more than one thing, and the words and stages that hold it."""

    place: Place
    value: str
    claimed_by: tuple[Claimant, ...]


def mapped_twice(claims: Iterable[Claim]) -> list[Twice]:
    """Every value that stands for more than one thing, by field."""
    held: defaultdict[tuple[tuple[str, ...], str], list[Claim]] = defaultdict(list)
    for claim in claims:
        held[claim.place.key, claim.value].append(claim)
    return sorted(Twice(some[0].place, some[0].value, _holders(some)) for some in held.values() if _is_twice(some))


def _stages(claims: Iterable[Claim]) -> set[Claimant]:
    return {claim.by for claim in claims if claim.by.stage}


# Spelling


def _renamed(missing: Sequence[str], extra: Sequence[str]) -> dict[str, str]:
    """Which missing value an extra one is in other letters: the same but for dressing first, then a slip of the pen."""
    left = dict.fromkeys(extra[:MOST_SPELLED])
    keys = {value: loose(value) for value in (*missing, *left)}
    pairs: dict[str, str] = {}
    for is_like in (operator.eq, _is_close):
        for value in missing:
            if value in pairs:
                continue
            if other := next((other for other in left if is_like(keys[value], keys[other])), None):
                pairs[value] = other
                del left[other]
    return pairs


def _is_close(one: str, other: str) -> bool:
    """Whether two loose keys are a slip of the pen apart, and one is not just the opposite of the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > SLIPS or any(long == prefix + short for prefix in DENYING):
        return False
    return similar(one, other)
