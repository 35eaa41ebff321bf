"""Yardstick: a bare Django view, no middleware, that answers with ready bytes. Settings and addresses in one."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET_KEY = "only-for-the-benchmark"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.constant"

_BODY = b"x" * int(os.environ.get("BENCHMARK_BODY", "363"))
_LENGTH = str(len(_BODY))


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_BODY, content_type="application/json", headers={"Content-Length": _LENGTH})


urlpatterns = [path("constant", answer)]
