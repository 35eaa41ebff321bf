"""Which tool asks: found in the same statement as what it asks for, and kept nowhere."""

from typing import NamedTuple


class Asker(NamedTuple):
    """A live token: its id, and its scopes as JSON text."""

    token_id: int
    scopes: str


# The token with a digest, while it is live at an instant.
LIVE_TOKEN = """
FROM accounts_token t JOIN accounts_user u ON u.id = t.user_id
WHERE t.digest = %s AND t.revoked_at IS NULL AND (t.expiry IS NULL OR t.expiry > %s) AND u.is_active"""
