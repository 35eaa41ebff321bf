"""Webhooks: the body, its secrets and its signature (Standard Webhooks)."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac
from standardwebhooks.webhooks import Webhook

from glossary.models import Endpoint, Message
from glossary.outbox import posting
from glossary.outbox.results import Delivered, NotNow
from glossary.rendering.instants import iso

# How long the secret from before a rotation still signs: https://www.standardwebhooks.com, "Zero downtime rotation".
OVERLAP = timedelta(hours=24)


def secret_of(endpoint: Endpoint, generation: int | None = None) -> str:
    """The secret that receivers check signatures with. Kept nowhere: made from SECRET_KEY each time."""
    named = f"{endpoint.pk}:{generation or endpoint.generation}"
    digest = salted_hmac("accord.webhook", named, algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(digest).decode()}"


def signing_secrets(endpoint: Endpoint, at: datetime) -> list[str]:
    """The secrets that sign at `at`: the newest, and during a rotation the one before."""
    generations = [endpoint.generation]
    if endpoint.rotates_until is not None and endpoint.rotates_until > at:
        generations.append(endpoint.generation - 1)
    return [secret_of(endpoint, generation) for generation in generations]


def signed_headers(endpoint: Endpoint, message_id: str, body: str, at: datetime) -> dict[str, str]:
    """What stands above the body: id, instant and one signature per secret."""
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in signing_secrets(endpoint, at)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Accord-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def payload(message: Message) -> dict[str, Any]:
    """Ids, version, digest and addresses, of what is published and of nothing else; no text."""
    event = message.event
    if event is None:
        assert message.endpoint is not None
        return {"type": message.kind, "timestamp": iso(message.written_at), "data": {"endpoint": message.endpoint.name}}
    assert event.term is not None
    facts, slug = event.facts, event.term.slug
    data = {"event": event.seq, "term": slug, "url": f"{settings.GLOSSARY_SITE_URL}/terms/{slug}/"}
    if "version" in facts:
        data |= {key: facts[key] for key in ("version", "digest", "in_force_from")}
        data["api_url"] = f"{settings.GLOSSARY_SITE_URL}/api/v1/terms/{slug}/versions/{facts['version']}/"
    return {"type": message.kind, "timestamp": iso(event.at), "data": data}


def send(message: Message, at: datetime) -> Delivered | NotNow:
    """POST the message to its endpoint; not at all once that has been removed.

    Raises `NotDelivered` when the answer is anything but a plain success.
    """
    endpoint = posting.endpoint_of(message)
    if endpoint is None:
        return NotNow(None)
    body = json.dumps(payload(message), separators=(",", ":"))
    return posting.post(endpoint, body, signed_headers(endpoint, str(message.pk), body, at), at)
