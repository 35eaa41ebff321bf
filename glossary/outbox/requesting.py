"""One request to somebody else's address, guarded: it reaches no machine inside, follows nobody, and ends in time.

The name is resolved once; every address it has must be public; the connection goes to one of exactly those, so that
a name which points elsewhere a moment later changes nothing. TLS still asks for the certificate of the name.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from glossary.outbox.results import NotDelivered

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"https": 443, "http": 80}
LONGEST_URL = 500
SHORTEST_WAIT = 0.01  # seconds: none at all would mean not to wait
# IPv6 addresses that a gateway or the machine itself turns into the IPv4 address at their end.
_HOLDING_IPV4 = [ipaddress.IPv6Network(network) for network in ("::/96", "64:ff9b::/96")]
# All of IPv6 that is given out to anybody (IANA, "Internet Protocol Version 6 Address Space").
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
# Special in the registries of IANA, and not yet in the tables of every Python: the anycast of 6to4, documentation.
_SPECIAL = [ipaddress.ip_network(network) for network in ("192.88.99.0/24", "3fff::/20")]


class Answered(NamedTuple):
    """The status of an answer, and how long it asks us to stay away."""

    status: int
    stay_away: timedelta | None = None


def problem_of_url(url: str) -> str:
    """Why nothing is ever sent to this address, in a sentence; empty when it can be tried."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "This is no address of a web server."
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return f"Write the address in at most {LONGEST_URL} letters, digits and signs, without blanks."
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS):
        return "The address starts with https://"
    if not host or port == 0:
        return "This is no address of a web server."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "Leave name, password and # out of the address."
    return ""


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answered:
    """POST the body once and give the status of the answer, whose text is not read.

    Raises `NotDelivered` when the address may not be asked, cannot be reached, or does not answer within
    `GLOSSARY_ENDPOINT_SECONDS`.
    """
    if problem := problem_of_url(url):
        raise NotDelivered(problem, for_good=True)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    seconds = settings.GLOSSARY_ENDPOINT_SECONDS
    ends = time.monotonic() + seconds  # one limit for all of it: the name, the connection, the answer
    places = resolve(host, port, seconds)
    with _connected(places, ends) as sock:
        clock = _Clock(sock, ends - time.monotonic())
        try:
            return _asked(sock, parts, body, headers, clock)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotDelivered(_in_words(error, clock, seconds)) from error
        finally:
            clock.stop()


def resolve(host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
    """Every place the name has, as (family, address) for a socket.

    Raises `NotDelivered` when there is none, when one of them is not public, and when no answer comes in time.
    """
    found = _looked_up(host, port, seconds)
    for _, _, _, _, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if not (settings.GLOSSARY_ALLOW_PRIVATE_ENDPOINTS or is_public(address)):
            raise NotDelivered(f"The address leads to {address}, which is not on the public internet.")
    return [(family, place) for family, _, _, _, place in found]


def _looked_up(host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
    """What the machine knows of the name. Its resolver keeps limits of its own, which a slow server of names can draw
    out beyond the lease of a message, so nobody waits for it longer than `seconds`.
    """
    answers: SimpleQueue[list[tuple[Any, ...]] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except Exception as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise NotDelivered(f"The name of the address was not found out within {seconds:g} seconds.") from None
    if isinstance(answer, OSError | UnicodeError):
        raise NotDelivered("The name of the address is not known.") from answer
    if isinstance(answer, Exception):
        raise answer
    return answer


def is_public(address: Address) -> bool:
    """Whether this is an address of the public internet, also when it stands for another one."""
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour or _held(address)
        if within is not None or address.teredo:
            return within is not None and is_public(within)
        if address not in _GIVEN_OUT:
            return False
    is_special = any(address in network for network in _SPECIAL)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_special)


def _held(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    is_holder = any(address in network for network in _HOLDING_IPV4)
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if is_holder else None


def _connected(places: list[tuple[Any, ...]], ends: float) -> socket.socket:
    """A connection to the first place that takes one, each of which is given its share of the time that is left."""
    for left, (family, place) in zip(range(len(places), 0, -1), places, strict=True):
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(max((ends - time.monotonic()) / left, SHORTEST_WAIT))
        try:
            sock.connect(place)
        except OSError:
            sock.close()
            continue
        sock.settimeout(max(ends - time.monotonic(), SHORTEST_WAIT))
        return sock
    raise NotDelivered("Nothing answers at the address.")


class _Clock:
    """Ends a connection that takes too long, however slowly and steadily the other side sends."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self.is_over = False
        self._timer = Timer(max(seconds, 0), self._end)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def follow(self, sock: socket.socket) -> None:
        """The same connection from now on goes by this socket."""
        self._sock = sock
        if self.is_over:
            raise TimeoutError

    def stop(self) -> None:
        self._timer.cancel()


def _asked(sock: socket.socket, parts: SplitResult, body: bytes, headers: Mapping[str, str], clock: _Clock) -> Answered:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        clock.follow(sock)
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        connection = http.client.HTTPConnection(host, parts.port or PORTS[parts.scheme])
        connection.sock = sock
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, body, {"Host": parts.netloc, "Connection": "close", **headers})
        answer = connection.getresponse()
        if clock.is_over:  # the end of the connection reads like the end of the answer
            raise TimeoutError
        asks = "" if 200 <= answer.status < 300 else answer.headers.get("Retry-After", "")
        return Answered(answer.status, stay_away(asks, datetime.now(UTC)))
    finally:
        sock.close()


def stay_away(retry_after: str, now: datetime) -> timedelta | None:
    """What `Retry-After` asks for (RFC 9110, section 10.2.3), at most the longest wait; None for what it cannot say."""
    longest = timedelta(seconds=settings.GLOSSARY_LONGEST_RETRY_SECONDS)
    if re.fullmatch("[0-9]{1,9}", retry_after):
        return min(timedelta(seconds=int(retry_after)), longest)
    try:
        at = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):  # the latter from a year of twenty digits
        return None
    return min(max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta(0)), longest)


def _in_words(error: Exception, clock: _Clock, seconds: float) -> str:
    if clock.is_over or isinstance(error, TimeoutError):
        return f"The address did not answer within {seconds:g} seconds."
    if isinstance(error, ssl.SSLError):
        return "The address has no certificate that this machine trusts."
    if isinstance(error, http.client.HTTPException | ValueError):
        return "What the address answered is not HTTP."
    return "The address ended the connection."
