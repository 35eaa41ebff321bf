"""Trying a suggestion on records before it is signed: uploaded, counted, deleted."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup, workflow
from glossary.api import effects
from glossary.api.describing import answers
from glossary.api.inputs import Parameters, RecordsBody, RecordsForgotten, RecordsWeighed, body
from glossary.api.tokens import actor_of
from glossary.api.workflow import Suggesting


class Weighing(Suggesting):
    """Answers that show records, of which nobody keeps a copy."""

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, "Cache-Control": "no-store"}


def _answer(request: Request, proposal_id: int, segment: str | None = None, status: int = 200) -> Response:
    by = actor_of(request)
    proposal = lookup.readable_proposal(proposal_id, by=by)
    weighing = lookup.weighing(proposal, by=by, at=timezone.now(), segment=segment)
    return Response(effects.impact(proposal, weighing), status)


class Impact(Weighing):
    parser_classes = [RecordsBody]

    @answers("ImpactOut", summary="What a suggestion would change about records", parameters=["segment"])
    def get(self, request: Request, proposal_id: int) -> Response:
        """Counted anew over the records that were uploaded to it: how many enter, leave, or can no longer be told."""
        given = Parameters(request, ("segment",))
        return _answer(request, proposal_id, given.text("segment") if "segment" in request.GET else None)

    @answers("ImpactOut", summary="Try it on these records", sends=RecordsWeighed, status=201)
    def post(self, request: Request, proposal_id: int) -> Response:
        """Keeps the declared fields of these records until the suggestion ends, and counts."""
        by = actor_of(request)
        lookup.readable_proposal(proposal_id, by=by)
        said: Any = body(request, RecordsWeighed)
        workflow.weigh(
            proposal_id,
            by=by,
            record=said.record,
            records=said.records,
            segment=said.segment or "",
            at=timezone.now(),
        )
        return _answer(request, proposal_id, status=201)


class ForgetRecords(Weighing):
    @answers("ImpactOut", summary="Delete records that were uploaded to it", sends=RecordsForgotten)
    def post(self, request: Request, proposal_id: int) -> Response:
        """For whoever uploaded them, and for administrators."""
        by = actor_of(request)
        lookup.readable_proposal(proposal_id, by=by)
        workflow.forget_records(proposal_id, body(request, RecordsForgotten).upload, by=by)
        return _answer(request, proposal_id)
