"""YAML that says plain data and nothing else: no objects, no aliases (which unpack without end), each field once."""

from collections.abc import Hashable
from typing import Any

import yaml

from glossary.domain.refusals import Refusal

DEEPEST = 40
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _Loader(yaml.CSafeLoader):
    """Safe, and a field that stands twice is said rather than lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        read = super().construct_mapping(node, deep=deep)
        if len(read) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a field stands twice", node.start_mark)
        return read


def read_yaml(data: bytes) -> Any:
    """The one document in it. Raises `Refusal("invalid")` with the line where it cannot be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("invalid", "The file is not written in UTF-8.") from None
    try:
        _require_plain(text)
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise Refusal("invalid", f"The file is not YAML: {_said(error)}.") from None
    except ValueError:
        raise Refusal("invalid", "The file holds a date or a number that does not exist; put it in quotes.") from None


def _require_plain(text: str) -> None:
    """Before anything is built, since building follows aliases and nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise Refusal("invalid", f"{_line(event)} refers to another place with *; write it out.")
        depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
        if depth > DEEPEST:
            raise Refusal("invalid", f"{_line(event)} is nested too deep to be a vocabulary.")


def _line(event: yaml.Event) -> str:
    return f"Line {event.start_mark.line + 1}" if event.start_mark else "The file"


def _said(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it breaks off"
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)
