"""Records uploaded to a suggestion, to see what it would change, and deleted again."""

from typing import BinaryIO, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from glossary import policy, workflow
from glossary.domain.refusals import Refusal
from glossary.exchange.tables import read_table
from glossary.policy import SignedIn
from glossary.portal.deciding import Door, answer_refused_act, in_the_portal
from glossary.portal.pages import page, row_id, without_nul


@page("GET", "POST")
def weigh(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Try a suggestion on the records of a file, or delete records that were uploaded before."""
    return try_on_records(request, proposal_id, in_the_portal(proposal_id))


def try_on_records(request: HttpRequest, proposal_id: int, door: Door) -> HttpResponse:
    """The same for every door that shows a suggestion; it leads back there."""
    if request.method != "POST":
        return redirect(door.here)
    by = policy.signed_in(request)
    try:
        messages.success(request, _done(request, by, proposal_id))
    except Refusal as refusal:
        return answer_refused_act(request, by, proposal_id, door, refusal, request.POST.dict())
    return redirect(f"{door.here}#impact")


def _done(request: HttpRequest, by: SignedIn, proposal_id: int) -> str:
    if request.POST.get("action") == "delete":
        workflow.forget_records(proposal_id, row_id(request.POST.get("upload")), by=by)
        return "The records are deleted. What was counted stays."
    file = request.FILES.get("file")
    if file is None or file.name is None:
        raise Refusal("invalid", "Choose the file with the records first.")
    upload = workflow.weigh(
        proposal_id,
        by=by,
        record=without_nul(request.POST.get("record", "")),
        records=read_table(cast(BinaryIO, file), file.name, settings.GLOSSARY_UPLOAD_LIMITS).rows,
        segment=without_nul(request.POST.get("segment", "")),
        at=timezone.now(),
    )
    return f"{upload.count:,} records are counted. They are deleted when this suggestion ends."
