"""The form for a text: Content as plain fields, one entry a line, and the rest as JSON for administrators.

It only translates. What may stand in a text is said by the registry's refusals, which are shown at their fields.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils import timezone

from glossary.domain.content import BOTH, KINDS, RELATIONS, STATUSES
from glossary.domain.diff import FIELD_LABELS
from glossary.domain.links import rewrite
from glossary.domain.refusals import Refusal
from glossary.portal import notation
from glossary.portal.hints import ENTRIES, EXAMPLES, EXAMPLES_FOR_A_SIDE, HELP, HELP_FOR_A_SIDE, LINES, LINES_OF
from glossary.portal.pages import beginning_of, typed_day
from glossary.templatetags.registry import KIND_WORDS, RELATION_WORDS

ONE_LINE = ("name", "replaced_by")
LISTS = ("aliases", "abbreviations", "includes", "excludes", "examples", "counter_examples")
TEXTS = ("summary", "definition", "why", "status_reason", "measurement")
CHOICES = ("kind", "status", "owner_side")
LONGEST_NAME = 120
PLAIN = (*ONE_LINE, *LISTS, *TEXTS, *CHOICES, "for_sides", "related", "open_questions", "criteria", "review_months")

FOLDS = {  # what few texts say, or say but once
    "ties": ("measurement", "related", "open_questions"),
    "told": ("criteria",),
    "place": ("owner_side", "review_months", "status", "replaced_by", "status_reason", "effective_from"),
}

STATUS_WORDS = {"agreed": "Use it", "discouraged": "Avoid it", "retired": "Retired: no longer used"}
ENTRY_PARTS = {"look_again": ", the day to look again", "question": ", the question"}
TEST_PARTS = {
    "expr": ", its condition",
    "samples": ", a sample",
    "counted": ", how it is counted",
    "record": ", for each",
}
OTHER_LABELS = {"effective_from": "In force from", "reason": "Why you suggest this", "details": "Details"}


class Area(forms.Textarea):
    def __init__(self, rows: int, **attrs: Any) -> None:
        super().__init__({"rows": rows, "class": "form-control", **attrs})


class Typed(forms.CharField):
    """Text exactly as it was typed: what may stand in it is for the registry to say. The rest is said beside it."""

    def __init__(self, name: str, widget: forms.Widget, *, example: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label", OTHER_LABELS.get(name) or FIELD_LABELS.get(name, name))
        kwargs.setdefault("help_text", HELP.get(name, ""))
        super().__init__(required=False, strip=False, widget=widget, **kwargs)
        self.lines = LINES_OF.get(name, LINES) if name in ENTRIES else ""
        self.example = example or EXAMPLES.get(name, "")
        self.validators = []


class Fold(NamedTuple):
    """Fields that lie folded away until one of them says something, or is wrong."""

    fields: list[forms.BoundField]
    is_open: bool


class TextForm(forms.Form):
    """One text and why it is suggested. `sides` maps the keys of the sides to their names."""

    def __init__(self, *args: Any, sides: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = sides
        self.fields.update(_fields(sides))

    def side_fields(self) -> list[forms.BoundField]:
        return [self[_side_field(key)] for key in self.sides]

    def folds(self) -> dict[str, Fold]:
        """The rare fields, by the name of their fold."""
        return {
            key: Fold([self[name] for name in names], any(self._says_something(name) for name in names))
            for key, names in FOLDS.items()
        }

    def _says_something(self, name: str) -> bool:
        return bool(self[name].errors) or self.typed(name).strip() != empty().get(name, "")

    def typed(self, name: str) -> str:
        """What was typed into a field, or what it was shown with."""
        value = self[name].value()
        return value if isinstance(value, str) else ""

    def content(self) -> dict[str, Any]:
        """The text as data for the write path.

        Raises `Refusal("invalid")` when the details are no JSON object or repeat a field of the form.
        """
        data: dict[str, Any] = _read_details(self.typed("details"))
        data |= {name: self.typed(name) for name in (*ONE_LINE, *TEXTS, *CHOICES)}
        data |= {name: _lines(self.typed(name)) for name in LISTS}
        data["for_sides"] = {key: self.typed(_side_field(key)) for key in self.sides}
        data["related"] = [_relation(line) for line in _lines(self.typed("related"))]
        data["open_questions"] = [_question(line) for line in _lines(self.typed("open_questions"))]
        data["criteria"] = notation.read(self.typed("criteria"))
        data["review_months"] = _number(self.typed("review_months"))
        return {key: value for key, value in data.items() if value not in ("", [], {})}

    def effective_from(self, kept: datetime | None = None) -> datetime | None:
        """Midnight of the day typed, in the reader's zone; the instant `kept` when it lies on that day.

        Raises `Refusal("invalid")` for what is no day.
        """
        typed = self.typed("effective_from").strip()
        if kept is not None and typed == _day_of(kept):
            return kept
        return beginning_of(typed_day(typed, field="effective_from")) if typed else None

    def show(self, refusal: Refusal) -> None:
        """Put each error of a refusal at its field."""
        self.is_valid()
        for error in refusal.errors:
            name, message = self.placed(error["path"], error["message"])
            self.add_error(name, message)
        if refusal.code == "duplicate_name":
            self.add_error("name", refusal.sentence)

    def wrong_fields(self) -> list[forms.BoundField]:
        """The fields with errors, in the order of the page."""
        return [field for field in self if field.errors]

    def placed(self, path: str, message: str) -> tuple[str, str]:
        """The field that shows what is said of a path of the text, and how it is said there."""
        root, _, rest = path.partition(".")
        name, entry = re.fullmatch(r"([^\[]*)(?:\[(\d+)\])?.*", root, re.DOTALL).groups()  # type: ignore[union-attr]
        if name == "for_sides" and _side_field(rest) in self.fields:
            return _side_field(rest), message
        if name == "criteria" and entry is not None:
            part = TEST_PARTS.get(re.split(r"[\[.]", rest)[0], "")
            return name, f"Test {int(entry) + 1}{part}: {message}"
        if name in self.fields and entry is not None:
            part = ENTRY_PARTS.get(rest, "")
            return name, f"Line {int(entry) + 1}{part}: {message}"
        if name in self.fields:
            return name, message
        return "details", f"{path}: {message}" if path else message


def shown(
    content: Mapping[str, Any], names: Mapping[str, str], effective_from: datetime | None = None
) -> dict[str, str]:
    """What the form shows for a text: the inverse of `TextForm.content`. `names` says what linked words are called."""
    initial = {name: str(content.get(name, "")) for name in (*ONE_LINE, *CHOICES, "review_months")}
    initial |= {name: _with_names(content.get(name, ""), names) for name in TEXTS}
    initial |= {name: _with_names("\n".join(content.get(name, ())), names) for name in LISTS}
    initial |= {_side_field(key): _with_names(text, names) for key, text in content.get("for_sides", {}).items()}
    initial["replaced_by"] = _name_of(content.get("replaced_by", ""), names)
    initial["related"] = "\n".join(_relation_line(relation, names) for relation in content.get("related", ()))
    initial["open_questions"] = "\n".join(
        f"{item['look_again']}: {_with_names(item['question'], names)}" for item in content.get("open_questions", ())
    )
    initial["criteria"] = notation.written(content.get("criteria", ()))
    details = {key: value for key, value in content.items() if key not in PLAIN}
    initial["details"] = json.dumps(details, indent=2, ensure_ascii=False) if details else ""
    initial["effective_from"] = _day_of(effective_from) if effective_from else ""
    return initial


def field_of_part(form: TextForm, part: str) -> str | None:
    """The field of the form for one part of a text, such as `for_sides.sales`; None for what only the details hold."""
    field, _, key = part.partition(".")
    name = _side_field(key) if field == "for_sides" else part
    return name if name in form.fields and name not in OTHER_LABELS else None


def part_of(data: Mapping[str, Any], part: str) -> Any:
    """One such part of the data of a text; None where there is none."""
    field, _, key = part.partition(".")
    return data.get(field, {}).get(key) if field == "for_sides" else data.get(part)


def empty(name: str = "") -> dict[str, str]:
    """What the form shows for a word nobody has defined yet."""
    return {"name": name, "kind": "concept", "status": "agreed", "owner_side": BOTH, "review_months": "12"}


def _fields(sides: Mapping[str, str]) -> Iterator[tuple[str, forms.Field]]:
    yield "name", Typed("name", _line())
    yield "kind", Typed("kind", _select({kind: KIND_WORDS[kind] for kind in KINDS}))
    yield "aliases", Typed("aliases", _rows("aliases", 2))
    yield "abbreviations", Typed("abbreviations", _rows("abbreviations", 2))
    yield "summary", Typed("summary", Area(2))
    yield "definition", Typed("definition", _linking(8))
    for name in ("includes", "excludes", "examples", "counter_examples"):
        yield name, Typed(name, _rows(name, 3))
    yield "why", Typed("why", _linking(3))
    for key, side in sides.items():
        label, example = f"What it means for {side}", EXAMPLES_FOR_A_SIDE.get(key, "")
        yield (
            _side_field(key),
            Typed(_side_field(key), _linking(3), label=label, help_text=HELP_FOR_A_SIDE, example=example),
        )
    yield "related", Typed("related", _rows("related", 3, **{"data-relations": json.dumps(_RELATIONS)}))
    yield "measurement", Typed("measurement", _linking(2))
    yield "criteria", Typed("criteria", _code(12, **{"data-tests": "on"}))
    yield "open_questions", Typed("open_questions", _rows("open_questions", 2))
    yield "owner_side", Typed("owner_side", _select({BOTH: "All teams", **sides}))
    yield "review_months", Typed("review_months", _line(inputmode="numeric"))
    yield "status", Typed("status", _select({status: STATUS_WORDS[status] for status in STATUSES}))
    yield "replaced_by", Typed("replaced_by", _line(**{"data-pick": "name"}))
    yield "status_reason", Typed("status_reason", _linking(2))
    yield "effective_from", Typed("effective_from", forms.DateInput({"type": "date", "class": "form-control"}))
    yield "details", Typed("details", _code(12))
    yield "reason", Typed("reason", Area(3))


_RELATIONS = {relation.replace("_", " "): RELATION_WORDS[relation] for relation in ("see_also", *RELATIONS)}


def _rows(name: str, rows: int, **attrs: str) -> Area:
    """One entry a line; a script makes a row of each line, of the kind and with the button that are said here."""
    kind, words = ENTRIES[name]
    return Area(rows, **{"data-rows": kind, "data-add": words, **attrs})


def _linking(rows: int) -> Area:
    """A text in which a script offers words after “[[”."""
    return Area(rows, **{"data-links": "on"})


def _code(rows: int, **attrs: str) -> Area:
    return Area(rows, **{"class": "form-control code", "spellcheck": "false", **attrs})


def _line(**attrs: str) -> forms.TextInput:
    return forms.TextInput({"class": "form-control", "autocomplete": "off", **attrs})


def _select(words: Mapping[str, str]) -> forms.Select:
    return forms.Select({"class": "form-control"}, choices=list(words.items()))


def _side_field(key: str) -> str:
    return f"for_{key}"


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _relation(line: str) -> dict[str, str]:
    """“part of: Pipeline” or just “Pipeline”. A colon that follows no known relation belongs to the name."""
    before, colon, after = line.partition(":")
    relation = before.strip().lower().replace(" ", "_")
    if colon and relation in RELATIONS:
        return {"relation": relation, "term": after.strip()}
    return {"relation": "see_also", "term": line}


def _question(line: str) -> dict[str, str]:
    """“2027-05-17: Does a podcast count?”; without a day the registry asks for one."""
    dated = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\s*:\s*(.*)", line)
    return {"look_again": dated[1], "question": dated[2]} if dated else {"question": line}


def _relation_line(relation: Mapping[str, str], names: Mapping[str, str]) -> str:
    return f"{relation['relation'].replace('_', ' ')}: {_name_of(relation['term'], names)}"


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """The text with its links as people type them: by name; the write path stores the address again."""
    return rewrite(text, lambda slug: _name_of(slug, names))


def _name_of(slug: str, names: Mapping[str, str]) -> str:
    """The name to show for a slug. It stays where a record type's name could be a word's too, or would end a link."""
    name = names.get(slug, slug)
    return slug if slug.startswith("record-") or set("[]|") & set(name) else name


def _number(typed: str) -> object:
    text = typed.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _day_of(at: datetime) -> str:
    return timezone.localtime(at).date().isoformat()


def _read_details(typed: str) -> dict[str, Any]:
    if not typed.strip():
        return {}
    try:
        details = json.loads(typed, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _invalid("details", f"This is not JSON: {error}.") from error
    if not isinstance(details, dict):
        raise _invalid("details", "Give a JSON object: { … }.")
    if repeated := sorted(set(details) & set(PLAIN)):
        raise _invalid("details", f"{', '.join(repeated)}: use the field of the form for this, not the details.")
    return details


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number that can be kept")


def _invalid(field: str, message: str) -> Refusal:
    return Refusal("invalid", message, errors=[{"path": field, "code": "form", "message": message}])
