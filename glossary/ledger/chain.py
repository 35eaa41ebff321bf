"""How one event follows from another: the canonical form of an event and its SHA-256 hash."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def canonical(data: Mapping[str, Any] | Sequence[Any]) -> str:
    """The one JSON text of plain data: sorted keys, no spaces, as it is hashed and stored."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def instant(at: datetime) -> str:
    """An aware instant in UTC to the microsecond, always the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_hash(event: Any) -> str:
    """The hash of an event row over all its columns and the hash before it."""
    return hashlib.sha256(
        canonical(
            {
                "seq": event.seq,
                "kind": event.kind,
                "at": instant(event.at),
                "actor": event.actor_id,
                "via": event.via,
                "term": event.term_id,
                "proposal": event.proposal_id,
                "subject": event.subject_id,
                "side": event.side_id,
                "data": event.data,
                "previous": event.previous,
            }
        ).encode()
    ).hexdigest()


def new_salt() -> str:
    return secrets.token_hex(32)


def text_hash(salt: str, text: str) -> str:
    """What an event says of a free text, so that the text can be blanked without breaking the chain."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()
