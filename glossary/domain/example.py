"""A record that somebody gives as an example: kept as a sample of a test would be, so that it can become one."""

from collections.abc import Mapping
from typing import Any

from glossary.domain.criteria import Misfit, fitted
from glossary.domain.refusals import FieldError
from glossary.domain.shapes import RecordField
from glossary.domain.values import decimal_text

MOST_FIELDS = 200


def as_example(record: object, fields: Mapping[str, RecordField], errors: list[FieldError]) -> dict[str, Any]:
    """The values of a record, each as its field holds it: text, a whole number, a decimal as text, yes or no, null.

    What does not fit, or is no field of the record type, is added to `errors`.
    """
    if not isinstance(record, Mapping) or len(record) > MOST_FIELDS:
        errors.append(_error("record", "A record is named fields with their values."))
        return {}
    return {name: _value(name, value, fields, errors) for name, value in record.items()}


def _value(name: object, value: object, fields: Mapping[str, RecordField], errors: list[FieldError]) -> Any:
    declared = fields.get(name) if isinstance(name, str) else None
    if declared is None:
        errors.append(_error(f"record.{str(name)[:80]}", "These records have no such field."))
        return None
    try:
        read = fitted(value, declared.type)
    except Misfit as misfit:
        errors.append(_error(f"record.{name}", str(misfit)))
        return None
    return decimal_text(read) if isinstance(read, float) else read


def _error(path: str, message: str) -> FieldError:
    return {"path": path, "code": "does_not_fit", "message": message}
