"""Instants as the API writes them."""

from datetime import UTC, datetime


def iso(at: datetime) -> str:
    """An aware instant in UTC, ISO 8601 with a Z."""
    in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{in_utc.isoformat()[:-6]}Z"  # without +00:00
