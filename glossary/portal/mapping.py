"""The page that compares the picklists of a CRM with what words and stages hold. Nothing sent to it is kept."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from glossary import lookup
from glossary.domain.picklist import COLUMNS, Field, Finding, Offered, mapped_twice, offered
from glossary.domain.refusals import Refusal
from glossary.exchange.tables import read_table
from glossary.portal.pages import page

PAGE = "portal/lookup/mapping.html"
SHOWN = 500  # findings on one page
EXAMPLE = (
    ("salesforce", "Lead", "Status", "Open - Not Contacted"),
    ("hubspot", "contact", "lifecyclestage", "marketingqualifiedlead"),
)


class Part(NamedTuple):
    """A field of the CRM with as many of its findings as fit on the page."""

    field: Field
    findings: tuple[Finding, ...]

    @property
    def is_unmapped(self) -> bool:
        """Whether nothing that the CRM offers here is held by anybody, as in a field nobody has looked at yet."""
        return not self.field.same and all(finding.kind == "extra" for finding in self.field.findings)


@page("GET", "POST")
def mapping(request: HttpRequest) -> HttpResponse:
    """What is mapped, and after an upload how the CRM differs."""
    if request.method != "POST":
        return _what_is_mapped(request)
    try:
        found = lookup.compared_with_crm(_uploaded(request), at=timezone.now())
    except Refusal as refusal:
        return _what_is_mapped(request, refusal)
    parts = list(_within(found.fields, SHOWN))
    total = sum(len(field.findings) for field in found.fields)
    context = {
        "found": found,
        "parts": parts,
        "left_out": total - sum(len(part.findings) for part in parts),
        "agreeing": [field for field in found.fields if not field.findings],
    }
    return render(request, PAGE, context)


def _what_is_mapped(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    claims = lookup.crm_claims(at=timezone.now())
    values = sorted({(claim.place, claim.value) for claim in claims})
    mapped = [(place, len(list(some))) for place, some in groupby(values, key=lambda pair: pair[0])]
    status = refusal.status if refusal else 200
    twice = mapped_twice(claims)
    context = {"refusal": refusal, "mapped": mapped, "twice": twice[:SHOWN], "left_out": len(twice[SHOWN:])}
    return render(request, PAGE, context, status=status)


@page()
def sample(request: HttpRequest) -> HttpResponse:
    """A file to fill in: every value that is mapped now, or while there is none an example."""
    claims = lookup.crm_claims(at=timezone.now())
    rows = dict.fromkeys((*claim.place, claim.value) for claim in claims) or EXAMPLE
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *([_harmless(cell) for cell in row] for row in rows)])
    headers = {"Content-Disposition": 'attachment; filename="crm-picklist.csv"'}
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _uploaded(request: HttpRequest) -> list[Offered]:
    """The values in the file that was sent. Raises `Refusal("invalid")` or `Refusal("too_large")`."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal("invalid", "Choose the file first, then compare.")
    table = read_table(cast(BinaryIO, sent.file), sent.name or "", settings.GLOSSARY_UPLOAD_LIMITS)
    return offered(table.columns, table.rows)


def _within(fields: Iterable[Field], most: int) -> Iterator[Part]:
    """The fields in which something does not fit, up to so many findings in all."""
    for field in fields:
        if most and (findings := field.findings[:most]):
            most -= len(findings)
            yield Part(field, findings)
