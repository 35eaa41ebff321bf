"""How often somebody may ask. Each token, person or, without either, each address has a quota of its own.

A quota can be used up at once and comes back evenly. Reading is counted in the memory of each process, since a count
that all share would turn every read into a write; changes are counted in the cache that all processes share. Two
processes that count at the same instant may let one request too many pass.
"""

from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic, time
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import Token
from glossary.domain.refusals import Refusal

MOST_CALLERS = 10_000  # kept in memory
NEARLY = 1e-6  # of a request: sums of small steps are not exact


class Taken(NamedTuple):
    """What became of one request: when the whole quota is there again, how many are left, seconds to wait."""

    restored: float
    left: int
    wait: float


class Quota(NamedTuple):
    """So many requests in so many seconds; its name is the one in the headers."""

    name: str
    amount: int
    seconds: int

    def take(self, restored: float, now: float) -> Taken:
        """One request at `now`, when the whole quota will be there again at `restored`.

        This is the generic cell rate algorithm (ITU-T I.371): one number holds all there is to know.
        """
        if not now < restored <= now + 2 * self.seconds:  # long ago, or from a clock that was set back since
            restored = now
        step = self.seconds / self.amount
        wait = restored + step - (now + self.seconds)
        if wait > step * NEARLY:
            return Taken(restored, 0, wait)
        return Taken(restored + step, int((now + self.seconds - restored) / step - 1 + NEARLY), 0)

    def headers(self, left: int, seconds: int) -> dict[str, str]:
        """As of draft-ietf-httpapi-ratelimit-headers: what is allowed, what is left, and for how long to keep to it."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.amount};w={self.seconds}',
            "RateLimit": f'"{self.name}";r={left};t={seconds}',
        }

    def refusal(self, wait: float) -> Refusal:
        """The refusal of a request that came `wait` seconds too early."""
        seconds = max(ceil(wait), 1)
        often = f"{self.amount:,} {self.name} a {'minute' if self.seconds == 60 else 'second'}"
        again = "a second" if seconds == 1 else f"{seconds} seconds"
        sentence = f"This is more than {often}. Please try again in {again}."
        return Refusal(
            "rate_limited", sentence, quota=self.name, limit=self.amount, window=self.seconds, retry_after=seconds
        )


def told(refusal: Refusal) -> dict[str, str]:
    """The headers that go with a refusal of this module."""
    said = refusal.details
    quota, seconds = Quota(said["quota"], said["limit"], said["window"]), said["retry_after"]
    return {"Retry-After": str(seconds), **quota.headers(0, seconds)}


# Where is counted

_restored: dict[tuple[str, Hashable], float] = {}


def take_here(quota: Quota, caller: Hashable) -> Taken:
    """One request of the caller, counted in this process alone."""
    key, now = (quota.name, caller), monotonic()
    before = _restored.get(key)
    if before is None and len(_restored) >= MOST_CALLERS:
        _restored.clear()  # forgives everybody once, rather than let a crowd of addresses fill the memory
    taken = quota.take(before or now, now)
    _restored[key] = taken.restored
    return taken


def take_everywhere(quota: Quota, caller: Hashable) -> Taken:
    """One request of the caller, counted together with those that other processes answered."""
    key, now = f"quota:{quota.name}:{caller}", time()
    taken = quota.take(cache.get(key, now), now)
    if not taken.wait:
        cache.set(key, taken.restored, timeout=2 * quota.seconds)
    return taken


# Who asks


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: an address, or of IPv6 the network, which is what one customer has."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.GLOSSARY_BEHIND_PROXY else ""
    text = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(text)
    except ValueError:
        return "unknown"
    return address.packed[:8].hex() if isinstance(address, IPv6Address) and not address.ipv4_mapped else str(address)


def check(token_id: int | None, request: HttpRequest) -> None:
    """Count one look-up of the token or, without one, of the address. Raises `Refusal("rate_limited")`."""
    if settings.GLOSSARY_MAX_LOOKUPS:
        quota = Quota("lookups", settings.GLOSSARY_MAX_LOOKUPS, 1)
        taken = take_here(quota, address_of(request) if token_id is None else token_id)
        if taken.wait:
            raise quota.refusal(taken.wait)


class Throttle(BaseThrottle):
    """Counts each request to the framework's views, reading and changing apart, and tells what is left."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Raises `Refusal("rate_limited")` for a request too many."""
        view.headers |= count(_caller(request), is_read=_is_read(request, view))
        return True


def _is_read(request: Request, view: Any) -> bool:
    """A view that `is_question` changes nothing, although its question comes as a body."""
    return request.method in SAFE_METHODS or getattr(view, "is_question", False)


def count(caller: str, *, is_read: bool) -> dict[str, str]:
    """Count one request that reads or changes; the headers that say what is left. Raises `Refusal("rate_limited")`."""
    amount = settings.GLOSSARY_MAX_READS if is_read else settings.GLOSSARY_MAX_CHANGES
    if not amount:
        return {}
    quota = Quota("reads" if is_read else "changes", amount, 60)
    taken = (take_here if is_read else take_everywhere)(quota, caller)
    if taken.wait:
        raise quota.refusal(taken.wait)
    return quota.headers(taken.left, ceil((amount - taken.left) * 60 / amount))


def name_of(token_id: int) -> str:
    """By which name a tool's requests are counted."""
    return f"token-{token_id}"


def _caller(request: Request) -> str:
    if isinstance(request.auth, Token):
        return name_of(request.auth.pk)
    return f"user-{request.user.pk}" if request.user.is_authenticated else address_of(request._request)
