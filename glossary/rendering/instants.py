"""Instants as the API writes them."""

from datetime import UTC, datetime


def iso(at: datetime) -> str:
    """An aware instant in UTC, ISO 8601 with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
