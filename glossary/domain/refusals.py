"""Refusals: one sentence and one stable code, the same at every door."""

from collections.abc import Sequence
from typing import Any, TypedDict


class FieldError(TypedDict):
    """One thing wrong with one field: where (dotted path), which rule, in words."""

    path: str
    code: str
    message: str


# The code is a promise to callers; the number is what HTTP calls it (RFC 9110, RFC 6585).
STATUS: dict[str, int] = {
    "unauthenticated": 401,
    "not_permitted": 403,
    "reauthenticate": 403,
    "not_found": 404,
    "wrong_state": 409,
    "digest_changed": 409,
    "base_moved": 409,
    "conflict": 409,
    "seat_taken": 409,
    "objection_stands": 409,
    "duplicate_name": 409,
    "precondition_failed": 412,
    "too_large": 413,
    "invalid": 422,
    "not_ready": 422,
    "key_reused": 422,
    "precondition_required": 428,
    "rate_limited": 429,
    "busy": 503,
}


class Refusal(Exception):
    """The registry says no: `code` for machines, `sentence` for people, `errors` by field, `details` for doors.

    A refused action has changed nothing. `details` holds plain JSON values, such as the address of the
    term that already has the name.
    """

    def __init__(self, code: str, sentence: str, *, errors: Sequence[FieldError] = (), **details: Any) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.errors = tuple(errors)
        self.details = details

    @property
    def status(self) -> int:
        return STATUS[self.code]
