"""Yardstick: our own pages without a word on them. Views, middleware and queries are ours; no template is rendered."""

from typing import Any

from django.template.backends.base import BaseEngine

from glossary.settings import *  # noqa: F403

TEMPLATES = [{"BACKEND": "benchmarks.bare_pages.Nothing", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}]


class Blank:
    """Stands for every template."""

    def render(self, context: Any = None, request: Any = None) -> str:
        return ""


class Nothing(BaseEngine):
    """A template engine whose templates are all empty."""

    def __init__(self, params: dict[str, Any]) -> None:
        params.pop("OPTIONS")
        super().__init__(params)

    def get_template(self, template_name: str) -> Blank:
        return Blank()
