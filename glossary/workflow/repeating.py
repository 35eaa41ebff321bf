"""One key of one caller has one effect, also when the request is sent again after a lost answer."""

from collections.abc import Callable

from django.utils.crypto import salted_hmac

from glossary import ledger
from glossary.domain.refusals import Refusal
from glossary.models import IdempotencyKey

LONGEST_KEY = 200


def was_done(*, caller: str, key: str) -> bool:
    """Whether what this caller asked under this key has had its effect."""
    return IdempotencyKey.objects.filter(caller=caller, key=key).exists()


def once(*, caller: str, key: str, request: bytes, act: Callable[[], str]) -> str:
    """Do `act` and keep the answer it returns, or return the answer kept for this caller and key.

    The answer is kept for good: the id of a row, and no text that somebody may remove later. `request` is what the
    caller sent, method and path included. Raises `Refusal("key_reused")` when the key was used for another request,
    `Refusal("invalid")` for a key too long, and whatever `act` refuses; then nothing is kept.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refusal("invalid", f"An idempotency key has 1 to {LONGEST_KEY} characters.")
    # With the secret of the installation: nobody tries out on it what a removed text may have said.
    fingerprint = salted_hmac(__name__, request, algorithm="sha256").hexdigest()
    with ledger.locked() as head:
        kept = IdempotencyKey.objects.filter(caller=caller, key=key).first()
        if kept is None:
            answer = act()
            IdempotencyKey.objects.create(caller=caller, key=key, fingerprint=fingerprint, answer=answer, at=head.at)
            return answer
        if kept.fingerprint != fingerprint:
            raise Refusal("key_reused", "This idempotency key was already used for a different request.")
        return kept.answer
