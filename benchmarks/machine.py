"""Servers in processes of their own, and what they cost: CPU time and memory, read from /proc."""

import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

PATIENCE = 120.0  # seconds until a server that does not answer is given up
PROC = Path("/proc")


class Server:
    """One application under granian: one worker, one blocking thread, on a port of the loopback."""

    def __init__(self, application: str, environment: dict[str, str], log: Path) -> None:
        self.application = application
        self.environment = environment
        self.log = log
        self.port = _free_port()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "granian", self.application, "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "--blocking-threads", "1", "--no-ws"]
        command += ["--log-level", "warning"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=os.environ | self.environment, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def __exit__(self, *error: object) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, sign)
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=10)

    def wait(self) -> None:
        """Until the port takes connections."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{self.application} did not start; its words are in {self.log}.") from None
                time.sleep(0.1)

    def processes(self) -> list[int]:
        """The parent and its worker."""
        children = (PROC / str(self.process.pid) / "task" / str(self.process.pid) / "children").read_text().split()
        return [self.process.pid, *map(int, children)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(processes: Iterable[int]) -> dict[int, float]:
    """CPU time so far of each process that is there, all threads, to the nanosecond."""
    return {pid: _nanoseconds(pid) / 1e9 for pid in processes}


def _nanoseconds(pid: int) -> int:
    """0 for a process, or a thread of one, that has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        threads = (PROC / str(pid) / "task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)
    return 0


def memory_mib(processes: Iterable[int]) -> float:
    """Memory of the processes, what they share counted once (PSS)."""
    return sum(_pss(pid) for pid in processes) / 1024


def _pss(pid: int) -> int:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def description() -> str:
    """The machine in one line, as it stands above every table."""
    lines = (PROC / "cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown CPU")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model}), {memory} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, load {busy:.1f} when it began"
    )
