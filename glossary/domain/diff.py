"""The difference of two Contents: by field, by entry and by word."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from diff_match_patch import diff_match_patch

from glossary.domain.content import Content
from glossary.domain.parts import KEYED_LISTS, Parts, is_same, order_of, parts_of

Op = Literal["same", "added", "removed"]
Marked = tuple[tuple[Op, str], ...]

TIME_LIMIT_SECONDS = 0.5
CONDITION = "condition"  # as the line of a test that says it begins
MOST_NAMED = 3  # parts in a line that sums a difference up

# In reading order; the difference lists its changes in this order too.
FIELD_LABELS: dict[str, str] = {
    "name": "Name",
    "aliases": "Also called",
    "abbreviations": "Abbreviations",
    "kind": "Kind",
    "status": "Status",
    "replaced_by": "Use instead",
    "status_reason": "Why it is no longer used",
    "summary": "In one sentence",
    "definition": "Definition",
    "why": "Why it matters",
    "for_sides": "What it means for",
    "includes": "Includes",
    "excludes": "Does not include",
    "examples": "Examples",
    "counter_examples": "Not an example",
    "owner_side": "Looked after by",
    "related": "Related words",
    "open_questions": "Open questions",
    "criteria": "Tests",
    "measurement": "How it is measured",
    "weights": "Weights",
    "role": "Role",
    "role.reports_to": "Reports to",
    "role.reason": "Why it reports there",
    "role.alternatives": "Other reporting lines considered",
    "role.measured_on": "Measured on",
    "role.look_again": "Look again on",
    "persona": "Persona",
    "persona.pains": "Pains",
    "persona.delivery": "Preferred delivery",
    "persona.timelines": "Timelines",
    "persona.evidence": "Evidence",
    "key": "Record type key",
    "dedupe_key": "Same record when these match",
    "fields": "Fields",
    "stage_model": "Stage model",
    "stage_model.sla_clock": "Clock of the promises",
    "stage_model.note": "How to read the stages",
    "stage_model.reasons": "Reasons",
    "stage_model.reason_fields": "Where reasons are kept",
    "stage_model.stages": "Stages",
    "crm_mappings": "In the CRM",
    "review_months": "Months between reviews",
}
_ONE_OF_MANY = {"criteria": "Test", "fields": "Field", "stage_model.stages": "Stage"}
_RANK = {field: place for place, field in enumerate(FIELD_LABELS)}


def label_of(field: str) -> str:
    """What the screen calls a part, such as "Test mql" for `criteria.mql`."""
    if field in FIELD_LABELS:
        return FIELD_LABELS[field]
    home, _, key = field.rpartition(".")
    return f"{_ONE_OF_MANY.get(home) or FIELD_LABELS.get(home, home)} {key}".strip()


def _called(field: str, value: Any) -> str:
    """The same, by the name that its readers know it by, where the part itself says one: "Test “Is stale”"."""
    home, _, _ = field.rpartition(".")
    name = isinstance(value, Mapping) and (value.get("label") or value.get("name"))
    return f"{_ONE_OF_MANY[home]} “{name}”" if name and home in _ONE_OF_MANY else label_of(field)


@dataclass(frozen=True)
class Change:
    """One field that differs. `before` and `after` are plain data; texts have `words`, lists and structures `items`."""

    field: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any
    words: Marked = ()
    items: Marked = ()

    @property
    def label(self) -> str:
        return _called(self.field, self.before if self.after is None else self.after)

    def as_data(self) -> dict[str, Any]:
        """JSON for the API; `words` and `items` are lists of [op, text]."""
        return {
            "field": self.field,
            "label": self.label,
            "kind": self.kind,
            "before": self.before,
            "after": self.after,
            "words": [list(pair) for pair in self.words],
            "items": [list(pair) for pair in self.items],
        }


def difference(before: Content | None, after: Content) -> tuple[Change, ...]:
    """What changes from one content to the next, in reading order; without `before` everything is added.

    Empty exactly when both have the same canonical text.
    """
    old, new = _both(before, after)
    changes = [_change(name, old.get(name), new.get(name)) for name in _differing(old, new)]
    return (*changes, *_reorderings(old, new))


def in_a_line(before: Content | None, after: Content) -> str:
    """What differs, as the names of the parts alone: “Definition, Examples and 3 more”. Empty when nothing does."""
    old, new = _both(before, after)
    labels = list(
        dict.fromkeys(
            [
                *(_called(part, new.get(part, old.get(part))) for part in _differing(old, new)),
                *(label_of(change.field) for change in _reorderings(old, new)),
            ]
        )
    )
    more = len(labels) - MOST_NAMED
    *first, last = [*labels[:MOST_NAMED], f"{more} more"] if more > 1 else labels or [""]
    return f"{', '.join(first)} and {last}" if first else last


@dataclass(frozen=True)
class Kept:
    """One field that does not differ, as the entries or the text that it says."""

    field: str
    lines: tuple[str, ...]

    @property
    def label(self) -> str:
        return label_of(self.field)


def kept(before: Content, after: Content) -> tuple[Kept, ...]:
    """The parts that both have alike, in reading order: with `difference`, all that either says."""
    old, new = _both(before, after)
    same = [name for name in _in_reading_order(new) if name in old and is_same(old[name], new[name])]
    return tuple(Kept(name, tuple(_said(name, new[name]))) for name in same)


def _both(before: Content | None, after: Content) -> tuple[Parts, Parts]:
    return parts_of(before.as_data()) if before else {}, parts_of(after.as_data())


def _differing(old: Parts, new: Parts) -> list[str]:
    return [name for name in _in_reading_order((*new, *old)) if not is_same(old.get(name), new.get(name))]


def _in_reading_order(names: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(names), key=_rank)


def _rank(name: str) -> int:
    while name not in _RANK:
        name = name.rpartition(".")[0]
    return _RANK[name]


def _change(field: str, before: Any, after: Any) -> Change:
    kind: Literal["added", "removed", "changed"] = "changed"
    if before is None or after is None:
        kind = "added" if before is None else "removed"
    if isinstance(before if after is None else after, list | dict):
        return Change(field, kind, before, after, items=item_difference(_items(field, before), _items(field, after)))
    return Change(field, kind, before, after, words=word_difference(_text(before), _text(after)))


def _said(field: str, value: Any) -> list[str]:
    return _items(field, value) if isinstance(value, list | dict) else [_text(value)]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _reorderings(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return [
        change for field in KEYED_LISTS if (change := _reordering(field, order_of(old, field), order_of(new, field)))
    ]


def _reordering(field: str, old: list[str], new: list[str]) -> Change | None:
    """Entries that only change places differ as a list, since their order is signed too."""
    if [name for name in old if name in new] == [name for name in new if name in old]:
        return None
    before, after = ([name.removeprefix(f"{field}.") for name in names] for names in (old, new))
    return Change(field, "changed", before, after, items=item_difference(before, after))


# Words and entries


_WORDS = re.compile(r"\[\[[^\[\]\n]*\]\]|\w+(?:['’-]\w+)*|\s+|.")


def word_difference(before: str, after: str) -> Marked:
    """Runs of words that stay, come or go; without what came it reads as before, without what went as after."""
    return tuple((op, "".join(run)) for op, run in _compare(_WORDS.findall(before), _WORDS.findall(after)))


def item_difference(before: Sequence[str], after: Sequence[str]) -> Marked:
    """Entries that stay, come or go, one by one."""
    return tuple((op, item) for op, run in _compare(before, after, tidies=False) for item in run)


_OPS: dict[int, Op] = {-1: "removed", 0: "same", 1: "added"}
_FIRST_CODE_POINT = 0xF0000  # private use: 131,068 letters of one class, so that tidying sees no word boundaries


def _compare(before: Sequence[str], after: Sequence[str], *, tidies: bool = True) -> list[tuple[Op, list[str]]]:
    """Maps each token to one letter and lets diff-match-patch compare the letters, within the time limit."""
    letters: dict[str, str] = {}
    tokens: list[str] = []
    engine = diff_match_patch()
    engine.Diff_Timeout = TIME_LIMIT_SECONDS
    found = engine.diff_main(_spelled(before, letters, tokens), _spelled(after, letters, tokens), False)
    if tidies:
        engine.diff_cleanupSemantic(found)
    return [(_OPS[op], [tokens[ord(letter) - _FIRST_CODE_POINT] for letter in run]) for op, run in found]


def _spelled(sequence: Sequence[str], letters: dict[str, str], tokens: list[str]) -> str:
    for token in sequence:
        if token not in letters:
            letters[token] = chr(_FIRST_CODE_POINT + len(tokens))
            tokens.append(token)
    return "".join(letters[token] for token in sequence)


# Structures in readable words


def _items(field: str, value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [_entry(field, item) for item in value]
    return [line for key, under in value.items() for line in _lines(key, under)]


def _entry(field: str, item: Any) -> str:
    if isinstance(item, str):
        return item
    return _PHRASES[field](item) if field in _PHRASES else _phrase(item)


def _relation(item: Mapping[str, Any]) -> str:
    return f"{_plain(item['relation'])}: {item['term']}"


def _question(item: Mapping[str, Any]) -> str:
    return f"{item['question']} (look again on {item['look_again']})"


def _crm_mapping(item: Mapping[str, Any]) -> str:
    place = f"{item['system']}: {item['object']}.{item['field']}"
    value = f" = {item['value']}" if "value" in item else ""
    is_standard = {True: "standard", False: "not standard"}.get(item.get("standard", ""), "")
    remarks = ", ".join(remark for remark in (is_standard, item.get("note", "")) if remark)
    return f"{place}{value} ({remarks})" if remarks else f"{place}{value}"


def _reason(item: Mapping[str, Any]) -> str:
    return f"{item['label']} ({item['key']})"


def _evidence(item: Mapping[str, Any]) -> str:
    return f"{item['statement']} (from {item['supplied_by']})"


def _sample(item: Mapping[str, Any]) -> str:
    answer = {"true": "yes", "false": "no"}.get(item["expect"], item["expect"])
    return f"{item['note']} ({_phrase(item.get('record', {}))}): {answer}"


_PHRASES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "related": _relation,
    "open_questions": _question,
    "crm_mappings": _crm_mapping,
    "stage_model.reasons": _reason,
    "persona.evidence": _evidence,
    "samples": _sample,
}
_SPOKEN = {"expr": CONDITION, "record": "for each", "samples": "sample"}


def _lines(key: str, value: Any) -> list[str]:
    """One line per entry of a list of structures, else one line."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{_plain(key)}: {_entry(key, item)}" for item in value]
    return [f"{_plain(key)}: {_phrase(value)}"]


def _phrase(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{_plain(key)}: {_phrase(under)}" for key, under in value.items())
    if isinstance(value, list):
        return ", ".join(_phrase(item) for item in value)
    if value is None or isinstance(value, bool):
        return {None: "empty", True: "true", False: "false"}[value]
    return str(value)


def _plain(key: str) -> str:
    return _SPOKEN.get(key) or key.replace("_", " ")
