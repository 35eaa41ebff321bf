"""Trying a test of a word on a record that somebody types, to see which of its parts say yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from glossary import lookup
from glossary.domain.criteria import (
    DIALECTS,
    Judged,
    Misfit,
    Node,
    Period,
    RecordView,
    Warehouse,
    fields_of,
    fitted,
    given_fields_of,
)
from glossary.domain.shapes import RecordField, Sample
from glossary.portal.pages import page, reads_published_only

LONGEST_TYPED = 500
YES, NO = "true", "false"
USUAL_DIALECT = "postgres"
DIALECT_NAMES = {
    "postgres": "PostgreSQL",
    "sqlite": "SQLite",
    "bigquery": "BigQuery",
    "snowflake": "Snowflake",
    "duckdb": "DuckDB",
}


@dataclass(frozen=True)
class Entry:
    """One field of the record: what it is, what was typed, whether it follows from others, and what is wrong."""

    name: str
    declared: RecordField
    typed: str
    is_worked_out: bool
    wrong: str = ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """The values to choose from, where there is a closed list."""
        if self.declared.type == "bool":
            return [(YES, "yes"), (NO, "no")]
        return [(value, value.replace("_", " ")) for value in self.declared.values]


@page("GET", "POST", is_open=True)
def try_record(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A test of a word with a field for everything it looks at; sent, it says what the test says of that record.

    `?sample=` fills in one of the signed samples. Nothing that is typed is kept.
    """
    now = timezone.now()
    detail = lookup.term_detail(slug, at=now, published_only=reads_published_only(request))
    found = lookup.criterion_of(slug, key, at=now, now=now)
    typed = _typed(request, found.criterion.samples)
    entries = entries_of(found.node, found.view, typed)
    judge, is_asked = found.judge, bool(typed) or request.method == "POST"
    is_read = is_asked and not any(entry.wrong for entry in entries)
    judged = judge.judge(_record(typed, found.view.fields, judge.fields)) if is_read else None
    dialect = request.GET.get("dialect", "")
    dialect = dialect if dialect in DIALECTS else USUAL_DIALECT
    context = {
        "dialect": dialect,
        "dialects": DIALECT_NAMES,
        "sql": lookup.as_sql(found, Warehouse(DIALECTS[dialect], found.view.key), Period()),
        "detail": detail,
        "found": found,
        "entries": entries,
        "judged": judged,
        "clauses": _clauses(judge.clauses, judged),
    }
    return render(request, "portal/lookup/try.html", context)


def _typed(request: HttpRequest, samples: tuple[Sample, ...]) -> dict[str, str]:
    if request.method == "POST":
        return {name: str(value).strip()[:LONGEST_TYPED] for name, value in request.POST.items()}
    asked = request.GET.get("sample", "")
    if asked.isascii() and asked.isdigit() and 0 < int(asked[:6]) <= len(samples):
        record = samples[int(asked[:6]) - 1].record
        return {name: _written(value) for name, value in record.items()}
    return {}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


def entries_of(node: Node, view: RecordView, typed: Mapping[str, str]) -> list[Entry]:
    """A field of the form for everything that a test looks at, with what was typed into it."""
    given = given_fields_of(node)
    return [_entry(name, view.fields[name], typed, name not in given) for name in fields_of(node)]


def _entry(name: str, declared: RecordField, typed: Mapping[str, str], is_worked_out: bool) -> Entry:
    written = typed.get(name, "")
    try:
        fitted(written, declared.type)
    except Misfit as misfit:
        return Entry(name, declared, written, is_worked_out, str(misfit))
    return Entry(name, declared, written, is_worked_out)


def _record(typed: Mapping[str, str], fields: Mapping[str, RecordField], wanted: tuple[str, ...]) -> dict[str, Any]:
    return {name: fitted(typed.get(name, ""), fields[name].type) for name in wanted}


def _clauses(texts: tuple[str, ...], judged: Judged | None) -> list[tuple[str, str]]:
    """Each part in words with what it says: pass, fail, unknown, or nothing before the record is sent."""
    if judged is None:
        return [(text, "") for text in texts]
    words = {True: "pass", False: "fail", None: "unknown"}
    return [(text, words[verdict]) for text, verdict in zip(texts, judged.clauses, strict=True)]
