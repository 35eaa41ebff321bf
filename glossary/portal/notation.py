"""Tests as people type them: a few lines each, an empty line between two.

    mql: Meets the MQL conditions
    for each: lead
    when: person_known AND interest_score >= 60
    counted: first_time by first_mql_on
    yes: B-grade buyer {person_known: true, interest_score: 72}
    no: student {person_known: true, persona: student}
    unknown: nobody knows the score {person_known: true}

In a sample, `empty` says that a field is known to have no value; a text that looks like something else, or holds a
comma, a brace or a quotation mark, stands in single quotes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from glossary.domain.refusals import Refusal

ANSWERS = {"yes": "true", "no": "false", "unknown": "unknown"}
_ASKED = {verdict: word for word, verdict in ANSWERS.items()}
_LINE = re.compile(r"(for each|when|counted|yes|no|unknown)\s*:\s?(.*)")
_NAME = re.compile(r"\s*([a-z][a-z0-9_]*)\s*:")
_QUOTED = re.compile(r"\s*('(?:[^']|'')*')\s*(,|$)")
_BARE = re.compile(r"([^,{}']*)(,|$)")
LONGEST_LINE = 20_000
_BLANK_LINES = re.compile(r"\n\s*\n")  # an empty line would end the test
_INTEGER, _DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)"), re.compile(r"-?[0-9]+\.[0-9]+")


def written(criteria: Iterable[Mapping[str, Any]]) -> str:
    """The tests of a content's data as text."""
    return "\n\n".join("\n".join(_lines(criterion)) for criterion in criteria)


def _lines(criterion: Mapping[str, Any]) -> Iterator[str]:
    yield f"{criterion['id']}: {criterion['label']}"
    yield f"for each: {criterion['record']}"
    yield "when: " + _BLANK_LINES.sub("\n", criterion["expr"])
    if counted := criterion.get("counted"):
        yield f"counted: {counted['when']} by {counted['date_field']}"
    for sample in criterion.get("samples", ()):
        pairs = ", ".join(f"{name}: {_value(value)}" for name, value in sample.get("record", {}).items())
        yield f"{_ASKED[sample['expect']]}: {sample['note']} {{{pairs}}}"


def _value(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or _DECIMAL.fullmatch(value):
        return str(value)
    is_plain = value == value.strip() and value and not re.search("[,{}']", value)
    return value if is_plain and isinstance(_read_value(value), str) else "'" + value.replace("'", "''") + "'"


def read(typed: str) -> list[dict[str, Any]]:
    """The tests in a text as data. Raises `Refusal("invalid")` for a line that is none of these, with its number."""
    blocks: list[dict[str, Any]] = []
    block: dict[str, Any] | None = None
    for number, line in enumerate(typed.replace("\r\n", "\n").split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise _invalid(number, f"A line has at most {LONGEST_LINE} characters.")
        if not line.strip():
            block = None if block is None or "expr" in block else block
        elif block is None:
            block = _opened(line, number)
            blocks.append(block)
        else:
            _take(block, line, number)
    return [{key: value for key, value in item.items() if key != "open"} for item in blocks]


def _opened(line: str, number: int) -> dict[str, Any]:
    found = re.fullmatch(r"\s*([^\s:]+)\s*:\s*(.*)", line)
    if not found:
        example = "mql: Meets the MQL conditions"
        raise _invalid(number, f"A test begins with its id, a colon and what it is called, such as “{example}”.")
    return {"id": found[1], "label": found[2].strip()}


def _take(block: dict[str, Any], line: str, number: int) -> None:
    """One more line of a test. A line that begins with no known word goes on with the condition above it."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        if block.get("open") != "expr":
            raise _invalid(number, "A line begins with “for each:”, “when:”, “counted:”, “yes:”, “no:” or “unknown:”.")
        block["expr"] += "\n" + line.strip()
        return
    word, said = found[1], found[2].strip()
    block["open"] = "expr" if word == "when" else ""
    if word == "for each":
        block["record"] = said
    elif word == "when":
        block["expr"] = said
    elif word == "counted":
        block["counted"] = _counted(said, number)
    else:
        block.setdefault("samples", []).append({**_sample(said, number), "expect": ANSWERS[word]})


def _counted(said: str, number: int) -> dict[str, str]:
    found = re.fullmatch(r"(\S+)\s+by\s+(\S+)", said)
    if not found:
        raise _invalid(number, "Say how it is counted and by which day, such as “first_time by first_mql_on”.")
    return {"when": found[1], "date_field": found[2]}


def _sample(said: str, number: int) -> dict[str, Any]:
    """The note and the record after it; of several braces those that hold a whole record."""
    if said.endswith("}"):
        for place in (found.start() for found in re.finditer(r"\{", said)):
            record = _record(said[place + 1 : -1])
            if record is not None:
                return {"note": said[:place].strip(), "record": record}
        raise _invalid(number, "In the braces stand fields with their values, such as {score: 72, persona: student}.")
    return {"note": said}


def _record(inside: str) -> dict[str, Any] | None:
    record: dict[str, Any] = {}
    inside, place = inside.strip(), 0
    while place < len(inside):
        name = _NAME.match(inside, place)
        value = name and (_QUOTED.match(inside, name.end()) or _BARE.match(inside, name.end()))
        if not name or not value or not value[1].strip():
            return None
        record[name[1]] = _read_value(value[1].strip())
        place = value.end()
    return record


def _read_value(text: str) -> Any:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text in ("true", "false"):
        return text == "true"
    if text == "empty":
        return None
    return int(text) if _INTEGER.fullmatch(text) and len(text.lstrip("-")) < 17 else text


def _invalid(number: int, message: str) -> Refusal:
    message = f"Line {number}: {message}"
    return Refusal("invalid", message, errors=[{"path": "criteria", "code": "form", "message": message}])
