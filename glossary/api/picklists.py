"""What tools are sent about the picklists of a CRM."""

from collections.abc import Iterable
from typing import NotRequired, TypedDict

from glossary.domain.picklist import Claimant, Comparison, Finding, Kind, Place


class CrmFieldOut(TypedDict):
    """A field of a CRM."""

    system: str
    object: str
    field: str


class CrmClaimantOut(TypedDict):
    """A word that holds a value, or with `stage` one of the stages of a stage model."""

    slug: str
    url: str
    name: str
    stage: NotRequired[str]


class CrmFindingOut(TypedDict):
    """A value that does not fit: the agreed one, and `crm_value`, what the CRM calls it if it was renamed.

    An extra value is that of the CRM, and nobody claims it.
    """

    kind: Kind
    value: str
    crm_value: NotRequired[str]
    claimed_by: list[CrmClaimantOut]


class CrmFieldCheckedOut(CrmFieldOut):
    """A field that the picklist speaks of: how many values are the same, and which do not fit."""

    same: int
    findings: list[CrmFindingOut]


class MappingCheckOut(TypedDict):
    """A picklist against what is in force. `not_in_picklist` are mapped fields of which it says nothing."""

    agrees: bool
    counts: dict[str, int]
    fields: list[CrmFieldCheckedOut]
    not_in_picklist: list[CrmFieldOut]


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


def _place(place: Place) -> CrmFieldOut:
    return {"system": place.system, "object": place.object, "field": place.field}


def _finding(finding: Finding) -> CrmFindingOut:
    said: CrmFindingOut = {"kind": finding.kind, "value": finding.value, "claimed_by": _claimants(finding.claimed_by)}
    return said | {"crm_value": finding.crm_value} if finding.crm_value else said


def _claimants(claimants: Iterable[Claimant]) -> list[CrmClaimantOut]:
    return [_claimant(each) for each in claimants]


def _claimant(by: Claimant) -> CrmClaimantOut:
    said: CrmClaimantOut = {"slug": by.slug, "url": f"/terms/{by.slug}/", "name": by.name}
    return said | {"stage": by.stage} if by.stage else said
