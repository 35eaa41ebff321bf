"""The closed-loop clients: wrk where it is installed, else one of ours that does the same more slowly."""

import asyncio
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_SCRIPT = Path(__file__).with_name("requests.lua")


class Outcome(NamedTuple):
    """What came of one go: how many answers, and latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float


def wrk_is_installed() -> bool:
    return shutil.which("wrk") is not None


def send(port: int, requests: Path, *, status: int, connections: int, seconds: float, start: int = 0) -> Outcome:
    """Send the raw requests in the file, parted by NUL bytes, in turn from the one at `start`.

    Raises SystemExit on any other status.
    """
    if wrk_is_installed():
        numbers = _wrk(port, requests, status, connections, seconds, start)
    else:
        asked = requests.read_bytes().split(b"\0")
        start %= len(asked)
        numbers = asyncio.run(_ours(port, asked[start:] + asked[:start], status, connections, seconds))
    sent, took, p50, p95, p99, others = numbers
    if others or not sent:
        raise SystemExit(f"{requests.stem}: {int(others)} of {int(sent)} answers were not {status}.")
    return Outcome(int(sent), took, p50, p95, p99)


def _wrk(port: int, requests: Path, status: int, connections: int, seconds: float, start: int) -> Sequence[float]:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(_SCRIPT)]
    command += [f"http://127.0.0.1:{port}/", "--", str(requests), str(status), str(start)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
    line = next(line for line in said.splitlines() if line.startswith("RESULT"))
    return [float(number) for number in line.split()[1:]]


async def _ours(port: int, requests: Sequence[bytes], status: int, connections: int, seconds: float) -> Sequence[float]:
    began = time.perf_counter()
    talks = [
        _talk(port, requests[number::connections], status, began + seconds)
        for number in range(min(connections, len(requests)))
    ]
    told = await asyncio.gather(*talks)
    took = time.perf_counter() - began
    waits = sorted(wait for waits, _ in told for wait in waits)
    cuts = statistics.quantiles(waits, n=100)
    return [len(waits), took, cuts[49], cuts[94], cuts[98], sum(others for _, others in told)]


async def _talk(port: int, requests: Sequence[bytes], status: int, until: float) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits, others, number = [], 0, 0
    while (now := time.perf_counter()) < until:
        writer.write(requests[number % len(requests)])
        number += 1
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0].strip()
        await reader.readexactly(int(length or 0))
        others += int(head.split()[1]) != status
        waits.append((time.perf_counter() - now) * 1000)
    writer.close()
    return waits, others
