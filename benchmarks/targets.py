"""What is asked of whom: raw requests, and the status that every answer has to have."""

import http.client
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from benchmarks.databases import FOLDER, Vocabulary

BULK = 100
BULKS = 50
LOOKUP, SEARCH, SUGGEST, CHANGES = (f"/api/v1/{name}" for name in ("lookup", "search", "suggest", "changes"))
MOST_EVENTS = 1_000
BARE = ", bare"
PAGES_AT = 1_000  # words: the size at which a page is set against its queries


class Target(NamedTuple):
    """One kind of request to one server."""

    name: str
    server: str
    requests: Path
    status: int = 200
    connections: int = 16


def targets(vocabulary: Vocabulary, port: int) -> list[Target]:
    """Everything measured with wrk; `port` is our server's, which is asked for the tags that 304 needs."""
    tool = {"Authorization": f"Bearer {vocabulary.key}"}
    paths = [f"{LOOKUP}?name={quote(name)}" for name in vocabulary.names]
    known = _known(port, paths, tool)
    as_of = [f"{path}&as_of={quote(vocabulary.as_of)}" for path in paths]
    searches = [_get(f"{SEARCH}?q={quote(word)}", tool) for word in vocabulary.searches]
    beginnings = [_get(f"{SUGGEST}?q={quote(beginning)}", tool) for beginning in _beginnings(vocabulary.names)]
    framework = [f"/framework/?name={quote(name)}" for name in vocabulary.names]
    return [
        Target("constant", "constant", _kept("constant", [_get("/constant")])),
        Target("lookup", "accord", _kept("lookup", (_get(path, tool) for path in paths))),
        Target("lookup as of", "accord", _kept("as_of", (_get(path, tool) for path in as_of))),
        Target("lookup 304", "accord", _kept("known", known), status=304),
        Target("bulk of 100", "accord", _kept("bulk", _bulks(vocabulary.names, tool))),
        Target("model view set", "framework", _kept("framework", map(_get, framework))),
        Target("constant, one connection", "constant", _kept("constant", [_get("/constant")]), connections=1),
        Target(
            "lookup, one connection", "accord", _kept("lookup", (_get(path, tool) for path in paths)), connections=1
        ),
        Target("search, one connection", "accord", _kept("search", searches), connections=1),
        Target("suggest, one connection", "accord", _kept("suggest", beginnings), connections=1),
    ]


def pages(cookie: str, pages: dict[str, str]) -> list[Target]:
    """Pages as a signed-in person asks for them, each beside itself without a template."""
    asked = {name: _kept(name.replace(" ", "-"), [_get(path, {"Cookie": cookie})]) for name, path in pages.items()}
    return [
        Target(f"{name}{bare}", server, requests, connections=1)
        for name, requests in asked.items()
        for bare, server in (("", "accord"), (BARE, "bare pages"))
    ]


def _beginnings(names: list[str]) -> Iterable[str]:
    """What is typed of a name when suggestions are asked for: from two letters to eight."""
    chance = random.Random(len(names))
    return (name[: chance.randint(2, 8)].strip() for name in names)


def _get(path: str, headers: dict[str, str] | None = None) -> bytes:
    return _head("GET", path, headers or {}) + b"\r\n"


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    told = {"Host": "127.0.0.1", "X-Forwarded-Proto": "https", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _known(port: int, paths: list[str], tool: dict[str, str]) -> Iterable[bytes]:
    """The same requests by somebody who has the answer already."""
    tags = {path: tag for path, tag, _ in _answers(port, set(paths), tool)}
    return [_get(path, tool | {"If-None-Match": tags[path]}) for path in paths]


def _answers(port: int, paths: Iterable[str], tool: dict[str, str]) -> Iterable[tuple[str, str, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path in paths:
        connection.request("GET", path, headers={"X-Forwarded-Proto": "https", **tool})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} was answered {answer.status}: {body[:300]!r}")
        yield path, answer.headers["ETag"], len(body)
    connection.close()


def typical_length(vocabulary: Vocabulary, port: int) -> int:
    """Bytes of an answer in the middle, which the constant view then has too."""
    tool = {"Authorization": f"Bearer {vocabulary.key}"}
    paths = {f"{LOOKUP}?name={quote(name)}" for name in vocabulary.names[:200]}
    lengths = sorted(length for _, _, length in _answers(port, paths, tool))
    return lengths[len(lengths) // 2]


def not_modified_bytes(port: int, vocabulary: Vocabulary) -> int:
    """Bytes on the wire of one 304: status line, headers and nothing else."""
    return len(_raw(port, next(iter(FOLDER.joinpath("known.requests").read_bytes().split(b"\0")))))


def _raw(port: int, request: bytes) -> bytes:
    import socket

    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.sendall(request)
        said = b""
        while b"\r\n\r\n" not in said:
            said += link.recv(65536)
    return said


def _bulks(names: list[str], tool: dict[str, str]) -> Iterable[bytes]:
    chance = random.Random(BULK)
    for _ in range(BULKS):
        body = json.dumps({"names": chance.sample(names, BULK)}).encode()
        headers = tool | {"Content-Type": "application/json", "Content-Length": str(len(body))}
        yield _head("POST", LOOKUP, headers) + b"\r\n" + body


def _kept(name: str, requests: Iterable[bytes]) -> Path:
    path = FOLDER / f"{name}.requests"
    path.write_bytes(b"\0".join(requests))
    return path
