"""What a load balancer asks: does the process live, and can this installation keep its promises?"""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from glossary import outbox
from glossary.models.final import missing_guards


def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nothing else."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, all migrations are applied and all guards in place; else 503, naming the part.

    How far the worker is behind is told beside it: pages answer all the same while nothing is delivered.
    """
    faults = _faults()
    answer: dict[str, object] = {"status": "not ready" if faults else "ok", "faults": faults}
    if not faults:
        answer["outbox"] = outbox.lag(timezone.now())._asdict()
    return JsonResponse(answer, status=503 if faults else 200)


def _faults() -> list[str]:
    try:
        return _migrations() + _guards()
    except Error:
        return ["database"]


def _migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    return ["migrations"] if executor.migration_plan(executor.loader.graph.leaf_nodes()) else []


def _guards() -> list[str]:
    return [f"guard {name}" for name in missing_guards(connection)]
