"""Which values of a CRM the words and stages in force stand for, and whether a CRM offers just those."""

import json
from collections.abc import Iterable
from datetime import datetime

from glossary.domain.picklist import Claim, Comparison, Offered, claims_of, compare
from glossary.models import InForce, MappingInForce


def crm_claims(*, at: datetime) -> list[Claim]:
    """Every value of a CRM that a word or a stage in force at `at` holds, by word. One query."""
    holding = MappingInForce.objects.at(at).values("version")
    bodies = InForce.objects.filter(version__in=holding).order_by("slug").values_list("body", flat=True)
    return [claim for body in bodies for claim in claims_of(json.loads(body))]


def compared_with_crm(values: Iterable[Offered], *, at: datetime) -> Comparison:
    """What a CRM offers against what is in force at `at`. Nothing of it is kept. One query."""
    return compare(values, crm_claims(at=at))
