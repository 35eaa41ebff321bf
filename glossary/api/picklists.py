"""What tools are sent about the picklists of a CRM."""

from collections.abc import Iterable
from typing import NotRequired, TypedDict

from glossary.domain.picklist import Claimant, Comparison, Finding, Kind, Place


class PlaceOut(TypedDict):
    """A field of a CRM."""

    system: str
    object: str
    field: str


class ClaimantOut(TypedDict):
    """A word that holds a value, or with `stage` one of the stages of a stage model."""

    slug: str
    url: str
    name: str
    stage: NotRequired[str]


class FindingOut(TypedDict):
    """A value that does not fit: the agreed one, and `crm_value`, what the CRM calls it if it was renamed.

    An extra value is that of the CRM, and nobody claims it.
    """

    kind: Kind
    value: str
    crm_value: NotRequired[str]
    claimed_by: list[ClaimantOut]


class FieldOut(PlaceOut):
    """A field that the picklist speaks of: how many values are the same, and which do not fit."""

    same: int
    findings: list[FindingOut]


class MappingCheckOut(TypedDict):
    """A picklist against what is in force. `not_in_picklist` are mapped fields of which it says nothing."""

    agrees: bool
    counts: dict[str, int]
    fields: list[FieldOut]
    not_in_picklist: list[PlaceOut]


def mapping_check(found: Comparison) -> MappingCheckOut:
    return {
        "agrees": found.agrees,
        "counts": found.counts,
        "fields": [
            {**_place(field.place), "same": field.same, "findings": [_finding(each) for each in field.findings]}
            for field in found.fields
        ],
        "not_in_picklist": [_place(place) for place in found.silent],
    }


def _place(place: Place) -> PlaceOut:
    return {"system": place.system, "object": place.object, "field": place.field}


def _finding(finding: Finding) -> FindingOut:
    said: FindingOut = {"kind": finding.kind, "value": finding.value, "claimed_by": _claimants(finding.claimed_by)}
    return said | {"crm_value": finding.crm_value} if finding.crm_value else said


def _claimants(claimants: Iterable[Claimant]) -> list[ClaimantOut]:
    return [_claimant(each) for each in claimants]


def _claimant(by: Claimant) -> ClaimantOut:
    said: ClaimantOut = {"slug": by.slug, "url": f"/terms/{by.slug}/", "name": by.name}
    return said | {"stage": by.stage} if by.stage else said
