"""What the page of a word needs to show its parts in the words of the screen."""

import json
from collections.abc import Iterable, Mapping
from datetime import date

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from glossary import lookup
from glossary.domain.criteria import WORDS, Clause, Plain, Verdict, told
from glossary.domain.shapes import RELATIONS, Relation
from glossary.templatetags.registry import day

register = template.Library()

SYSTEM_NAMES = {
    "dynamics": "Microsoft Dynamics",
    "hubspot": "HubSpot",
    "marketo": "Marketo",
    "pipedrive": "Pipedrive",
    "salesforce": "Salesforce",
    "zoho": "Zoho CRM",
}


COUNTED_WORDS = {"first_time": "once, the first time,", "every_time": "every time", "current": "as it stands,"}


TYPE_WORDS = {"string": "text", "bool": "yes or no", "int": "whole number", "number": "number", "date": "day"}


@register.filter
def type_words(name: str) -> str:
    """What a field of a record holds."""
    return TYPE_WORDS.get(name, name)


@register.filter
def some_have(rows: Iterable[object] | Mapping[str, object], name: str) -> bool:
    """Whether any row says something under this name; a column in which none does is left out."""
    return any(getattr(row, name) for row in (rows.values() if isinstance(rows, Mapping) else rows))


@register.filter
def counted_words(when: str) -> str:
    return COUNTED_WORDS.get(when, when)


@register.filter
def rules(expression: str) -> Clause:
    """A condition as a list of its parts, in plain words where that is certain."""
    return told(expression)


@register.simple_tag
def record_fields() -> str:
    """The fields of each record type in force and the values they may have, as JSON; empty where there is none."""
    known = lookup.record_types(at=timezone.now())
    fields = {view.key: {name: field.values for name, field in view.fields.items()} for view in known}
    return json.dumps(fields) if fields else ""


ANSWER_WORDS = {"true": "yes", "false": "no", "unknown": "unknown"}


@register.filter
def verdict_word(verdict: Verdict) -> str:
    return WORDS[verdict]


@register.filter
def answer_words(word: str) -> str:
    """A verdict as people say it."""
    return ANSWER_WORDS.get(word, word)


@register.filter
def value_words(value: Plain) -> str:
    """A value of a record as people say it."""
    return str(value) if not isinstance(value, bool) else "yes" if value else "no"


@register.filter
def system_name(system: str) -> str:
    """How a CRM writes itself; an unknown one is called as in the text."""
    return SYSTEM_NAMES.get(system.lower(), system)


@register.filter
def by_relation(related: Iterable[Relation]) -> list[tuple[str, list[Relation]]]:
    """Related words under how they relate, the nearest relation first."""
    related = list(related)
    groups = [(relation, [item for item in related if item.relation == relation]) for relation in RELATIONS]
    return [(relation, some) for relation, some in groups if some]


@register.filter
def iso_day(written: str) -> SafeString | str:
    """A day as a text keeps it, YYYY-MM-DD, in words."""
    return day(date.fromisoformat(written))
