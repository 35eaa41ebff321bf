"""Stage models, expanded, and whether a record may move in one."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup
from glossary.api import pipelines
from glossary.api.conditional import answered
from glossary.api.describing import answers
from glossary.api.inputs import MoveAsked, Parameters, body
from glossary.api.lookup import Reading
from glossary.rendering.instants import iso


class OneStageModel(Reading):
    @answers("StageModelOut", summary="A stage model, expanded", parameters=["as_of"], is_conditional=True)
    def get(self, request: Request, slug: str) -> Response:
        """Its stages with the words, record types and criteria they refer to, now or at an instant."""
        as_of, now = Parameters(request, ("as_of",)).instant("as_of"), timezone.now()
        found = lookup.stage_model_as_of(slug, at=as_of or now, now=now)
        said = pipelines.stage_model(found) | _as_of(as_of, found.provisional)
        return answered(said, _tag(said), request.META.get("HTTP_IF_NONE_MATCH"))


def _tag(said: dict[str, Any]) -> str:
    """What is said rests on versions of many words, so the tag is made of all of it."""
    return f'"{sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]}"'


def _as_of(as_of: datetime | None, provisional: bool) -> dict[str, Any]:
    return {"as_of": iso(as_of), "provisional": provisional} if as_of else {}


class Moving(Reading):
    is_question = True

    @answers("MoveOut", summary="Whether a record may go from one stage to another", sends=MoveAsked)
    def post(self, request: Request, slug: str) -> Response:
        """Yes, no or unknown, with the reasons; and who owes what until when, in business hours."""
        said, now = body(request, MoveAsked), timezone.now()
        found = lookup.move_of(
            slug,
            start=said.start,
            end=said.end,
            record=said.record,
            reason=said.reason or None,
            moved_at=said.at or now,
            calendar=said.calendar or None,
            at=said.as_of or now,
            now=now,
        )
        return Response(pipelines.move(found) | _as_of(said.as_of, found.provisional))
