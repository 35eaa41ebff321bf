"""Definitions that run: criteria evaluated on records, and what two texts of one disagree about."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from glossary import lookup
from glossary.api import judgements
from glossary.api.conditional import Revalidated
from glossary.api.describing import answers
from glossary.api.inputs import EvaluationAsked, Parameters, RecordsBody, body
from glossary.api.lookup import Reading
from glossary.api.tokens import MaySuggest, actor_of
from glossary.domain.criteria import WORDS, Judge, Judged, Word, read_records
from glossary.domain.refusals import FieldError, Refusal
from glossary.rendering.instants import iso

OUTCOMES = {True: "pass", False: "fail", None: "unknown"}


class Evaluate(Reading):
    parser_classes = [RecordsBody]
    is_question = True

    @answers("EvaluationOut", summary="What a signed criterion says of records", sends=EvaluationAsked)
    def post(self, request: Request, slug: str) -> Response:
        """For each of up to 10,000 records a verdict, every clause, and what is missing. Nothing is kept."""
        said, now = body(request, EvaluationAsked), timezone.now()
        at = said.as_of or now
        found = lookup.criterion_of(slug, said.criterion, at=at, now=now, number=said.version)
        results, counts = evaluated(found.judge, said.records)
        as_of = {"as_of": iso(said.as_of), "provisional": said.as_of > now} if said.as_of else {}
        said_of = {"joined": found.judge.joined, **as_of, "counts": counts, "results": results}
        return Response({**judgements.runnable(found), **said_of})


def evaluated(judge: Judge, records: Any) -> tuple[list[Mapping[str, Any]], dict[Word, int]]:
    """What each record gets, and how many got what.

    Raises `Refusal("invalid")` with every value that its field cannot hold; nothing is evaluated then.
    """
    errors: list[FieldError] = []
    read = list(read_records(records, judge, errors))
    if errors:
        where = f"{errors[0]['path']}: {errors[0]['message']}"
        raise Refusal("invalid", f"Some values do not fit their fields. The first is {where}", errors=errors)
    told: dict[Judged, Mapping[str, Any]] = {}
    counts = dict.fromkeys(WORDS.values(), 0)
    results = []
    for record in read:
        judged = judge.judge(record)
        if judged not in told:
            told[judged] = _result(judge, judged)
        results.append(told[judged])
        counts[WORDS[judged.verdict]] += 1
    return results, counts


def _result(judge: Judge, judged: Judged) -> Mapping[str, Any]:
    clauses = zip(judge.clauses, judged.clauses, strict=True)
    return {
        "verdict": WORDS[judged.verdict],
        "clauses": [{"text": text, "outcome": OUTCOMES[verdict]} for text, verdict in clauses],
        "missing": list(judged.missing),
    }


class ProposalWitness(Revalidated):
    permission_classes = [MaySuggest]

    @answers("DisagreementOut", summary="Records on which a suggestion disagrees with what is agreed, or with others")
    def get(self, request: Request, proposal_id: int) -> Response:
        """For each test a smallest record on which the texts part, also against other open suggestions."""
        Parameters(request, ())
        found = lookup.disagreement(proposal_id, by=actor_of(request), at=timezone.now())
        return Response(
            {
                "criteria": [judgements.parting(item) for item in found.partings],
                "others": [judgements.rival(rival) for rival in found.rivals],
            }
        )


class Witness(Reading):
    @answers("WitnessesOut", summary="Records on which two versions disagree", parameters=["from", "to"])
    def get(self, request: Request, slug: str) -> Response:
        """For each test written otherwise a smallest record on which the two part, and samples that flip."""
        given = Parameters(request, ("from", "to"))
        first, second = given.version("from"), given.version("to")
        found = lookup.partings_of(slug, first, second, at=timezone.now())
        said = {"slug": slug, "from_version": first, "to_version": second}
        return Response(said | {"criteria": [judgements.parting(item) for item in found]})
