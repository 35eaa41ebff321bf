"""The address of a chat channel: whoever has it can write there. It is kept encrypted, and shown in part."""

from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from glossary.models import Endpoint, EndpointFormat
from glossary.outbox.results import NotDelivered

HIDDEN = "•••"
_SAYS_NOTHING = {"services", "hooks", "workflows", "triggers"}  # parts of a path that are the same for everybody


def sealed(url: str) -> str:
    """The address as it is kept: encrypted under a key made from SECRET_KEY."""
    return _cipher().encrypt(url.encode()).decode()


def address_of(endpoint: Endpoint) -> str:
    """Where messages to this endpoint go. Raises `NotDelivered` when SECRET_KEY is no longer that of the sealing."""
    if endpoint.format == EndpointFormat.WEBHOOK:
        return endpoint.url
    try:
        return _cipher().decrypt(endpoint.sealed_url.encode()).decode()
    except InvalidToken:
        raise NotDelivered("The address cannot be read, since SECRET_KEY was changed. Please give it again.") from None


def as_shown(url: str) -> str:
    """What may be seen of such an address: `https://hooks.slack.com/services/T…/B…/•••`. The last part opens it."""
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    shown = [part if part in _SAYS_NOTHING else f"{part[:1]}…" for part in path[:-1]]
    return "/".join([f"{parts.scheme}://{parts.netloc}", *shown, HIDDEN])


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("accord.channel", "key", algorithm="sha256").digest()))
